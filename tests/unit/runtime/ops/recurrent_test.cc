// LSTM and GRU against their equations in double, for all directions, layouts and lengths.
#include "tests/unit/runtime/ops/evaluate.h"

namespace octavo {
namespace {

constexpr int64_t kSteps = 5, kBatch = 2, kInput = 3, kHidden = 6;

using Doubles = std::vector<double>;
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

struct Problem {
  Op op;
  bool batch_first = false;
  std::string direction = "forward";
  bool lengths = false, states = false, peepholes = false, linear = false;

  int64_t gates() const { return op == Op::kLSTM ? 4 : 3; }
  int64_t directions() const { return direction == "bidirectional" ? 2 : 1; }
  Shape state_shape() const {
    return batch_first ? Shape{kBatch, directions(), kHidden}
                       : Shape{directions(), kBatch, kHidden};
  }
  int64_t length(int64_t b) const { return lengths ? kSteps - 2 * b : kSteps; }

  std::vector<Tensor> inputs() const {
    const int64_t d = directions(), rows = gates() * kHidden;
    std::vector<Tensor> made = {
        random_floats(batch_first ? Shape{kBatch, kSteps, kInput} : Shape{kSteps, kBatch, kInput},
                      1),
        random_floats({d, rows, kInput}, 2), random_floats({d, rows, kHidden}, 3),
        random_floats({d, 2 * rows}, 4)};
    made.push_back(lengths ? vector<int32_t>({kSteps, kSteps - 2}) : Tensor());
    made.push_back(states ? random_floats(state_shape(), 5) : Tensor());
    if (op == Op::kLSTM) {
      made.push_back(states ? random_floats(state_shape(), 6) : Tensor());
      made.push_back(peepholes ? random_floats({d, 3 * kHidden}, 7) : Tensor());
    }
    return made;
  }
  Attrs attrs() const {
    return {{"direction", direction},
            {"hidden_size", kHidden},
            {"layout", int64_t{batch_first}},
            {"linear_before_reset", int64_t{linear}}};
  }
};

// One direction of one sequence, in double.
class Naive {
 public:
  Naive(const Problem& p, const std::vector<Tensor>& in, int64_t d, int64_t b)
      : p_(p), in_(in), d_(d), b_(b) {
    for (int64_t i = 0; i < kHidden; ++i) {
      h.push_back(p.states ? at(5, state(i)) : 0);
      c.push_back(p.states && p.op == Op::kLSTM ? at(6, state(i)) : 0);
    }
  }
  void step(int64_t t) { p_.op == Op::kLSTM ? lstm(t) : gru(t); }
  int64_t state(int64_t i) const {
    return (p_.batch_first ? b_ * p_.directions() + d_ : d_ * kBatch + b_) * kHidden + i;
  }
  Doubles h, c;

 private:
  double at(size_t input, int64_t i) const {
    return static_cast<double>(in_[input].values<float>()[static_cast<size_t>(i)]);
  }
  double from_input(int64_t row, int64_t t) const {
    double sum = at(3, d_ * 2 * rows() + row);
    const int64_t x = (p_.batch_first ? b_ * kSteps + t : t * kBatch + b_) * kInput;
    for (int64_t i = 0; i < kInput; ++i)
      sum += at(1, (d_ * rows() + row) * kInput + i) * at(0, x + i);
    return sum;
  }
  double from_state(int64_t row, const Doubles& state) const {
    double sum = at(3, d_ * 2 * rows() + rows() + row);
    for (int64_t i = 0; i < kHidden; ++i)
      sum += at(2, (d_ * rows() + row) * kHidden + i) * state[static_cast<size_t>(i)];
    return sum;
  }
  double peep(int64_t gate, int64_t i) const {
    return p_.peepholes ? at(7, (d_ * 3 + gate) * kHidden + i) : 0;
  }
  int64_t rows() const { return p_.gates() * kHidden; }

