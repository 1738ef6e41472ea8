// Convolution of 8-bit numbers with kernels that are 3 wide, by Winograd's minimal filtering F(2,
// 3) along the lines (A. Lavin, S. Gray, "Fast Algorithms for Convolutional Neural Networks",
// 2015): two neighbours of a line of y from four products instead of six. All in integers, and so
// exact:
//
//   of x    t0 = d0 - d2    t1 = d1 + d2         t2 = d2 - d1         t3 = d1 - d3
//   of w    u0 = 2 g0       u1 = g0 + g1 + g2    u2 = g0 - g1 + g2    u3 = -2 g2
//   2 y0 = t0 u0 + t1 u1 + t2 u2        2 y1 = t1 u1 - t2 u2 + t3 u3
//
// d are four neighbours of a line of x, whole numbers of 8 bits, and g the weights of a line of the
// kernel minus their zero point; sums go over the lines of the kernel and the channels, after which
// bias and requantization are those of qgemm.h. It pays where products of int16 are all there is:
// kernels of bytes take no numbers of 10 bits.
//
// Packed x: [4 products][groups][4 pairs of pixels][2 int16]; packed w: [panels of 8 columns]
// [4 products][groups][8 columns][2 int16]; a group is two channels of a line of the kernel.
#pragma once

#include "kernels/qgemm/qgemm.h"

namespace octavo {

constexpr size_t kWinogradPairs = 4;     // of a tile
constexpr size_t kWinogradProducts = 4;  // of a pair
constexpr size_t kWinogradChannels = 8;  // of which x has a multiple

struct QWinogradWeights {
  size_t n = 0, channels = 0, lines = 0;
  PackedWeights packed;       // false where there was no memory for it
  std::vector<int32_t> bias;  // filled up to whole panels, as multiplier is
  std::vector<float> multiplier;
  bool stays_small = true;  // see requant.h

  size_t line_groups() const { return channels / 2; }
  size_t groups() const { return lines * line_groups(); }
  size_t panel_bytes() const { return kWinogradProducts * groups() * kQGemmPanelBytes; }
  size_t tile_bytes() const { return kWinogradProducts * groups() * kWinogradPairs * kGroupBytes; }
};

struct QWinogradSource {
  size_t n, channels, lines;
  const uint8_t* w;  // (n, channels, lines, 3)
  bool is_signed;
  const int32_t* zero_point;  // [n]
  const int32_t* bias;        // [n], or null
  const float* multiplier;    // [n]
  int32_t x_zero_point;
};
// Whether the channels fit, and no sum can leave 31 bits, of which the halving takes one.
bool takes_winograd(size_t channels, size_t lines);
QWinogradWeights pack_winograd(const QWinogradSource& source);

// What line `line` of the kernel sees: pixels[p] are the four neighbours of pair p, whose outer two
// the next pair shares.
using WinogradPixels = const uint8_t* [kWinogradPairs][4];
void pack_winograd_line(const QWinogradWeights& weights, size_t line, const WinogradPixels& pixels,
                        bool is_signed, uint8_t* tile);

// Columns [8 * panel, 8 * panel + 8) of a tile: to y[p][0] and y[p][1] + 8 * panel for each pair,
// where they are not null.
using WinogradOutputs = uint8_t* [kWinogradPairs][2];
void run_winograd_tile(const QWinogradWeights& weights, size_t panel, const uint8_t* tile,
                       const Requant& out, const WinogradOutputs& y);

}  // namespace octavo
