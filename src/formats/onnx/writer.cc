#include "formats/onnx/writer.h"

#include <algorithm>

#include "formats/onnx/graph_writer.h"
#include "formats/onnx/onnx.pb.h"
#include "formats/onnx/ops.h"

namespace octavo::onnx {
namespace {

constexpr int kModelGraph = 7;
constexpr uint64_t kMaxFile = INT32_MAX;  // protobuf's limit

template <typename Visit>
Status for_each_node(const Graph& graph, const Visit& visit) {
  for (const NodeId id : graph.live_nodes()) {
    const Node& node = graph.node(id);
    OCTAVO_RETURN_IF_ERROR(visit(graph, node));
    for (const auto& [name, attribute] : node.attrs.map()) {
      const auto* subgraph = std::get_if<std::shared_ptr<Graph>>(&attribute);
      if (subgraph != nullptr) OCTAVO_RETURN_IF_ERROR(for_each_node(**subgraph, visit));
    }
  }
  return {};
}

// Operators outside the graph's vocabulary are written as they were read, in the opset that they
// were written for if possible; these changed their meaning.
struct Changed {
  const char* op_type;
  int64_t in;
};
constexpr Changed kChanged[] = {
    {"Scan", 9},        {"Scatter", 11},      {"Hardmax", 13},         {"RoiAlign", 16},
    {"ReduceL1", 18},   {"ReduceLogSum", 18}, {"ReduceLogSumExp", 18}, {"ReduceSumSquare", 18},
    {"GridSample", 20}, {"DFT", 20},
};

Status check_unchanged(const Node& node, int64_t from, int64_t to) {
  for (const Changed& changed : kChanged) {
    if (node.op_type != changed.op_type || changed.in <= from || changed.in > to) continue;
    return {ErrorCode::kModelUnsupported,
            "it changed its meaning in opset " + std::to_string(changed.in) +
                ", and the model, read with " + "opset " + std::to_string(from) +
                ", has to be written with " + std::to_string(to) +
                ": bring the model to that opset first (onnx.version_converter)",
            describe(node)};
  }
  return {};
}

bool is_foreign(const Node& node) { return node.op == Op::kUnknown && node.domain.empty(); }

// The model's own opset, unless the form of its operators needs a newer one.
Result<int64_t> choose_opset(const Model& model) {
  bool any_foreign = false;
  int64_t needed = kOldestWritten;
  OCTAVO_RETURN_IF_ERROR(for_each_node(model.graph, [&](const Graph& graph, const Node& node) {
    any_foreign |= is_foreign(node);
    needed = std::max(needed, opset_needed(graph, node));
    return ok_status();
  }));
  const int64_t newest = any_foreign ? INT64_MAX : kNewestOpset;
  const int64_t opset = std::max(needed, std::min(model.opset, newest));
  OCTAVO_RETURN_IF_ERROR(for_each_node(model.graph, [&](const Graph&, const Node& node) {
    return is_foreign(node) ? check_unchanged(node, model.opset, opset) : ok_status();
  }));
  return opset;
}

// The IR version that came with an opset.
int64_t ir_version_of(int64_t opset) {
  if (opset < 15) return 7;
  if (opset < 19) return 8;
  if (opset < 21) return 9;
  return 10;
}

// Those that the file imported, and the first version of others that are in use.
std::map<std::string, int64_t> domains_of(const Model& model) {
  std::map<std::string, int64_t> domains = model.domains;
  (void)for_each_node(model.graph, [&](const Graph&, const Node& node) {
    if (!node.domain.empty()) domains.try_emplace(node.domain, 1);
    return ok_status();
  });
  return domains;
}

std::string header(const Model& model, int64_t opset) {
  ModelProto proto;
  proto.set_ir_version(ir_version_of(opset));
  proto.set_producer_name("octavo");
  const auto version = model.metadata.find("octavo_version");  // the engine's, by the engine
  if (version != model.metadata.end()) proto.set_producer_version(version->second);
  auto* own = proto.add_opset_import();
  own->set_domain("");
  own->set_version(opset);
  for (const auto& [domain, version] : domains_of(model)) {
    auto* other = proto.add_opset_import();
    other->set_domain(domain);
    other->set_version(version);
  }
  for (const auto& [key, value] : model.metadata) {
    auto* entry = proto.add_metadata_props();
    entry->set_key(key);
    entry->set_value(value);
  }
  return proto.SerializeAsString();
}

}  // namespace

Result<uint64_t> write(const Model& model, const ByteSink& sink) {
  OCTAVO_ASSIGN_OR_RETURN(const int64_t opset, choose_opset(model));
  OCTAVO_ASSIGN_OR_RETURN(Rope graph, GraphWriter(model.graph, opset).write());
  Rope file;
  file.append(header(model, opset));
  file.message(kModelGraph, std::move(graph));
  if (file.size() > kMaxFile) {
    return Status(
        ErrorCode::kModelUnsupported,
        "the written model would have " + std::to_string(file.size() >> 20) +
            " MB, and an ONNX file ends at 2048: quantize more of its weights, or split it");
  }
  if (sink) OCTAVO_RETURN_IF_ERROR(file.write(sink));
  return file.size();
}

}  // namespace octavo::onnx
