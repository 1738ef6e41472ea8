#include "graph/ops.h"

#include <unordered_map>

namespace octavo {
namespace {

constexpr OpInfo kOps[] = {
    {"Unknown", 0, -1, Role::kOther, false},
#define OCTAVO_OP(name, min, max, role) {#name, min, max, Role::role, false},
#define OCTAVO_LOWERED_OP(name, min, max, role) {#name, min, max, Role::role, true},
#include "graph/ops.def"
#undef OCTAVO_OP
};

std::unordered_map<std::string, Op> ops_by_name() {
  std::unordered_map<std::string, Op> ops;
  for (size_t i = 1; i < std::size(kOps); ++i) {
    if (!kOps[i].lowered) ops.emplace(kOps[i].name, static_cast<Op>(i));
  }
  return ops;
}

}  // namespace

const OpInfo& info_of(Op op) { return kOps[static_cast<size_t>(op)]; }

bool is_of_quantized_models(Op op) {
  return op == Op::kQuantizeLinear || op == Op::kDequantizeLinear ||
         op == Op::kDynamicQuantizeLinear || op == Op::kConvInteger || op == Op::kMatMulInteger ||
         op == Op::kDynamicQuantizeLSTM || op == Op::kMatMulNBits;
}

const char* name_of(Op op) { return info_of(op).name; }

Op op_from_name(const std::string& name) {
  static const auto ops = ops_by_name();
  const auto found = ops.find(name);
  return found == ops.end() ? Op::kUnknown : found->second;
}

}  // namespace octavo
