// Pictures to pixels: JPEG (greyscale, progressive and CMYK too), PNG and BMP through stb_image.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/status.h"

namespace octavo {

struct Image {
  int width = 0;
  int height = 0;
  int channels = 3;             // 1 grey, 3 RGB, 4 RGBA
  std::vector<uint8_t> pixels;  // (height, width, channels)
};

// The pixels of an Image, or of a decoder, as long as those live.
struct ImageView {
  int width, height, channels;
  const uint8_t* pixels;

  ImageView(int w, int h, int c, const uint8_t* p) : width(w), height(h), channels(c), pixels(p) {}
  ImageView(const Image& image)
      : ImageView(image.width, image.height, image.channels, image.pixels.data()) {}
};

constexpr int64_t kMaxPixels = int64_t{1} << 26;  // 67 megapixels; more is taken for an attack

// Pixels that the header speaks of; 0 where it cannot be read.
int64_t claimed_pixels(std::span<const std::byte> bytes);

// Decodes to `channels` channels (3 or 4). The same bytes on every platform.
// kImage where the bytes are no picture that can be read; the sentence says what they look like.
Result<Image> decode(std::span<const std::byte> bytes, int channels);
// The same, where the decoder put them.
struct DecodedImage {
  ImageView view;
  std::shared_ptr<const void> owner;
};
Result<DecodedImage> decode_in_place(std::span<const std::byte> bytes, int channels);

// Whether the file begins as JPEG, PNG or BMP do, and the sentence for one that does not.
bool is_picture(std::span<const std::byte> head);
Status not_a_picture(std::span<const std::byte> head);

// EXIF orientation 1..8 of a JPEG (TIFF 6.0 tag 0x0112); 1 where there is none.
int exif_orientation(std::span<const std::byte> bytes);
// Turns and mirrors so that orientation `orientation` is shown upright.
Image oriented(const ImageView& image, int orientation);

}  // namespace octavo
