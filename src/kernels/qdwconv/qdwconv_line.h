// What the vector variants share. For a block of 8 channels, the columns of x that the line sees
// are laid down side by side, as groups of their rows; then every pixel of y reads its columns
// there.
#pragma once

#include <algorithm>
#include <cstring>

#include "kernels/qdwconv/qdwconv.h"
#include "kernels/requant_simd128.h"

namespace octavo {
namespace {

// The bytes of two vectors' low halves in turn: a0 b0 a1 b1 ...
inline v128_t zip_bytes(v128_t a, v128_t b) {
  return wasm_i8x16_shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

struct Channels {
  v128_t low, high;  // 0-3 and 4-7: a group each, or an accumulator each
};

inline Channels load_group(const uint8_t* group) {
  return {wasm_v128_load(group), wasm_v128_load(group + 16)};
}
inline void store(uint8_t* group, const Channels& of) {
  wasm_v128_store(group, of.low);
  wasm_v128_store(group + 16, of.high);
}

// A block's bytes of one pixel; those behind the last channel are anything.
template <bool kWhole>
inline v128_t load_block(const uint8_t* x, size_t channels) {
  if constexpr (kWhole) return wasm_v128_load64_zero(x);
  uint8_t bytes[kQDwConvChannels] = {};
  std::memcpy(bytes, x, channels);
  return wasm_v128_load64_zero(bytes);
}

// Multiply::interleave(rows) makes one group of kDepth rows; rows behind the last have weight zero.
template <typename Multiply>
class Columns {
 public:
  // Lays down the padding, which is the same for all blocks.
  Columns(const QDwConvLine& line, const QDwConvWeights& weights, uint8_t* scratch)
      : multiply_(line.is_signed),
        line_(line),
        rows_(weights.rows),
        channels_(weights.channels),
        step_(weights.groups * kQDwConvGroupBytes),
        scratch_(scratch) {
    const auto span = static_cast<int64_t>(line.span(weights.columns));
    const int64_t begin = std::clamp<int64_t>(-line.first, 0, span);
    const int64_t end = std::clamp<int64_t>(line.in - line.first, begin, span);
    inside_ = static_cast<size_t>(end - begin);
    begin_ = scratch + static_cast<size_t>(begin) * step_;
    first_ = inside_ > 0 ? static_cast<size_t>(line.first + begin) * channels_ : 0;
    const v128_t zero = wasm_i8x16_splat(static_cast<int8_t>(line.zero));
    const v128_t rows[4] = {zero, zero, zero, zero};
    const Channels padding = multiply_.interleave(rows);
    uint8_t* const stop = scratch + static_cast<size_t>(span) * step_;
    for (uint8_t* to = scratch; to < begin_; to += kQDwConvGroupBytes) store(to, padding);
    for (uint8_t* to = begin_ + inside_ * step_; to < stop; to += kQDwConvGroupBytes) {
      store(to, padding);
    }
  }

  template <bool kWhole>
  const uint8_t* of_block(size_t c) const {
    uint8_t* group = begin_;
    for (size_t row = 0; row < rows_; row += kDepth, group += kQDwConvGroupBytes) {
      const uint8_t* x[kDepth];
      for (size_t i = 0; i < kDepth; ++i) {
        x[i] = line_.x[std::min(row + i, rows_ - 1)] + first_ + c;
      }
      uint8_t* to = group;
      size_t at = 0;
      for (size_t n = inside_; n > 0; --n, at += channels_, to += step_) {
        v128_t rows[kDepth];
        for (size_t i = 0; i < kDepth; ++i) rows[i] = load_block<kWhole>(x[i] + at, channels_ - c);
        store(to, multiply_.interleave(rows));
      }
    }
    return scratch_;
  }

 private:
  static constexpr size_t kDepth = Multiply::kDepth;

  Multiply multiply_;
  const QDwConvLine& line_;
  size_t rows_, channels_, step_;
  uint8_t* scratch_;
  uint8_t* begin_;  // of the columns that are no padding
  size_t inside_, first_;
};

// What the groups of all columns are multiplied by: kept at hand where they are a known few, side
// by side; 0: any number, any dilation.
template <size_t kGroups>
struct BlockWeights {
  Channels groups[kGroups];
  explicit BlockWeights(const QDwConvWeights&, const QDwConvLine&, const uint8_t* w) {
    for (size_t g = 0; g < kGroups; ++g, w += kQDwConvGroupBytes) groups[g] = load_group(w);
  }
  template <typename Multiply>
  Channels add_to(Channels acc, const uint8_t* x) const {
    for (size_t g = 0; g < kGroups; ++g, x += kQDwConvGroupBytes) {
      acc = Multiply::add(acc, groups[g], load_group(x));
    }
    return acc;
  }
};
template <>
struct BlockWeights<0> {
  const uint8_t* w;
  size_t columns, column_bytes, column_step;
  BlockWeights(const QDwConvWeights& weights, const QDwConvLine& line, const uint8_t* packed)
      : w(packed),
        columns(weights.columns),
        column_bytes(weights.groups * kQDwConvGroupBytes),
        column_step(line.dilation * column_bytes) {}
  template <typename Multiply>
  Channels add_to(Channels acc, const uint8_t* x) const {
    const uint8_t* next = w;
    for (size_t j = 0; j < columns; ++j, x += column_step) {
      for (size_t at = 0; at < column_bytes; at += kQDwConvGroupBytes, next += kQDwConvGroupBytes) {
        acc = Multiply::add(acc, load_group(next), load_group(x + at));
      }
    }
    return acc;
  }
};

// What becomes of a block's accumulators: an object for the line, and one of its Block for 8
// channels from c on.
template <bool kClamp>
struct ToBytes {
  using Element = uint8_t;
  const QDwConvWeights& weights;
  RequantSimd<kClamp> requant;

  const int32_t* bias() const { return weights.bias.data(); }

  struct Block {
    const RequantSimd<kClamp>& requant;
    v128_t multiplier0, multiplier1;
    Block(const ToBytes& to, size_t c)
        : requant(to.requant),
          multiplier0(wasm_v128_load(to.weights.multiplier.data() + c)),
          multiplier1(wasm_v128_load(to.weights.multiplier.data() + c + 4)) {}

    template <bool kWhole>
    void store(const Channels& acc, uint8_t* y, size_t count) const {
      const v128_t bytes = requant.bytes(requant.from_acc(acc.low, multiplier0),
                                         requant.from_acc(acc.high, multiplier1));
      if constexpr (kWhole) {
        wasm_v128_store64_lane(y, bytes, 0);
      } else {
        uint8_t few[16];
        wasm_v128_store(few, bytes);
        std::memcpy(y, few, count);
      }
    }
  };
};

struct ToFloats {
  using Element = float;
  const QDwConvFloats& out;

  const int32_t* bias() const { return out.bias; }

  struct Block {
    Channels multiplier, addend;
    Block(const ToFloats& to, size_t c)
        : multiplier(load(to.out.multiplier + c)), addend(load(to.out.addend + c)) {}

    template <bool kWhole>
    void store(const Channels& acc, float* y, size_t count) const {
      float few[kQDwConvChannels];
      float* row = kWhole ? y : few;
      wasm_v128_store(row, finished(acc.low, multiplier.low, addend.low));
      wasm_v128_store(row + 4, finished(acc.high, multiplier.high, addend.high));
      if constexpr (!kWhole) std::memcpy(y, few, count * sizeof(float));
    }

   private:
    static Channels load(const float* of) { return {wasm_v128_load(of), wasm_v128_load(of + 4)}; }
    static v128_t finished(v128_t acc, v128_t multiplier, v128_t addend) {
      return wasm_f32x4_add(wasm_f32x4_mul(wasm_f32x4_convert_i32x4(acc), multiplier), addend);
    }
  };
};

template <typename Multiply, size_t kGroups, bool kWhole, typename Output>
inline void run_block(const QDwConvLine& line, const QDwConvWeights& weights, const Output& output,
                      size_t c, const uint8_t* columns, typename Output::Element* y) {
  const size_t channels = weights.channels;
  const size_t step = line.stride * weights.groups * kQDwConvGroupBytes;
  const BlockWeights<kGroups> block(
      weights, line, weights.packed.data() + c / kQDwConvChannels * weights.block_bytes());
  const Channels bias = load_group(reinterpret_cast<const uint8_t*>(output.bias() + c));
  const typename Output::Block to(output, c);
  y += c;
  for (size_t n = line.pixels; n > 0; --n, columns += step, y += channels) {
    to.template store<kWhole>(block.template add_to<Multiply>(bias, columns), y, channels - c);
  }
}

template <typename Multiply, size_t kGroups, typename Output>
void run_blocks(const QDwConvLine& line, const QDwConvWeights& weights, const Output& output,
                uint8_t* scratch, typename Output::Element* y) {
  const Columns<Multiply> columns(line, weights, scratch);
  size_t c = 0;
  for (; c + kQDwConvChannels <= weights.channels; c += kQDwConvChannels) {
    const uint8_t* x = columns.template of_block<true>(c);
    run_block<Multiply, kGroups, true>(line, weights, output, c, x, y);
  }
  if (c < weights.channels) {
    const uint8_t* x = columns.template of_block<false>(c);
    run_block<Multiply, kGroups, false>(line, weights, output, c, x, y);
  }
}

template <typename Multiply, typename Output>
void run_line(const QDwConvLine& line, const QDwConvWeights& weights, const Output& output,
              uint8_t* scratch, typename Output::Element* y) {
  constexpr size_t kSquare = 3 * ((3 + Multiply::kDepth - 1) / Multiply::kDepth);  // groups of 3x3
  const bool square = weights.rows == 3 && weights.columns == 3 && line.dilation == 1;
  const auto run = square ? run_blocks<Multiply, kSquare, Output> : run_blocks<Multiply, 0, Output>;
  run(line, weights, output, scratch, y);
}

template <typename Multiply>
void to_bytes(const QDwConvLine& line, const QDwConvWeights& weights, const Requant& out,
              uint8_t* scratch, uint8_t* y) {
  if (!weights.stays_small || !out.is_full_range()) {
    run_line<Multiply>(line, weights, ToBytes<true>{weights, RequantSimd<true>(out)}, scratch, y);
  } else {
    run_line<Multiply>(line, weights, ToBytes<false>{weights, RequantSimd<false>(out)}, scratch, y);
  }
}

template <typename Multiply>
void to_floats(const QDwConvLine& line, const QDwConvWeights& weights, const QDwConvFloats& out,
               uint8_t* scratch, float* y) {
  run_line<Multiply>(line, weights, ToFloats{out}, scratch, y);
}

}  // namespace
}  // namespace octavo
