// Bytes of a protobuf message in pieces: small ones copied together, tensor data left where it is
// until it is written.
// A message within a message needs its length first, so sizes are known before anything is written.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/format.h"
#include "graph/constant.h"

namespace octavo::onnx {

class Rope {
 public:
  void append(std::string_view serialized);  // whole fields
  void append(Constant serialized);
  void bytes(int field, Constant payload);
  void message(int field, Rope payload);

  uint64_t size() const { return size_; }
  Status write(const ByteSink& sink) const;

 private:
  struct Piece {
    std::string copied;
    std::optional<Constant> kept;  // after `copied`
  };

  void start(int field, uint64_t size);

  std::vector<Piece> pieces_;
  uint64_t size_ = 0;
};

}  // namespace octavo::onnx
