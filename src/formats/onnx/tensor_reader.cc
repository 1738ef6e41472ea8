#include "formats/onnx/tensor_reader.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <optional>

#include "base/float16.h"
#include "formats/onnx/element_type.h"
#include "formats/onnx/onnx.pb.h"

namespace octavo::onnx {
namespace {

constexpr int kRawData = 9;
constexpr int kStringData = 6;
constexpr int kExternal = 1;

bool holds_data(int field) {  // float, int32, string, int64, raw, double, uint64
  return (field >= 4 && field <= 7) || (field >= 9 && field <= 11);
}

// float_data and double_data hold elements as they are, all others varints of a byte or more.
bool is_fixed(const ElementType& type) { return type.typed_field == 4 || type.typed_field == 10; }

Status disagrees(const Shape& shape, const std::string& wanted, const std::string& found) {
  return unreadable("its shape " + shape.to_string() + " asks for " + wanted +
                    ", but the file holds " + found + ": the file is damaged, export it again");
}

std::string place_of(const std::string& name) { return "tensor '" + name + "'"; }

std::string bytes_text(uint64_t bytes) { return std::to_string(bytes) + " bytes"; }

Result<std::shared_ptr<std::byte>> allocate(size_t bytes) {
  std::shared_ptr<std::byte> memory(
      static_cast<std::byte*>(std::malloc(std::max<size_t>(bytes, 1))), std::free);
  if (memory) return memory;
  return Status(ErrorCode::kOutOfMemory,
                "there is no memory left for its " + bytes_text(bytes) +
                    ": close other programs or tabs, or take a smaller model");
}

// Halves in the last part of `bytes` become floats that fill it all: element i is written behind
// half i and before half i + 1 at the latest.
void widen_in_place(std::span<std::byte> bytes, float (*widen)(uint16_t)) {
  const size_t count = bytes.size() / sizeof(float);
  const std::byte* halves = bytes.data() + count * sizeof(uint16_t);
  for (size_t i = 0; i < count; ++i) {
    uint16_t half;
    std::memcpy(&half, halves + i * sizeof(half), sizeof(half));
    const float value = widen(half);
    std::memcpy(bytes.data() + i * sizeof(value), &value, sizeof(value));
  }
}

// The last half of `bytes` holds two elements a byte, the first in the low bits: each becomes a
// byte, behind which nothing is overwritten that is not read yet.
void unpack_nibbles(std::span<std::byte> bytes, bool is_signed) {
  const auto element = [is_signed](uint8_t nibble) {
    return static_cast<std::byte>(is_signed && nibble > 7 ? nibble - 16 : nibble);
  };
  const std::byte* packed = bytes.data() + bytes.size() / 2;
  for (size_t i = 0; i < bytes.size(); i += 2) {
    const auto two = std::to_integer<uint8_t>(packed[i / 2]);
    bytes[i] = element(two & 15);
    if (i + 1 < bytes.size()) bytes[i + 1] = element(two >> 4);
  }
}

// Other bytes than 0 and 1 would be undefined as bool.
void make_bools(std::span<std::byte> bytes) {
  for (std::byte& byte : bytes) byte = byte == std::byte{0} ? byte : std::byte{1};
}

struct Encoding {
  int64_t code;     // of the element type
  uint64_t stored;  // bytes in the file
  uint64_t bytes;   // and in memory
};

// Elements as the file holds them, which `read` puts in place, become those of memory.
template <typename Read>
Result<Buffer> decoded(const Encoding& encoding, const Read& read) {
  if (encoding.bytes > SIZE_MAX) return allocate(SIZE_MAX).status();
  OCTAVO_ASSIGN_OR_RETURN(const auto memory, allocate(static_cast<size_t>(encoding.bytes)));
  const std::span<std::byte> all(memory.get(), static_cast<size_t>(encoding.bytes));
  OCTAVO_RETURN_IF_ERROR(read(all.last(static_cast<size_t>(encoding.stored))));
  if (is_half(encoding.code)) {
    widen_in_place(all, encoding.code == kBfloat16 ? float_from_bfloat16 : float_from_half);
  }
  if (is_nibble(encoding.code)) unpack_nibbles(all, encoding.code == kInt4);
  if (element_type(encoding.code).dtype == DType::kBool) make_bools(all);
  return Buffer::view(all.data(), all.size(), memory);
}

}  // namespace

struct TensorReader::Layout {
  std::string name;
  Shape shape;
  int64_t count = 0;
  int64_t code = 0;
  ElementType type;
  std::optional<Extent> raw;
  std::array<uint64_t, 12> typed_bytes = {};  // by field number
  std::array<Extent, 12> typed = {};          // the last of them
  bool external = false;
  std::map<std::string, std::string> external_keys;

