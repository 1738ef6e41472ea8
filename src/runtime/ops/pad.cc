// Pad in all modes, negative pads (crops) included. Every mode is a table per axis of the input
// index that an output index shows, -1 for the constant.
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "runtime/ops/support.h"

namespace octavo {
namespace {

constexpr int64_t kConstant = -1;
using SourceOf = int64_t (*)(int64_t index, int64_t extent);  // index may lie outside 0..extent-1

int64_t constant_source(int64_t i, int64_t extent) { return i < 0 || i >= extent ? kConstant : i; }
int64_t edge_source(int64_t i, int64_t extent) { return std::clamp<int64_t>(i, 0, extent - 1); }
int64_t wrap_source(int64_t i, int64_t extent) { return (i % extent + extent) % extent; }
int64_t reflect_source(int64_t i, int64_t extent) {  // 2 1 | 0 1 2 | 1 0
  if (extent == 1) return 0;
  const int64_t period = 2 * (extent - 1);
  const int64_t phase = (i % period + period) % period;
  return std::min(phase, period - phase);
}

struct Mode {
  const char* name;
  SourceOf source;
};
constexpr Mode kModes[] = {{"constant", constant_source},
                           {"edge", edge_source},
                           {"reflect", reflect_source},
                           {"wrap", wrap_source}};

using Table = std::vector<int64_t>;

template <typename T>
class Padder {
 public:
  Padder(const T* x, T* y, T fill, std::span<const Table> tables, const Shape& x_shape,
         const Shape& y_shape)
      : fill_(fill),
        tables_(tables),
        x_strides_(dense_strides(x_shape)),
        y_strides_(dense_strides(y_shape)) {
    walk(x, y, 0);
  }

 private:
  void walk(const T* x, T* y, size_t axis) const {
    if (axis == tables_.size()) {
      *y = *x;
      return;
    }
    const Table& table = tables_[axis];
    const int64_t x_step = x_strides_[axis], y_step = y_strides_[axis];
    const bool last = axis + 1 == tables_.size();
    for (size_t i = 0; i < table.size(); ++i, y += y_step) {
      if (table[i] == kConstant) {
        std::fill_n(y, y_step, fill_);
      } else if (last) {
        *y = x[table[i]];
      } else {
        walk(x + table[i] * x_step, y, axis + 1);
      }
    }
  }

  T fill_;
  std::span<const Table> tables_;
  std::vector<int64_t> x_strides_, y_strides_;
};

// Pads of every axis: begins, then ends.
Result<std::vector<int64_t>> all_pads(const RunContext& run, int rank) {
  const std::vector<int64_t> given = integers_of(run, 1);
  std::vector<int64_t> axes = integers_of(run, 3);
  const auto dims = static_cast<size_t>(rank);
  if (axes.empty()) {
    for (int i = 0; i < rank; ++i) axes.push_back(i);
  }
  if (given.size() != 2 * axes.size()) return invalid_data("Pad wants two pads per axis");
  std::vector<int64_t> pads(2 * dims, 0);
  for (size_t i = 0; i < axes.size(); ++i) {
    OCTAVO_ASSIGN_OR_RETURN(const int axis, checked_axis(axes[i], rank));
    pads[static_cast<size_t>(axis)] = given[i];
    pads[static_cast<size_t>(axis) + dims] = given[i + axes.size()];
  }
  return pads;
}

template <typename T>
Status run_pad(RunContext& run, SourceOf source) {
  const TensorView &x = run.inputs[0], &y = run.outputs[0];
  const int rank = x.shape.rank();
  OCTAVO_ASSIGN_OR_RETURN(const auto pads, all_pads(run, rank));
  std::vector<Table> tables(static_cast<size_t>(rank));
  for (int i = 0; i < rank; ++i) {
    const int64_t begin = pads[static_cast<size_t>(i)];
    const int64_t end = pads[static_cast<size_t>(i + rank)];
    if (std::max(std::abs(begin), std::abs(end)) > kMaxElements) return invalid_data("absurd pads");
    if (y.shape[i] != x.shape[i] + begin + end) return invalid_data("pads do not give the output");
    if (x.shape[i] == 0 && source != constant_source && y.shape[i] != 0) {
      return invalid_data("Pad has nothing to repeat along an empty axis");
    }
    for (int64_t k = 0; k < y.shape[i]; ++k) {
      tables[static_cast<size_t>(i)].push_back(source(k - begin, x.shape[i]));
    }
  }
  T fill{};
  if (run.has_input(2)) std::memcpy(&fill, run.inputs[2].data, sizeof(T));
  if (y.count() == 0) return {};
  Padder<T>(static_cast<const T*>(x.data), static_cast<T*>(y.data), fill, tables, x.shape, y.shape);
  return {};
}

}  // namespace

Result<RunFn> prepare_pad(const PrepareContext& context) {
  using Run = Status (*)(RunContext&, SourceOf);
  const DType dtype = context.input(0).dtype;
  const std::string name = context.node().attrs.get_string("mode", "constant");
  const auto mode = std::find_if(std::begin(kModes), std::end(kModes),
                                 [&](const Mode& one) { return one.name == name; });
  if (mode == std::end(kModes)) return unsupported("Pad in mode '" + name + "'");
  if (context.has_input(2) && context.input(2).dtype != dtype) {
    return unsupported_dtype(context, context.input(2).dtype);
  }
  const Run run = size_of(dtype) == 1   ? run_pad<uint8_t>
                  : size_of(dtype) == 2 ? run_pad<uint16_t>
                  : size_of(dtype) == 4 ? run_pad<uint32_t>
                  : size_of(dtype) == 8 ? Run{run_pad<uint64_t>}
                                        : nullptr;
  if (!run) return unsupported_dtype(context, dtype);
  return RunFn([run, source = mode->source](RunContext& context) { return run(context, source); });
}

}  // namespace octavo
