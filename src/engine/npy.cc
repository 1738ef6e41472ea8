#include "engine/npy.h"

#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace octavo {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr size_t kAlignment = 64;

struct Descr {
  const char* text;
  DType dtype;
};
constexpr std::array kDescrs = {
    Descr{"<f4", DType::kFloat32}, Descr{"<f8", DType::kFloat64}, Descr{"|u1", DType::kUint8},
    Descr{"|i1", DType::kInt8},    Descr{"<u2", DType::kUint16},  Descr{"<i2", DType::kInt16},
    Descr{"<u4", DType::kUint32},  Descr{"<i4", DType::kInt32},   Descr{"<u8", DType::kUint64},
    Descr{"<i8", DType::kInt64},   Descr{"|b1", DType::kBool},
};

Status broken(const std::string& why) {
  return {ErrorCode::kInvalidArgument, "not a usable .npy file: " + why};
}

// What follows `'key':` in the header, blanks skipped.
std::optional<std::string_view> after_key(std::string_view header, const std::string& key) {
  const size_t at = header.find("'" + key + "':");
  if (at == std::string_view::npos) return std::nullopt;
  const size_t value = header.find_first_not_of(' ', at + key.size() + 3);
  if (value == std::string_view::npos) return std::nullopt;
  return header.substr(value);
}

std::optional<Shape> parse_shape(std::string_view text) {
  if (!text.starts_with('(')) return std::nullopt;
  std::vector<int64_t> dims;
  const char* at = text.data() + 1;
  const char* end = text.data() + text.size();
  while (at < end && *at != ')') {
    if (*at == ' ' || *at == ',') {
      ++at;
      continue;
    }
    int64_t dim = 0;
    const auto [next, error] = std::from_chars(at, end, dim);
    if (error != std::errc() || dim < 0) return std::nullopt;
    dims.push_back(dim);
    at = next;
  }
  return at < end ? std::optional(Shape(std::move(dims))) : std::nullopt;
}

}  // namespace

bool is_npy(std::span<const std::byte> bytes) {
  return bytes.size() >= kMagic.size() &&
         std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) == 0;
}

Result<Tensor> read_npy(std::span<const std::byte> bytes) {
  if (!is_npy(bytes) || bytes.size() < 12)
    return broken("it does not begin with NumPy's signature");
  const auto byte = [&](size_t i) { return std::to_integer<size_t>(bytes[i]); };
  const bool wide = byte(6) >= 2;
  const size_t begin = wide ? 12 : 10;
  const size_t length = byte(8) | byte(9) << 8 | (wide ? byte(10) << 16 | byte(11) << 24 : 0);
  if (length > bytes.size() - begin) return broken("its header is longer than the file");
  const std::string_view header(reinterpret_cast<const char*>(bytes.data()) + begin, length);

  const auto order = after_key(header, "fortran_order");
  if (!order || !order->starts_with("False")) {
    return broken("it is in Fortran order; save it with numpy.ascontiguousarray");
  }
  const auto shape_text = after_key(header, "shape");
  const auto shape = shape_text ? parse_shape(*shape_text) : std::nullopt;
  if (!shape) return broken("its shape cannot be read");
  const auto descr = after_key(header, "descr");
  for (const Descr& d : kDescrs) {
    if (!descr || !descr->starts_with("'" + std::string(d.text) + "'")) continue;
    const auto count = shape->element_count();
    const std::span<const std::byte> data = bytes.subspan(begin + length);
    if (!count || static_cast<size_t>(*count) != data.size() / size_of(d.dtype) ||
        data.size() % size_of(d.dtype) != 0) {
      return broken("shape " + shape->to_string() + " does not fit its " +
                    std::to_string(data.size()) + " bytes of data");
    }
    return Tensor(d.dtype, *shape, Buffer::copy_of(data));
  }
  return broken("its dtype is not a little-endian number type");
}

std::vector<std::byte> write_npy(DType dtype, const Shape& shape, const void* data) {
  std::string header = "{'descr': '";
  for (const Descr& d : kDescrs) {
    if (d.dtype == dtype) header += d.text;
  }
  header += "', 'fortran_order': False, 'shape': (";
  for (const int64_t dim : shape.dims()) header += std::to_string(dim) + ", ";
  header += "), }";
  header.append(kAlignment - (10 + header.size() + 1) % kAlignment, ' ');
  header += '\n';

  std::string head(kMagic);
  head += {'\x01', '\x00', static_cast<char>(header.size() & 0xff),
           static_cast<char>(header.size() >> 8)};
  head += header;
  std::vector<std::byte> out(head.size() + static_cast<size_t>(shape.count()) * size_of(dtype));
  std::memcpy(out.data(), head.data(), head.size());
  if (out.size() > head.size())
    std::memcpy(out.data() + head.size(), data, out.size() - head.size());
  return out;
}

}  // namespace octavo
