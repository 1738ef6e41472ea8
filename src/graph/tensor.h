// Data in memory: dtype, shape and a Buffer that holds exactly shape.count() elements. Of strings
// the Buffer holds what the reader kept for its writer.
#pragma once

#include <cassert>
#include <span>
#include <vector>

#include "base/buffer.h"
#include "base/status.h"
#include "graph/dtype.h"
#include "graph/shape.h"

namespace octavo {

class Tensor {
 public:
  Tensor() = default;
  // The data must have the size that dtype and shape ask for; readers check before (see `make`).
  Tensor(DType dtype, Shape shape, Buffer data);

  // kModelUnreadable where shape and data disagree.
  static Result<Tensor> make(DType dtype, Shape shape, Buffer data);
  // Dtype and shape alone, for who has the data elsewhere.
  static Tensor without_data(DType dtype, Shape shape);
  template <typename T>
  static Tensor from(std::span<const T> values, Shape shape) {
    return {dtype_of<T>(), std::move(shape), Buffer::copy_of(values)};
  }
  template <typename T>
  static Tensor from(const std::vector<T>& values, Shape shape) {
    return from(std::span<const T>(values), std::move(shape));
  }
  template <typename T>
  static Tensor scalar(T value) {
    return from(std::span<const T>(&value, 1), Shape{});
  }

  DType dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }
  int64_t count() const { return shape_.count(); }
  const Buffer& buffer() const { return data_; }
  const void* data() const { return data_.data(); }
  template <typename T>
  std::span<const T> values() const {
    assert(dtype_of<T>() == dtype_);
    return {reinterpret_cast<const T*>(data_.data()), data_.size() / sizeof(T)};
  }
  // Values of any integer dtype or bool, widened; empty for other dtypes.
  std::vector<int64_t> integers() const;
  // The same elements under another shape of equal count.
  Tensor reshaped(Shape shape) const;

 private:
  DType dtype_ = DType::kUnknown;
  Shape shape_;
  Buffer data_;
};

}  // namespace octavo
