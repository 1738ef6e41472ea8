#include <gtest/gtest.h>

#include "engine/ranges/given_ranges.h"
#include "engine/ranges/match_ranges.h"
#include "tests/unit/quant/small_graph.h"

namespace octavo {
namespace {

using Values = std::vector<NamedRange>;

std::string refusal(const std::string& text) { return read_range_file(text).status().to_string(); }

RangeFile read(const std::string& text) {
  Result<RangeFile> file = read_range_file(text);
  EXPECT_TRUE(file.ok()) << file.status().to_string();
  return file.ok() ? *std::move(file) : RangeFile{};
}

std::string write_text(const std::string& format, const RangeFile& file) {
  return (*find_range_format(format))->write(file);
}

TEST(RangeFile, ReadsMace) {
  const RangeFile file = read("input@@-1.000000,1.000000\r\n\n conv@@bn:0@@0.000000,6.5\n");
  EXPECT_EQ(file.format, "mace");
  EXPECT_EQ(file.values, (Values{{"input", {-1, 1}, 1}, {"conv@@bn:0", {0, 6.5f}, 3}}));
}

TEST(RangeFile, ReadsMaceLog) {
  const RangeFile file = read(
      "I mace/core/net/serial_net.cc:177 Op conv\n"
      "I serial_net.cc:200 Tensor range @@conv@@-1,2\n"
      "I serial_net.cc:200 Tensor range @@conv@@-3,1.5@@0,0,1,2\n");  // with its histogram
  EXPECT_EQ(file.format, "mace_log");
  EXPECT_EQ(file.values, (Values{{"conv", {-1, 2}, 2}, {"conv", {-3, 1.5f}, 3}}));
}

TEST(RangeFile, ReadsNcnnTables) {
  const RangeFile file = read(
      "conv_param_0 63.500000 127.000000 \n#conv_param_0 1.0 \nlstm_param_1 2 \nconv 25.400000 \n"
      "\nbehind an empty line\n");
  EXPECT_EQ(file.format, "ncnn");
  EXPECT_EQ(file.weights, (std::vector<NamedScales>{{"conv", {63.5f, 127}, 1}}));
  EXPECT_EQ(file.inputs, (Values{{"conv", {-127 / 25.4f, 127 / 25.4f}, 4}}));
  EXPECT_EQ(file.warnings, (std::vector<std::string>{
                               "line 3, 'lstm_param_1', is not used: only _param_0 of convolutions "
                               "and products is"}));
}

// What write_calibration_table makes of {"conv": (-1.5, 3.25), "image": (-1, 0.5)}, by the
// flatbuffers package of Python.
std::string flatbuffers_of_python() {
  constexpr unsigned char kBytes[] = {
      0x0c, 0,    0,    0,    0,    0,   0x06, 0,   0x08, 0,   0x04, 0,   0x06, 0, 0, 0,
      0x04, 0,    0,    0,    0x02, 0,   0,    0,   0x08, 0,   0,    0,   0x2c, 0, 0, 0,
      0xe0, 0xff, 0xff, 0xff, 0x08, 0,   0,    0,   0x0c, 0,   0,    0,   0x03, 0, 0, 0,
      '1',  '.',  '0',  0,    0x05, 0,   0,    0,   'i',  'm', 'a',  'g', 'e',  0, 0, 0,
      0x08, 0,    0x0c, 0,    0x08, 0,   0x04, 0,   0x08, 0,   0,    0,   0x08, 0, 0, 0,
      0x10, 0,    0,    0,    0x04, 0,   0,    0,   '3',  '.', '2',  '5', 0,    0, 0, 0,
      0x04, 0,    0,    0,    'c',  'o', 'n',  'v', 0,    0,   0,    0};
  return {reinterpret_cast<const char*>(kBytes), sizeof kBytes};
}

TEST(RangeFile, ReadsAndWritesOnnxruntimesFlatbuffers) {
  const RangeFile file = read(flatbuffers_of_python());
  EXPECT_EQ(file.format, "flatbuffers");
  EXPECT_EQ(file.values, (Values{{"image", {-1, 1}}, {"conv", {-3.25f, 3.25f}}}));
  const RangeFile again = read(write_text("flatbuffers", file));
  EXPECT_EQ(again.format, "flatbuffers");
  EXPECT_EQ(again.values, (Values{{"conv", {-3.25f, 3.25f}}, {"image", {-1, 1}}}));  // sorted
}

TEST(RangeFile, DamagedFlatbuffersAreRefused) {
  const std::string whole = flatbuffers_of_python();
  for (size_t size = 16; size < whole.size() - 4; ++size) {
    EXPECT_FALSE(read_range_file(whole.substr(0, size)).ok()) << size;
  }
  for (size_t i = 0; i < whole.size(); ++i) {
    for (const unsigned char byte : {0x00, 0x7f, 0xff}) {
      std::string bytes = whole;
      bytes[i] = static_cast<char>(byte);
      const Result<RangeFile> file = read_range_file(bytes);  // right or wrong, nothing breaks
      EXPECT_EQ(file.ok(), file.status().message().empty());
    }
  }
  const std::string damaged = "is damaged: no FlatBuffer of ONNX Runtime's calibration table";
  EXPECT_EQ(refusal(whole.substr(0, 60)), damaged);
  std::string bytes = whole;
  bytes[48] = 'x';
  EXPECT_EQ(refusal(bytes), "entry 1: wants a finite number, its magnitude");
  bytes[40] = 0x7f;  // the name's offset
  EXPECT_EQ(refusal(bytes), damaged);
}

TEST(RangeFile, ReadsOnnxruntimesCalibrationOfAllVersions) {
  const Values wanted = {{"x", {-1.5f, 2}}};
  for (const char* text : {
           R"({"x": [-1.5, 2]})",
           R"({"x": [[-1.5], [2.0]]})",
           R"({"x": {"lowest": -1.5, "highest": 2.0, "CLS": "TensorData"}})",
           R"({"CLS": "TensorsData", "calibration_method": {"CLS": "CalibrationMethod"}, "data":
               {"x": {"lowest": {"data": -1.5, "dtype": "float32", "CLS": "numpy.array"},
                      "highest": {"data": [2.0], "dtype": "float32", "CLS": "numpy.array"}}}})",
       }) {
    EXPECT_EQ(read(text).format, "onnxruntime");
    EXPECT_EQ(read(text).values, wanted) << text;
  }
}

