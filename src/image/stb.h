// stb_image with the formats and limits that this project wants. Its SIMD (chosen in
// CMakeLists.txt) gives the pixels of its plain code.
#pragma once

#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_ONLY_BMP
#define STBI_NO_STDIO
#define STBI_NO_LINEAR
#define STBI_NO_HDR
#define STBI_MAX_DIMENSIONS (1 << 16)
#include <stb/stb_image.h>
