// Every way in which ONNX holds the data of a tensor.
#include <gtest/gtest.h>

#include "tests/unit/formats/onnx/model_bytes.h"

namespace octavo {
namespace {

using namespace model_bytes;  // NOLINT: builders

// An initializer 'w' of three elements, read back.
Result<ConstantPtr> read_back(const Proto& initializer, const ReadOptions& options = {}) {
  auto opened =
      open(model(graph({{1, node("Custom", {"w"}, {"y"})}, {5, initializer}, out("y")})), options);
  if (!opened.ok()) return opened.status();
  const ValueId id = opened->graph.find_value("w");
  return opened->graph.value(id).constant;
}

std::string packed(const std::vector<uint64_t>& values) {
  Proto proto;
  for (const uint64_t value : values) proto.varint(value);
  return proto.str();
}

struct IntegerCase {
  const char* name;
  int type;
  Proto data;
  DType dtype;
  std::vector<int64_t> values;
};

class Integers : public testing::TestWithParam<IntegerCase> {};

TEST_P(Integers, AreReadFromEveryField) {
  const IntegerCase& wanted = GetParam();
  const auto read = read_back(tensor("w", wanted.type, {3}).raw(wanted.data.str()));
  ASSERT_TRUE(read.ok()) << read.status().to_string();
  EXPECT_EQ((*read)->dtype(), wanted.dtype);
  EXPECT_EQ((*read)->shape(), Shape({3}));
  EXPECT_EQ((*read)->held()->integers(), wanted.values);
}

constexpr uint64_t kMinusTwo = static_cast<uint64_t>(-2);

INSTANTIATE_TEST_SUITE_P(
    Table, Integers,
    testing::Values(
        IntegerCase{"RawInt8", 3, Proto().bytes(9, "\x01\xfe\x7f"), DType::kInt8, {1, -2, 127}},
        IntegerCase{"TypedInt8",
                    3,
                    Proto().bytes(5, packed({1, kMinusTwo, 127})),
                    DType::kInt8,
                    {1, -2, 127}},
        IntegerCase{
            "TypedUint8", 2, Proto().bytes(5, packed({1, 254, 127})), DType::kUint8, {1, 254, 127}},
        IntegerCase{"TypedInt16",
                    5,
                    Proto().bytes(5, packed({1, kMinusTwo, 300})),
                    DType::kInt16,
                    {1, -2, 300}},
        IntegerCase{"TypedUint16",
                    4,
                    Proto().bytes(5, packed({1, 65534, 300})),
                    DType::kUint16,
                    {1, 65534, 300}},
        IntegerCase{"TypedInt32",
                    6,
                    Proto().bytes(5, packed({1, kMinusTwo, 70000})),
                    DType::kInt32,
                    {1, -2, 70000}},
        IntegerCase{"OneByOne",
                    6,
                    Proto().number(5, 1).number(5, kMinusTwo).number(5, 3),
                    DType::kInt32,
                    {1, -2, 3}},
        IntegerCase{"InTwoParts",
                    7,
                    Proto().bytes(7, packed({1, kMinusTwo})).number(7, 3),
                    DType::kInt64,
                    {1, -2, 3}},
        IntegerCase{"RawInt64",
                    7,
                    Proto().bytes(9, bytes_of<int64_t>({1, -2, 3})),
                    DType::kInt64,
                    {1, -2, 3}},
        IntegerCase{"TypedUint32",
                    12,
                    Proto().bytes(11, packed({1, 4000000000, 3})),
                    DType::kUint32,
                    {1, 4000000000, 3}},
        IntegerCase{"TypedUint64",
                    13,
                    Proto().bytes(11, packed({1, 1ull << 40, 3})),
                    DType::kUint64,
                    {1, 1ll << 40, 3}},
        IntegerCase{"TypedBool", 9, Proto().bytes(5, packed({1, 0, 1})), DType::kBool, {1, 0, 1}},
        IntegerCase{"OddBools",
                    9,
                    Proto().bytes(9, std::string_view("\x02\x00\xff", 3)),
                    DType::kBool,
                    {1, 0, 1}}),
    [](const auto& info) { return info.param.name; });

// Two elements a byte in the file, the first in the low bits; an odd one alone.
TEST(TensorEncodings, FourBitsBecomeABytePerElement) {
  struct {
    int type;
    Proto data;
    std::vector<int8_t> wanted;
  } const cases[] = {{22, Proto().bytes(9, "\x81\x0f"), {1, -8, -1}},
                     {22, Proto().bytes(5, packed({0x81, 0x0f})), {1, -8, -1}},
                     {21, Proto().bytes(9, "\x81\x0f"), {1, 8, 15}}};
  for (const auto& [type, data, wanted] : cases) {
    const auto read = read_back(tensor("w", type, {3}).raw(data.str()));
    ASSERT_TRUE(read.ok()) << read.status().to_string();
    const auto* elements = static_cast<const int8_t*>((*read)->held()->data());
    EXPECT_EQ(std::vector<int8_t>(elements, elements + 3), wanted);
  }
  EXPECT_FALSE(read_back(tensor("w", 22, {3}).raw(Proto().bytes(9, "\x81").str())).ok());
}

struct RealCase {
  const char* name;
  int type;
  Proto data;
};

class Reals : public testing::TestWithParam<RealCase> {};

TEST_P(Reals, AreFloatsWhateverTheirEncoding) {
  const auto read = read_back(tensor("w", GetParam().type, {3}).raw(GetParam().data.str()));
  ASSERT_TRUE(read.ok()) << read.status().to_string();
  const auto values = (*read)->held()->values<float>();
  EXPECT_EQ(std::vector<float>(values.begin(), values.end()),
            (std::vector<float>{1.0f, -2.0f, 0.5f}));
}

const std::string kFloatBytes = bytes_of<float>({1.0f, -2.0f, 0.5f});

INSTANTIATE_TEST_SUITE_P(
    Table, Reals,
    testing::Values(
        RealCase{"Raw", 1, Proto().bytes(9, kFloatBytes)},
        RealCase{"Packed", 1, Proto().bytes(4, kFloatBytes)},
        RealCase{"OneByOne", 1, Proto().real(4, 1.0f).real(4, -2.0f).real(4, 0.5f)},
        RealCase{"RawHalf", 10, Proto().bytes(9, bytes_of<uint16_t>({0x3c00, 0xc000, 0x3800}))},
        RealCase{"TypedHalf", 10, Proto().bytes(5, packed({0x3c00, 0xc000, 0x3800}))},
        RealCase{"RawBfloat16", 16, Proto().bytes(9, bytes_of<uint16_t>({0x3f80, 0xc000, 0x3f00}))},
        RealCase{"TypedBfloat16", 16, Proto().bytes(5, packed({0x3f80, 0xc000, 0x3f00}))}),
    [](const auto& info) { return info.param.name; });

TEST(TensorEncodings, HalfPrecisionIsSaidToBeWidened) {
  const auto opened =
      open(model(graph({{1, node("Relu", {"w"}, {"y"})},
                        {5, tensor("w", 10, {1}).bytes(9, std::string_view("\0\x3c", 2))},
                        out("y")})));
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->warnings,
            std::vector<std::string>{"float16 and bfloat16 are held, and written, as float32"});
}

TEST(TensorEncodings, DoublesStayDoubles) {
  const auto read = read_back(tensor("w", 11, {2}).bytes(10, bytes_of<double>({0.1, -3.0})));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ((*read)->held()->values<double>()[0], 0.1);
}

TEST(TensorEncodings, AnEmptyTensorNeedsNoData) {
  const auto read = read_back(tensor("w", 1, {0, 4}));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ((*read)->count(), 0);
}

TEST(TensorEncodings, StringsSurviveARoundTrip) {
  const auto opened = open(model(graph({{1, node("Custom", {"w"}, {"y"})},
                                        {5, tensor("w", 8, {2}).bytes(6, "cat").bytes(6, "")},
                                        out("y")})));
  ASSERT_TRUE(opened.ok());
  const auto written = write(*opened);
  ASSERT_TRUE(written.ok());
  EXPECT_NE(written->find(Proto().bytes(6, "cat").bytes(6, "").str()), std::string::npos);
}

// External data: keys as a list of pairs, the file beside the model is 16 bytes 0..15.
Proto outside(std::initializer_list<std::pair<const char*, const char*>> keys) {
  Proto proto = tensor("w", 2, {3}).number(14, 1);
  for (const auto& [key, text] : keys) proto.message(13, Proto().bytes(1, key).bytes(2, text));
  return proto;
}

const ReadOptions kBeside = {
    [](const std::string& name) -> Result<std::shared_ptr<const ByteSource>> {
      static const std::vector<uint8_t> kBytes = {0, 1, 2,  3,  4,  5,  6,  7,
                                                  8, 9, 10, 11, 12, 13, 14, 15};
      if (name != "w.bin" && name != "sub/w.bin") return Status(ErrorCode::kIo, "no such file");
      return std::shared_ptr<const ByteSource>(
          std::make_shared<MemorySource>(std::as_bytes(std::span(kBytes))));
    }};

TEST(ExternalData, IsReadFromBesideTheModel) {
  const auto read =
      read_back(outside({{"location", "w.bin"}, {"offset", "4"}, {"length", "3"}}), kBeside);
  ASSERT_TRUE(read.ok()) << read.status().to_string();
  EXPECT_EQ((*read)->held()->integers(), (std::vector<int64_t>{4, 5, 6}));
}

TEST(ExternalData, NeedsNeitherOffsetNorLength) {
  const auto read = read_back(outside({{"location", "sub/w.bin"}}), kBeside);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ((*read)->held()->integers(), (std::vector<int64_t>{0, 1, 2}));
}

TEST(ExternalData, CountsTowardsTheSizeOfTheModel) {
  const std::string bytes = model(
      graph({{1, node("Custom", {"w"}, {"y"})}, {5, outside({{"location", "w.bin"}})}, out("y")}));
  const auto opened = open(bytes, kBeside);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->bytes, bytes.size() + 16);
}

