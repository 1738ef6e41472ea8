#include "image/preprocess.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace octavo {
namespace {

constexpr std::array kColors = {"rgb", "bgr", "gray", "rgba"};

std::string text(Size size) {
  return std::to_string(size.width) + "x" + std::to_string(size.height);
}

// ITU-R 601 luma with Pillow's 16-bit weights.
uint8_t luma(const uint8_t* rgb) {
  return static_cast<uint8_t>((rgb[0] * 19595 + rgb[1] * 38470 + rgb[2] * 7471 + 0x8000) >> 16);
}

Image recolored(const Image& image, Color color) {
  const size_t from = static_cast<size_t>(image.channels);  // 3 or 4
  const size_t to = static_cast<size_t>(channels_of(color));
  const size_t count = image.pixels.size() / from;
  Image out{image.width, image.height, static_cast<int>(to), std::vector<uint8_t>(count * to)};
  for (size_t i = 0; i < count; ++i) {
    const uint8_t* in = &image.pixels[i * from];
    uint8_t* px = &out.pixels[i * to];
    switch (color) {
      case Color::kRgb:
        std::copy_n(in, 3, px);
        break;
      case Color::kBgr:
        std::reverse_copy(in, in + 3, px);
        break;
      case Color::kGray:
        *px = luma(in);
        break;
      case Color::kRgba:
        std::copy_n(in, 3, px);
        px[3] = from == 4 ? in[3] : 255;
        break;
    }
  }
  return out;
}

// Size after resizing the shorter side to `side`: the longer one in proportion, to the nearest
// pixel.
Size with_shorter_side(const ImageView& image, int side) {
  const auto scaled = [side](int longer, int shorter) {
    const double size = std::nearbyint(static_cast<double>(side) * longer / shorter);
    return static_cast<int>(std::clamp<double>(size, 1, kMaxPixels));
  };
  if (image.width <= image.height) return {side, scaled(image.height, image.width)};
  return {scaled(image.width, image.height), side};
}

// What the crop leaves of a picture of this size.
Result<Window> cropped(Size size, const std::optional<Size>& crop) {
  if (!crop) return Window{0, 0, size};
  if (crop->width > size.width || crop->height > size.height) {
    return Status(ErrorCode::kInvalidArgument, "the crop of " + text(*crop) +
                                                   " is larger than the resized picture of " +
                                                   text(size) + "; resize to at least the crop");
  }
  // Half a pixel goes to the right and below.
  return Window{(size.width - crop->width) / 2, (size.height - crop->height) / 2, *crop};
}

// Shares of width and height, rounded down; at least a pixel. Half a pixel stays right and below.
Image centre_of(const ImageView& image, std::array<float, 2> shares) {
  const auto part = [](int side, float share) {
    return std::max(1, static_cast<int>(static_cast<float>(side) * share));
  };
  const Size size{part(image.width, shares[0]), part(image.height, shares[1])};
  const size_t left = static_cast<size_t>((image.width - size.width) / 2);
  const size_t top = static_cast<size_t>((image.height - size.height) / 2);
  const auto channels = static_cast<size_t>(image.channels);
  Image out{size.width, size.height, image.channels, {}};
  for (size_t y = top; y < top + static_cast<size_t>(size.height); ++y) {
    const uint8_t* row = image.pixels + (y * static_cast<size_t>(image.width) + left) * channels;
    out.pixels.insert(out.pixels.end(), row, row + static_cast<size_t>(size.width) * channels);
  }
  return out;
}

Status check_side(const char* what, Size size) {
  if (size.width >= 1 && size.height >= 1 && int64_t{size.width} * size.height <= kMaxPixels) {
    return {};
  }
  return {ErrorCode::kInvalidArgument,
          std::string(what) + " of " + text(size) + " is not a sensible size"};
}

// One number for all channels, or one a channel; `fallback` where none is given.
Result<std::vector<float>> per_channel(const char* what, const std::vector<float>& given,
                                       float fallback, int channels) {
  const size_t want = static_cast<size_t>(channels);
  for (const float x : given) {
    if (!std::isfinite(x)) {
      return Status(ErrorCode::kInvalidArgument, std::string(what) + " holds no finite number");
    }
  }
  if (given.empty()) return std::vector<float>(want, fallback);
  if (given.size() == 1) return std::vector<float>(want, given[0]);
  if (given.size() == want) return given;
  return Status(ErrorCode::kInvalidArgument, std::string(what) + " has " +
                                                 std::to_string(given.size()) +
                                                 " numbers; give one, or one for each of the " +
                                                 std::to_string(channels) + " channels");
}

Color usual_color(int channels) {
  return channels == 1 ? Color::kGray : channels == 4 ? Color::kRgba : Color::kRgb;
}

int usual_shorter_side(int size) {
  return std::max(size, static_cast<int>(std::nearbyint(size / 0.875 / 32)) * 32);
}

}  // namespace

std::span<const NamedPreprocess> named_preprocesses() {
  static const std::vector<NamedPreprocess> list = {
      {"tf", {.mean = {127.5f}, .norm = {1 / 127.5f}}, true},
      {"imagenet",
       {.mean = {123.675f, 116.28f, 103.53f}, .norm = {1 / 58.395f, 1 / 57.12f, 1 / 57.375f}},
       true},
      {"caffe", {.color = Color::kBgr, .mean = {104, 117, 123}, .norm = {1}}, true},
      {"unit", {.mean = {0}, .norm = {1 / 255.0f}}, false},
      {"raw", {.mean = {0}, .norm = {1}}, false},
  };
  return list;
}

