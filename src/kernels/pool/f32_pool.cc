#include "kernels/pool/f32_pool.h"

#include <string_view>

namespace octavo {
namespace {

F32PoolFn find(std::string_view wanted, Isa isa) {
#define OCTAVO_KERNEL(family, name, of) \
  if (wanted == #family && isa == of) return name;
#include "kernels/pool/kernels.inc"
#undef OCTAVO_KERNEL
  return nullptr;
}

}  // namespace

F32PoolFn f32_max_pool(Isa isa) { return find("f32_max_pool", isa); }
F32PoolFn f32_mean_pool(Isa isa) { return find("f32_mean_pool", isa); }

}  // namespace octavo
