// The dimensions of a tensor; a dimension may be unknown until inputs are bound.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace octavo {

constexpr int64_t kDynamic = -1;
constexpr int64_t kMaxElements = int64_t{1} << 40;  // beyond this a size is taken for an attack
constexpr int kMaxRank = 8;  // real models stay at or below 6; inference refuses more

class Shape {
 public:
  Shape() = default;  // rank 0: a scalar
  Shape(std::initializer_list<int64_t> dims) : dims_(dims) {}
  explicit Shape(std::vector<int64_t> dims) : dims_(std::move(dims)) {}

  int rank() const { return static_cast<int>(dims_.size()); }
  int64_t operator[](int axis) const { return dims_[static_cast<size_t>(axis)]; }
  int64_t& operator[](int axis) { return dims_[static_cast<size_t>(axis)]; }
  const std::vector<int64_t>& dims() const { return dims_; }
  std::vector<int64_t>& dims() { return dims_; }
  bool is_static() const;

  // Elements; nullopt where a dimension is dynamic or negative, or the product exceeds
  // kMaxElements.
  std::optional<int64_t> element_count() const;
  // Elements of dims [from, to); asserts that all are static.
  int64_t count(int from, int to) const;
  int64_t count() const { return count(0, rank()); }

  std::string to_string() const;  // "[1, 3, ?, 224]"
  bool operator==(const Shape&) const = default;

 private:
  std::vector<int64_t> dims_;
};

// Axis of a tensor of `rank` dimensions, counted from the end where negative; nullopt where
// outside.
std::optional<int> resolve_axis(int64_t axis, int rank);

// Blocks of `block` > 0 that `length` indices fall into; the last may be shorter.
constexpr int64_t blocks_in(int64_t length, int64_t block) {
  return length / block + (length % block != 0 ? 1 : 0);
}

}  // namespace octavo
