// The rules of lint(): a file each, a line in the list of lint.cc.
#pragma once

#include <optional>

#include "quant/lint.h"
#include "runtime/lower/qdq/islands.h"

namespace octavo::lint_rules {

struct Context {
  const Model& model;
  const LintOptions& options;
  std::vector<NodeId> order;  // running order
  std::vector<Finding> findings;

  const Graph& graph() const { return model.graph; }
  void find(const char* code, Severity severity, const Node& node, std::string message,
            std::string remedy) {
    findings.push_back({code, severity, node.name, std::move(message), std::move(remedy)});
  }
};

Status check_scales(Context& context);
Status check_ranges(Context& context);
Status check_bias(Context& context);
Status check_saturation(Context& context);
Status check_fusion(Context& context);
Status check_opset(Context& context);
Status check_calibration(Context& context);

// The DequantizeLinear that gives a value; null where another node does.
const Node* dequantize_before(const Graph& graph, ValueId value);

// Constant integers behind a DequantizeLinear.
struct Integers {
  Tensor tensor;
  QuantParams params;
};
// nullopt where `value` is nothing of the kind, of another type, or empty.
Result<std::optional<Integers>> constant_integers(const Graph& graph, ValueId value, DType dtype);

bool is_product(const Node& node);  // Conv, ConvTranspose, Gemm, MatMul

std::string of(size_t part, size_t whole, const char* what);  // "3 of 16 channels"

}  // namespace octavo::lint_rules
