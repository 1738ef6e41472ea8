// stb_image with the formats and limits that this project wants.
#pragma once

#include <cstdint>

#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_ONLY_BMP
#define STBI_NO_STDIO
#define STBI_NO_LINEAR
#define STBI_NO_HDR
#define STBI_NO_SIMD  // what it is for is in kernels/jpeg/jpeg.h
#define STBI_MAX_DIMENSIONS (1 << 16)
#include <stb/stb_image.h>

namespace octavo {

// As stbi_load_from_memory, of JPEG alone, with the samples of libjpeg (kernels/jpeg/jpeg.h).
uint8_t* load_jpeg(const uint8_t* data, int size, int* width, int* height, int channels);

}  // namespace octavo
