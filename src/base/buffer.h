// Bytes with one owner: adopted, or a view that keeps its owner alive. Copies share them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace octavo {

class Buffer {
 public:
  Buffer() = default;

  static Buffer adopt(std::vector<std::byte> bytes) {
    const auto owner = std::make_shared<std::vector<std::byte>>(std::move(bytes));
    return view(owner->data(), owner->size(), owner);
  }
  // Of bytes that `fill` writes, all of them: they begin as what the memory held.
  template <typename Fill>
  static Buffer filled(size_t size, Fill&& fill) {
    const std::shared_ptr<std::byte[]> bytes(new std::byte[size]);
    fill(bytes.get());
    return view(bytes.get(), size, bytes);
  }
  static Buffer view(const void* data, size_t size, std::shared_ptr<const void> owner) {
    return {{std::move(owner), static_cast<const std::byte*>(data)}, size};
  }
  template <typename T>
  static Buffer copy_of(std::span<const T> values) {
    std::vector<std::byte> bytes(values.size_bytes());
    if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
    return adopt(std::move(bytes));
  }

  const std::byte* data() const { return data_.get(); }
  size_t size() const { return size_; }

  // The bytes for as long as somebody else holds them.
  class Weak {
   public:
    Weak() = default;
    explicit Weak(const Buffer& buffer) : data_(buffer.data_), size_(buffer.size_) {}
    std::optional<Buffer> lock() const {
      auto data = data_.lock();
      return data ? std::optional(Buffer(std::move(data), size_)) : std::nullopt;
    }

   private:
    std::weak_ptr<const std::byte> data_;
    size_t size_ = 0;
  };

 private:
  Buffer(std::shared_ptr<const std::byte> data, size_t size)
      : data_(std::move(data)), size_(size) {}

  std::shared_ptr<const std::byte> data_;
  size_t size_ = 0;
};

}  // namespace octavo
