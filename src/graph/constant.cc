#include "graph/constant.h"

#include <algorithm>
#include <mutex>

namespace octavo {
namespace {

// Smaller ones are not worth a read of their own.
constexpr uint64_t kLeastElsewhere = 4096;

uint64_t bytes_of(DType dtype, const Shape& shape) {
  return static_cast<uint64_t>(shape.count()) * size_of(dtype);
}

bool is_vector(const Shape& shape) {
  const auto longer = [](int64_t dim) { return dim != 1; };
  return std::count_if(shape.dims().begin(), shape.dims().end(), longer) <= 1;
}

}  // namespace

bool may_lie_elsewhere(DType dtype, const Shape& shape) {
  return !is_vector(shape) && bytes_of(dtype, shape) >= kLeastElsewhere;
}

struct Constant::Stored {
  Read read_again;
  int changes = 0;  // between what lies in the file and this
  std::mutex mutex;
  Buffer::Weak last;  // what was read last, if somebody holds it

  Result<Buffer> read() {
    const std::lock_guard lock(mutex);
    if (std::optional<Buffer> known = last.lock()) return *std::move(known);
    OCTAVO_ASSIGN_OR_RETURN(Buffer buffer, read_again());
    last = Buffer::Weak(buffer);
    return buffer;
  }
};

Constant::Constant(Tensor tensor) : tensor_(std::move(tensor)) {}

Constant::Constant(DType dtype, Shape shape, Read read)
    : tensor_(Tensor::without_data(dtype, std::move(shape))), stored_(std::make_shared<Stored>()) {
  stored_->read_again = std::move(read);
}

Constant::Constant(const Constant&) = default;
Constant::Constant(Constant&&) noexcept = default;
Constant& Constant::operator=(const Constant&) = default;
Constant& Constant::operator=(Constant&&) noexcept = default;
Constant::~Constant() = default;

uint64_t Constant::bytes() const {
  return stored_ ? bytes_of(dtype(), shape()) : tensor_.buffer().size();
}

Result<Tensor> Constant::read() const {
  if (!stored_) return tensor_;
  OCTAVO_ASSIGN_OR_RETURN(Buffer buffer, stored_->read());
  return Tensor(dtype(), shape(), std::move(buffer));
}

Constant Constant::reshaped(Shape shape) const {
  Constant same = *this;
  same.tensor_ = stored_ ? Tensor::without_data(dtype(), std::move(shape))
                         : tensor_.reshaped(std::move(shape));
  return same;
}

Constant Constant::changed(Shape shape, Change change) const {
  if (!stored_) return Tensor(dtype(), std::move(shape), change(tensor_));
  Constant made(dtype(), std::move(shape),
                [from = *this, change = std::move(change)]() -> Result<Buffer> {
                  OCTAVO_ASSIGN_OR_RETURN(const Tensor tensor, from.read());
                  return change(tensor);
                });
  made.stored_->changes = changes() + 1;
  return made;
}

int Constant::changes() const { return stored_ ? stored_->changes : 0; }

Constant Constant::without_data() const {
  return Constant(dtype(), shape(), []() -> Result<Buffer> {
    return Status(ErrorCode::kInternal, "a constant of a plan has no data of its own");
  });
}

ConstantPtr share(Constant constant) {
  return std::make_shared<const Constant>(std::move(constant));
}

}  // namespace octavo
