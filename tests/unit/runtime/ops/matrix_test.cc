// Gemm and MatMul against loops over their definition.
#include <gtest/gtest.h>

#include "tests/unit/graph/graph_builder.h"
#include "tests/unit/runtime/run_graph.h"

namespace octavo {
namespace {

// The last operand as a constant, packed ahead, and as an input, packed on every run.
std::vector<std::vector<float>> run_both_ways(
    Op op, const std::vector<Tensor>& operands,
    std::vector<std::pair<std::string, Attribute>> attrs = {}) {
  std::vector<std::vector<float>> results;
  for (const bool constant : {true, false}) {
    GraphBuilder b;
    std::vector<ValueId> ids = {b.input("a", operands[0].shape())};
    std::vector<Tensor> inputs = {operands[0]};
    for (size_t i = 1; i < operands.size(); ++i) {
      if (constant) {
        ids.push_back(b.graph.add_constant("operand", operands[i]));
      } else {
        ids.push_back(b.input("operand" + std::to_string(i), operands[i].shape()));
        inputs.push_back(operands[i]);
      }
    }
    b.output(b.node(op, ids, "y", attrs));
    const auto made = run_graph(b.graph, inputs);
    EXPECT_TRUE(made.ok()) << made.status().to_string();
    results.push_back(made.ok() ? floats_of((*made)[0]) : std::vector<float>{});
  }
  return results;
}

struct GemmCase {
  bool transpose_a, transpose_b;
  float alpha, beta;
  Shape c;
};

// alpha is a power of two here: then alpha * (a * b) and a * (alpha * b) have the same bytes.
std::vector<float> gemm(const GemmCase& g, const Tensor& a, const Tensor& b, const Tensor& c) {
  constexpr int64_t kRows = 5, kColumns = 9, kDepth = 7;
  std::vector<float> out;
  for (int64_t m = 0; m < kRows; ++m) {
    for (int64_t n = 0; n < kColumns; ++n) {
      double sum = 0;
      for (int64_t k = 0; k < kDepth; ++k) {
        const int64_t at_a = g.transpose_a ? k * kRows + m : m * kDepth + k;
        const int64_t at_b = g.transpose_b ? n * kDepth + k : k * kColumns + n;
        sum += double{a.values<float>()[static_cast<size_t>(at_a)]} *
               b.values<float>()[static_cast<size_t>(at_b)];
      }
      const bool by_row = g.c.rank() == 2 && g.c[0] > 1,
                 by_column = g.c.rank() > 0 && g.c[g.c.rank() - 1] > 1;
      const int64_t at_c = (by_row ? m * (by_column ? kColumns : 1) : 0) + (by_column ? n : 0);
      out.push_back(static_cast<float>(g.alpha * sum +
                                       g.beta * c.values<float>()[static_cast<size_t>(at_c)]));
    }
  }
  return out;
}

TEST(Gemm, TransposesScalesAndAdds) {
  const GemmCase cases[] = {
      {false, false, 1.0f, 1.0f, {9}},   {true, false, 0.5f, 1.0f, {1, 9}},
      {false, true, 1.0f, 2.0f, {5, 9}}, {true, true, 2.0f, 0.5f, {5, 1}},
      {false, true, 1.0f, 1.0f, {}},     {false, true, 1.0f, 1.0f, {1}},
  };
  for (const GemmCase& g : cases) {
    const Tensor a = noise_tensor(1, g.transpose_a ? Shape{7, 5} : Shape{5, 7});
    const Tensor b = noise_tensor(2, g.transpose_b ? Shape{9, 7} : Shape{7, 9});
    const Tensor c = noise_tensor(3, g.c);
    const auto expected = gemm(g, a, b, c);
    const auto results = run_both_ways(Op::kGemm, {a, b, c},
                                       {{"transA", int64_t{g.transpose_a}},
                                        {"transB", int64_t{g.transpose_b}},
                                        {"alpha", g.alpha},
                                        {"beta", g.beta}});
    EXPECT_EQ(results[0], results[1]);
    ASSERT_EQ(results[0].size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(results[0][i], expected[i], 1e-4);
  }
}

TEST(Gemm, ClampsAfterAddingAMatrix) {
  GraphBuilder b;
  const ValueId a = b.input("a", Shape{1, 1});
  const ValueId y =
      b.node(Op::kGemm, {a, b.floats("b", {1}, Shape{1, 1}), b.input("c", Shape{1, 1})}, "y");
  b.output(b.node(Op::kRelu, {y}, "z"));
  const auto made = run_graph(b.graph, {Tensor::from(std::vector<float>{-3}, Shape{1, 1}),
                                        Tensor::from(std::vector<float>{5}, Shape{1, 1})});
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(floats_of((*made)[0]), std::vector<float>{2});
}

// (matrices of a, rows, depth) x (matrices of b, depth, columns); one matrix serves all of the
// other.
std::vector<float> products(const Tensor& a, const Tensor& b, int64_t rows, int64_t columns,
                            int64_t depth, const std::vector<std::pair<int64_t, int64_t>>& pairs) {
  std::vector<float> out;
  for (const auto& [at_a, at_b] : pairs) {
    for (int64_t i = 0; i < rows * columns; ++i) {
      float sum = 0.0f;
      for (int64_t k = 0; k < depth; ++k) {
        const float product =
            a.values<float>()[static_cast<size_t>((at_a * rows + i / columns) * depth + k)] *
            b.values<float>()[static_cast<size_t>((at_b * depth + k) * columns + i % columns)];
        sum = sum + product;
      }
      out.push_back(sum);
    }
  }
  return out;
}

struct MatMulCase {
  Shape a, b;
  int64_t rows, columns, depth;
  std::vector<std::pair<int64_t, int64_t>> pairs;  // matrices that are multiplied, in order
};

TEST(MatMul, BroadcastsMatrices) {
  const MatMulCase cases[] = {
      {{5, 3}, {3, 9}, 5, 9, 3, {{0, 0}}},
      {{3}, {3}, 1, 1, 3, {{0, 0}}},
      {{3}, {3, 2}, 1, 2, 3, {{0, 0}}},
      {{2, 3}, {3}, 2, 1, 3, {{0, 0}}},
      {{2, 4, 3}, {3, 5}, 4, 5, 3, {{0, 0}, {1, 0}}},
      {{4, 3}, {2, 3, 5}, 4, 5, 3, {{0, 0}, {0, 1}}},
      {{2, 4, 3}, {2, 3, 5}, 4, 5, 3, {{0, 0}, {1, 1}}},
      {{2, 1, 4, 3}, {1, 2, 3, 5}, 4, 5, 3, {{0, 0}, {0, 1}, {1, 0}, {1, 1}}},
      {{2, 1, 4, 3}, {3, 3, 5}, 4, 5, 3, {{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}}},
      {{1, 4, 3}, {1, 1, 3, 5}, 4, 5, 3, {{0, 0}}},
  };
  for (const MatMulCase& c : cases) {
    const Tensor a = noise_tensor(1, c.a), b = noise_tensor(2, c.b);
    const auto expected = products(a, b, c.rows, c.columns, c.depth, c.pairs);
    for (const auto& result : run_both_ways(Op::kMatMul, {a, b})) {
      EXPECT_EQ(result, expected) << c.a.to_string() << " x " << c.b.to_string();
    }
  }
}

}  // namespace
}  // namespace octavo