struct RefusedCase {
  const char* name;
  Proto initializer;
  const char* sentence;
};

class RefusedExternalData : public testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedExternalData, SaysWhy) {
  const auto read = read_back(GetParam().initializer, kBeside);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.status().to_string(), GetParam().sentence);
}

#define OCTAVO_OUTSIDE(location)                      \
  "tensor 'w': its data is said to be in '" location  \
  "', outside the model's folder, where Octavo does " \
  "not look: keep the file beside the model and export it again"

INSTANTIATE_TEST_SUITE_P(
    Table, RefusedExternalData,
    testing::Values(
        RefusedCase{"Absolute", outside({{"location", "/etc/passwd"}}),
                    OCTAVO_OUTSIDE("/etc/passwd")},
        RefusedCase{"Upwards", outside({{"location", "a/../../w.bin"}}),
                    OCTAVO_OUTSIDE("a/../../w.bin")},
        RefusedCase{"Backslash", outside({{"location", "..\\w.bin"}}), OCTAVO_OUTSIDE("..\\w.bin")},
        RefusedCase{"Drive", outside({{"location", "C:w.bin"}}), OCTAVO_OUTSIDE("C:w.bin")},
        RefusedCase{"NoName", outside({{"location", ""}}), OCTAVO_OUTSIDE("")},
        RefusedCase{
            "NoLocation", outside({}),
            "tensor 'w': its data is in another file, but the model does not say which: export "
            "it again"},
        RefusedCase{
            "Missing", outside({{"location", "v.bin"}}),
            "tensor 'w': its data is in 'v.bin' beside the model, which cannot be opened (no such "
            "file): put that file beside the model"},
        RefusedCase{
            "PastTheEnd", outside({{"location", "w.bin"}, {"offset", "14"}}),
            "tensor 'w': 'w.bin' ends too early: 3 bytes wanted at 14 of 16; is it the file that "
            "belongs to this model, and whole?"},
        RefusedCase{
            "HugeOffset", outside({{"location", "w.bin"}, {"offset", "18446744073709551615"}}),
            "tensor 'w': 'w.bin' ends too early: 3 bytes wanted at 18446744073709551615 of 16; is "
            "it the file that belongs to this model, and whole?"},
        RefusedCase{
            "OtherLength", outside({{"location", "w.bin"}, {"length", "5"}}),
            "tensor 'w': its shape asks for 3 bytes, but the model gives it 5 of 'w.bin': export "
            "the model again"},
        RefusedCase{
            "NoNumber", outside({{"location", "w.bin"}, {"offset", "-1"}}),
            "tensor 'w': its external data has offset '-1', which is no number of bytes: export "
            "the model again"}),
    [](const auto& info) { return info.param.name; });

TEST(ExternalData, AsksForTheFileWhereThereIsNoFolder) {
  const auto read = read_back(outside({{"location", "w.bin"}}));
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.status().to_string(),
            "tensor 'w': its data is in 'w.bin' beside the model: give that file together with the "
            "model");
}

}  // namespace
}  // namespace octavo
