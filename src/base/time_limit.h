// Work that may end early with the best so far.
#pragma once

#include <chrono>
#include <optional>

namespace octavo {

class TimeLimit {
 public:
  explicit TimeLimit(double seconds) : limit_(seconds) {}  // 0: none

  // Only the first time counts.
  void start() {
    if (!begin_) begin_ = std::chrono::steady_clock::now();
  }
  bool is_over() const {
    return limit_.count() > 0 && begin_ && std::chrono::steady_clock::now() - *begin_ > limit_;
  }

 private:
  std::chrono::duration<double> limit_;
  std::optional<std::chrono::steady_clock::time_point> begin_;
};

}  // namespace octavo
