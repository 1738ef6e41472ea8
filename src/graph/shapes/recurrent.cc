// LSTM and GRU: x (seq, batch, input), or (batch, seq, input) where layout is 1. The weights of
// DynamicQuantizeLSTM are 8 bits and transposed, with scales and zero points behind the inputs of
// LSTM: one a direction, or one a row of W and R as LSTM has them.
#include <array>

#include "graph/shapes/shape_rule.h"

namespace octavo {
namespace {

struct Sizes {
  int64_t seq = kDynamic;
  int64_t batch = kDynamic;
  int64_t input = kDynamic;
  int64_t hidden = kDynamic;
  int64_t directions = 1;
};

// `hidden_axis` is where R tells the size of the state.
Result<Sizes> read_sizes(const ShapeContext& c, bool batch_first, int hidden_axis = 2) {
  Sizes sizes;
  const Shape *x = c.shape(0), *r = c.shape(2);
  if ((x && x->rank() != 3) || (r && r->rank() != 3)) {
    return contradiction("input and weights must have three dimensions");
  }
  if (x) {
    sizes.seq = (*x)[batch_first ? 1 : 0];
    sizes.batch = (*x)[batch_first ? 0 : 1];
    sizes.input = (*x)[2];
  }
  const std::string direction = c.attrs().get_string("direction", "forward");
  if (direction != "forward" && direction != "reverse" && direction != "bidirectional") {
    return contradiction("attribute direction is '" + direction +
                         "': only forward, reverse and bidirectional exist");
  }
  sizes.directions = direction == "bidirectional" ? 2 : 1;
  sizes.hidden = c.attrs().get_int("hidden_size", r ? (*r)[hidden_axis] : kDynamic);
  if (sizes.hidden < kDynamic || sizes.hidden == 0 || sizes.hidden > (int64_t{1} << 30)) {
    return contradiction("attribute hidden_size is " + std::to_string(sizes.hidden));
  }
  return sizes;
}

// Fails where input `i` is known not to be of the wanted shape.
Status expect(const ShapeContext& c, size_t i, const Shape& wanted) {
  const Shape* shape = c.shape(i);
  if (!shape) return {};
  bool fits = shape->rank() == wanted.rank();
  for (int a = 0; fits && a < wanted.rank(); ++a) fits = may_be_equal((*shape)[a], wanted[a]);
  if (fits) return {};
  return contradiction("input " + std::to_string(i) + " has shape " + shape->to_string() +
                       " where " + wanted.to_string() + " is needed");
}

int64_t times(int64_t factor, int64_t dim) { return dim == kDynamic ? kDynamic : factor * dim; }

Shape state_shape(const Sizes& s, bool batch_first) {
  return batch_first ? Shape{s.batch, s.directions, s.hidden}
                     : Shape{s.directions, s.batch, s.hidden};
}

Status expect_states(const ShapeContext& c, const Sizes& s, int64_t rows, bool batch_first) {
  OCTAVO_RETURN_IF_ERROR(expect(c, 3, {s.directions, times(2, rows)}));
  OCTAVO_RETURN_IF_ERROR(expect(c, 4, {s.batch}));
  return expect(c, 5, state_shape(s, batch_first));
}

Status expect_inputs(const ShapeContext& c, const Sizes& s, int64_t gates, bool batch_first) {
  const int64_t rows = times(gates, s.hidden);
  OCTAVO_RETURN_IF_ERROR(expect(c, 1, {s.directions, rows, s.input}));
  OCTAVO_RETURN_IF_ERROR(expect(c, 2, {s.directions, rows, s.hidden}));
  return expect_states(c, s, rows, batch_first);
}

void set_outputs(const ShapeContext& c, const Sizes& s, bool batch_first) {
  const DType dtype = c.dtype(0);
  c.set(0, dtype,
        batch_first ? Shape{s.batch, s.seq, s.directions, s.hidden}
                    : Shape{s.seq, s.directions, s.batch, s.hidden});
  c.set(1, dtype, state_shape(s, batch_first));
  c.set(2, dtype, state_shape(s, batch_first));
}

Status recurrent(const ShapeContext& c, int64_t gates) {
  const bool batch_first = c.attrs().get_int("layout", 0) != 0;
  OCTAVO_ASSIGN_OR_RETURN(const Sizes s, read_sizes(c, batch_first));
  OCTAVO_RETURN_IF_ERROR(expect_inputs(c, s, gates, batch_first));
  set_outputs(c, s, batch_first);
  return {};
}

Status lstm(const ShapeContext& c) {
  OCTAVO_RETURN_IF_ERROR(recurrent(c, 4));
  const bool batch_first = c.attrs().get_int("layout", 0) != 0;
  OCTAVO_ASSIGN_OR_RETURN(const Sizes s, read_sizes(c, batch_first));
  OCTAVO_RETURN_IF_ERROR(expect(c, 6, state_shape(s, batch_first)));
  return expect(c, 7, {s.directions, times(3, s.hidden)});  // peepholes
}

// The scale and zero point of one of the weights.
Status expect_scale(const ShapeContext& c, size_t weights, size_t scale, const Sizes& s,
                    int64_t rows) {
  for (const size_t i : {weights, scale + 1}) {
    if (c.dtype(i) == DType::kUint8 || c.dtype(i) == DType::kInt8 ||
        c.dtype(i) == DType::kUnknown) {
      continue;
    }
    return contradiction("input " + std::to_string(i) + " is " + name_of(c.dtype(i)) +
                         ", which has no 8 bits");
  }
  if (!c.has(scale)) return contradiction("the weights have no scale");
  for (const size_t i : {scale, scale + 1}) {
    const bool per_direction = c.shape(i) && c.shape(i)->rank() == 1;
    OCTAVO_RETURN_IF_ERROR(
        expect(c, i, per_direction ? Shape{s.directions} : Shape{s.directions, rows}));
  }
  return {};
}

Status dynamic_quantize_lstm(const ShapeContext& c) {
  OCTAVO_ASSIGN_OR_RETURN(const Sizes s, read_sizes(c, false, 1));
  const int64_t rows = times(4, s.hidden);
  OCTAVO_RETURN_IF_ERROR(expect(c, 1, {s.directions, s.input, rows}));
  OCTAVO_RETURN_IF_ERROR(expect(c, 2, {s.directions, s.hidden, rows}));
  OCTAVO_RETURN_IF_ERROR(expect_states(c, s, rows, false));
  OCTAVO_RETURN_IF_ERROR(expect(c, 6, state_shape(s, false)));
  OCTAVO_RETURN_IF_ERROR(expect(c, 7, {s.directions, times(3, s.hidden)}));
  OCTAVO_RETURN_IF_ERROR(expect_scale(c, 1, 8, s, rows));
  OCTAVO_RETURN_IF_ERROR(expect_scale(c, 2, 10, s, rows));
  set_outputs(c, s, false);
  return {};
}

Status gru(const ShapeContext& c) { return recurrent(c, 3); }

constexpr std::array kRules = {
    ShapeRule{Op::kDynamicQuantizeLSTM, dynamic_quantize_lstm, "F..FiFFFF.F.", 3},
    ShapeRule{Op::kGRU, gru, "FFFFiF", 2},
    ShapeRule{Op::kLSTM, lstm, "FFFFiF", 3},
};

}  // namespace

std::span<const ShapeRule> recurrent_rules() { return kRules; }

}  // namespace octavo