TEST(RangeFile, ReadsMagnitudesForTensorrt) {
  const RangeFile file = read("a 1.5\nb c:0 0.0\n\nnegative -0.25\n");
  EXPECT_EQ(file.format, "tensorrt");
  EXPECT_EQ(
      file.values,
      (Values{{"a", {-1.5f, 1.5f}, 1}, {"b c:0", {0, 0}, 2}, {"negative", {-0.25f, 0.25f}, 4}}));
  // 0x3c010204 is 0.0078740157, 1 / 127
  const RangeFile own = read("TRT-8401-EntropyCalibration2\nx:0: 3c010204\ny: 00000000\n");
  EXPECT_EQ(own.format, "tensorrt");
  ASSERT_EQ(own.values.size(), 2u);
  EXPECT_EQ(own.values[0].name, "x:0");
  EXPECT_FLOAT_EQ(own.values[0].range.max, 0.0078740157f * 127);
  EXPECT_EQ(own.values[1].range, (Range{0, 0}));
  EXPECT_EQ(write_text("tensorrt", read("x@@-3,2\ny@@0,0.5\n")), "x 3\ny 0.5\n");
  EXPECT_EQ(refusal("a 1.5\nb nan\n"), "line 2: wants NAME and a finite number, its magnitude");
  EXPECT_EQ(refusal("TRT-7103-EntropyCalibration2\na: 7f800000\n"),
            "line 2: wants NAME: and the eight hex digits of a finite float32");
  EXPECT_EQ(refusal("TRT-7103-EntropyCalibration2\na: 3c01\n"),
            "line 2: wants NAME: and the eight hex digits of a finite float32");
}

TEST(RangeFile, WhatIsWrittenIsReadAgain) {
  RangeFile file;
  file.values = {{"a", {-0.1f, 1e-9f}}, {"a \"b\"", {-7, -6.0000005f}}, {"b:0", {0, 3.4e38f}}};
  file.inputs = {{"conv", {-2, 1}}, {"zeros", {0, 0}}};
  file.weights = {{"conv", {127, 0.5f, 63.5f}}};
  for (const RangeFormat& format : range_formats()) {
    const std::string text = format.write(file);
    const RangeFile again = read(text);
    EXPECT_EQ(again.format, format.name);
    EXPECT_EQ(format.write(again), text);
    const std::string name = format.name;
    if (name == "ncnn" || name == "tensorrt" || name == "flatbuffers") continue;  // magnitudes
    ASSERT_EQ(again.values.size(), file.values.size());
    for (size_t i = 0; i < file.values.size(); ++i) {
      EXPECT_EQ(again.values[i].name, file.values[i].name);
      EXPECT_EQ(again.values[i].range, file.values[i].range) << format.name;
    }
  }
  EXPECT_EQ(write_text("ncnn", file),
            "conv_param_0 127.000000 0.500000 63.500000 \nconv 63.500000 \nzeros 1.000000 \n");
}

