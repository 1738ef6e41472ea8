#include "graph/tensor.h"

#include <algorithm>

namespace octavo {
namespace {

template <typename T>
std::vector<int64_t> widened(const Tensor& tensor) {
  const auto values = tensor.values<T>();
  return {values.begin(), values.end()};
}

// Bytes, because a hostile bool may hold anything.
std::vector<int64_t> widened_bools(const Tensor& tensor) {
  const std::byte* bytes = tensor.buffer().data();
  std::vector<int64_t> values(tensor.buffer().size());
  std::transform(bytes, bytes + values.size(), values.begin(),
                 [](std::byte byte) { return byte == std::byte{0} ? 0 : 1; });
  return values;
}

}  // namespace

Tensor::Tensor(DType dtype, Shape shape, Buffer data)
    : dtype_(dtype), shape_(std::move(shape)), data_(std::move(data)) {
  assert(shape_.element_count().has_value() &&
         (dtype_ == DType::kString ||
          static_cast<uint64_t>(*shape_.element_count()) * size_of(dtype_) == data_.size()));
}

Tensor Tensor::without_data(DType dtype, Shape shape) {
  Tensor tensor;
  tensor.dtype_ = dtype;
  tensor.shape_ = std::move(shape);
  return tensor;
}

Result<Tensor> Tensor::make(DType dtype, Shape shape, Buffer data) {
  const auto count = shape.element_count();
  if (!count) {
    return Status(ErrorCode::kModelUnreadable,
                  "a tensor of shape " + shape.to_string() +
                      " cannot exist: a dimension is negative or the size absurd");
  }
  const uint64_t wanted = static_cast<uint64_t>(*count) * size_of(dtype);
  if (wanted != data.size() && dtype != DType::kString) {
    return Status(ErrorCode::kModelUnreadable,
                  std::string("a ") + name_of(dtype) + " tensor of shape " + shape.to_string() +
                      " needs " + std::to_string(wanted) + " bytes, but there are " +
                      std::to_string(data.size()) + ": the file is damaged");
  }
  return Tensor(dtype, std::move(shape), std::move(data));
}

std::vector<int64_t> Tensor::integers() const {
  switch (dtype_) {
    case DType::kUint8:
      return widened<uint8_t>(*this);
    case DType::kInt8:
      return widened<int8_t>(*this);
    case DType::kUint16:
      return widened<uint16_t>(*this);
    case DType::kInt16:
      return widened<int16_t>(*this);
    case DType::kUint32:
      return widened<uint32_t>(*this);
    case DType::kInt32:
      return widened<int32_t>(*this);
    case DType::kUint64:
      return widened<uint64_t>(*this);
    case DType::kInt64:
      return widened<int64_t>(*this);
    case DType::kBool:
      return widened_bools(*this);
    default:
      return {};
  }
}

Tensor Tensor::reshaped(Shape shape) const { return {dtype_, std::move(shape), data_}; }

}  // namespace octavo
