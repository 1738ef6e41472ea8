#include "formats/onnx/value_info.h"

#include "formats/onnx/element_type.h"
#include "formats/onnx/onnx.pb.h"

namespace octavo::onnx {
namespace {

// Some exporters write 0 or -1 where a size is not known.
void set_shape(Value& value, const TensorShapeProto& proto) {
  Shape shape;
  for (const auto& dim : proto.dim()) {
    shape.dims().push_back(dim.dim_value() > 0 ? dim.dim_value() : kDynamic);
    value.dim_names.push_back(dim.dim_value() > 0 ? "" : dim.dim_param());
  }
  value.shape = std::move(shape);
}

}  // namespace

Result<Value> read_value(ReadContext& context, Extent message, const char* what) {
  OCTAVO_ASSIGN_OR_RETURN(const std::string bytes, context.wire.text(message));
  ValueInfoProto proto;
  if (!proto.ParseFromString(bytes)) return unreadable(std::string(what) + " cannot be parsed");
  if (proto.name().empty())
    return unreadable(std::string(what) + " has no name: export the model again");
  Value value;
  value.name = proto.name();
  if (!proto.type().has_tensor_type()) return value;
  const auto& type = proto.type().tensor_type();
  if (type.shape().dim_size() > kMaxRank) {
    return unreadable("it has " + std::to_string(type.shape().dim_size()) +
                      " dimensions: the file is damaged, export it again")
        .at(std::string(what) + " " + "'" + value.name + "'");
  }
  context.has_half |= is_half(type.elem_type());
  value.dtype = element_type(type.elem_type()).dtype;
  if (type.has_shape()) set_shape(value, type.shape());
  return value;
}

Rope value_rope(const std::string& name, const Value& value) {
  ValueInfoProto proto;
  proto.set_name(name);
  if (value.dtype != DType::kUnknown) {
    auto* type = proto.mutable_type()->mutable_tensor_type();
    type->set_elem_type(code_of(value.dtype));
    if (value.shape) type->mutable_shape();
    for (int i = 0; value.shape && i < value.shape->rank(); ++i) {
      auto* dim = type->mutable_shape()->add_dim();
      const auto index = static_cast<size_t>(i);
      const bool has_name = index < value.dim_names.size() && !value.dim_names[index].empty();
      if ((*value.shape)[i] != kDynamic)
        dim->set_dim_value((*value.shape)[i]);
      else if (has_name)
        dim->set_dim_param(value.dim_names[index]);
    }
  }
  Rope rope;
  rope.append(proto.SerializeAsString());
  return rope;
}

}  // namespace octavo::onnx
