#include "formats/onnx/reader.h"

#include <algorithm>
#include <optional>

#include "formats/onnx/graph_reader.h"
#include "formats/onnx/onnx.pb.h"
#include "formats/onnx/ops.h"

namespace octavo::onnx {
namespace {

// Fields of ModelProto.
constexpr int kIrVersion = 1, kGraph = 7, kTrainingInfo = 20, kFunctions = 25;

// ModelProto's fields are 1 to 8, 14, 20, 25 and 26; numbers are 1 and 5, all others have lengths.
bool belongs_to_model(const Field& field) {
  const bool is_known = field.number <= 8 || field.number == 14 || field.number == kTrainingInfo ||
                        field.number == kFunctions || field.number == 26;
  const bool is_number = field.number == kIrVersion || field.number == 5;
  return is_known && (field.type == (is_number ? WireType::kVarint : WireType::kLength));
}

Status read_opsets(const ModelProto& proto, Model& model) {
  for (const auto& set : proto.opset_import()) {
    if (set.domain().empty() || set.domain() == "ai.onnx") {
      model.opset = std::max<int64_t>(model.opset, set.version());
    } else {
      model.domains[set.domain()] = set.version();
    }
  }
  if (model.opset == 0) {
    return unreadable(
        "the model does not say which version of ONNX's operators it uses: export it "
        "again with opset 13 or newer");
  }
  if (model.opset < kOldestOpset) {
    return {ErrorCode::kModelUnsupported,
            "the model uses opset " + std::to_string(model.opset) + ", Octavo reads " +
                std::to_string(kOldestOpset) + " to " + std::to_string(kNewestOpset) +
                ": bring it to opset 13 with onnx.version_converter or export it again"};
  }
  if (model.opset > kNewestOpset) {
    model.warnings.push_back("the model uses opset " + std::to_string(model.opset) +
                             ", newer than the newest that Octavo knows: its operators are read as "
                             "those of opset " +
                             std::to_string(kNewestOpset));
  }
  return {};
}

void read_names(const ModelProto& proto, Model& model) {
  model.format = "onnx";
  model.producer = proto.producer_name();
  if (!proto.producer_version().empty()) model.producer += " " + proto.producer_version();
  for (const auto& entry : proto.metadata_props()) model.metadata[entry.key()] = entry.value();
}

// The graph; none or several are no model.
Result<Extent> find_graph(const std::vector<Field>& fields, Model& model) {
  std::optional<Extent> graph;
  for (const Field& field : fields) {
    if (field.number == kGraph && graph)
      return unreadable("the model has two graphs: export it again");
    if (field.number == kGraph) graph = field.payload;
    if (field.number == kTrainingInfo) {
      model.warnings.push_back("the model's training part is left out");
    }
    if (field.number == kFunctions) {
      model.warnings.push_back(
          "an operator that the model itself defines is not expanded: inline "
          "such functions with onnx.inliner to have them quantized");
    }
  }
  if (graph) return *graph;
  return unreadable(
      "the model has no graph: the file is cut short or was never whole, export it again");
}

}  // namespace

// ONNX has no magic number: its first fields must be those of a ModelProto, with the IR version, or
// the graph, among them. A file that ends within them still counts, to be told what is wrong.
bool match(const ByteSource& source) {
  WireReader wire(std::shared_ptr<const ByteSource>(&source, [](const ByteSource*) {}));
  Extent rest = wire.everything();
  bool seen = false;
  for (int i = 0; i < 8 && rest.begin < rest.end; ++i) {
    const auto field = wire.next(rest);
    if (!field.ok()) return seen;
    if (!belongs_to_model(*field)) return false;
    seen |= field->number == kIrVersion || field->number == kGraph;
  }
  return seen;
}

Result<Model> read(std::shared_ptr<const ByteSource> source, const ReadOptions& options) {
  WireReader wire(source);
  std::string plain;
  OCTAVO_ASSIGN_OR_RETURN(
      const auto fields, wire.split(wire.everything(), {kGraph, kTrainingInfo, kFunctions}, plain));
  ModelProto proto;
  if (!proto.ParseFromString(plain)) return unreadable("the model's description cannot be parsed");
  Model model;
  read_names(proto, model);
  OCTAVO_ASSIGN_OR_RETURN(const Extent graph, find_graph(fields, model));
  OCTAVO_RETURN_IF_ERROR(read_opsets(proto, model));

  ExternalData external(options.open_sibling);
  TensorReader tensors(wire, external);
  ReadContext context{wire, tensors, model.opset};
  GraphReader reader(context, nullptr);
  OCTAVO_RETURN_IF_ERROR(reader.read(graph));
  model.graph = reader.take();
  if (model.graph.outputs.empty()) return unreadable("the model has no outputs: export it again");
  settle(model.graph, context);
  if (tensors.widened_any() || context.has_half) {
    context.warnings.push_back("float16 and bfloat16 are held, and written, as float32");
  }
  std::move(context.warnings.begin(), context.warnings.end(), std::back_inserter(model.warnings));
  model.bytes = source->size() + external.bytes();
  return model;
}

}  // namespace octavo::onnx
