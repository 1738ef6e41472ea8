#include <cstdlib>

// Zeroed memory: releases before 2.28 decode with Huffman tables that a file uses and never defines,
// and with noise in them read past their ends.
#define STBI_MALLOC(size) std::calloc(1, size)
#define STBI_REALLOC(pointer, size) std::realloc(pointer, size)
#define STBI_FREE(pointer) std::free(pointer)
#define STB_IMAGE_IMPLEMENTATION
#include "image/stb.h"
