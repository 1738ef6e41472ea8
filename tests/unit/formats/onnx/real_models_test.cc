// Real models, where they are: what is read can be written and read again, and is the same.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "graph/shape_inference.h"
#include "tests/unit/formats/onnx/model_bytes.h"

namespace octavo {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> real_models() {
  const char* given = std::getenv("OCTAVO_DATA");
  const fs::path data = given != nullptr ? given : "../shared/data";
  std::vector<fs::path> found;
  for (const char* folder : {"onnx", "architectures"}) {
    std::error_code absent;
    for (const auto& entry : fs::directory_iterator(data / folder, absent)) {
      if (entry.path().extension() == ".onnx") found.push_back(entry.path());
    }
  }
  return found;
}

// Counts what is read, and how much of it in large pieces.
class CountingSource final : public ByteSource {
 public:
  explicit CountingSource(std::shared_ptr<const ByteSource> inner) : inner_(std::move(inner)) {}
  uint64_t size() const override { return inner_->size(); }
  Status read(uint64_t offset, std::span<std::byte> out) const override {
    bytes_ += out.size();
    return inner_->read(offset, out);
  }
  uint64_t bytes() const { return bytes_; }

 private:
  std::shared_ptr<const ByteSource> inner_;
  mutable uint64_t bytes_ = 0;
};

TEST(RealModels, SurviveARoundTrip) {
  if (real_models().empty()) GTEST_SKIP() << "no models in ../shared/data";
  for (const fs::path& path : real_models()) {
    SCOPED_TRACE(path.filename().string());
    const auto source = open_file(path.string());
    ASSERT_TRUE(source.ok());
    auto first = read_model(*source, {});
    ASSERT_TRUE(first.ok()) << first.status().to_string();
    EXPECT_TRUE(first->graph.validate().ok());
    const auto written = model_bytes::write(*first);
    ASSERT_TRUE(written.ok()) << written.status().to_string();
    auto second = model_bytes::open(*written);
    ASSERT_TRUE(second.ok()) << second.status().to_string();
    const auto again = model_bytes::write(*second);
    ASSERT_TRUE(again.ok());
    EXPECT_TRUE(*again == *written);
    ASSERT_TRUE(infer_shapes(first->graph).ok());
    ASSERT_TRUE(infer_shapes(second->graph).ok());
    EXPECT_TRUE(dump(second->graph) == dump(first->graph));
  }
}

TEST(RealModels, AreReadLittleMoreThanOnceUntilTheyAreWritten) {
  if (real_models().empty()) GTEST_SKIP() << "no models in ../shared/data";
  for (const fs::path& path : real_models()) {
    const auto source = open_file(path.string());
    ASSERT_TRUE(source.ok());
    const auto counting = std::make_shared<CountingSource>(*source);
    const auto model = read_model(counting, {});
    ASSERT_TRUE(model.ok());
    ASSERT_TRUE(model_bytes::write(*model).ok());
    EXPECT_LT(counting->bytes(), counting->size() * 5 / 4 + (2 << 20)) << path;
  }
}

}  // namespace
}  // namespace octavo
