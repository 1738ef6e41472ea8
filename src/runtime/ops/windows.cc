#include "runtime/ops/windows.h"

#include <algorithm>

namespace octavo {

Status check_two_dimensional(const ConvGeometry& geometry) {
  if (geometry.spatial_rank() <= 2) return {};
  return {ErrorCode::kModelUnsupported,
          "windows over 3 spatial dimensions (video, volumes) are not supported"};
}

std::vector<ConvPart> split_by_lines(const ConvGeometry& geometry, int most, double mac) {
  const WindowAxis h = geometry.h();
  const double work = mac * static_cast<double>(output_pixels(geometry)) *
                      static_cast<double>(geometry.out_channels * geometry.in_per_group()) *
                      static_cast<double>(h.kernel * geometry.w().kernel);
  const int count = geometry.batch == 1 ? parts_worth(work, std::min<int64_t>(most, h.out)) : 1;
  if (count < 2) return {{geometry, 0, 0}};  // also where there is but one axis, and so one line
  std::vector<ConvPart> parts;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t first = h.out * i / count, last = h.out * (i + 1) / count;
    const int64_t begin = window_begin(h, first), end = window_begin(h, last - 1) + h.reach();
    const int64_t x_line = std::max<int64_t>(begin, 0);
    WindowAxis lines = h;
    lines.in = std::min(h.in, end) - x_line;
    lines.pad_begin = x_line - begin;
    lines.pad_end = std::max<int64_t>(end - h.in, 0);
    lines.out = last - first;
    if (lines.in < 1) return {{geometry, 0, 0}};  // one that sees padding alone
    parts.push_back({geometry, x_line, first});
    parts.back().geometry.axes[geometry.axes.size() - 2] = lines;
  }
  return parts;
}

}  // namespace octavo
