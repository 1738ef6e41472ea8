// EXIF orientation: the one tag that turns pictures (TIFF 6.0, tag 0x0112, in a JPEG's APP1).
#include <algorithm>
#include <optional>
#include <string_view>

#include "image/decode.h"

namespace octavo {
namespace {

// Reads integers of either byte order, nothing past the end.
class Tiff {
 public:
  Tiff(std::span<const std::byte> bytes, bool big_endian) : bytes_(bytes), big_(big_endian) {}

  std::optional<uint32_t> read(size_t offset, size_t width) const {
    if (offset > bytes_.size() || width > bytes_.size() - offset) return std::nullopt;
    uint32_t value = 0;
    for (size_t i = 0; i < width; ++i) {
      const size_t at = big_ ? i : width - 1 - i;
      value = value << 8 | std::to_integer<uint32_t>(bytes_[offset + at]);
    }
    return value;
  }

 private:
  std::span<const std::byte> bytes_;
  bool big_;
};

int orientation_in_tiff(std::span<const std::byte> bytes) {
  if (bytes.size() < 8) return 1;
  const Tiff tiff(bytes, bytes[0] == std::byte{'M'});
  const auto directory = tiff.read(4, 4);
  const auto entries = directory ? tiff.read(*directory, 2) : std::nullopt;
  for (uint32_t i = 0; entries && i < *entries; ++i) {
    const size_t entry = size_t{*directory} + 2 + size_t{i} * 12;
    const auto tag = tiff.read(entry, 2);
    const auto value = tiff.read(entry + 8, 2);
    if (!tag || !value) return 1;
    if (*tag == 0x0112) return *value >= 1 && *value <= 8 ? static_cast<int>(*value) : 1;
  }
  return 1;
}

}  // namespace

int exif_orientation(std::span<const std::byte> bytes) {
  const Tiff jpeg(bytes, true);
  if (jpeg.read(0, 2) != 0xffd8u) return 1;
  size_t at = 2;
  while (true) {
    const auto marker = jpeg.read(at, 2);
    const auto length = jpeg.read(at + 2, 2);
    if (!marker || !length || *length < 2 || (*marker & 0xff00) != 0xff00) return 1;
    if (*marker == 0xffda) return 1;  // start of scan: no headers follow
    if (*marker == 0xffe1 && *length > 8 && jpeg.read(at + 4, 4) == 0x45786966u) {  // "Exif"
      const size_t tiff = at + 10;
      const size_t end = std::min(bytes.size(), at + 2 + *length);
      return tiff < end ? orientation_in_tiff(bytes.subspan(tiff, end - tiff)) : 1;
    }
    at += 2 + *length;
  }
}

Image oriented(const ImageView& image, int orientation) {
  // Orientation 2..8 as three steps on where a pixel comes from: transpose, mirror x, mirror y.
  const bool transpose = orientation >= 5;
  const bool mirror_x =
      orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool mirror_y =
      orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  Image out{
      transpose ? image.height : image.width, transpose ? image.width : image.height,
      image.channels,
      std::vector<uint8_t>(static_cast<size_t>(image.width) * static_cast<size_t>(image.height) *
                           static_cast<size_t>(image.channels))};
  const size_t channels = static_cast<size_t>(image.channels);
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) {
      int from_x = transpose ? y : x;
      int from_y = transpose ? x : y;
      if (mirror_x) from_x = image.width - 1 - from_x;
      if (mirror_y) from_y = image.height - 1 - from_y;
      const size_t from = static_cast<size_t>(from_y) * static_cast<size_t>(image.width) +
                          static_cast<size_t>(from_x);
      const size_t to =
          static_cast<size_t>(y) * static_cast<size_t>(out.width) + static_cast<size_t>(x);
      std::copy_n(&image.pixels[from * channels], channels, &out.pixels[to * channels]);
    }
  }
  return out;
}

}  // namespace octavo
