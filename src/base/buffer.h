// Bytes with one owner: adopted, or a view that keeps its owner alive. Weights are read into a
// Buffer once and every graph, plan and writer shares it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

namespace octavo {

class Buffer {
 public:
  Buffer() = default;

  static Buffer adopt(std::vector<std::byte> bytes) {
    auto owner = std::make_shared<std::vector<std::byte>>(std::move(bytes));
    return Buffer(owner->data(), owner->size(), owner);
  }
  static Buffer view(const void* data, size_t size, std::shared_ptr<const void> owner) {
    return Buffer(static_cast<const std::byte*>(data), size, std::move(owner));
  }
  template <typename T>
  static Buffer copy_of(std::span<const T> values) {
    std::vector<std::byte> bytes(values.size_bytes());
    if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
    return adopt(std::move(bytes));
  }

  const std::byte* data() const { return data_; }
  size_t size() const { return size_; }

 private:
  Buffer(const std::byte* data, size_t size, std::shared_ptr<const void> owner)
      : data_(data), size_(size), owner_(std::move(owner)) {}

  const std::byte* data_ = nullptr;
  size_t size_ = 0;
  std::shared_ptr<const void> owner_;
};

}  // namespace octavo
