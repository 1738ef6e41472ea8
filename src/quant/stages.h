// The stages of quantize(), in running order. Each takes the graph one step from float to QDQ:
//
//   choose_nodes          marks the nodes that become integer, and says why others do not
//   release_tail          takes the mark from nodes at the end that serve float readers alone
//   replace_conv_by_gemm  does so at the end, because a Gemm can give floats
//   fold_clamps           removes Relu and Clip whose work the saturation of 8 bits does
//   assign_params         gives Value::quant to the activations around marked nodes
//   assign_weights        gives Value::quant to their constants
//   insert_qdq            turns Value::quant of activations into QuantizeLinear, DequantizeLinear
//   quantize_weights      stores constants as integers behind DequantizeLinear
//   quantize_bias         the same for biases, whose scale follows from input and weights
//   share_scales          keeps one of scales, and of zero points, that are equal
//
// In the dynamic scheme there are three:
//
//   choose_dynamic        marks what has constant weights, and says why others stay float
//   quantize_dynamic      replaces products by operators that quantize their input while running
//   quantize_weight_only  stores the weights of all other marked nodes as integers
// Where only weights become small, two others:
//
//   choose_weights        marks the nodes whose weights do, and says why others do not
//   quantize_weight_only  stores them as integers, or
//   store_halves          as float16
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "quant/fake_quant.h"
#include "quant/quantize.h"

namespace octavo {

struct QuantizeState {
  Graph& graph;
  const Ranges& ranges;
  const Recipe& recipe;

  std::vector<bool> quantized;  // by node of the float graph; most nodes added later are beyond it
  std::vector<NodeId> folded;   // clamps that their producer takes in
  std::vector<Range> bounds;    // by value: what clamps allow; infinite where there are none
  std::vector<NodeSummary> summary;  // in running order
  FakeQuant trained;                 // parameters that win over ranges and weights

  bool is_quantized(NodeId id) const {
    return id != kNoNode && static_cast<size_t>(id) < quantized.size() &&
           quantized[static_cast<size_t>(id)];
  }
};

// Whether a marked node reads an output of this one.
bool has_quantized_reader(const QuantizeState& state, NodeId id);
// Marked nodes that read `from` read `to` from now on.
void replace_in_quantized_readers(QuantizeState& state, ValueId from, ValueId to);

// Marks every node that `refuse` has no reason against, and says the reasons of others.
Status mark_unless(QuantizeState& state,
                   const std::function<std::string(const QuantizeState&, const Node&)>& refuse);

Status choose_nodes(QuantizeState& state);
Status release_tail(QuantizeState& state);
Status replace_conv_by_gemm(QuantizeState& state);
Status fold_clamps(QuantizeState& state);
Status assign_params(QuantizeState& state);
Status assign_weights(QuantizeState& state);
Status insert_qdq(QuantizeState& state);
Status quantize_weights(QuantizeState& state);
Status quantize_bias(QuantizeState& state);
Status share_scales(QuantizeState& state);

Status choose_dynamic(QuantizeState& state);
Status quantize_dynamic(QuantizeState& state);

Status choose_weights(QuantizeState& state);
Status quantize_weight_only(QuantizeState& state);
Status store_halves(QuantizeState& state);

}  // namespace octavo
