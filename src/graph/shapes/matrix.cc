// Matrix products.
#include <array>

#include "graph/shapes/shape_rule.h"

namespace octavo {
namespace {

Status inner_mismatch(const Shape& a, const Shape& b) {
  return contradiction("shapes " + a.to_string() + " and " + b.to_string() +
                       " do not multiply: the inner dimensions differ");
}

// Numpy's matmul: leading dimensions broadcast, a vector is a row on the left and a column on the
// right, and what it added is taken away again.
Result<Shape> multiplied(const Shape& a, const Shape& b) {
  if (a.rank() == 0 || b.rank() == 0) return contradiction("a scalar is no matrix");
  const int64_t inner = b.rank() == 1 ? b[0] : b[b.rank() - 2];
  if (!may_be_equal(a[a.rank() - 1], inner)) return inner_mismatch(a, b);
  const auto leading = [](const Shape& s) {
    const auto end = s.rank() <= 2 ? s.dims().begin() : s.dims().end() - 2;
    return Shape(std::vector<int64_t>(s.dims().begin(), end));
  };
  OCTAVO_ASSIGN_OR_RETURN(Shape result, broadcast(leading(a), leading(b)));
  if (a.rank() > 1) result.dims().push_back(a[a.rank() - 2]);
  if (b.rank() > 1) result.dims().push_back(b[b.rank() - 1]);
  return result;
}

Status matmul(const ShapeContext& c) {
  const DType dtype = c.dtype(0) == DType::kUnknown ? c.dtype(1) : c.dtype(0);
  c.set(0, dtype, std::nullopt);
  if (!c.shape(0) || !c.shape(1)) return {};
  OCTAVO_ASSIGN_OR_RETURN(Shape shape, multiplied(*c.shape(0), *c.shape(1)));
  c.set(0, dtype, std::move(shape));
  return {};
}

// Sums of products of 8 bits in int32.
Status matmul_integer(const ShapeContext& c, DType dtype) {
  OCTAVO_RETURN_IF_ERROR(check_bytes(c));
  c.set(0, dtype, std::nullopt);
  if (!c.shape(0) || !c.shape(1)) return {};
  OCTAVO_ASSIGN_OR_RETURN(Shape shape, multiplied(*c.shape(0), *c.shape(1)));
  c.set(0, dtype, std::move(shape));
  return {};
}

Status matmul_to_int32(const ShapeContext& c) { return matmul_integer(c, DType::kInt32); }
Status matmul_to_float(const ShapeContext& c) { return matmul_integer(c, DType::kFloat32); }

// Weights (K, N) lie packed; sizes are attributes. Beyond these limits no product of sizes is
// taken.
Status matmul_nbits(const ShapeContext& c) {
  const int64_t depth = c.attrs().get_int("K", 0), columns = c.attrs().get_int("N", 0);
  const int64_t block = c.attrs().get_int("block_size", 0);
  constexpr int64_t kMost = int64_t{1} << 30, kMostOfBlock = int64_t{1} << 16;
  if (depth <= 0 || depth > kMost || columns <= 0 || columns > kMost || block < 2 ||
      block > kMostOfBlock || block % 2 != 0) {
    return contradiction("attributes K, N and block_size are " + std::to_string(depth) + ", " +
                         std::to_string(columns) + " and " + std::to_string(block));
  }
  c.set(0, DType::kFloat32, std::nullopt);
  if (!c.shape(0)) return {};
  OCTAVO_ASSIGN_OR_RETURN(Shape shape, multiplied(*c.shape(0), Shape{depth, columns}));
  c.set(0, DType::kFloat32, std::move(shape));
  return {};
}

// The bias stretches to the product, never the other way round.
Status check_bias(const ShapeContext& c, const Shape& product) {
  const Shape* bias = c.shape(2);
  if (!bias) return {};
  OCTAVO_ASSIGN_OR_RETURN(const Shape both, broadcast(product, *bias));
  if (both.rank() == 2 && may_be_equal(both[0], product[0]) && may_be_equal(both[1], product[1])) {
    return {};
  }
  return contradiction("input 2 has shape " + bias->to_string() + ", but the product is " +
                       product.to_string());
}

Status gemm(const ShapeContext& c) {
  c.set(0, c.dtype(0), unknown_shape(2));
  if (!c.shape(0) || !c.shape(1)) return {};
  Shape a = *c.shape(0), b = *c.shape(1);
  if (a.rank() != 2 || b.rank() != 2) {
    return contradiction("inputs of shape " + a.to_string() + " and " + b.to_string() +
                         " are not both matrices");
  }
  if (c.attrs().get_int("transA", 0) != 0) std::swap(a[0], a[1]);
  if (c.attrs().get_int("transB", 0) != 0) std::swap(b[0], b[1]);
  if (!may_be_equal(a[1], b[0])) return inner_mismatch(a, b);
  const Shape product{a[0], b[1]};
  OCTAVO_RETURN_IF_ERROR(check_bias(c, product));
  c.set(0, c.dtype(0), product);
  return {};
}

// Lowered Gemm, or MatMul with weights of rank 2: the last dimension of x is the inner one.
Status qlinear_gemm(const ShapeContext& c) {
  const DType dtype = c.wanted_dtype(0);
  c.set(0, dtype, std::nullopt);
  if (!c.shape(0) || !c.shape(1)) return {};
  Shape result = *c.shape(0);
  Shape w = *c.shape(1);
  if (w.rank() != 2 || result.rank() < 1) return contradiction("the weights are no matrix");
  if (c.attrs().get_int("transB", 0) != 0) std::swap(w[0], w[1]);
  int64_t& last = result[result.rank() - 1];
  if (!may_be_equal(last, w[0])) return inner_mismatch(*c.shape(0), w);
  last = w[1];
  c.set(0, dtype, std::move(result));
  return {};
}

constexpr std::array kRules = {
    ShapeRule{Op::kGemm, gemm, "F"},
    ShapeRule{Op::kMatMul, matmul, "T"},
    ShapeRule{Op::kMatMulInteger, matmul_to_int32, "."},
    ShapeRule{Op::kMatMulIntegerToFloat, matmul_to_float, "."},
    ShapeRule{Op::kMatMulNBits, matmul_nbits, "F."},
    ShapeRule{Op::kQLinearGemm, qlinear_gemm, "."},
};

}  // namespace

std::span<const ShapeRule> matrix_rules() { return kRules; }

}  // namespace octavo
