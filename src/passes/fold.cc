#include "passes/fold.h"

#include <algorithm>

#include "graph/shape_inference.h"
#include "passes/rewrite.h"

namespace octavo {
namespace {

// A tensor may grow up to this much; ConstantOfShape and Expand make files of a few bytes into
// gigabytes.
constexpr uint64_t kMaxGrownBytes = uint64_t{16} << 20;
// What one walk may read and write, beside some times what the graph holds: a file of 100,000 sums
// over one large constant must not take minutes to open.
constexpr uint64_t kMaxWork = uint64_t{256} << 20;
constexpr uint64_t kMaxWorkPerByte = 4;

// Quantized weights stay behind their DequantizeLinear: that is what says that they are quantized.
bool is_foldable(Op op) {
  return op != Op::kUnknown && op != Op::kIf && op != Op::kQuantizeLinear &&
         op != Op::kDequantizeLinear;
}

// The same bytes. A Cast is one where readers have widened what it reads.
bool is_view(const Graph& graph, const Node& node) {
  const Op op = node.op;
  if (op == Op::kCast && node.outputs[0] != kNoValue) {
    return graph.value(node.inputs[0]).dtype == graph.value(node.outputs[0]).dtype;
  }
  return op == Op::kIdentity || op == Op::kReshape || op == Op::kSqueeze || op == Op::kUnsqueeze ||
         op == Op::kFlatten;
}

uint64_t constant_bytes(const Graph& graph, ValueId id) {
  const Constant* constant = graph.constant(id);
  return constant ? constant->bytes() : 0;
}

// Bytes of a value of known type and size; NonZero's is only bounded.
std::optional<uint64_t> bytes_of(const Graph& graph, const Node& node, ValueId id) {
  const Value& value = graph.value(id);
  if (node.op == Op::kNonZero) {
    const Constant& x = *graph.constant(node.inputs[0]);
    return static_cast<uint64_t>(x.count() * std::max(1, x.shape().rank())) * sizeof(int64_t);
  }
  if (!value.shape || size_of(value.dtype) == 0) return std::nullopt;
  const auto count = value.shape->element_count();
  if (!count) return std::nullopt;
  return static_cast<uint64_t>(*count) * size_of(value.dtype);
}

class Folder {
 public:
  Folder(Graph& graph, const PassContext& context)
      : graph_(graph), context_(context), budget_(kMaxWork) {
    for (size_t i = 0; i < graph.value_count(); ++i) {
      budget_ += kMaxWorkPerByte * constant_bytes(graph, static_cast<ValueId>(i));
    }
  }

  // True where the node became constants; fails where the data cannot be read.
  Result<bool> fold(NodeId id) {
    const Node node = graph_.node(id);
    if (node.op == Op::kShape || node.op == Op::kSize) return fold_shape(id, node);
    if (!is_foldable(node.op) || !inputs_are_constant(node)) return false;
    if (is_view(graph_, node)) return fold_view(id, node);
    if (!afford(node)) return false;
    OCTAVO_ASSIGN_OR_RETURN(auto outputs, evaluate(node));
    if (!outputs || outputs->size() < node.outputs.size()) return false;
    become(id, node, std::move(*outputs));
    return true;
  }

 private:
  // The data is not looked at: any input of known size will do.
  bool fold_shape(NodeId id, const Node& node) {
    const auto& shape = graph_.value(node.inputs[0]).shape;
    if (!shape || !shape->element_count()) return false;
    const int64_t rank = shape->rank();
    const auto clamped = [rank](int64_t at) {
      return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank);
    };
    const int64_t start = clamped(node.attrs.get_int("start", 0));
    const int64_t end = std::max(start, clamped(node.attrs.get_int("end", rank)));
    const auto& dims = shape->dims();
    Tensor tensor =
        node.op == Op::kSize
            ? Tensor::scalar(shape->count())
            : Tensor::from(std::vector<int64_t>(dims.begin() + start, dims.begin() + end),
                           Shape{end - start});
    std::vector<Constant> outputs;
    outputs.push_back(std::move(tensor));
    become(id, node, std::move(outputs));
    return true;
  }

  // The same bytes under another shape: weights are not copied.
  bool fold_view(NodeId id, const Node& node) {
    if (node.outputs[0] == kNoValue) return false;
    const Value& output = graph_.value(node.outputs[0]);
    if (!output.shape || !output.shape->is_static()) return false;
    std::vector<Constant> outputs;
    outputs.push_back(graph_.constant(node.inputs[0])->reshaped(*output.shape));
    become(id, node, std::move(outputs));
    return true;
  }

  bool inputs_are_constant(const Node& node) const {
    return !node.inputs.empty() &&
           std::all_of(node.inputs.begin(), node.inputs.end(), [this](ValueId id) {
             return id == kNoValue ||
                    (graph_.is_constant(id) && size_of(graph_.value(id).dtype) > 0);
           });
  }

  bool afford(const Node& node) {
    uint64_t before = 0, after = 0;
    for (const ValueId id : node.inputs) before += constant_bytes(graph_, id);
    for (const ValueId id : node.outputs) {
      if (id == kNoValue) continue;
      const auto bytes = bytes_of(graph_, node, id);
      if (!bytes) return false;
      after += *bytes;
    }
    if (after > std::max(before, kMaxGrownBytes) || before + after > budget_) return false;
    budget_ -= before + after;
    return true;
  }

  // What cannot be evaluated stays a node: running it will tell why.
  Result<std::optional<std::vector<Constant>>> evaluate(const Node& node) const {
    if (!context_.evaluate) return {std::nullopt};
    const auto outputs = context_.evaluate(node, graph_.constants(node.inputs));
    if (!outputs.ok() && outputs.status().code() == ErrorCode::kIo) return outputs.status();
    if (!outputs.ok()) return {std::nullopt};
    return {std::vector<Constant>(outputs->begin(), outputs->end())};
  }

  void become(NodeId id, const Node& node, std::vector<Constant> made) {
    graph_.remove_node(id);
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      if (node.outputs[i] == kNoValue) continue;
      Value& value = graph_.value(node.outputs[i]);
      value.dtype = made[i].dtype();
      value.shape = made[i].shape();
      value.constant = share(std::move(made[i]));
    }
    for (const ValueId input : node.inputs) {
      if (input != kNoValue) drop_if_unused(graph_, input);
    }
  }

  Graph& graph_;
  const PassContext& context_;
  uint64_t budget_;
};

}  // namespace

Result<int> infer_and_fold(Graph& graph, const PassContext& context) {
  int changes = 0;
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<NodeId> order, graph.topological_order());
  Folder folder(graph, context);
  for (const NodeId id : order) {
    OCTAVO_RETURN_IF_ERROR(infer_outputs(graph, id));
    OCTAVO_ASSIGN_OR_RETURN(const bool folded, folder.fold(id));
    if (folded) ++changes;
  }
  return changes;
}

}  // namespace octavo
