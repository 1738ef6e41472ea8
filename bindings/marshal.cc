#include "marshal.h"

#include <cmath>
#include <new>

namespace octavo {
namespace {

using emscripten::val;

constexpr double kMaxSafeInteger =
    9007199254740991;  // 2^53 - 1, the last that JavaScript counts to

class JsSource final : public ByteSource {
 public:
  explicit JsSource(val source) : source_(std::move(source)) {}
  ~JsSource() override { source_.call<void>("close"); }
  JsSource(const JsSource&) = delete;
  JsSource& operator=(const JsSource&) = delete;

  uint64_t size() const override {
    const double size = source_["size"].as<double>();
    return size >= 0 && size <= kMaxSafeInteger ? static_cast<uint64_t>(size) : 0;
  }

  Status read(uint64_t offset, std::span<std::byte> out) const override {
    if (offset > size() || out.size() > size() - offset) {
      return {ErrorCode::kModelUnreadable,
              "the file ends too early; it may be cut short, try to copy or download it again"};
    }
    const val into(
        emscripten::typed_memory_view(out.size(), reinterpret_cast<uint8_t*>(out.data())));
    const val done = source_.call<val>("read", static_cast<double>(offset), into);
    if (done.isTrue()) return {};
    return {ErrorCode::kIo,
            "the file can no longer be read as it was when it was opened; open it again"};
  }

 private:
  val source_;
};

Result<Shape> shape_from(const val& dims) {
  std::vector<int64_t> out;
  const auto count = dims["length"].as<unsigned>();
  for (unsigned i = 0; i < count; ++i) {
    const double dim = dims[i].as<double>();
    if (!(dim >= 0 && dim <= kMaxSafeInteger && dim == std::floor(dim))) {
      return Status(ErrorCode::kInvalidArgument, "a tensor's dims are whole numbers from 0");
    }
    out.push_back(static_cast<int64_t>(dim));
  }
  return Shape(std::move(out));
}

void copy_to(uint8_t* to, size_t size, const val& array) {
  if (size > 0) val(emscripten::typed_memory_view(size, to)).call<void>("set", array);
}

// Without filling it with zeros first.
Result<Buffer> buffer_from(const val& array) {
  const auto size = array["length"].as<size_t>();
  const std::shared_ptr<uint8_t[]> data(new (std::nothrow) uint8_t[size + 1]);
  if (!data) return Status(ErrorCode::kOutOfMemory, "no memory for this tensor");
  copy_to(data.get(), size, array);
  return Buffer::view(data.get(), size, data);
}

}  // namespace

val outcome(const Status& status) {
  if (status.ok()) return outcome_of(val::null());
  val error = val::object();
  error.set("code", std::string(name_of(status.code())));
  error.set("message", status.message());
  error.set("where", status.where());
  val object = val::object();
  object.set("error", error);
  return object;
}

bool is_bytes(const val& value) { return value.instanceof(val::global("Uint8Array")); }

std::vector<std::byte> bytes_from(const val& array) {
  std::vector<std::byte> bytes(array["length"].as<size_t>());
  copy_to(reinterpret_cast<uint8_t*>(bytes.data()), bytes.size(), array);
  return bytes;
}

val to_uint8_array(const void* data, size_t size) {
  const auto view = emscripten::typed_memory_view(size, static_cast<const uint8_t*>(data));
  return val::global("Uint8Array").new_(val(view));
}

Result<Tensor> tensor_from(const val& tensor) {
  const auto dtype_name = tensor["dtype"].as<std::string>();
  OCTAVO_ASSIGN_OR_RETURN(Shape shape, shape_from(tensor["dims"]));
  OCTAVO_ASSIGN_OR_RETURN(Buffer data, buffer_from(tensor["data"]));
  const DType dtype = dtype_from_name(dtype_name);
  if (size_of(dtype) == 0) {
    return Status(ErrorCode::kInvalidArgument, "there is no tensor of '" + dtype_name + "'");
  }
  const auto count = shape.element_count();
  if (!count || static_cast<uint64_t>(*count) * size_of(dtype) != data.size()) {
    return Status(ErrorCode::kInvalidArgument, "shape " + shape.to_string() + " of " + dtype_name +
                                                   " does not fit " + std::to_string(data.size()) +
                                                   " bytes of data");
  }
  return Tensor(dtype, std::move(shape), std::move(data));
}

val to_tensor(const Tensor& tensor) {
  val dims = val::array();
  for (const int64_t dim : tensor.shape().dims()) dims.call<void>("push", static_cast<double>(dim));
  val object = val::object();
  object.set("dtype", std::string(name_of(tensor.dtype())));
  object.set("dims", dims);
  object.set("data", to_uint8_array(tensor.data(), tensor.buffer().size()));
  return object;
}

Result<Image> image_from(const val& image) {
  Image out{image["width"].as<int>(), image["height"].as<int>(), image["channels"].as<int>(), {}};
  for (const std::byte byte : bytes_from(image["data"])) {
    out.pixels.push_back(std::to_integer<uint8_t>(byte));
  }
  const bool sensible = out.width > 0 && out.height > 0 &&
                        (out.channels == 3 || out.channels == 4) &&
                        int64_t{out.width} * out.height <= kMaxPixels;
  if (!sensible ||
      int64_t{out.width} * out.height * out.channels != static_cast<int64_t>(out.pixels.size())) {
    return Status(ErrorCode::kImage, "width, height, channels and pixels do not fit each other");
  }
  return out;
}

val to_image(const Image& image) {
  val object = val::object();
  object.set("width", image.width);
  object.set("height", image.height);
  object.set("channels", image.channels);
  object.set("data", to_uint8_array(image.pixels.data(), image.pixels.size()));
  return object;
}

std::shared_ptr<const ByteSource> source_from(const val& source) {
  return std::make_shared<const JsSource>(source);
}

}  // namespace octavo
