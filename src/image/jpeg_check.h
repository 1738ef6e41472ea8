// A check before stb_image: its Huffman tables have room for 256 codes, and releases before 2.28 do
// not look whether a file claims more.
#pragma once

#include <cstddef>
#include <span>

namespace octavo {

// Whether every Huffman table that stb_image would build from these bytes fits. True for what is no
// JPEG.
bool huffman_tables_fit(std::span<const std::byte> bytes);

}  // namespace octavo