Result<Preprocess> resolve(const Preprocess& wishes, bool center_crop, const ImageInput& input) {
  Preprocess p = wishes;
  if (!p.color) p.color = usual_color(input.channels);
  const int channels = channels_of(*p.color);
  if (channels != input.channels) {
    return Status(ErrorCode::kInvalidArgument,
                  std::string("color ") + name_of(*p.color) + " has " + std::to_string(channels) +
                      " channels, the model's input has " + std::to_string(input.channels));
  }
  for (const float share : p.center_fraction) {
    if (share > 0 && share <= 1) continue;
    return Status(ErrorCode::kInvalidArgument, "center_fraction is above 0 and at most 1");
  }
  OCTAVO_ASSIGN_OR_RETURN(p.mean, per_channel("mean", p.mean, 0, channels));
  OCTAVO_ASSIGN_OR_RETURN(p.norm, per_channel("norm", p.norm, 1, channels));
  if (p.resize && p.resize_shorter) {
    return Status(ErrorCode::kInvalidArgument,
                  "resize is either one number (the shorter side) or WxH, not both");
  }
  const bool open = input.size == Size{};
  if (!p.resize && !p.resize_shorter && !p.crop) {
    if (open) {
      return Status(
          ErrorCode::kInvalidArgument,
          "the model leaves its input size open; give --resize WxH, or --resize and --crop");
    }
    if (center_crop) {
      p.resize_shorter = usual_shorter_side(std::max(input.size.width, input.size.height));
      p.crop = input.size;
    } else {
      p.resize = input.size;
    }
  }
  if (p.resize_shorter && !p.crop && !open) p.crop = input.size;
  if (p.resize) OCTAVO_RETURN_IF_ERROR(check_side("a resize", *p.resize));
  if (p.crop) OCTAVO_RETURN_IF_ERROR(check_side("a crop", *p.crop));
  if (p.resize_shorter) {
    OCTAVO_RETURN_IF_ERROR(check_side("a resize", {*p.resize_shorter, *p.resize_shorter}));
  }
  const Size result = output_size(p);
  if (!open && result != input.size) {
    return Status(ErrorCode::kInvalidArgument, "preprocessing gives pictures of " + text(result) +
                                                   ", the model's input is " + text(input.size));
  }
  if (result == Size{}) {
    return Status(ErrorCode::kInvalidArgument,
                  "pictures would differ in size; give --crop WxH or --resize WxH");
  }
  return p;
}

Size output_size(const Preprocess& preprocess) {
  if (preprocess.crop) return *preprocess.crop;
  return preprocess.resize.value_or(Size{});
}

Result<Image> prepare_image(const ImageView& decoded, const Preprocess& preprocess) {
  if (preprocess.center_fraction != std::array<float, 2>{1, 1}) {
    Preprocess rest = preprocess;
    rest.center_fraction = {1, 1};
    return prepare_image(centre_of(decoded, preprocess.center_fraction), rest);
  }
  Size size = preprocess.resize.value_or(Size{decoded.width, decoded.height});
  if (preprocess.resize_shorter) size = with_shorter_side(decoded, *preprocess.resize_shorter);
  if (int64_t{size.width} * size.height > kMaxPixels) {
    return Status(ErrorCode::kImage, "the picture is too elongated to resize its shorter side");
  }
  OCTAVO_ASSIGN_OR_RETURN(const Window kept, cropped(size, preprocess.crop));
  return recolored(resize(decoded, size, kept, preprocess.interpolation), *preprocess.color);
}

Result<Image> prepare_image(std::span<const std::byte> bytes, const Preprocess& preprocess) {
  OCTAVO_ASSIGN_OR_RETURN(const DecodedImage decoded, decode_in_place(bytes, 4));  // faster than 3
  const int orientation = preprocess.exif ? exif_orientation(bytes) : 1;
  if (orientation == 1) return prepare_image(decoded.view, preprocess);
  return prepare_image(oriented(decoded.view, orientation), preprocess);
}

void normalize(const Image& image, const Preprocess& preprocess, bool channels_last,
               std::span<float> out) {
  const size_t channels = static_cast<size_t>(image.channels);
  const size_t area = image.pixels.size() / channels;
  const size_t step = channels_last ? channels : 1;
  for (size_t c = 0; c < channels; ++c) {
    std::array<float, 256> normal;  // of every pixel value that there is
    for (size_t x = 0; x < normal.size(); ++x) {
      normal[x] = (static_cast<float>(x) - preprocess.mean[c]) * preprocess.norm[c];
    }
    float* to = &out[channels_last ? c : c * area];
    const uint8_t* from = &image.pixels[c];
    for (size_t i = 0; i < area; ++i) to[i * step] = normal[from[i * channels]];
  }
}

const char* name_of(Color color) { return kColors[static_cast<size_t>(color)]; }

std::optional<Color> color_from_name(const std::string& name) {
  for (size_t i = 0; i < kColors.size(); ++i) {
    if (name == kColors[i]) return static_cast<Color>(i);
  }
  return std::nullopt;
}

int channels_of(Color color) { return color == Color::kGray ? 1 : color == Color::kRgba ? 4 : 3; }

}  // namespace octavo
