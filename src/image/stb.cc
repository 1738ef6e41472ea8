#include <cstdlib>

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
#include "image/stb.h"
