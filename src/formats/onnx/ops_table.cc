#include "formats/onnx/ops_table.h"

#include "formats/onnx/element_type.h"

namespace octavo::onnx {
namespace {

constexpr MovedAttribute kMoved[] = {
    {"Upsample", 9, "scales", 1},  {"Slice", 10, "starts", 1},    {"Slice", 10, "ends", 2},
    {"Slice", 10, "axes", 3},      {"TopK", 10, "k", 1},          {"Clip", 11, "min", 1},
    {"Clip", 11, "max", 2},        {"Pad", 11, "pads", 1},        {"Pad", 11, "value", 2},
    {"Dropout", 12, "ratio", 1},   {"ReduceSum", 13, "axes", 1},  {"Split", 13, "split", 1},
    {"Squeeze", 13, "axes", 1},    {"Unsqueeze", 13, "axes", 1},  {"ReduceL2", 18, "axes", 1},
    {"ReduceMax", 18, "axes", 1},  {"ReduceMean", 18, "axes", 1}, {"ReduceMin", 18, "axes", 1},
    {"ReduceProd", 18, "axes", 1},
};

const Constant* constant(const Graph& graph, const Node& node, size_t input) {
  return input < node.inputs.size() ? graph.constant(node.inputs[input]) : nullptr;
}

bool has_input(const Node& node, size_t input) {
  return input < node.inputs.size() && node.inputs[input] != kNoValue;
}

// Upsample(x, scales) and Resize(x, scales) of opset 10 -> Resize(x, roi, scales), both of them
// asymmetric and rounding down.
void upsample_to_resize(Graph&, Node& node) {
  node.op_type = "Resize";
  node.inputs.insert(node.inputs.begin() + std::min<ptrdiff_t>(1, std::ssize(node.inputs)),
                     kNoValue);
  node.attrs.set("coordinate_transformation_mode", std::string("asymmetric"));
  node.attrs.set("nearest_mode", std::string("floor"));
}

// Before opset 13 roi and scales had to be there, empty where not meant.
void drop_empty_inputs(Graph& graph, Node& node) {
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    const Constant* found = constant(graph, node, i);
    if (found != nullptr && found->count() == 0) node.inputs[i] = kNoValue;
  }
  while (!node.inputs.empty() && node.inputs.back() == kNoValue) node.inputs.pop_back();
}

void count_split_outputs(Graph&, Node& node) {
  if (has_input(node, 1) || node.attrs.has("num_outputs")) return;
  node.attrs.set("num_outputs", static_cast<int64_t>(node.outputs.size()));
}

void mark_coerced(Graph&, Node& node) {
  node.attrs.set("axis", node.attrs.get_int("axis", 1));
  node.attrs.set(kCoerced, int64_t{1});
}

// Half precision is widened everywhere.
void cast_to_float_for_half(Graph&, Node& node) {
  if (is_half(node.attrs.get_int("to", 0))) node.attrs.set("to", int64_t{1});
}

// Of convolutions and pools: attributes that say what their absence says. They show in the size of
// small models.
void drop_defaults(Graph&, Node& node) {
  const size_t rank = node.attrs.get_ints("kernel_shape").size();
  const auto drop = [&](const char* name, size_t count, int64_t usual) {
    if (node.attrs.get_ints(name) == std::vector<int64_t>(count, usual)) node.attrs.erase(name);
  };
  if (rank == 0) return;  // how many there have to be is not known here
  drop("strides", rank, 1);
  drop("dilations", rank, 1);
  drop("pads", 2 * rank, 0);
  if (node.attrs.get_int("group", 0) == 1) node.attrs.erase("group");
}

constexpr Rewrite kRewrites[] = {
    {"Upsample", kAlways, upsample_to_resize},
    {"Resize", 11,
     [](Graph& graph, Node& node) {
       if (!node.attrs.has("nearest_mode")) upsample_to_resize(graph, node);
     }},
    {"Resize", kAlways, drop_empty_inputs},
    {"Split", kAlways, count_split_outputs},
    {"Softmax", 13, mark_coerced},
    {"LogSoftmax", 13, mark_coerced},
    {"Cast", kAlways, cast_to_float_for_half},
    {"Conv", kAlways, drop_defaults},
    {"ConvTranspose", kAlways, drop_defaults},
    {"MaxPool", kAlways, drop_defaults},
    {"AveragePool", kAlways, drop_defaults},
};

const char* refuse_training_norm(const Graph&, const Node& node) {
  if (node.attrs.get_int("spatial", 1) == 0) return "per-activation statistics are not supported";
  return node.attrs.get_int("training_mode", 0) != 0
             ? "it is in training mode: export for inference"
             : nullptr;
}

const char* refuse_training_dropout(const Graph& graph, const Node& node) {
  if (!has_input(node, 2)) return nullptr;
  const Tensor* training = graph.held_constant(node.inputs[2]);
  const bool off = training != nullptr && training->integers() == std::vector<int64_t>{0};
  return off ? nullptr : "it is in training mode: export for inference";
}

const char* refuse_odd_cast(const Graph&, const Node& node) {
  const DType to = dtype_from_onnx(node.attrs.get_int("to", 0));
  return to == DType::kUnknown || to == DType::kString ? "its target type is not supported"
                                                       : nullptr;
}

const char* refuse_output_type(const Graph&, const Node& node) {
  return node.attrs.get_int("output_dtype", 0) != 0 ? "a separate output type is not supported"
                                                    : nullptr;
}

constexpr Refusal kRefusals[] = {
    {"BatchNormalization", refuse_training_norm},
    {"Dropout", refuse_training_dropout},
    {"Cast", refuse_odd_cast},
    {"QuantizeLinear", refuse_output_type},
    {"DequantizeLinear", refuse_output_type},
};

bool always(const Graph&, const Node&) { return true; }

bool has_16_bits(DType dtype) { return dtype == DType::kInt16 || dtype == DType::kUint16; }
bool has_4_bits(DType dtype) { return dtype == DType::kInt4 || dtype == DType::kUint4; }

// 16 and 4 bits, scales in blocks.
bool is_newer_quantization(const Graph& graph, const Node& node) {
  const bool dequantizes = node.op == Op::kDequantizeLinear;
  const DType dtype = graph.value(dequantizes ? node.inputs[0] : node.outputs[0]).dtype;
  return has_16_bits(dtype) || has_4_bits(dtype) || node.attrs.get_int("block_size", 0) != 0;
}

bool is_mode(const Node& node, const char* attribute, const char* mode) {
  return node.attrs.get_string(attribute, "") == mode;
}

constexpr Newcomer kNewcomers[] = {
    {"AveragePool", 19, [](const Graph&, const Node& node) { return node.attrs.has("dilations"); }},
    {"DequantizeLinear", 21, is_newer_quantization},
    {"GRU", 14, [](const Graph&, const Node& node) { return node.attrs.has("layout"); }},
    {"Gelu", 20, always},
    {"HardSwish", 14, always},
    {"LSTM", 14, [](const Graph&, const Node& node) { return node.attrs.has("layout"); }},
    {"LayerNormalization", 17, always},
    {"Pad", 18, [](const Graph&, const Node& node) { return has_input(node, 3); }},
    {"Pad", 19, [](const Graph&, const Node& node) { return is_mode(node, "mode", "wrap"); }},
    {"QuantizeLinear", 21, is_newer_quantization},
    {"Reshape", 14, [](const Graph&, const Node& node) { return node.attrs.has("allowzero"); }},
    {"Resize", 18,
     [](const Graph&, const Node& node) {
       return node.attrs.has("axes") || node.attrs.has("antialias") ||
              node.attrs.has("keep_aspect_ratio_policy");
     }},
    {"Resize", 19,
     [](const Graph&, const Node& node) {
       return is_mode(node, "coordinate_transformation_mode", "half_pixel_symmetric");
     }},
    {"Shape", 15,
     [](const Graph&, const Node& node) {
       return node.attrs.has("start") || node.attrs.has("end");
     }},
};

}  // namespace

std::span<const MovedAttribute> moved_attributes() { return kMoved; }
std::span<const Rewrite> rewrites() { return kRewrites; }
std::span<const Refusal> refusals() { return kRefusals; }
std::span<const Newcomer> newcomers() { return kNewcomers; }

}  // namespace octavo::onnx
