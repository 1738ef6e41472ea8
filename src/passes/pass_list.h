// The passes, each in a file of its name.
#pragma once

#include "passes/pass.h"

namespace octavo {

Result<int> eliminate_dead(Graph& graph, const PassContext& context);
Result<int> eliminate_double_transpose(Graph& graph, const PassContext& context);
Result<int> eliminate_identity(Graph& graph, const PassContext& context);
Result<int> fold_constants(Graph& graph, const PassContext& context);
Result<int> fuse_affine_into_conv(Graph& graph, const PassContext& context);
Result<int> fuse_bn_into_conv(Graph& graph, const PassContext& context);
Result<int> fuse_bn_into_gemm(Graph& graph, const PassContext& context);
Result<int> fuse_matmul_add_into_gemm(Graph& graph, const PassContext& context);
Result<int> fuse_pad_into_conv(Graph& graph, const PassContext& context);

}  // namespace octavo
