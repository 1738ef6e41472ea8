#include "image/decode.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "image/png_check.h"

namespace octavo {
namespace {

std::vector<std::byte> read(const std::string& name) {
  std::ifstream file("tests/data/images/" + name, std::ios::binary);
  std::vector<char> chars((std::istreambuf_iterator<char>(file)), {});
  const auto bytes = std::as_bytes(std::span(chars));
  return {bytes.begin(), bytes.end()};
}

std::array<int, 3> pixel(const Image& image, int x, int y) {
  const uint8_t* p = &image.pixels[static_cast<size_t>((y * image.width + x) * image.channels)];
  return {p[0], p[1], p[2]};
}

void expect_near(std::array<int, 3> got, std::array<int, 3> want, int tolerance) {
  for (size_t c = 0; c < 3; ++c) EXPECT_NEAR(got[c], want[c], tolerance) << "channel " << c;
}

// The PNGs hold what Pillow, on libjpeg-turbo, made of the JPEGs: 53 x 35 pixels with their colours
// in half as many columns and rows (420), columns (422, progressive) or in all (444); and 3 x 5,
// which are too few to blend.
TEST(Decode, GivesThePixelsOfLibjpeg) {
  for (const std::string name :
       {"libjpeg_420", "libjpeg_422", "libjpeg_444", "libjpeg_420_narrow"}) {
    for (const int channels : {3, 4}) {
      const Result<Image> jpeg = decode(read(name + ".jpg"), channels);
      const Result<Image> png = decode(read(name + ".png"), channels);
      ASSERT_TRUE(jpeg.ok() && png.ok()) << name;
      EXPECT_EQ(jpeg->width, png->width) << name;
      EXPECT_EQ(jpeg->pixels, png->pixels) << name << ", " << channels << " channels";
    }
  }
}

struct Case {
  const char* file;
  bool grey;
  int tolerance;
};

class DecodesQuadrants : public testing::TestWithParam<Case> {};

// Every file shows red, green, blue and yellow quarters of 8 x 8 pixels.
TEST_P(DecodesQuadrants, WithTheirColors) {
  const auto [file, grey, tolerance] = GetParam();
  const Result<Image> image = decode(read(file), 3);
  ASSERT_TRUE(image.ok()) << image.status().to_string();
  ASSERT_EQ(image->width, 16);
  ASSERT_EQ(image->height, 16);
  const std::array<std::array<int, 3>, 4> colors = {
      {{220, 30, 40}, {30, 200, 60}, {40, 50, 210}, {240, 230, 60}}};
  const std::array<int, 4> lumas = {88, 133, 65, 214};
  for (int q = 0; q < 4; ++q) {
    const size_t at = static_cast<size_t>(q);
    const std::array<int, 3> want = grey ? std::array{lumas[at], lumas[at], lumas[at]} : colors[at];
    expect_near(pixel(*image, 4 + 8 * (q % 2), 4 + 8 * (q / 2)), want, tolerance);
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, DecodesQuadrants,
                         testing::Values(Case{"baseline.jpg", false, 6},
                                         Case{"progressive.jpg", false, 6},
                                         Case{"grey.jpg", true, 6}, Case{"cmyk.jpg", false, 6},
                                         Case{"rgb.png", false, 0}, Case{"alpha.png", false, 0},
                                         Case{"palette.png", false, 0}, Case{"grey16.png", true, 1},
                                         Case{"rgb.bmp", false, 0}),
                         [](const auto& info) {
                           std::string name = info.param.file;
                           name[name.find('.')] = '_';
                           return name;
                         });

TEST(Decode, KeepsTransparencyWhereFourChannelsAreWanted) {
  const Result<Image> image = decode(read("alpha.png"), 4);
  ASSERT_TRUE(image.ok());
  EXPECT_EQ(image->pixels[3], 128);
}

TEST(Decode, ReadsABmpThatRunsFromTopToBottom) {
  std::vector<std::byte> bmp = read("rgb.bmp");
  bmp[22] = std::byte{0xf0};  // height -16
  bmp[23] = bmp[24] = bmp[25] = std::byte{0xff};
  const Result<Image> image = decode(bmp, 3);
  ASSERT_TRUE(image.ok()) << image.status().to_string();
  ASSERT_EQ(image->height, 16);
  expect_near(pixel(*image, 4, 4), {40, 50, 210}, 0);  // what was below is above now
}

std::string refusal(std::string_view text) {
  return decode(std::as_bytes(std::span(text)), 3).status().to_string();
}

TEST(Decode, SaysWhatAFileIsThatIsNoPicture) {
  EXPECT_EQ(refusal(""), "the file is empty");
  EXPECT_EQ(refusal("hello, world"), "not a JPEG, PNG or BMP picture, or a damaged one");
  EXPECT_EQ(refusal("GIF89a......"), "this is a GIF; convert it to JPEG, PNG or BMP");
  EXPECT_EQ(refusal(std::string_view("RIFF\0\0\0\0WEBPVP8 ", 16)),
            "this is a WebP picture; convert it to JPEG, PNG or BMP");
  EXPECT_EQ(refusal("<html>"),
            "this is a text such as SVG or HTML; convert it to JPEG, PNG or BMP");
}

TEST(Decode, RefusesWhatIsCutShortInItsHeader) {
  EXPECT_EQ(decode(read("truncated.jpg"), 3).status().code(), ErrorCode::kImage);
}

// stb_image before 2.28 writes past its table for such a file.
TEST(Decode, RefusesHuffmanTablesWithMoreCodesThanThereAre) {
  std::vector<std::byte> jpeg = read("baseline.jpg");
  for (size_t i = 0; i + 21 < jpeg.size(); ++i) {
    if (jpeg[i] != std::byte{0xff} || jpeg[i + 1] != std::byte{0xc4}) continue;
    for (size_t k = 0; k < 16; ++k) jpeg[i + 5 + k] = std::byte{0xff};
    break;
  }
  EXPECT_EQ(decode(jpeg, 3).status().code(), ErrorCode::kImage);
}

// stb_image would make room for 2 GiB.
TEST(Decode, RefusesPngChunksBeyondTheFile) {
  std::vector<std::byte> png = read("rgb.png");
  EXPECT_TRUE(png_chunks_fit(png));
  png[33] = std::byte{0x7f};  // the chunk behind IHDR
  EXPECT_FALSE(png_chunks_fit(png));
  EXPECT_EQ(decode(png, 3).status().code(), ErrorCode::kImage);
  EXPECT_FALSE(png_chunks_fit(std::span(png).first(20)));
  EXPECT_TRUE(png_chunks_fit(read("baseline.jpg")));
}

TEST(Decode, RefusesAbsurdSizesBeforeAllocating) {
  std::vector<std::byte> png = read("rgb.png");
  png[18] = png[22] = std::byte{0x2e};
  png[19] = png[23] = std::byte{0xe0};  // 12 000 x 12 000
  const Status status = decode(png, 3).status();
  EXPECT_EQ(status.code(), ErrorCode::kImage);
  EXPECT_NE(status.message().find("pixels are too many"), std::string::npos) << status.message();
}

TEST(Exif, FindsTheOrientationOfACamera) {
  EXPECT_EQ(exif_orientation(read("exif6.jpg")), 6);
  EXPECT_EQ(exif_orientation(read("baseline.jpg")), 1);
  EXPECT_EQ(exif_orientation(read("rgb.png")), 1);
  EXPECT_EQ(exif_orientation({}), 1);
}

TEST(Exif, EveryPrefixOfAFileIsReadWithoutHarm) {
  const std::vector<std::byte> bytes = read("exif6.jpg");
  for (size_t n = 0; n < bytes.size(); ++n) {
    const int orientation = exif_orientation(std::span(bytes).first(n));
    EXPECT_TRUE(orientation == 1 || orientation == 6);
  }
}

// A 3 x 2 picture "abc / def" as the eight orientations show it (EXIF 2.3, section 4.6.4).
TEST(Exif, TurnsAndMirrorsAsTheStandardSays) {
  const Image image{3, 2, 1, {'a', 'b', 'c', 'd', 'e', 'f'}};
  const std::array<std::string, 8> wanted = {"abcdef", "cbafed", "fedcba", "defabc",
                                             "adbecf", "daebfc", "fcebda", "cfbead"};
  for (int o = 1; o <= 8; ++o) {
    const Image out = oriented(image, o);
    EXPECT_EQ(out.width, o < 5 ? 3 : 2);
    EXPECT_EQ(std::string(out.pixels.begin(), out.pixels.end()), wanted[static_cast<size_t>(o - 1)])
        << "orientation " << o;
  }
}

}  // namespace
}  // namespace octavo
