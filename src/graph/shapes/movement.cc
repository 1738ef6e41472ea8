// Operators that give the same elements in another order.
#include <algorithm>
#include <array>

#include "graph/shapes/shape_rule.h"

namespace octavo {
namespace {

bool is_permutation(std::vector<int64_t> axes) {
  std::sort(axes.begin(), axes.end());
  for (size_t i = 0; i < axes.size(); ++i) {
    if (axes[i] != static_cast<int64_t>(i)) return false;
  }
  return true;
}

// The order of axes is reversed where none is given.
Status transpose(const ShapeContext& c) {
  c.set(0, c.dtype(0), std::nullopt);
  const std::vector<int64_t> perm = c.attrs().get_ints("perm");
  const Shape* x = c.shape(0);
  const bool fits = perm.empty() || !x || perm.size() == x->dims().size();
  if (!is_permutation(perm) || !fits) {
    return contradiction("attribute perm " + Shape(perm).to_string() + " is no order of the axes" +
                         (x ? " of " + x->to_string() : ""));
  }
  if (!x) return {};
  Shape result = *x;
  if (perm.empty()) std::reverse(result.dims().begin(), result.dims().end());
  for (size_t i = 0; i < perm.size(); ++i) {
    result.dims()[i] = x->dims()[static_cast<size_t>(perm[i])];
  }
  c.set(0, c.dtype(0), std::move(result));
  return {};
}

Result<int64_t> block_size(const ShapeContext& c, const Shape& x) {
  const int64_t block = c.attrs().get_int("blocksize", 0);
  if (x.rank() == 4 && block >= 1 && block <= (int64_t{1} << 15)) return block;
  return contradiction("blocksize " + std::to_string(block) + " does not fit an input of shape " +
                       x.to_string());
}

Status depth_to_space(const ShapeContext& c) {
  c.set(0, c.dtype(0), unknown_shape(4));
  if (!c.shape(0)) return {};
  Shape x = *c.shape(0);
  OCTAVO_ASSIGN_OR_RETURN(const int64_t block, block_size(c, x));
  if (x[1] != kDynamic) {
    if (x[1] % (block * block) != 0) {
      return contradiction(std::to_string(x[1]) + " channels do not divide into blocks of " +
                           std::to_string(block) + "x" + std::to_string(block));
    }
    x[1] /= block * block;
  }
  for (const int axis : {2, 3}) {
    if (x[axis] != kDynamic) x[axis] = std::min(x[axis], kMaxElements) * block;
  }
  c.set(0, c.dtype(0), std::move(x));
  return {};
}

Status space_to_depth(const ShapeContext& c) {
  c.set(0, c.dtype(0), unknown_shape(4));
  if (!c.shape(0)) return {};
  Shape x = *c.shape(0);
  OCTAVO_ASSIGN_OR_RETURN(const int64_t block, block_size(c, x));
  for (const int axis : {2, 3}) {
    if (x[axis] == kDynamic) continue;
    if (x[axis] % block != 0) {
      return contradiction("an input of shape " + x.to_string() +
                           " does not divide into blocks of " + std::to_string(block));
    }
    x[axis] /= block;
  }
  if (x[1] != kDynamic) x[1] = std::min(x[1], kMaxElements >> 1) * block * block;
  c.set(0, c.dtype(0), std::move(x));
  return {};
}

constexpr std::array kRules = {
    ShapeRule{Op::kDepthToSpace, depth_to_space, "T"},
    ShapeRule{Op::kSpaceToDepth, space_to_depth, "T"},
    ShapeRule{Op::kTranspose, transpose, "T"},
};

}  // namespace

std::span<const ShapeRule> movement_rules() { return kRules; }

}  // namespace octavo
