// Data that a model brings: a Tensor in memory, or one that is made anew whenever it is asked for,
// as a rule from the file. Weights are of the second kind: what runs holds them packed, and what
// writes streams them, so that nothing else needs to keep them.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "graph/tensor.h"

namespace octavo {

// Whether a constant of this size may lie elsewhere. Numbers and vectors do not: biases, scales,
// axes and the like are small, and many look at them.
bool may_lie_elsewhere(DType dtype, const Shape& shape);

class Constant {
 public:
  Constant(Tensor tensor);  // in memory
  // Elsewhere: `read` gives exactly the bytes that dtype and shape ask for, the same ones every
  // time, or kIo and the like; called on any thread, one at a time.
  using Read = std::function<Result<Buffer>()>;
  Constant(DType dtype, Shape shape, Read read);
  // Not inline: so many places make and drop constants that it shows in the size of the program.
  Constant(const Constant&);
  Constant(Constant&&) noexcept;
  Constant& operator=(const Constant&);
  Constant& operator=(Constant&&) noexcept;
  ~Constant();

  DType dtype() const { return tensor_.dtype(); }
  const Shape& shape() const { return tensor_.shape(); }
  int64_t count() const { return shape().count(); }
  uint64_t bytes() const;

  const Tensor* held() const { return stored_ ? nullptr : &tensor_; }  // null: it lies elsewhere
  // The data, in memory for as long as the result lives; who asks meanwhile shares it.
  Result<Tensor> read() const;

  // The same elements under another shape of equal count.
  Constant reshaped(Shape shape) const;
  // As many elements of the same dtype, made of the data by `change`: now where that is in memory,
  // else whenever they are read.
  using Change = std::function<Buffer(const Tensor&)>;
  Constant changed(Shape shape, Change change) const;
  // How often that was put off: a read calls as deep.
  int changes() const;
  // Dtype and shape alone: nobody may read it any more.
  Constant without_data() const;

 private:
  struct Stored;

  Tensor tensor_;                   // without data where it lies elsewhere
  std::shared_ptr<Stored> stored_;  // null: in memory
};

using ConstantPtr = std::shared_ptr<const Constant>;
ConstantPtr share(Constant constant);

}  // namespace octavo
