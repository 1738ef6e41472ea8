#include "image/preprocess.h"

#include <gtest/gtest.h>

#include <cmath>

namespace octavo {
namespace {

Image resize(const Image& image, int width, int height, Interpolation interpolation) {
  const Size size{width, height};
  return octavo::resize(image, size, {0, 0, size}, interpolation);
}

struct Resized {
  int width, height, to_width, to_height;
  std::vector<uint8_t> pixels, wanted;
};

// Made with Pillow: Image.fromarray(x).resize((w, h), Image.BILINEAR) on seeded noise.
const std::vector<Resized> kByPillow = {
    {9,
     7,
     4,
     3,
     {37,  235, 140, 72,  255, 137, 203, 133, 79,  192, 144, 129, 204, 71,  237, 252,
      134, 25,  178, 20,  254, 101, 146, 212, 139, 252, 234, 156, 157, 142, 50,  68,
      215, 215, 233, 241, 247, 222, 96,  86,  141, 233, 137, 7,   63,  61,  22,  57,
      1,   128, 60,  209, 8,   216, 141, 115, 175, 234, 121, 200, 30,  71,  131},
     {146, 148, 186, 143, 153, 111, 173, 175, 111, 110, 129, 96}},
    {5,
     4,
     8,
     9,
     {198, 149, 49, 57, 3, 196, 24, 241, 43, 76, 26, 52, 80, 109, 115, 41, 210, 15, 64, 196},
     {198, 177, 143, 80,  52,  57, 27,  3,   198, 168, 125, 96,  73,  57, 33,  15, 197, 143,
      79,  137, 130, 56,  48,  48, 187, 116, 39,  167, 174, 58,  65,  78, 111, 79, 46,  122,
      134, 81,  87,  96,  35,  42, 53,  77,  94,  104, 109, 113, 32,  67, 110, 73, 66,  89,
      122, 146, 38,  102, 174, 75, 40,  69,  134, 182, 41,  115, 198, 76, 30,  61, 138, 196}},
    {13,
     3,
     5,
     3,
     {25,  111, 226, 215, 135, 26, 153, 104, 22, 9,  195, 231, 126, 23, 125, 100, 155, 165, 57, 83,
      166, 136, 32,  162, 10,  23, 143, 239, 87, 25, 199, 243, 92,  74, 190, 46,  160, 216, 151},
     {119, 161, 100, 68, 176, 91, 132, 108, 107, 51, 160, 129, 140, 120, 172}},
};

TEST(Resize, EqualsPillowToTheByte) {
  for (const Resized& r : kByPillow) {
    const Image out =
        resize({r.width, r.height, 1, r.pixels}, r.to_width, r.to_height, Interpolation::kBilinear);
    EXPECT_EQ(out.pixels, r.wanted) << r.width << " x " << r.height;
  }
}

// The cases above in every channel of three and four, which have loops of their own.
TEST(Resize, ChannelsDoNotSeeEachOther) {
  for (const Resized& r : kByPillow) {
    for (const int channels : {3, 4}) {
      Image image{r.width, r.height, channels, {}};
      for (const uint8_t x : r.pixels) {
        for (int c = 0; c < channels; ++c) image.pixels.push_back(c % 2 == 0 ? x : 255 - x);
      }
      const Image out = resize(image, r.to_width, r.to_height, Interpolation::kBilinear);
      ASSERT_EQ(out.pixels.size(), r.wanted.size() * static_cast<size_t>(channels));
      for (size_t i = 0; i < r.wanted.size(); ++i) {
        EXPECT_EQ(out.pixels[i * static_cast<size_t>(channels)], r.wanted[i]);
        EXPECT_EQ(out.pixels[i * static_cast<size_t>(channels) + 2], r.wanted[i]);
      }
    }
  }
}

TEST(Resize, APartIsThatOfTheWhole) {
  Image image{37, 29, 4, {}};
  for (int i = 0; i < 37 * 29 * 4; ++i) image.pixels.push_back(static_cast<uint8_t>(i * i >> 3));
  for (const Size size : {Size{37, 29}, Size{16, 16}, Size{50, 13}, Size{1, 1}, Size{90, 70}}) {
    const Image whole = resize(image, size.width, size.height, Interpolation::kBilinear);
    const Window part{
        size.width / 3, size.height / 4, {(size.width + 1) / 2, (size.height + 1) / 2}};
    const Image found = octavo::resize(image, size, part, Interpolation::kBilinear);
    ASSERT_EQ(found.width, part.size.width);
    for (int y = 0; y < part.size.height; ++y) {
      const auto row = whole.pixels.begin() + ((part.top + y) * size.width + part.left) * 4;
      EXPECT_TRUE(std::equal(row, row + part.size.width * 4,
                             found.pixels.begin() + y * part.size.width * 4))
          << size.width << " row " << y;
    }
  }
}

TEST(Resize, PlainTakesTheTwoNearestPixelsOnly) {
  const Image image{8, 1, 1, {0, 0, 0, 255, 255, 0, 0, 0}};
  const Image plain = resize(image, 2, 1, Interpolation::kBilinearPlain);
  EXPECT_EQ(plain.pixels, (std::vector<uint8_t>{0, 0}));  // between pixels 1 and 2, 5 and 6
  const Image averaged = resize(image, 2, 1, Interpolation::kBilinear);
  EXPECT_GT(averaged.pixels[0], 30);
}

TEST(Resize, CornersLieOnCorners) {
  const Image row{5, 1, 1, {10, 200, 30, 90, 250}};
  const std::pair<int, std::vector<uint8_t>> kWanted[] = {{3, {10, 30, 250}},
                                                          {4, {10, 143, 70, 250}},
                                                          {5, {10, 200, 30, 90, 250}},
                                                          {7, {10, 137, 143, 30, 70, 143, 250}},
                                                          {1, {10}}};
  for (const auto& [width, wanted] : kWanted) {
    EXPECT_EQ(resize(row, width, 1, Interpolation::kBilinearCorners).pixels, wanted);
    const Image column{1, 5, 1, row.pixels};
    EXPECT_EQ(resize(column, 1, width, Interpolation::kBilinearCorners).pixels, wanted);
  }
}

TEST(Preprocess, KeepsAShareOfTheCentre) {
  Image image{5, 4, 3, std::vector<uint8_t>(60)};
  for (size_t i = 0; i < 60; ++i)
    image.pixels[i] = static_cast<uint8_t>(i / 3);  // place of the pixel
  Preprocess p;
  p.color = Color::kGray;
  p.center_fraction = {0.7f, 0.5f};  // 3.5 and 2: 3 x 2 from (1, 1)
  p.resize = Size{3, 2};
  const Result<Image> kept = prepare_image(image, p);
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(kept->pixels, (std::vector<uint8_t>{6, 7, 8, 11, 12, 13}));
  p.center_fraction = {0.01f, 0.01f};  // at least a pixel
  p.resize = Size{1, 1};
  EXPECT_EQ(prepare_image(image, p)->pixels, std::vector<uint8_t>{7});
  p.center_fraction = {0, 1};
  EXPECT_EQ(resolve(p, false, {1, {1, 1}, false}).status().to_string(),
            "center_fraction is above 0 and at most 1");
}

Preprocess named(const std::string& name) {
  for (const NamedPreprocess& n : named_preprocesses()) {
    if (name == n.name) return n.preprocess;
  }
  ADD_FAILURE() << "no preprocess " << name;
  return {};
}

std::string error_of(const Preprocess& p, const ImageInput& input, bool center_crop = false) {
  return resolve(p, center_crop, input).status().to_string();
}

TEST(Preprocess, FillsInTheInputsSizeWhereNothingIsSaid) {
  const Result<Preprocess> p = resolve({}, false, {3, {320, 240}, false});
  ASSERT_TRUE(p.ok());
  EXPECT_EQ(p->resize, (Size{320, 240}));
  EXPECT_EQ(p->mean, (std::vector<float>{0, 0, 0}));
  EXPECT_EQ(p->norm, (std::vector<float>{1, 1, 1}));
  EXPECT_EQ(p->color, Color::kRgb);
}

TEST(Preprocess, UsualEvaluationTakesTheUsualSides) {
  const std::vector<std::pair<int, int>> sides = {
      {224, 256}, {227, 256}, {32, 32}, {96, 96}, {64, 64}};
  for (const auto& [size, shorter] : sides) {
    const Result<Preprocess> p = resolve(named("tf"), true, {3, {size, size}, false});
    ASSERT_TRUE(p.ok());
    EXPECT_EQ(p->resize_shorter, shorter) << size;
    EXPECT_EQ(p->crop, (Size{size, size}));
  }
}

TEST(Preprocess, ColorFollowsTheChannelsWhereNothingIsSaid) {
  EXPECT_EQ(resolve({}, false, {1, {8, 8}, false})->color, Color::kGray);
  EXPECT_EQ(resolve({}, false, {4, {8, 8}, false})->color, Color::kRgba);
}

TEST(Preprocess, RefusesWhatContradictsTheModel) {
  const ImageInput input{3, {224, 224}, false};
  EXPECT_EQ(error_of({.color = Color::kGray}, input),
            "color gray has 1 channels, the model's input has 3");
  EXPECT_EQ(error_of({.mean = {1, 2}}, input),
            "mean has 2 numbers; give one, or one for each of the 3 channels");
  EXPECT_EQ(error_of({.norm = {std::nanf("")}}, input), "norm holds no finite number");
  EXPECT_EQ(error_of({.crop = Size{100, 100}}, input),
            "preprocessing gives pictures of 100x100, the model's input is 224x224");
  EXPECT_EQ(error_of({.resize_shorter = 256, .resize = Size{224, 224}}, input),
            "resize is either one number (the shorter side) or WxH, not both");
  EXPECT_EQ(error_of({}, {3, {0, 0}, false}),
            "the model leaves its input size open; give --resize WxH, or --resize and --crop");
  EXPECT_EQ(error_of({.resize_shorter = 256}, {3, {0, 0}, false}),
            "pictures would differ in size; give --crop WxH or --resize WxH");
}

TEST(Preprocess, CropsTheMiddle) {
  const Image image{4, 3, 3, std::vector<uint8_t>(36, 7)};
  Image marked = image;
  marked.pixels[(1 * 4 + 1) * 3] = 200;  // x 1, y 1
  const Result<Image> out = prepare_image(marked, {.color = Color::kRgb, .crop = Size{2, 1}});
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(out->pixels, (std::vector<uint8_t>{200, 7, 7, 7, 7, 7}));
}

TEST(Preprocess, RefusesACropThatIsLargerThanThePicture) {
  const Image image{4, 4, 3, std::vector<uint8_t>(48)};
  const Status status = prepare_image(image, {.color = Color::kRgb, .crop = Size{5, 2}}).status();
  EXPECT_EQ(
      status.to_string(),
      "the crop of 5x2 is larger than the resized picture of 4x4; resize to at least the crop");
}

TEST(Preprocess, OrdersColorsAsAsked) {
  const Image image{1, 1, 3, {10, 20, 30}};
  const auto pixels = [&](Color color) { return prepare_image(image, {.color = color})->pixels; };
  EXPECT_EQ(pixels(Color::kRgb), (std::vector<uint8_t>{10, 20, 30}));
  EXPECT_EQ(pixels(Color::kBgr), (std::vector<uint8_t>{30, 20, 10}));
  EXPECT_EQ(pixels(Color::kGray), (std::vector<uint8_t>{18}));  // Pillow's convert("L")
  EXPECT_EQ(pixels(Color::kRgba), (std::vector<uint8_t>{10, 20, 30, 255}));
}

TEST(Preprocess, NormalizesIntoEitherLayout) {
  const Image image{2, 1, 3, {0, 10, 20, 100, 110, 120}};
  const Preprocess p{.mean = {0, 10, 20}, .norm = {1, 2, 3}};
  std::vector<float> out(6);
  normalize(image, p, false, out);
  EXPECT_EQ(out, (std::vector<float>{0, 100, 0, 200, 0, 300}));
  normalize(image, p, true, out);
  EXPECT_EQ(out, (std::vector<float>{0, 0, 0, 100, 200, 300}));
}

}  // namespace
}  // namespace octavo
