// Collects statistics of one value while samples run through the float graph, and chooses its
// range.
//
// Observers stream and merge: for any split of the samples into consecutive shards, observing each
// shard apart and merging them in order gives exactly the state of one pass. That is what lets
// calibration spread over threads, workers and machines without changing a byte of the result.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/bytes.h"
#include "base/status.h"
#include "quant/range.h"
#include "quant/recipe.h"

namespace octavo {

// Smallest and largest element; {+inf, -inf} for none, NaN is passed over, -0 counts as 0.
Range extremes_of(std::span<const float> values);

class Observer {
 public:
  virtual ~Observer() = default;

  // All elements of the value, of one sample. `plane` of them are a channel (height times width; 0
  // where that is not known): some methods leave small ones alone.
  void observe(std::span<const float> values, int64_t plane = 0);
  // `later` is of the same kind and saw the samples that follow those of this one.
  void merge(const Observer& later);
  // Not widened to contain 0. kCalibrationData where the value held NaN or infinity, or nothing.
  Result<Range> range() const;

  // The state, for an observer of the same kind elsewhere. `read` fills a fresh one and fails `in`
  // where no observer can have written that.
  void write(ByteWriter& out) const;
  void read(ByteReader& in);

  int64_t count() const { return count_; }      // elements
  Range extremes() const { return extremes_; }  // of all elements

 protected:
  // Called for samples that are not empty and wholly finite, with their extremes.
  virtual void add(std::span<const float> values, Range extremes) = 0;
  virtual void add_later(const Observer& later) = 0;
  virtual Range choose() const = 0;
  // What this kind keeps beyond the counts and extremes, which are read already.
  virtual void write_own(ByteWriter&) const {}
  virtual void read_own(ByteReader&) {}
  bool all_finite() const { return nan_count_ + infinity_count_ == 0; }
  bool has_extremes() const { return extremes_.min <= extremes_.max; }
  int64_t plane() const { return plane_; }  // the largest seen

 private:
  int64_t count_ = 0;
  int64_t nan_count_ = 0;
  int64_t infinity_count_ = 0;
  int64_t plane_ = 0;
  Range extremes_ = extremes_of({});
};

// Parts of a state. Reading fails `in` for what is no finite range, or no sensible count.
void write_range(Range range, ByteWriter& out);
Range read_range(ByteReader& in);
int64_t take_element_count(ByteReader& in);

struct ObserverInfo {
  const char* name;
  const char* description;  // one line, for people
  std::unique_ptr<Observer> (*make)(const Recipe& recipe);
};

// The observer that leaves the choice to tuning (quant/tuner.h).
inline constexpr const char* kAuto = "auto";

std::span<const ObserverInfo> observers();
const ObserverInfo* find_observer(const std::string& name);  // null where there is none

}  // namespace octavo
