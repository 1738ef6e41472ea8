//   x (M, K) -> MatMul(W) -> Add(b) -> y
//   x (M, K) -> Gemm(W, b)          -> y
//
// Not when x is not known to have two dimensions (Gemm has no batches), when W is no constant
// matrix or b no constant row, or when somebody else sees the product.
#include "passes/pass_list.h"
#include "passes/rewrite.h"

namespace octavo {
namespace {

bool is_matrix(const Graph& graph, ValueId id) {
  return graph.value(id).shape && graph.value(id).shape->rank() == 2;
}

bool is_row(const Graph& graph, ValueId id, int64_t columns) {
  const Constant* constant = graph.constant(id);
  if (!constant) return false;
  const Shape& shape = constant->shape();
  return shape == Shape{columns} || shape == Shape{1, columns};
}

Result<bool> fuse_input(Graph& graph, NodeId id, size_t product_input) {
  const NodeId matmul = sole_producer(graph, graph.node(id), product_input, Op::kMatMul);
  if (matmul == kNoNode) return false;
  const ValueId x = graph.node(matmul).inputs[0];
  const ValueId w = graph.node(matmul).inputs[1];
  const ValueId bias = graph.node(id).inputs[1 - product_input];
  if (!is_matrix(graph, x) || !graph.is_constant(w) || !is_matrix(graph, w)) return false;
  if (graph.value(w).dtype != DType::kFloat32 || graph.value(x).dtype != DType::kFloat32) {
    return false;  // Gemm is for floats
  }
  if (!is_row(graph, bias, (*graph.value(w).shape)[1])) return false;
  take_over_output(graph, matmul, id);
  graph.set_input(matmul, 2, bias);
  graph.node(matmul).op = Op::kGemm;
  graph.node(matmul).op_type = "Gemm";
  return true;
}

Result<bool> fuse(Graph& graph, NodeId id) {
  OCTAVO_ASSIGN_OR_RETURN(const bool fused, fuse_input(graph, id, 0));
  return fused ? fused : fuse_input(graph, id, 1);
}

}  // namespace

Result<int> fuse_matmul_add_into_gemm(Graph& graph, const PassContext&) {
  return rewrite_each(graph, Op::kAdd, fuse);
}

}  // namespace octavo
