#include "engine/sample_files.h"

#include <gtest/gtest.h>

#include "engine/npy.h"
#include "engine/sample_loader.h"
#include "engine/text_array.h"
#include "tests/unit/quant/small_graph.h"

namespace octavo {
namespace {

SampleFile text_file(const std::string& name, const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {name, {bytes.begin(), bytes.end()}};
}

template <typename T>
SampleFile array_file(const std::string& name, const std::vector<T>& values, const Shape& shape) {
  return {name, write_npy(dtype_of<T>(), shape, values.data())};
}

template <typename T>
std::vector<T> values_of(const Tensor& tensor) {
  const auto values = tensor.values<T>();
  return {values.begin(), values.end()};
}

// ids (N, L) of int64, mask/in (1, 3) of float
class SampleFiles : public testing::Test {
 protected:
  SampleFiles() {
    small_.input("ids", Shape{kDynamic, kDynamic}, DType::kInt64);
    small_.input("mask/in", Shape{1, 3});
  }
  Result<std::vector<Tensor>> load(const std::vector<SampleFile>& files) {
    const Result<SampleLoader> loader = SampleLoader::make(small_.graph, {});
    EXPECT_TRUE(loader.ok());
    return loader->load(files);
  }
  std::string refusal(const std::vector<SampleFile>& files) {
    const Status status = load(files).status();
    EXPECT_EQ(status.code(), ErrorCode::kCalibrationData);
    return status.to_string();
  }
  SmallGraph small_;
};

TEST_F(SampleFiles, FeedInputsByTheirNames) {
  const auto inputs = load({array_file<float>("mask_in.npy", {1, 0, 1}, Shape{3}),  // no batch
                            text_file("ids.txt", "7 8\n\t9 \r\n"), text_file("notes", "x")});
  ASSERT_TRUE(inputs.ok()) << inputs.status().to_string();
  ASSERT_EQ(inputs->size(), 2u);
  EXPECT_EQ((*inputs)[0].shape(), (Shape{1, 3}));  // a batch of one
  EXPECT_EQ(values_of<int64_t>((*inputs)[0]), (std::vector<int64_t>{7, 8, 9}));
  EXPECT_EQ(values_of<float>((*inputs)[1]), (std::vector<float>{1, 0, 1}));
}

TEST_F(SampleFiles, TakeShapesAndValuesFromInputJson) {
  const auto inputs = load({text_file("ids.txt", "1 2 3 4"), text_file("input.json", R"({"inputs": [
                              {"name": "ids", "shape": [2, 2]},
                              {"name": "mask/in", "value": 0.5}], "outputs": ["y"]})")});
  ASSERT_TRUE(inputs.ok()) << inputs.status().to_string();
  EXPECT_EQ((*inputs)[0].shape(), (Shape{2, 2}));
  EXPECT_EQ(values_of<float>((*inputs)[1]), (std::vector<float>{0.5f, 0.5f, 0.5f}));
}

TEST_F(SampleFiles, RefuseWithFileAndReason) {
  const SampleFile ids = text_file("ids.txt", "1 2");
  const SampleFile mask = text_file("mask_in.txt", "1 0 1");
  EXPECT_EQ(refusal({ids}), "it has no file for the input 'mask/in': mask_in.npy or mask_in.txt");
  EXPECT_EQ(refusal({text_file("ids.txt", "1\n2 x"), mask}),
            "ids.txt: line 2: wants finite numbers between blanks");
  EXPECT_EQ(refusal({text_file("ids.txt", "1 2.5"), mask}),
            "ids.txt: holds 2.5, which is no int64");
  EXPECT_EQ(refusal({ids, text_file("mask_in.txt", "1 2")}),
            "mask_in.txt: holds 2 numbers, which do not fill the shape [1, 3]");
  EXPECT_EQ(refusal({ids, array_file<double>("mask_in.npy", {1, 2, 3}, Shape{1, 3})}),
            "the array holds float64, the input 'mask/in' wants float32");
  EXPECT_EQ(refusal({ids, text_file("mask_in.npy", "PK")}),
            "mask_in.npy: not a usable .npy file: it does not begin with NumPy's signature");
  EXPECT_EQ(refusal({ids, mask, text_file("input.json", "{\n,}")}),
            "input.json: line 2: not valid JSON at byte 3");
  EXPECT_EQ(refusal({ids, mask, text_file("input.json", "[]")}),
            "input.json: wants {\"inputs\": [{\"name\": NAME, \"shape\": [...]}]}");
  EXPECT_EQ(refusal({ids, mask,
                     text_file("input.json", R"({"inputs": [{"name": "ids", "shape": [-1]}]})")}),
            "input.json: 'ids': wants a whole number from 0 to 2147483647");
  EXPECT_EQ(refusal({mask, text_file("input.json", R"({"inputs": [{"name": "ids", "value": 1,
                       "shape": [2147483647, 2147483647, 2147483647]}]})")}),
            "input.json: cannot be filled, its shape is [2147483647, 2147483647, 2147483647]");
}

TEST_F(SampleFiles, OneFileIsNoSampleOfSeveralInputs) {
  const Result<SampleLoader> loader = SampleLoader::make(small_.graph, {});
  const SampleFile file = array_file<float>("x.npy", {1}, Shape{1});
  EXPECT_EQ(loader->load(std::span<const std::byte>(file.bytes)).status().to_string(),
            "the model has 2 inputs; a sample of it is a folder with a .npy array for each, by its "
            "name");
}

TEST_F(SampleFiles, FoldersOfThemAreSamples) {
  const std::vector<std::string> files = {"d/a/ids.npy",   "d/a/mask_in.npy", "d/a/more/x.txt",
                                          "d/b/ids.txt",   "d/b/out.txt",     "d/labels.txt",
                                          "d/seen/cat.jpg"};
  EXPECT_EQ(
      samples_among(files, small_.graph),
      (std::vector<std::string>{"d/a", "d/a/more/x.txt", "d/b", "d/labels.txt", "d/seen/cat.jpg"}));
  SmallGraph one;
  one.input("ids", Shape{1, 3});
  EXPECT_EQ(samples_among({"a/ids.npy", "b/ids.txt", "b/input.json"}, one.graph),
            (std::vector<std::string>{"a/ids.npy", "b"}));
}

TEST(TextArray, OneOpenDimensionFollowsFromTheCount) {
  const auto shape_of = [](const std::string& text, const Shape& shape) {
    const Result<Tensor> array = read_text_array(text, DType::kFloat32, shape);
    return array.ok() ? array->shape().to_string() : array.status().message();
  };
  EXPECT_EQ(shape_of("1 2 3 4 5 6", Shape{1, kDynamic, 2}), "[1, 3, 2]");
  EXPECT_EQ(shape_of("1 2 3", Shape{1, kDynamic, 2}),
            "holds 3 numbers, which do not fill the shape [1, ?, 2]");
  EXPECT_EQ(shape_of("1 2", Shape{kDynamic, kDynamic, 1}), "[1, 2, 1]");
  EXPECT_EQ(shape_of("1 2", Shape{kDynamic, kDynamic, kDynamic}),
            "has a shape that leaves too much open: [?, ?, ?]");
  EXPECT_EQ(shape_of("", Shape{0}), "[0]");
  EXPECT_EQ(shape_of("7", Shape{}), "[]");
}

TEST(TextArray, HoldsWhatItsTypeCan) {
  const auto fits = [](const std::string& text, DType dtype) {
    return read_text_array(text, dtype, Shape{1}).ok();
  };
  EXPECT_TRUE(fits("-128", DType::kInt8) && !fits("128", DType::kInt8));
  EXPECT_TRUE(fits("255", DType::kUint8) && !fits("-1", DType::kUint8));
  EXPECT_TRUE(fits("1", DType::kBool) && !fits("2", DType::kBool));
  EXPECT_TRUE(fits("1e38", DType::kFloat32) && !fits("1e39", DType::kFloat32));
  EXPECT_TRUE(fits("-9223372036854775808", DType::kInt64));
  EXPECT_FALSE(fits("9223372036854775808", DType::kInt64));
  EXPECT_FALSE(fits("1", DType::kUint64));
}

}  // namespace
}  // namespace octavo
