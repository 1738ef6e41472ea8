// TensorProto -> Tensor: every way that ONNX has to hold data, read once, straight into its Buffer.
#pragma once

#include <string>

#include "formats/onnx/external_data.h"
#include "formats/onnx/wire.h"
#include "graph/tensor.h"

namespace octavo::onnx {

struct NamedTensor {
  std::string name;
  Tensor tensor;
};

class TensorReader {
 public:
  TensorReader(WireReader& wire, ExternalData& external) : wire_(wire), external_(external) {}

  // Nothing is allocated before it is known that the file holds as much.
  Result<NamedTensor> read(Extent message);
  bool widened_any() const { return widened_any_; }  // half precision was met

 private:
  struct Layout;  // what the message says of its tensor, and where its data is

  Result<Layout> read_layout(Extent message);
  Result<Tensor> read_numbers(Extent message, const Layout& layout);
  Result<Tensor> read_strings(Extent message, const Layout& layout);
  Status read_raw(const Layout& layout, std::span<std::byte> out);
  Status read_external(const Layout& layout, std::span<std::byte> out);
  Status read_typed(Extent message, const Layout& layout, std::span<std::byte> out);

  WireReader& wire_;
  ExternalData& external_;
  bool widened_any_ = false;
};

// A dimension list of a tensor or a type; kModelUnreadable where there are absurdly many.
constexpr int kMaxRank = 32;

}  // namespace octavo::onnx
