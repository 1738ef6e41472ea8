#include "runtime/op.h"

namespace octavo {

PrepareContext::PrepareContext(const Graph& graph, const Node& node, Isa isa)
    : graph_(graph),
      node_(node),
      isa_(isa),
      read_(node.inputs.size()),
      packed_(node.inputs.size(), false) {}

Result<const Tensor*> PrepareContext::constant(size_t i) const {
  if (!is_constant(i)) return nullptr;
  if (!read_[i]) {
    OCTAVO_ASSIGN_OR_RETURN(read_[i], input(i).constant->read());
  }
  return &*read_[i];
}

void PrepareContext::mark_packed(size_t i) const {
  if (is_constant(i)) packed_[i] = true;
}

}  // namespace octavo
