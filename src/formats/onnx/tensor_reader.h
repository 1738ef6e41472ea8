// TensorProto -> Constant: every way that ONNX has to hold data. Matrices of fixed elements stay
// where they lie, in the model or beside it, and are read when they are asked for.
#pragma once

#include <optional>
#include <string>

#include "formats/onnx/external_data.h"
#include "formats/onnx/wire.h"
#include "graph/constant.h"

namespace octavo::onnx {

struct NamedConstant {
  std::string name;
  Constant constant;
};

class TensorReader {
 public:
  TensorReader(WireReader& wire, ExternalData& external) : wire_(wire), external_(external) {}

  // Nothing is allocated, and nothing left where it is, before it is known that the file holds as
  // much.
  Result<NamedConstant> read(Extent message);
  bool widened_any() const { return widened_any_; }  // half precision was met

 private:
  struct Layout;  // what the message says of its tensor, and where its data is

  Result<Layout> read_layout(Extent message);
  Result<std::optional<FileRange>> find(const Layout& layout);
  Result<Constant> read_numbers(Extent message, const Layout& layout);
  Result<Constant> read_strings(Extent message, const Layout& layout);
  Status read_typed(Extent message, const Layout& layout, std::span<std::byte> out);

  WireReader& wire_;
  ExternalData& external_;
  bool widened_any_ = false;
};

// A dimension list of a tensor or a type; kModelUnreadable where there are absurdly many.
constexpr int kMaxRank = 32;

}  // namespace octavo::onnx
