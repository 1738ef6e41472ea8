#include "quant/six_bits.h"

#include <algorithm>

namespace octavo {
namespace {

constexpr int32_t kMost = 31;

bool all_one(const std::vector<int64_t>& numbers) {
  return std::ranges::all_of(numbers, [](int64_t n) { return n == 1; });
}

}  // namespace

bool takes_six_bits(const Graph& graph, const Node& node) {
  if (node.op != Op::kConv || node.attrs.get_int("group", 1) != 1) return false;
  const Constant* weights = graph.constant(node.inputs[1]);
  if (!weights || weights->shape().rank() != 4) return false;
  return weights->shape()[2] == 3 && weights->shape()[3] == 3 &&
         all_one(node.attrs.get_ints("strides")) && all_one(node.attrs.get_ints("dilations"));
}

void narrow_to_six_bits(QuantParams& weights) {
  for (float& scale : weights.scale) {
    scale = static_cast<float>(static_cast<double>(scale) * weights.qmax / kMost);
  }
  weights.qmin = -kMost;
  weights.qmax = kMost;
}

}  // namespace octavo
