// Operators along one axis (Softmax, ArgMax, TopK, ...) see the tensor as lines of that axis.
#pragma once

#include "runtime/ops/support.h"

namespace octavo {

struct Lines {
  int64_t outer;   // product of the dimensions before the axis
  int64_t length;  // of a line
  int64_t stride;  // from one element of a line to the next; also the lines of one outer index

  Lines(const Shape& shape, int axis)
      : outer(shape.count(0, axis)),
        length(shape[axis]),
        stride(shape.count(axis + 1, shape.rank())) {}

  // visit(offset of its first element) for each line.
  template <typename Visit>
  void for_each(Visit&& visit) const {
    for (int64_t i = 0; i < outer; ++i) {
      for (int64_t j = 0; j < stride; ++j) visit(i * length * stride + j);
    }
  }
};

// y line = f(x line) for functions of a dense row; lines that are not dense go through a copy.
template <typename F>
void map_lines(const Lines& lines, const float* x, float* y, F f) {
  std::vector<float> row(lines.stride == 1 ? 0 : static_cast<size_t>(lines.length));
  lines.for_each([&](int64_t at) {
    if (lines.stride == 1) return f(x + at, y + at, lines.length);
    for (int64_t i = 0; i < lines.length; ++i)
      row[static_cast<size_t>(i)] = x[at + i * lines.stride];
    f(row.data(), row.data(), lines.length);
    for (int64_t i = 0; i < lines.length; ++i)
      y[at + i * lines.stride] = row[static_cast<size_t>(i)];
  });
}

}  // namespace octavo
