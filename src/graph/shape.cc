#include "graph/shape.h"

#include <algorithm>
#include <cassert>

namespace octavo {

bool Shape::is_static() const {
  return std::all_of(dims_.begin(), dims_.end(), [](int64_t dim) { return dim >= 0; });
}

std::optional<int64_t> Shape::element_count() const {
  // Zeros count as ones at first: no part of the dimensions may exceed the limit either, so that
  // count(from, to) never overflows.
  int64_t product = 1;
  bool empty = false;
  for (const int64_t dim : dims_) {
    if (dim < 0) return std::nullopt;
    empty |= dim == 0;
    const int64_t factor = std::max<int64_t>(dim, 1);
    if (factor > kMaxElements / product) return std::nullopt;
    product *= factor;
  }
  return empty ? 0 : product;
}

int64_t Shape::count(int from, int to) const {
  int64_t product = 1;
  for (int axis = from; axis < to; ++axis) {
    assert((*this)[axis] >= 0 && "count of a dynamic shape");
    product *= (*this)[axis];
  }
  return product;
}

std::string Shape::to_string() const {
  std::string text = "[";
  for (size_t i = 0; i < dims_.size(); ++i) {
    if (i > 0) text += ", ";
    text += dims_[i] == kDynamic ? "?" : std::to_string(dims_[i]);
  }
  return text + "]";
}

std::optional<int> resolve_axis(int64_t axis, int rank) {
  if (axis < -int64_t{rank} || axis >= rank) return std::nullopt;
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

}  // namespace octavo