  // In the file: two elements of 4 bits are one.
  uint64_t elements() const {
    return is_nibble(code) ? (static_cast<uint64_t>(count) + 1) / 2 : static_cast<uint64_t>(count);
  }
  uint64_t stored() const { return elements() * type.size; }  // bytes in the file
};

Result<TensorReader::Layout> TensorReader::read_layout(Extent message) {
  Layout layout;
  std::string header;
  while (message.begin < message.end) {
    OCTAVO_ASSIGN_OR_RETURN(const Field field, wire_.next(message));
    if (!holds_data(field.number)) {
      OCTAVO_ASSIGN_OR_RETURN(const std::string bytes,
                              wire_.text({field.start, field.payload.end}));
      header += bytes;
    } else if (field.number == kRawData) {
      layout.raw = field.payload;
    } else {
      layout.typed_bytes[static_cast<size_t>(field.number)] += field.payload.size();
      layout.typed[static_cast<size_t>(field.number)] = field.payload;
    }
  }
  TensorProto proto;
  if (!proto.ParseFromString(header)) return unreadable("its description cannot be parsed");
  layout.name = proto.name();
  layout.code = proto.data_type();
  layout.type = element_type(layout.code);
  layout.shape = Shape({proto.dims().begin(), proto.dims().end()});
  layout.external = proto.data_location() == kExternal;
  for (const auto& entry : proto.external_data()) layout.external_keys[entry.key()] = entry.value();
  return layout;
}

Result<NamedConstant> TensorReader::read(Extent message) {
  OCTAVO_ASSIGN_OR_RETURN(Layout layout, read_layout(message));
  const std::string place = place_of(layout.name);
  if (layout.type.dtype == DType::kUnknown) {
    return Status(ErrorCode::kModelUnsupported,
                  "its element type " + std::string(layout.type.name) + " (" +
                      std::to_string(layout.code) +
                      ") is not supported: export the model with float or int8 weights",
                  place);
  }
  const auto count = layout.shape.element_count();
  if (!count || layout.shape.rank() > kMaxRank) {
    return unreadable("a tensor of shape " +
                      (layout.shape.rank() > kMaxRank
                           ? std::to_string(layout.shape.rank()) + " dimensions"
                           : layout.shape.to_string()) +
                      " cannot exist: the file is damaged, export it again")
        .at(place);
  }
  layout.count = *count;
  auto constant = layout.type.dtype == DType::kString ? read_strings(message, layout)
                                                      : read_numbers(message, layout);
  if (!constant.ok()) return constant.status().at(place);
  return NamedConstant{std::move(layout.name), *std::move(constant)};
}

// Where the elements lie side by side; nullopt where they are numbers on the wire, or in parts.
Result<std::optional<FileRange>> TensorReader::find(const Layout& layout) {
  if (layout.external) {
    OCTAVO_ASSIGN_OR_RETURN(FileRange range, external_.find(layout.external_keys, layout.stored()));
    return std::optional(std::move(range));
  }
  if (layout.raw) {
    if (layout.raw->size() != layout.stored()) {
      return disagrees(layout.shape, bytes_text(layout.stored()), bytes_text(layout.raw->size()));
    }
    return std::optional(FileRange{wire_.source(), layout.raw->begin});
  }
  const bool fixed = is_fixed(layout.type);
  const auto field = static_cast<size_t>(layout.type.typed_field);
  if (layout.typed_bytes[field] < (fixed ? layout.stored() : layout.elements())) {
    return disagrees(layout.shape, std::to_string(layout.count) + " elements", "less");
  }
  const Extent& last = layout.typed[field];
  const bool whole = layout.typed_bytes[field] == last.size() && last.size() == layout.stored();
  return fixed && whole ? std::optional(FileRange{wire_.source(), last.begin}) : std::nullopt;
}

Result<Constant> TensorReader::read_numbers(Extent message, const Layout& layout) {
  OCTAVO_ASSIGN_OR_RETURN(const std::optional<FileRange> range, find(layout));
  widened_any_ |= is_half(layout.code);
  const Encoding encoding{layout.code, layout.stored(),
                          static_cast<uint64_t>(layout.count) * size_of(layout.type.dtype)};
  if (range && may_lie_elsewhere(layout.type.dtype, layout.shape)) {
    return Constant(layout.type.dtype, layout.shape,
                    [range = *range, encoding, place = place_of(layout.name)]() -> Result<Buffer> {
                      auto buffer = decoded(encoding, [&](std::span<std::byte> out) {
                        return range.source->read(range.offset, out);
                      });
                      if (!buffer.ok()) return buffer.status().at(place);
                      return buffer;
                    });
  }
  OCTAVO_ASSIGN_OR_RETURN(Buffer buffer, decoded(encoding, [&](std::span<std::byte> out) -> Status {
                            if (!range) return read_typed(message, layout, out);
                            if (layout.external) return range->source->read(range->offset, out);
                            return wire_.read(range->offset, out);  // what it has read already
                          }));
  OCTAVO_ASSIGN_OR_RETURN(Tensor tensor,
                          Tensor::make(layout.type.dtype, layout.shape, std::move(buffer)));
  return Constant(std::move(tensor));
}

// Elements of a typed field, packed or one by one: fixed ones as they are, of varints the low
// bytes.
Status TensorReader::read_typed(Extent message, const Layout& layout, std::span<std::byte> out) {
  const std::string wanted = std::to_string(layout.count) + " elements";
  while (message.begin < message.end) {
    OCTAVO_ASSIGN_OR_RETURN(const Field field, wire_.next(message));
    if (field.number != layout.type.typed_field) continue;
    Extent rest = field.payload;
    if (is_fixed(layout.type)) {
      if (rest.size() > out.size()) return disagrees(layout.shape, wanted, "more");
      OCTAVO_RETURN_IF_ERROR(wire_.read(rest.begin, out.first(static_cast<size_t>(rest.size()))));
      out = out.subspan(static_cast<size_t>(rest.size()));
      continue;
    }
    while (rest.begin < rest.end) {
      if (out.empty()) return disagrees(layout.shape, wanted, "more");
      OCTAVO_ASSIGN_OR_RETURN(const uint64_t value, wire_.varint(rest));
      std::memcpy(out.data(), &value, layout.type.size);
      out = out.subspan(layout.type.size);
    }
  }
  return out.empty() ? ok_status() : disagrees(layout.shape, wanted, "less");
}

// Nothing runs on strings; they are kept as on the wire, for the writer.
Result<Constant> TensorReader::read_strings(Extent message, const Layout& layout) {
  std::vector<std::byte> kept;
  int64_t found = 0;
  while (message.begin < message.end) {
    OCTAVO_ASSIGN_OR_RETURN(const Field field, wire_.next(message));
    if (field.number != kStringData || field.type != WireType::kLength) continue;
    const size_t at = kept.size();
    kept.resize(at + static_cast<size_t>(field.payload.end - field.start));
    OCTAVO_RETURN_IF_ERROR(wire_.read(field.start, std::span(kept).subspan(at)));
    ++found;
  }
  if (found != layout.count) {
    return disagrees(layout.shape, std::to_string(layout.count) + " strings",
                     std::to_string(found));
  }
  OCTAVO_ASSIGN_OR_RETURN(
      Tensor tensor, Tensor::make(DType::kString, layout.shape, Buffer::adopt(std::move(kept))));
  return Constant(std::move(tensor));
}

}  // namespace octavo::onnx
