// Random access to bytes that live elsewhere: a file, a Blob behind a worker, memory.
// Readers pull what they need, when they need it: weights long after the model was opened.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/status.h"

namespace octavo {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual uint64_t size() const = 0;
  // Fills all of `out` from `offset`, or fails with kIo (read error, or the bytes are no longer
  // those that were there when it was opened) or kModelUnreadable (past the end). Where several
  // threads run plans it is called on any of them.
  virtual Status read(uint64_t offset, std::span<std::byte> out) const = 0;
};

class MemorySource final : public ByteSource {
 public:
  // `owner` keeps the bytes alive; null where the caller outlives the source.
  explicit MemorySource(std::span<const std::byte> bytes, std::shared_ptr<const void> owner = {})
      : bytes_(bytes), owner_(std::move(owner)) {}
  uint64_t size() const override { return bytes_.size(); }
  Status read(uint64_t offset, std::span<std::byte> out) const override;

 private:
  std::span<const std::byte> bytes_;
  std::shared_ptr<const void> owner_;
};

// A file read with pread; kIo where it cannot be opened, and once it has been written to.
Result<std::shared_ptr<const ByteSource>> open_file(const std::string& path);

// Opens what a model names beside itself (ONNX external data). The name is hostile: whoever
// implements this refuses absolute paths and "..".
using OpenSibling =
    std::function<Result<std::shared_ptr<const ByteSource>>(const std::string& name)>;

}  // namespace octavo
