//   constants -> node -> y          x of known shape -> Shape -> y
//   y, a constant                   y, a constant
//
// Shapes are inferred on the way. Not QuantizeLinear and DequantizeLinear, which say that weights
// are quantized; not what would grow beyond 16 MB (fold.cc), nor what the runtime cannot evaluate.
#include "passes/fold.h"
#include "passes/pass_list.h"

namespace octavo {

Result<int> fold_constants(Graph& graph, const PassContext& context) {
  return infer_and_fold(graph, context);
}

}  // namespace octavo
