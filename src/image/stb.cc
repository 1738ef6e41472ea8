#include <cstdlib>

#include "image/jpeg_upsample.h"
#include "kernels/jpeg/jpeg.h"

// 16 bytes for each of kMaxPixels: twice what the largest picture takes. Packed data that swells
// beyond it is an attack.
constexpr std::size_t kLargestBlock = std::size_t{1} << 30;

// Zeroed memory: releases before 2.28 decode with Huffman tables that a file uses and never
// defines, and with noise in them read past their ends.
#define STBI_MALLOC(size) std::calloc(1, size)
#define STBI_REALLOC(pointer, size) \
  (static_cast<std::size_t>(size) > kLargestBlock ? nullptr : std::realloc(pointer, size))
#define STBI_FREE(pointer) std::free(pointer)
#define STB_IMAGE_IMPLEMENTATION
// Two samples for one along a row are made by the only step that stb_image names in place and has
// no pointer for. Its own definition, but not its use, is followed by a parenthesis: that takes
// another name, and the use finds the one below.
#define stbi__resample_row_h_2(...) stb_resample_row_h_2 [[maybe_unused]] (__VA_ARGS__)
static unsigned char*(stbi__resample_row_h_2)(unsigned char* out, unsigned char* in_near,
                                              unsigned char* in_far, int w, int hs);
#include "image/stb.h"

static stbi_uc*(stbi__resample_row_h_2)(stbi_uc* out, stbi_uc* in_near, stbi_uc*, int w, int) {
  octavo::upsample_row(in_near, w, out);
  return out;
}

namespace octavo {
namespace {

const JpegKernel& kernel() {
  static const JpegKernel& best = jpeg_kernel(best_isa());
  return best;
}

}  // namespace

uint8_t* load_jpeg(const uint8_t* data, int size, int* width, int* height, int channels) {
  auto* const jpeg = static_cast<stbi__jpeg*>(stbi__malloc(sizeof(stbi__jpeg)));
  if (!jpeg) return nullptr;
  stbi__context context;
  stbi__start_mem(&context, data, size);
  jpeg->s = &context;
  stbi__setup_jpeg(jpeg);
  jpeg->idct_block_kernel = [](stbi_uc* out, int stride, short coefficients[64]) {
    kernel().inverse_dct(coefficients, out, stride);
  };
  jpeg->resample_row_hv_2_kernel = [](stbi_uc* out, stbi_uc* near, stbi_uc* far, int w, int) {
    upsample_rows(near, far, w, out);
    return out;
  };
  jpeg->YCbCr_to_RGB_kernel = [](stbi_uc* out, const stbi_uc* y, const stbi_uc* cb,
                                 const stbi_uc* cr, int count, int step) {
    kernel().ycc_to_rgb(y, cb, cr, static_cast<size_t>(count), static_cast<size_t>(step), out);
  };
  uint8_t* const pixels = load_jpeg_image(jpeg, width, height, nullptr, channels);
  STBI_FREE(jpeg);
  return pixels;
}

}  // namespace octavo
