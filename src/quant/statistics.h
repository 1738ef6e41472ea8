// The observers of a graph's values: what calibration fills, and what goes from one engine to
// another.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "quant/ranges.h"
#include "quant/recipe.h"

namespace octavo {

// An observer a value, none of which has seen anything at first.
class Statistics {
 public:
  Statistics(std::vector<std::string> values, const Recipe& recipe);  // the recipe was validated

  // The observer of value `i`. What is never asked for gets no range.
  Observer& observer(size_t i);
  void count_sample() { ++samples_; }
  int64_t samples() const { return samples_; }

  // `later` saw the samples that follow those of this one, for the same values and recipe.
  void merge(const Statistics& later);

  Result<Ranges> ranges() const;
  // Of observer auto: what each of those that may be chosen says, the first being ranges().
  Result<std::vector<RangeChoice>> choices() const;

  // The state, for statistics of the same values and recipe elsewhere; `read` fails `in` where it
  // was written for others.
  void write(ByteWriter& out) const;
  void read(ByteReader& in);

 private:
  std::vector<std::string> values_;
  Recipe recipe_;
  std::vector<std::unique_ptr<Observer>> observers_;  // by value; null: never asked for
  int64_t samples_ = 0;
};

}  // namespace octavo
