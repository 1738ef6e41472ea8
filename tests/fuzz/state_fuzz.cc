// Any bytes as what another engine found: refused, or usable and written again as they were.
#include <cstdlib>

#include "quant/comparison.h"
#include "quant/statistics.h"

namespace {

using namespace octavo;

constexpr int64_t kSamples = 1000;

template <typename Write>
void check_written(const Write& write, std::span<const std::byte> bytes) {
  ByteWriter out;
  write(out);
  if (out.bytes().size() > bytes.size()) std::abort();  // nothing is there that was not told
}

void statistics(std::span<const std::byte> bytes) {
  for (const ObserverInfo& info : observers()) {
    Recipe recipe;
    recipe.observer = info.name;
    Statistics read({"x", "y"}, recipe);
    ByteReader in(bytes);
    read.read(in);
    if (!in.ok()) continue;
    check_written([&](ByteWriter& out) { read.write(out); }, bytes);
    Statistics merged({"x", "y"}, recipe);
    merged.observer(0).observe(std::vector<float>{-1, 3});
    merged.merge(read);
    merged.merge(read);
    if (!merged.ranges().ok() && merged.ranges().status().message().empty()) std::abort();
  }
}

void comparison(std::span<const std::byte> bytes) {
  ByteReader in(bytes);
  Comparison read = read_comparison(in, kSamples);
  if (!in.ok()) return;
  check_written([&](ByteWriter& out) { write(read, out); }, bytes);
  const auto report = report_of(read, {}, {}, {});
  if (!report.ok() || report->images > kSamples) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::span bytes(reinterpret_cast<const std::byte*>(data), size);
  statistics(bytes);
  comparison(bytes);
  return 0;
}