TEST(RangeFile, RefusesWithLineAndReason) {
  const struct {
    const char* text;
    const char* wanted;
  } kCases[] = {
      {"",
       "holds no ranges: neither MACE's (NAME@@MIN,MAX), nor an ncnn table (LAYER SCALE), nor "
       "ONNX Runtime's calibration.json, calibration.cache or calibration.flatbuffers"},
      {"\n\n",
       "holds no ranges: neither MACE's (NAME@@MIN,MAX), nor an ncnn table (LAYER SCALE), "
       "nor ONNX Runtime's calibration.json, calibration.cache or calibration.flatbuffers"},
      {"a@@0,1\nb@@1\n", "line 2: wants MIN,MAX, not '1'"},
      {"a@@0,1\nb@@0,nan\n", "line 2: wants two finite numbers MIN,MAX, not '0,nan'"},
      {"a@@0,1e39\n", "line 1: wants numbers that a float can hold, not '0,1e39'"},
      {"a@@0,1\nb@@2,1\n", "line 2: has a minimum above its maximum: '2,1'"},
      {"a@@0,1\nb 1\n", "line 2: wants NAME@@MIN,MAX"},
      {"@@0,1\n", "line 1: wants a name before @@"},
      {"Tensor range @@a@@0,1\nTensor range @@b 1,2\n",
       "line 2: wants Tensor range @@NAME@@MIN,MAX"},
      {"conv 1\nconv_param_0 1 x\n", "line 2: 'x' is no scale: wants numbers above 0"},
      {"conv_param_0 1\nconv 0\n", "line 2: '0' is no scale: wants numbers above 0"},
      {"conv_param_0 1\nconv inf\n", "line 2: 'inf' is no scale: wants numbers above 0"},
      {"conv_param_0 1\nconv 1e-38\n", "line 2: '1e-38' is no scale: wants numbers above 0"},
      {"conv\n", "line 1: wants a scale after the name of the layer"},
      {"conv_param_0 1\nconv 1 2\n", "line 2: an input has one scale, not several"},
      {"{\"x\": 1}", "'x' wants a lowest and a highest finite number"},
      {"{\n\"x\": [0, 1],\n\"y\": [1, 0]}",
       "line 3: 'y' wants a lowest and a highest finite number"},
      {"{\n\"x\": [0, 1],\n", "line 3: not valid JSON at byte 16"},
      {"{}",
       "holds no ranges: neither MACE's (NAME@@MIN,MAX), nor an ncnn table (LAYER SCALE), nor "
       "ONNX Runtime's calibration.json, calibration.cache or calibration.flatbuffers"},
  };
  for (const auto& [text, wanted] : kCases) EXPECT_EQ(refusal(text), wanted) << text;
  EXPECT_EQ(refusal("a_param_0 1\n" + std::string(300, 'n') + " 1"),
            "line 2: has a name of more than 255 characters");
  EXPECT_EQ(refusal(std::string(5000, 'n') + "@@0,1"),
            "line 1: has a name of more than 4096 characters");
  EXPECT_EQ(refusal(std::string(kMostRangeBytes + 1, ' ')),
            "is larger than the 64 MB that a file of ranges may have");
  EXPECT_EQ(find_range_format("ncn").status().to_string(),
            "there is no format of ranges 'ncn'; did you mean 'ncnn'?");
}

