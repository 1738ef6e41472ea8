#include "runtime/ops/recurrent_sizes.h"

namespace octavo {
namespace {

Status check_input(const RunContext& run, size_t input, int64_t count) {
  const bool is_left_out = input >= run.inputs.size() || run.inputs[input].dtype == DType::kUnknown;
  if (is_left_out || run.inputs[input].count() == count) return {};
  return invalid_data("input " + std::to_string(input) + " has shape " +
                      run.inputs[input].shape.to_string() + ", not " + std::to_string(count) +
                      " elements");
}

}  // namespace

Result<RecurrentSizes> recurrent_sizes(const RunContext& run, int64_t gates, int64_t directions,
                                       bool batch_first, int hidden_axis) {
  const Shape &x = run.inputs[kX].shape, &r = run.inputs[kR].shape;
  if (x.rank() != 3 || r.rank() != 3) return invalid_data("inputs X and R want three dimensions");
  const RecurrentSizes s{x[batch_first ? 1 : 0],
                         x[batch_first ? 0 : 1],
                         x[2],
                         r[hidden_axis],
                         directions,
                         batch_first};
  const int64_t rows = s.directions * gates * s.hidden;
  const int64_t states = s.directions * s.batch * s.hidden;
  OCTAVO_RETURN_IF_ERROR(check_input(run, kW, rows * s.input));
  OCTAVO_RETURN_IF_ERROR(check_input(run, kR, rows * s.hidden));
  OCTAVO_RETURN_IF_ERROR(check_input(run, kB, 2 * rows));
  OCTAVO_RETURN_IF_ERROR(check_input(run, kLengths, s.batch));
  OCTAVO_RETURN_IF_ERROR(check_input(run, kInitialH, states));
  OCTAVO_RETURN_IF_ERROR(check_input(run, kInitialC, states));
  OCTAVO_RETURN_IF_ERROR(check_input(run, kPeepholes, 3 * s.directions * s.hidden));
  return s;
}

Result<std::vector<int64_t>> sequence_lengths(const RunContext& run, const RecurrentSizes& s) {
  std::vector<int64_t> lengths = integers_of(run, kLengths);
  lengths.resize(static_cast<size_t>(s.batch), s.steps);
  for (const int64_t length : lengths) {
    if (length < 0 || length > s.steps) {
      return invalid_data("a sequence of " + std::to_string(length) + " steps out of " +
                          std::to_string(s.steps));
    }
  }
  return lengths;
}

}  // namespace octavo
