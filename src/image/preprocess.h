// From the bytes of a picture to the numbers that a network was trained on.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "image/decode.h"
#include "image/resize.h"

namespace octavo {

enum class Color { kRgb, kBgr, kGray, kRgba };

// The user's wishes. What is left out is filled in by `resolve` from the model's input.
struct Preprocess {
  std::optional<Color> color = {};  // left out: by the number of channels
  // Shares of width and height that are kept around the centre, before resizing.
  std::array<float, 2> center_fraction = {1, 1};
  std::optional<int> resize_shorter = {};  // the shorter side becomes this, aspect kept
  std::optional<Size> resize = {};  // exactly this size, aspect not kept; excludes resize_shorter
  std::optional<Size> crop = {};    // from the centre, after resizing
  std::vector<float> mean = {};     // (x - mean) * norm with x in 0..255; one number,
  std::vector<float> norm = {};     // or one a channel
  Interpolation interpolation = Interpolation::kBilinear;
  bool exif = false;  // turn as the camera says (Pillow and torchvision do not)
  bool operator==(const Preprocess&) const = default;
};

// The usual ones by name:
//   tf        x / 127.5 - 1                                        shorter side, centre crop
//   imagenet  (x - (123.675, 116.28, 103.53)) / (58.395, 57.12, 57.375)          "
//   caffe     BGR, x - (104, 117, 123)                                           "
//   unit      x / 255                                              resized to the input's size
//   raw       x                                                                  "
struct NamedPreprocess {
  const char* name;
  Preprocess preprocess;
  bool center_crop;  // where neither resize nor crop is given: see resolve
};
std::span<const NamedPreprocess> named_preprocesses();

// Where the picture goes: the shape of the model's input without the batch.
struct ImageInput {
  int channels = 3;
  Size size;  // {0, 0}: the model leaves it open
  bool channels_last = false;
};

// Fills in what was left open: color by the channels, mean 0 and norm 1; and where neither resize
// nor crop is given, the input's size, or with `center_crop` the usual evaluation: shorter side =
// size / 0.875 rounded to a multiple of 32 (224 and 227 -> 256; 32, 64, 96 -> themselves), then a
// centre crop. kInvalidArgument where the wishes contradict the input or each other.
Result<Preprocess> resolve(const Preprocess& wishes, bool center_crop, const ImageInput& input);

// The size of the result of a resolved preprocess; its crop, else its resize.
Size output_size(const Preprocess& preprocess);

// Decode, turn, resize, crop; 8-bit, in `color` order: what the network will see, for people to
// look at.
Result<Image> prepare_image(std::span<const std::byte> bytes, const Preprocess& preprocess);
// The same from pixels that are decoded already (3 or 4 channels, RGB or RGBA).
Result<Image> prepare_image(const ImageView& decoded, const Preprocess& preprocess);

// (x - mean) * norm into `out`: (c, h, w), or (h, w, c) where `channels_last`.
void normalize(const Image& image, const Preprocess& preprocess, bool channels_last,
               std::span<float> out);

const char* name_of(Color color);  // "rgb", ...
std::optional<Color> color_from_name(const std::string& name);
int channels_of(Color color);

}  // namespace octavo
