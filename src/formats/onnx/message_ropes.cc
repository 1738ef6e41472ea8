#include "formats/onnx/message_ropes.h"

#include "formats/onnx/element_type.h"
#include "formats/onnx/onnx.pb.h"

namespace octavo::onnx {
namespace {

constexpr int kAttributeTensor = 5;
constexpr int kTensorRawData = 9;

// Two elements of 4 bits a byte, the first in the low bits.
Buffer packed_nibbles(const Tensor& tensor) {
  const std::byte* elements = tensor.buffer().data();
  const auto count = static_cast<size_t>(tensor.count());
  std::vector<std::byte> packed((count + 1) / 2);
  for (size_t i = 0; i < count; ++i) {
    packed[i / 2] |= (elements[i] & std::byte{15}) << (i % 2 * 4);
  }
  return Buffer::adopt(std::move(packed));
}

// What a file holds of it.
Constant as_stored(const Constant& constant) {
  if (constant.dtype() != DType::kInt4 && constant.dtype() != DType::kUint4) return constant;
  return Constant(DType::kUint8, Shape{(constant.count() + 1) / 2}, [constant]() -> Result<Buffer> {
    OCTAVO_ASSIGN_OR_RETURN(const Tensor tensor, constant.read());
    return packed_nibbles(tensor);
  });
}

// Sets what is neither tensor nor graph.
struct PlainAttribute {
  AttributeProto& proto;
  void operator()(int64_t value) const {
    proto.set_type(AttributeProto::INT);
    proto.set_i(value);
  }
  void operator()(float value) const {
    proto.set_type(AttributeProto::FLOAT);
    proto.set_f(value);
  }
  void operator()(const std::string& value) const {
    proto.set_type(AttributeProto::STRING);
    proto.set_s(value);
  }
  void operator()(const std::vector<int64_t>& values) const {
    proto.set_type(AttributeProto::INTS);
    proto.mutable_ints()->Add(values.begin(), values.end());
  }
  void operator()(const std::vector<float>& values) const {
    proto.set_type(AttributeProto::FLOATS);
    proto.mutable_floats()->Add(values.begin(), values.end());
  }
  void operator()(const std::vector<std::string>& values) const {
    proto.set_type(AttributeProto::STRINGS);
    for (const std::string& value : values) proto.add_strings(value);
  }
  void operator()(const ConstantPtr&) const { proto.set_type(AttributeProto::TENSOR); }
  void operator()(const std::shared_ptr<Graph>&) const { proto.set_type(AttributeProto::GRAPH); }
};

}  // namespace

Rope constant_rope(const std::string& name, const Constant& constant) {
  TensorProto proto;
  if (!name.empty()) proto.set_name(name);
  for (const int64_t dim : constant.shape().dims()) proto.add_dims(dim);
  proto.set_data_type(code_of(constant.dtype()));
  Rope rope;
  rope.append(proto.SerializeAsString());
  if (constant.dtype() == DType::kString) {
    rope.append(constant);  // fields as they were read
  } else {
    rope.bytes(kTensorRawData, as_stored(constant));
  }
  return rope;
}

Rope attribute_rope(const std::string& name, const Attribute& value) {
  AttributeProto proto;
  proto.set_name(name);
  std::visit(PlainAttribute{proto}, value);
  Rope rope;
  rope.append(proto.SerializeAsString());
  const auto* tensor = std::get_if<ConstantPtr>(&value);
  if (tensor != nullptr) rope.message(kAttributeTensor, constant_rope("", **tensor));
  return rope;
}

}  // namespace octavo::onnx
