// Binds the shapes of inputs. Before: x (N, 3, 224, 224). After, with N = 2: every shape that
// depends on it is known, and Shape nodes and the arithmetic on them have become constants. Fails
// where a wish contradicts the model, or where one name of a dimension would get two sizes.
#include <map>

#include "passes/fold.h"

namespace octavo {
namespace {

Status wrong(const std::string& message) { return {ErrorCode::kInvalidArgument, message}; }

std::string quoted(const std::string& name) { return "'" + name + "'"; }

std::string input_names(const Graph& graph) {
  std::string names;
  for (const ValueId id : graph.inputs) {
    names += (names.empty() ? "" : ", ") + quoted(graph.value(id).name);
  }
  return names;
}

Result<ValueId> find_input(const Graph& graph, const std::string& name) {
  const ValueId id = graph.find_value(name);
  if (id != kNoValue && graph.is_input(id)) return id;
  return wrong("the model has no input " + quoted(name) + "; its inputs are " + input_names(graph));
}

Status bind(Value& value, const Shape& wanted) {
  bool fits = wanted.element_count().has_value();
  if (value.shape) {
    fits = fits && value.shape->rank() == wanted.rank();
    for (int i = 0; fits && i < wanted.rank(); ++i) {
      fits = (*value.shape)[i] == kDynamic || (*value.shape)[i] == wanted[i];
    }
  }
  if (!fits) {
    return wrong("input " + quoted(value.name) + " cannot have the shape " + wanted.to_string() +
                 (value.shape ? ": the model says " + value.shape->to_string() : ""));
  }
  value.shape = wanted;
  return {};
}

// Sizes that names of dimensions got, and from which input.
struct NamedSize {
  int64_t size;
  std::string input;
};
using NamedSizes = std::map<std::string, NamedSize>;

// Two inputs that share a name ("N") share its size; each name's first known size counts.
Status learn_names(const Value& value, NamedSizes& sizes) {
  for (int i = 0; value.shape && i < value.shape->rank(); ++i) {
    const int64_t size = (*value.shape)[i];
    const auto axis = static_cast<size_t>(i);
    if (size == kDynamic || axis >= value.dim_names.size() || value.dim_names[axis].empty())
      continue;
    const auto [known, added] =
        sizes.try_emplace(value.dim_names[axis], NamedSize{size, value.name});
    if (!added && known->second.size != size) {
      return wrong("dimension " + quoted(value.dim_names[axis]) + " would be " +
                   std::to_string(known->second.size) + " in input " + quoted(known->second.input) +
                   " and " + std::to_string(size) + " in input " + quoted(value.name) +
                   ": give both the same size");
    }
  }
  return {};
}

void fill_in(Value& value, const NamedSizes& sizes) {
  for (int i = 0; value.shape && i < value.shape->rank(); ++i) {
    const auto axis = static_cast<size_t>(i);
    if ((*value.shape)[i] != kDynamic || axis >= value.dim_names.size()) continue;
    const auto known = sizes.find(value.dim_names[axis]);
    if (known != sizes.end()) (*value.shape)[i] = known->second.size;
  }
}

Status check_bound(const Value& value) {
  if (value.shape && value.shape->element_count()) return {};
  return wrong("input " + quoted(value.name) + " has the shape " +
               (value.shape ? value.shape->to_string() : "[...]") + ": give its size");
}

}  // namespace

Status specialize(Graph& graph, std::span<const InputShape> shapes, const PassContext& context) {
  for (const InputShape& wanted : shapes) {
    OCTAVO_ASSIGN_OR_RETURN(const ValueId id, find_input(graph, wanted.name));
    OCTAVO_RETURN_IF_ERROR(bind(graph.value(id), wanted.shape));
  }
  NamedSizes sizes;
  for (const ValueId id : graph.inputs) OCTAVO_RETURN_IF_ERROR(learn_names(graph.value(id), sizes));
  for (const ValueId id : graph.inputs) {
    fill_in(graph.value(id), sizes);
    OCTAVO_RETURN_IF_ERROR(check_bound(graph.value(id)));
  }
  return infer_and_fold(graph, context).status();
}

}  // namespace octavo
