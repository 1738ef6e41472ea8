#include "passes/pass_list.h"

#include <array>

namespace octavo {
namespace {

// The first refuses malformed nodes, so that those after it may rely on their inputs.
constexpr std::array kStandardPasses = {
    Pass{"fold_constants", fold_constants},
    Pass{"eliminate_identity", eliminate_identity},
    Pass{"eliminate_double_transpose", eliminate_double_transpose},
    Pass{"fuse_pad_into_conv", fuse_pad_into_conv},
    Pass{"fuse_bn_into_conv", fuse_bn_into_conv},
    Pass{"fuse_affine_into_conv", fuse_affine_into_conv},
    Pass{"fuse_matmul_add_into_gemm", fuse_matmul_add_into_gemm},
    Pass{"fuse_bn_into_gemm", fuse_bn_into_gemm},
    Pass{"eliminate_dead", eliminate_dead},
};

// Real graphs are done after three; a file made to take longer gets no more.
constexpr int kMaxRounds = 8;

}  // namespace

std::span<const Pass> standard_passes() { return kStandardPasses; }

Result<std::vector<PassCount>> run_passes(Graph& graph, std::span<const Pass> passes,
                                          const PassContext& context) {
  std::vector<PassCount> counts;
  for (const Pass& pass : passes) counts.push_back({pass.name, 0});
  for (int round = 0, changes = 1; changes > 0 && round < kMaxRounds; ++round) {
    changes = 0;
    for (size_t i = 0; i < passes.size(); ++i) {
      OCTAVO_ASSIGN_OR_RETURN(const int done, passes[i].apply(graph, context));
      assert(graph.validate().ok());
      counts[i].changes += done;
      changes += done;
    }
  }
  graph.compact();
  return counts;
}

}  // namespace octavo