  void lstm(int64_t t) {
    const Doubles before = h;
    for (int64_t i = 0; i < kHidden; ++i) {
      const auto gate = [&](int64_t g) {
        return from_input(g * kHidden + i, t) + from_state(g * kHidden + i, before);
      };
      double& cell = c[static_cast<size_t>(i)];
      const double input = sigmoid(gate(0) + peep(0, i) * cell),
                   forget = sigmoid(gate(2) + peep(2, i) * cell);
      cell = forget * cell + input * std::tanh(gate(3));
      h[static_cast<size_t>(i)] = sigmoid(gate(1) + peep(1, i) * cell) * std::tanh(cell);
    }
  }
  void gru(int64_t t) {
    const Doubles before = h;
    Doubles reset, gated;
    for (int64_t i = 0; i < kHidden; ++i) {
      reset.push_back(sigmoid(from_input(kHidden + i, t) + from_state(kHidden + i, before)));
      gated.push_back(reset.back() * before[static_cast<size_t>(i)]);
    }
    for (int64_t i = 0; i < kHidden; ++i) {
      const auto k = static_cast<size_t>(i);
      const int64_t row = 2 * kHidden + i;
      const double update = sigmoid(from_input(i, t) + from_state(i, before));
      const double recurrence =
          p_.linear ? reset[k] * from_state(row, before) : from_state(row, gated);
      h[k] = (1 - update) * std::tanh(from_input(row, t) + recurrence) + update * before[k];
    }
  }

  const Problem& p_;
  const std::vector<Tensor>& in_;
  int64_t d_, b_;
};

void check(const Problem& p) {
  const std::vector<Tensor> inputs = p.inputs();
  const size_t count = p.op == Op::kLSTM ? 3 : 2;
  const auto outputs = evaluate(p.op, inputs, p.attrs(), count);
  ASSERT_TRUE(outputs.ok()) << outputs.status().to_string();
  const auto near = [&](size_t output, int64_t at, double want) {
    EXPECT_NEAR((*outputs)[output].values<float>()[static_cast<size_t>(at)], want, 2e-5)
        << output << " at " << at;
  };
  for (int64_t d = 0; d < p.directions(); ++d) {
    for (int64_t b = 0; b < kBatch; ++b) {
      Naive naive(p, inputs, d, b);
      const auto y_at = [&](int64_t t) {
        const int64_t n = p.directions();
        return (p.batch_first ? (b * kSteps + t) * n + d : (t * n + d) * kBatch + b) * kHidden;
      };
      const bool backwards = d == 1 || p.direction == "reverse";
      for (int64_t step = 0; step < p.length(b); ++step) {
        const int64_t t = backwards ? p.length(b) - 1 - step : step;
        naive.step(t);
        for (int64_t i = 0; i < kHidden; ++i) near(0, y_at(t) + i, naive.h[static_cast<size_t>(i)]);
      }
      for (int64_t t = p.length(b); t < kSteps; ++t) near(0, y_at(t), 0);
      for (int64_t i = 0; i < kHidden; ++i) {
        near(1, naive.state(i), naive.h[static_cast<size_t>(i)]);
        if (count == 3) near(2, naive.state(i), naive.c[static_cast<size_t>(i)]);
      }
    }
  }
}

TEST(Recurrent, LstmAndGruFollowTheirEquations) {
  for (Op op : {Op::kLSTM, Op::kGRU}) {
    for (const char* direction : {"forward", "reverse", "bidirectional"}) {
      for (const bool batch_first : {false, true}) {
        for (const bool extras : {false, true}) {
          SCOPED_TRACE(std::string(name_of(op)) + " " + direction);
          check({op, batch_first, direction, extras, extras, extras && op == Op::kLSTM, extras});
        }
      }
    }
  }
}

TEST(Recurrent, RefusesWhatItDoesNotKnow) {
  const Problem p{Op::kLSTM};
  Attrs attrs = p.attrs();
  attrs.push_back({"activations", std::vector<std::string>{"Affine", "Tanh", "Tanh"}});
  EXPECT_EQ(code_of(p.op, p.inputs(), attrs), ErrorCode::kModelUnsupported);
  attrs.back() = {"input_forget", int64_t{1}};
  EXPECT_EQ(code_of(p.op, p.inputs(), attrs), ErrorCode::kModelUnsupported);
}

TEST(Recurrent, RefusesLengthsBeyondTheSequence) {
  std::vector<Tensor> inputs = Problem{Op::kGRU}.inputs();
  inputs[4] = vector<int32_t>({kSteps, kSteps + 1});
  EXPECT_EQ(code_of(Op::kGRU, inputs, Problem{Op::kGRU}.attrs()), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace octavo
