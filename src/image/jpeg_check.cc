// Walks a JPEG's segments as stb_image does: by what it reads of them, which is not always their
// length. From the first frame on, where scans lie between segments, every place that looks like a
// Huffman table is held to the rule; in coded data that byte pair does not occur (ITU T.81,
// B.1.1.5).
#include "image/jpeg_check.h"

#include <cstdint>

namespace octavo {
namespace {

constexpr int kMaxCodes = 256;

class Walker {
 public:
  explicit Walker(std::span<const std::byte> bytes) : bytes_(bytes) {}

  bool at_end() const { return at_ >= bytes_.size(); }
  size_t at() const { return at_; }
  void go_to(size_t at) { at_ = at; }
  void skip(size_t count) { at_ += count < bytes_.size() ? count : bytes_.size(); }
  int byte() { return at_end() ? 0 : std::to_integer<int>(bytes_[at_++]); }
  int word() {
    const int high = byte();
    return high << 8 | byte();
  }

  // The next marker: bytes that are none are passed over.
  int marker() {
    while (!at_end() && byte() != 0xff) {
    }
    int found = 0xff;
    while (!at_end() && found == 0xff) found = byte();
    return found;
  }

 private:
  std::span<const std::byte> bytes_;
  size_t at_ = 0;
};

bool huffman_segment_fits(Walker& walker) {
  for (int length = walker.word() - 2; length > 0 && !walker.at_end();) {
    walker.byte();  // class and number
    int codes = 0;
    for (int i = 0; i < 16; ++i) codes += walker.byte();
    if (codes > kMaxCodes) return false;
    walker.skip(static_cast<size_t>(codes));
    length -= 17 + codes;
  }
  return true;
}

void skip_quantization_segment(Walker& walker) {
  for (int length = walker.word() - 2; length > 0 && !walker.at_end();) {
    const int bytes = walker.byte() >> 4 ? 128 : 64;
    walker.skip(static_cast<size_t>(bytes));
    length -= 1 + bytes;
  }
}

bool fits_anywhere(Walker& walker) {
  while (!walker.at_end()) {
    if (walker.marker() != 0xc4) continue;
    const size_t behind = walker.at();
    if (!huffman_segment_fits(walker)) return false;
    walker.go_to(behind);
  }
  return true;
}

bool is_frame(int marker) { return marker >= 0xc0 && marker <= 0xc2; }

}  // namespace

bool huffman_tables_fit(std::span<const std::byte> bytes) {
  Walker walker(bytes);
  const bool is_jpeg = !bytes.empty() && bytes[0] == std::byte{0xff} && walker.marker() == 0xd8;
  if (!is_jpeg) return true;
  while (!walker.at_end()) {
    const int marker = walker.marker();
    if (is_frame(marker)) return fits_anywhere(walker);
    if (marker == 0xc4) {
      if (!huffman_segment_fits(walker)) return false;
    } else if (marker == 0xdb) {
      skip_quantization_segment(walker);
    } else {
      const int length = walker.word();
      walker.skip(length > 2 ? static_cast<size_t>(length - 2) : 0);
    }
  }
  return true;
}

}  // namespace octavo
