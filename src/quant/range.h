// Where the elements of a value lie.
#pragma once

namespace octavo {

struct Range {
  float min = 0;
  float max = 0;
  bool operator==(const Range&) const = default;
};

}  // namespace octavo
