// Any bytes as a picture: decoding, EXIF, resizing and normalizing.
#include <cstddef>
#include <cstdint>

#include "image/preprocess.h"

namespace {

const octavo::Preprocess kPreprocess = {.color = octavo::Color::kGray,
                                        .resize_shorter = 16,
                                        .crop = octavo::Size{16, 16},
                                        .mean = {1},
                                        .norm = {0.5f},
                                        .exif = true};
constexpr int64_t kManyPixels = 1 << 22;  // decoding such is slow, and is not what is looked for

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size);
  if (octavo::claimed_pixels(bytes) > kManyPixels) return 0;
  const auto image = octavo::prepare_image(bytes, kPreprocess);
  if (!image.ok()) return 0;
  std::vector<float> out(image->pixels.size());
  octavo::normalize(*image, kPreprocess, false, out);
  return 0;
}
