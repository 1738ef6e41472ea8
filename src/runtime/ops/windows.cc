#include "runtime/ops/windows.h"

namespace octavo {

Status check_two_dimensional(const ConvGeometry& geometry) {
  if (geometry.spatial_rank() <= 2) return {};
  return {ErrorCode::kModelUnsupported,
          "windows over 3 spatial dimensions (video, volumes) are not supported"};
}

}  // namespace octavo
