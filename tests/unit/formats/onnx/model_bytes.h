// ONNX files by hand, byte by byte, so that a test can write what no exporter would.
#pragma once

#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "formats/format.h"

namespace octavo::model_bytes {

// A protobuf message under construction.
class Proto {
 public:
  Proto& number(int field, uint64_t value) { return varint(uint64_t(field) << 3).varint(value); }
  Proto& bytes(int field, std::string_view payload) {
    varint(uint64_t(field) << 3 | 2).varint(payload.size());
    text_ += payload;
    return *this;
  }
  Proto& message(int field, const Proto& inner) { return bytes(field, inner.text_); }
  Proto& real(int field, float value) {
    varint(uint64_t(field) << 3 | 5);
    return raw({reinterpret_cast<const char*>(&value), sizeof(value)});
  }
  Proto& raw(std::string_view bytes) {
    text_ += bytes;
    return *this;
  }
  Proto& varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) text_ += static_cast<char>(value | 0x80);
    text_ += static_cast<char>(value);
    return *this;
  }
  const std::string& str() const { return text_; }

 private:
  std::string text_;
};

using Names = std::initializer_list<std::string_view>;

template <typename T>
std::string bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

// TensorProto without data.
inline Proto tensor(std::string_view name, int type, const std::vector<int64_t>& dims) {
  Proto proto;
  for (const int64_t dim : dims) proto.number(1, static_cast<uint64_t>(dim));
  return proto.number(2, static_cast<uint64_t>(type)).bytes(8, name);
}
inline Proto floats(std::string_view name, const std::vector<int64_t>& dims,
                    const std::vector<float>& values) {
  return tensor(name, 1, dims).bytes(9, bytes_of(values));
}
inline Proto integers(std::string_view name, const std::vector<int64_t>& values) {
  return tensor(name, 7, {static_cast<int64_t>(values.size())}).bytes(9, bytes_of(values));
}

// ValueInfoProto; a dimension of -1 is dynamic.
inline Proto value(std::string_view name, int type, const std::vector<int64_t>& dims) {
  Proto shape;
  for (const int64_t dim : dims) {
    shape.message(1,
                  dim < 0 ? Proto().bytes(2, "N") : Proto().number(1, static_cast<uint64_t>(dim)));
  }
  return Proto().bytes(1, name).message(
      2, Proto().message(1, Proto().number(1, static_cast<uint64_t>(type)).message(2, shape)));
}

inline Proto node(std::string_view op, Names inputs, Names outputs) {
  Proto proto;
  for (const auto name : inputs) proto.bytes(1, name);
  for (const auto name : outputs) proto.bytes(2, name);
  return proto.bytes(4, op);
}
// AttributeProtos: node(...).message(5, ints("axes", {1}))
inline Proto integer(std::string_view name, int64_t value) {
  return Proto().bytes(1, name).number(3, static_cast<uint64_t>(value)).number(20, 2);
}
inline Proto real(std::string_view name, float value) {
  return Proto().bytes(1, name).real(2, value).number(20, 1);
}
inline Proto text(std::string_view name, std::string_view value) {
  return Proto().bytes(1, name).bytes(4, value).number(20, 3);
}
inline Proto ints(std::string_view name, const std::vector<int64_t>& values) {
  Proto proto = Proto().bytes(1, name);
  for (const int64_t value : values) proto.number(8, static_cast<uint64_t>(value));
  return proto.number(20, 7);
}
inline Proto reals(std::string_view name, const std::vector<float>& values) {
  Proto proto = Proto().bytes(1, name);
  for (const float value : values) proto.real(7, value);
  return proto.number(20, 6);
}
inline Proto subgraph(std::string_view name, const Proto& graph) {
  return Proto().bytes(1, name).message(6, graph).number(20, 5);
}

// GraphProto of parts: {1, node}, {5, initializer}, {11, input}, {12, output}.
struct Part {
  int field;
  Proto proto;
};
inline Proto graph(std::initializer_list<Part> parts) {
  Proto proto;
  for (const Part& part : parts) proto.message(part.field, part.proto);
  return proto;
}
inline Part in(std::string_view name) { return {11, value(name, 1, {1, 4})}; }
inline Part out(std::string_view name) { return {12, value(name, 1, {})}; }

inline std::string model(const Proto& graph, int64_t opset = 13) {
  return Proto()
      .number(1, 8)
      .message(8, Proto().bytes(1, "").number(2, static_cast<uint64_t>(opset)))
      .message(7, graph)
      .str();
}

inline Result<Model> open(const std::string& bytes, const ReadOptions& options = {}) {
  const auto copy = std::make_shared<std::string>(bytes);
  return read_model(std::make_shared<MemorySource>(std::as_bytes(std::span(*copy)), copy), options);
}

inline Result<std::string> write(const Model& model) {
  std::string bytes;
  const ByteSink sink = [&bytes](std::span<const std::byte> piece) {
    bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    return ok_status();
  };
  const auto size = find_format("onnx")->write(model, sink);
  if (!size.ok()) return size.status();
  return bytes;
}

}  // namespace octavo::model_bytes
