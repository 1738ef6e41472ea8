// Where a run spends its time.
#pragma once

#include <string>
#include <vector>

#include "engine/json.h"
#include "engine/session.h"

namespace octavo {

struct StepTime {
  std::string name;  // of the node; what lowering made of it is in `op`
  std::string op;
  std::string shape;  // of the first output
  double ms = 0;      // mean of the middle half of the runs
  int64_t macs = 0;   // multiply-adds of convolutions and matrix products; 0 for others
};

struct Profile {
  std::vector<StepTime> steps;  // in running order
  double ms = 0;                // of a whole run, likewise
  size_t peak_bytes = 0;        // arena and what is allocated while running
};

// Runs the inputs `runs` times after one that does not count. Timers of browsers are coarse: the
// times of short steps add up only over many runs.
Result<Profile> profile(Session& session, std::span<const Tensor> inputs, int runs);

OrderedJson to_json(const Profile& profile);
// A table, slowest first.
std::string to_text(const Profile& profile);

}  // namespace octavo
