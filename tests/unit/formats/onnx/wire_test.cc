#include "formats/onnx/wire.h"

#include <gtest/gtest.h>

#include "tests/unit/formats/onnx/model_bytes.h"

namespace octavo::onnx {
namespace {

using model_bytes::Proto;

WireReader reader_of(const std::string& bytes) {
  const auto copy = std::make_shared<std::string>(bytes);
  return WireReader(std::make_shared<MemorySource>(std::as_bytes(std::span(*copy)), copy));
}

TEST(WireReader, FindsFieldsOfEveryKind) {
  WireReader wire = reader_of(Proto().number(1, 300).bytes(2, "abc").real(16, 1.5f).str());
  Extent rest = wire.everything();
  const struct {
    int number;
    WireType type;
    Extent payload;
  } wanted[] = {{1, WireType::kVarint, {1, 3}},
                {2, WireType::kLength, {5, 8}},
                {16, WireType::kFixed32, {10, 14}}};
  for (const auto& field : wanted) {
    const auto found = wire.next(rest);
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(found->number, field.number);
    EXPECT_EQ(found->type, field.type);
    EXPECT_EQ(found->payload.begin, field.payload.begin);
    EXPECT_EQ(found->payload.end, field.payload.end);
  }
  EXPECT_EQ(rest.size(), 0u);
}

TEST(WireReader, ReadsNumbersUpTo64Bits) {
  for (const uint64_t value : {uint64_t{0}, uint64_t{127}, uint64_t{128}, UINT64_MAX}) {
    WireReader wire = reader_of(Proto().varint(value).str());
    Extent rest = wire.everything();
    const auto read = wire.varint(rest);
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(*read, value);
  }
}

TEST(WireReader, SplitLeavesOutWhatIsWalkedByHand) {
  const std::string others = Proto().number(1, 7).bytes(3, "kept").str();
  WireReader wire = reader_of(Proto().number(1, 7).bytes(2, "big").bytes(3, "kept").str());
  std::string joined;
  const auto fields = wire.split(wire.everything(), {2}, joined);
  ASSERT_TRUE(fields.ok());
  EXPECT_EQ(joined, others);
  ASSERT_EQ(fields->size(), 1u);
  EXPECT_EQ(fields->front().payload.size(), 3u);
}

// Weights in the middle of a file are skipped, and the window grows only while reading on.
TEST(WireReader, ReadsLittleOfAFileOfWeights) {
  class Counting final : public ByteSource {
   public:
    explicit Counting(std::string bytes) : bytes_(std::move(bytes)) {}
    uint64_t size() const override { return bytes_.size(); }
    Status read(uint64_t offset, std::span<std::byte> out) const override {
      read_ += out.size();
      return MemorySource(std::as_bytes(std::span(bytes_))).read(offset, out);
    }
    mutable uint64_t read_ = 0;

   private:
    std::string bytes_;
  };
  Proto file;
  for (int i = 0; i < 10; ++i) file.bytes(1, std::string(1 << 20, 'w')).number(2, 1);
  const auto source = std::make_shared<Counting>(file.str());
  WireReader wire(source);
  std::string others;
  ASSERT_TRUE(wire.split(wire.everything(), {1}, others).ok());
  EXPECT_EQ(others.size(), 20u);
  EXPECT_LT(source->read_, 100000u);
}

}  // namespace
}  // namespace octavo::onnx
