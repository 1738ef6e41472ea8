// Bytes of a protobuf message in pieces: small ones copied together, tensor data left where it is.
// A message within a message needs its length first, so sizes are known before anything is written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "formats/format.h"

namespace octavo::onnx {

class Rope {
 public:
  void append(std::string_view serialized);  // whole fields
  void append(Buffer serialized);
  void bytes(int field, Buffer payload);
  void message(int field, Rope payload);

  uint64_t size() const { return size_; }
  Status write(const ByteSink& sink) const;

 private:
  struct Piece {
    std::string copied;
    Buffer kept;  // after `copied`
  };

  void start(int field, uint64_t size);

  std::vector<Piece> pieces_;
  uint64_t size_ = 0;
};

}  // namespace octavo::onnx
