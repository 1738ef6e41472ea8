// A check before stb_image: it makes room for as many bytes as a PNG chunk claims before it looks
// whether they are there, up to 2 GiB for a file of a few hundred bytes.
#pragma once

#include <cstddef>
#include <span>

namespace octavo {

// Whether every chunk up to IEND lies within the file. True for what is no PNG.
bool png_chunks_fit(std::span<const std::byte> bytes);

}  // namespace octavo