// Ends made with quantize_stat.py's rules in plain Python.
TEST(MergeLog, CutsSamplesAsMaceDoes) {
  Values log;
  const std::vector<float> minima = {-1,      -1.25f,   -40,   -1.5f,   -1.75f, -2,
                                     -1.125f, -1.0625f, -1.5f, -1.375f, -1.25f, -30};
  const std::vector<float> maxima = {3,      3.5f, 2.5f,   90,   3.25f, 2.75f,
                                     3.125f, 3,    2.875f, 3.5f, 80,    3.75f};
  for (size_t i = 0; i < minima.size(); ++i) log.push_back({"x", {minima[i], maxima[i]}});
  for (int i = 0; i < 28; ++i) log.push_back({"x", {-1.5f, 3.25f}});
  log.push_back({"flat", {2, 2}});
  const struct {
    LogMerging merging;
    Range wanted;
  } kCases[] = {
      {{0, false}, {-40, 90}},         {{5, false}, {-3.4f, 7.5625f}},
      {{95, false}, {-3.4f, 7.5625f}}, {{10, false}, {-1.525f, 3.5f}},
      {{25, false}, {-1.5f, 3.25f}},   {{0, true}, {-1.75f, 3.75f}},
      {{5, true}, {-3.4f, 7.5625f}},
  };
  for (const auto& [merging, wanted] : kCases) {
    const Result<Values> merged = merge_log(log, merging);
    ASSERT_TRUE(merged.ok()) << merged.status().to_string();
    EXPECT_EQ(*merged, (Values{{"x", wanted}, {"flat", {2, 2}}})) << merging.percentile;
  }
}

TEST(MergeLog, RefusesWhatLeavesNothing) {
  const Values log = {{"x", {0, 1}}, {"x", {2, 3}}, {"x", {4, 5}}};
  EXPECT_EQ(merge_log(log, {.percentile = 50}).status().to_string(), "");
  const Values apart = {{"x", {0, 1}}, {"x", {9, 9.5f}}, {"x", {8, 8.5f}}, {"x", {0, 1}}};
  EXPECT_TRUE(merge_log(apart, {.percentile = 50}).ok());
  EXPECT_EQ(merge_log(log, {.percentile = 101}).status().to_string(),
            "percentile must be from 0 to 100, in per cent of the samples");
}

// x -> conv -> relu -> fc, with names of nodes and values that differ
class Matching : public testing::Test {
 protected:
  Matching() {
    const ValueId x = small_.input("x", Shape{1, 2, 2, 1});
    const ValueId conv = small_.conv("conv", x, {1.27f, 0.635f, 12.7f, -6.35f}, 2);
    relu_ = small_.node(Op::kRelu, "relu", {conv}, Shape{1, 2, 2, 1});
    small_.output(small_.conv("head", relu_, {1, 1, 1, 1}, 2));
    small_.graph.node(small_.graph.producer(relu_)).name = "relu_node";
  }
  MatchedRanges match(const std::string& text) {
    Result<MatchedRanges> matched = match_ranges(read(text), small_.graph);
    EXPECT_TRUE(matched.ok()) << matched.status().to_string();
    return matched.ok() ? *std::move(matched) : MatchedRanges{};
  }
  std::string refusal(const std::string& text) {
    return match_ranges(read(text), small_.graph).status().to_string();
  }
  SmallGraph small_;
  ValueId relu_;
};

TEST_F(Matching, FindsValuesByTheirNameTheirNodesAndTensorflows) {
  const MatchedRanges matched = match("x:0@@-1,1\nrelu_node@@0,5\nrelu@@0,6\nhead@@0,1\n");
  ASSERT_EQ(matched.ranges.size(), 3u);
  EXPECT_EQ(matched.ranges.at("x").range, (Range{-1, 1}));
  EXPECT_EQ(matched.ranges.at("relu").range, (Range{0, 6}));  // what was said last
  EXPECT_EQ(matched.ranges.at("relu").observer, "mace");
  EXPECT_TRUE(matched.warnings.empty() && matched.exclude.empty());
}

TEST_F(Matching, NamesThatMeanNothingAreNamedWithTheNearestOne) {
  EXPECT_EQ(match("x@@-1,1\nrela@@0,5\nrela@@0,6\n").warnings,
            std::vector<std::string>{"not in the model: 'rela' (did you mean 'relu'?)"});
  EXPECT_EQ(refusal("y@@-1,1\n"),
            "none of its names is one of the model's: 'y' (did you mean 'x'?)");
  const std::string many =
      match("x@@0,1\na@@0,1\nb@@0,1\nc@@0,1\nd@@0,1\ne@@0,1\nf@@0,1\n").warnings[0];
  EXPECT_EQ(many.substr(many.size() - 10), "and 1 more");
}

