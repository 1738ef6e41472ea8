// Any bytes: reading ends with a model that keeps our promises or with a sentence, and what was
// read can be written and read again.
#include <cstdio>
#include <cstdlib>

#include "formats/format.h"

namespace octavo {
namespace {

[[noreturn]] void fail(const char* what, const Status& status) {
  std::fprintf(stderr, "%s: %s\n", what, status.to_string().c_str());
  std::abort();
}

Result<Model> open(std::span<const std::byte> bytes) {
  static const std::vector<std::byte> kSibling(64);
  const OpenSibling open_sibling =
      [](const std::string&) -> Result<std::shared_ptr<const ByteSource>> {
    return std::shared_ptr<const ByteSource>(std::make_shared<MemorySource>(std::span(kSibling)));
  };
  return read_model(std::make_shared<MemorySource>(bytes), {open_sibling});
}

void check(std::span<const std::byte> bytes) {
  const auto model = open(bytes);
  if (!model.ok()) {
    if (model.status().message().empty()) fail("no sentence", model.status());
    return;
  }
  if (const Status status = model->graph.validate(); !status.ok()) fail("invalid graph", status);
  std::vector<std::byte> written;
  const auto size =
      find_format("onnx")->write(*model, [&written](std::span<const std::byte> piece) {
        written.insert(written.end(), piece.begin(), piece.end());
        return ok_status();
      });
  if (!size.ok()) return;
  const auto again = open(written);
  if (!again.ok()) fail("a written model cannot be read", again.status());
  if (again->graph.outputs.size() != model->graph.outputs.size()) fail("outputs are lost", {});
}

}  // namespace
}  // namespace octavo

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  octavo::check(std::as_bytes(std::span(data, size)));
  return 0;
}
