// How long work tells what it does and learns that it should stop.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/status.h"

namespace octavo {

// Called between items, `done` never falls within a phase; returns false to cancel.
using Progress = std::function<bool(std::string_view phase, int64_t done, int64_t total)>;

inline Status report(const Progress& progress, std::string_view phase, int64_t done,
                     int64_t total) {
  if (!progress || progress(phase, done, total)) return {};
  return {ErrorCode::kCancelled, "cancelled"};
}

}  // namespace octavo