TEST_F(Matching, TablesTellInputsAndWeightsOfLayers) {
  const MatchedRanges matched = match("conv_param_0 100 10\nconv 63.5\nhead 25.4\n");
  EXPECT_EQ(matched.ranges.at("x").range, (Range{-2, 2}));
  EXPECT_EQ(matched.ranges.at("relu").range, (Range{-127 / 25.4f, 127 / 25.4f}));
  EXPECT_EQ(matched.ranges.at("conv_w").magnitudes, (std::vector<float>{1.27f, 12.7f}));
  EXPECT_TRUE(matched.exclude.empty());
}

TEST_F(Matching, LayersThatATableLeavesOutStayInFloat) {
  const MatchedRanges matched = match("conv_param_0 100 10\nhead_param_0 1\nconv 63.5\n");
  EXPECT_EQ(matched.exclude, std::vector<std::string>{"head"});
  EXPECT_EQ(matched.ranges.at("head_w").magnitudes, std::vector<float>{127});
  EXPECT_EQ(refusal("conv_param_0 1 2 3\nconv 1\n"), "line 1: 'conv' has 2 output channels, not 3");
}

TEST_F(Matching, TheTableOfAGraphIsReadBackAsItWas) {
  const Ranges ranges = ranges_of({{"x", {-1, 2}}, {"relu", {0, 5}}, {"head", {0, 1}}});
  const Result<RangeFile> file = range_file_of(small_.graph, ranges, {});
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(write_text("ncnn", *file),
            "conv_param_0 100.000000 10.000000 \nhead_param_0 127.000000 127.000000 \n"
            "conv 63.500000 \nhead 25.400000 \n");
  EXPECT_EQ(write_text("mace", *file), "x@@-1,2\nrelu@@0,5\nhead@@0,1\n");
}

TEST_F(Matching, AFileOfRangesGivesTheModelOfItsRanges) {
  const Ranges ranges = ranges_of({{"x", {-1, 2.1f}}, {"relu", {0, 5.3f}}, {"head", {-0.1f, 1}}});
  const Result<RangeFile> file = range_file_of(small_.graph, ranges, {});
  ASSERT_TRUE(file.ok());
  for (const char* format : {"mace", "onnxruntime", "mace_log"}) {
    const auto given = given_ranges(small_.graph, {}, write_text(format, *file));
    ASSERT_TRUE(given.ok()) << given.status().to_string();
    EXPECT_TRUE(given->warnings.empty()) << given->warnings[0];
    const Graph one = quantized(small_.graph, ranges).graph;
    const Graph other = quantized(small_.graph, given->calibration.ranges).graph;
    for (const char* name : {"x", "relu", "head", "conv_w"}) {
      EXPECT_EQ(params_of(one, name), params_of(other, name)) << format << " " << name;
    }
  }
}

TEST_F(Matching, TheTablesScalesOfWeightsAreTaken) {
  const auto given = given_ranges(small_.graph, {}, "conv_param_0 50 5\nconv 127\nhead 127\n");
  ASSERT_TRUE(given.ok());
  const Graph graph =
      quantized(small_.graph, given->calibration.ranges, given->recipe.recipe).graph;
  EXPECT_EQ(params_of(graph, "conv_w").scale, (std::vector<float>{0.02f, 0.2f}));
}

TEST_F(Matching, ValuesThatAreLeftWithoutARangeAreNamed) {
  RecipeFile recipe;
  recipe.recipe.input_ranges["x"] = {-1, 1};
  const auto given = given_ranges(small_.graph, recipe, "");
  ASSERT_TRUE(given.ok());
  EXPECT_EQ(given->calibration.ranges.at("x").range, (Range{-1, 1}));
  EXPECT_EQ(given->warnings,
            std::vector<std::string>{
                "3 values are without a range, and layers that need them stay in float: 'conv', "
                "'relu', 'head'; --input-range NAME=MIN,MAX gives one"});
}

TEST(GivenRanges, PreprocessingTellsTheRangeOfPictures) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 3, 2, 2});
  small.output(small.conv("conv", x, {1, 1, 1}, 1));
  RecipeFile recipe =
      *recipe_from_json(R"({"preprocess": "tf", "input_ranges": {"conv": [0, 1]}})");
  EXPECT_EQ(given_ranges(small.graph, recipe, "")->calibration.ranges.at("x").range,
            (Range{-1, 1}));
  recipe.recipe.input_ranges["x"] = {-2, 2};  // what was said by hand wins
  EXPECT_EQ(given_ranges(small.graph, recipe, "")->calibration.ranges.at("x").range,
            (Range{-2, 2}));
}

}  // namespace
}  // namespace octavo
