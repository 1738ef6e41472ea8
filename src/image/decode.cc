#include "image/decode.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "image/jpeg_check.h"
#include "image/png_check.h"
#include "image/stb.h"

namespace octavo {
namespace {

struct Signature {
  std::string_view bytes;
  size_t offset;
  const char* what;

  bool matches(std::string_view text) const {
    return text.size() >= offset && text.substr(offset).starts_with(bytes);
  }
};

constexpr std::array kPictures = {
    Signature{"\xff\xd8", 0, "JPEG"},
    Signature{"\x89PNG", 0, "PNG"},
    Signature{"BM", 0, "BMP"},
};

// What people drop by mistake, to say so.
constexpr std::array kForeign = {
    Signature{"WEBP", 8, "a WebP picture"},
    Signature{"GIF8", 0, "a GIF"},
    Signature{"ftypheic", 4, "a HEIC picture"},
    Signature{"ftypavif", 4, "an AVIF picture"},
    Signature{"%PDF", 0, "a PDF"},
    Signature{"PK\x03\x04", 0, "a zip archive"},
    Signature{"II*", 0, "a TIFF picture"},
    Signature{"MM", 0, "a TIFF picture"},
    Signature{"<", 0, "a text such as SVG or HTML"},
};

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

bool is_picture(std::span<const std::byte> head) {
  return std::any_of(kPictures.begin(), kPictures.end(),
                     [&](const Signature& s) { return s.matches(text_of(head)); });
}

Status not_a_picture(std::span<const std::byte> head) {
  if (head.empty()) return {ErrorCode::kImage, "the file is empty"};
  for (const Signature& s : kForeign) {
    if (s.matches(text_of(head))) {
      return {ErrorCode::kImage,
              std::string("this is ") + s.what + "; convert it to JPEG, PNG or BMP"};
    }
  }
  return {ErrorCode::kImage, "not a JPEG, PNG or BMP picture, or a damaged one"};
}

int64_t claimed_pixels(std::span<const std::byte> bytes) {
  int width = 0, height = 0, found = 0;
  const auto* data = reinterpret_cast<const stbi_uc*>(bytes.data());
  const int size = static_cast<int>(std::min<size_t>(bytes.size(), INT32_MAX));
  if (!huffman_tables_fit(bytes) || !png_chunks_fit(bytes)) return 0;
  if (!stbi_info_from_memory(data, size, &width, &height, &found)) return 0;
  return std::abs(int64_t{width} * height);  // a BMP from top to bottom has a negative height
}

Result<DecodedImage> decode_in_place(std::span<const std::byte> bytes, int channels) {
  const auto* data = reinterpret_cast<const stbi_uc*>(bytes.data());
  if (bytes.size() > INT32_MAX) return Status(ErrorCode::kImage, "the file is larger than 2 GiB");
  const int size = static_cast<int>(bytes.size());
  const int64_t count = claimed_pixels(bytes);
  if (count == 0) return not_a_picture(bytes);
  if (count > kMaxPixels) {
    return Status(ErrorCode::kImage,
                  std::to_string(count) + " pixels are too many; make the picture smaller");
  }
  int width = 0, height = 0, found = 0;
  const bool is_jpeg = kPictures[0].matches(text_of(bytes));
  const std::shared_ptr<stbi_uc> pixels(
      is_jpeg ? load_jpeg(data, size, &width, &height, channels)
              : stbi_load_from_memory(data, size, &width, &height, &found, channels),
      stbi_image_free);
  if (!pixels || width <= 0 || height <= 0) return not_a_picture(bytes);
  return DecodedImage{{width, height, channels, pixels.get()}, pixels};
}

Result<Image> decode(std::span<const std::byte> bytes, int channels) {
  OCTAVO_ASSIGN_OR_RETURN(const DecodedImage decoded, decode_in_place(bytes, channels));
  const auto [width, height, _, pixels] = decoded.view;
  const ptrdiff_t elements = ptrdiff_t{width} * height * channels;
  return Image{width, height, channels, {pixels, pixels + elements}};
}

}  // namespace octavo
