#include "quant/statistics.h"

namespace octavo {
namespace {

// What observer auto chooses from: kinds that keep the same state as it does, or less.
struct Candidate {
  const char* name;
  const char* observer;
  double percentile;
};
constexpr Candidate kCandidates[] = {
    {"min_max", kAuto, 100},
    {"percentile 99.999", "percentile", 99.999},
    {"percentile 99.99", "percentile", 99.99},
    {"mse", "mse", 100},
};

void copy_state(const Observer& from, Observer& to) {
  ByteWriter state;
  from.write(state);
  ByteReader in(state.bytes());
  to.read(in);
}

}  // namespace

Statistics::Statistics(std::vector<std::string> values, const Recipe& recipe)
    : values_(std::move(values)), recipe_(recipe), observers_(values_.size()) {}

Observer& Statistics::observer(size_t i) {
  if (!observers_[i]) observers_[i] = find_observer(recipe_.observer)->make(recipe_);
  return *observers_[i];
}

void Statistics::merge(const Statistics& later) {
  for (size_t i = 0; i < observers_.size(); ++i) {
    if (later.observers_[i]) observer(i).merge(*later.observers_[i]);
  }
  samples_ += later.samples_;
}

Result<Ranges> Statistics::ranges() const {
  Ranges ranges;
  for (size_t i = 0; i < observers_.size(); ++i) {
    if (!observers_[i]) continue;
    const Result<Range> range = observers_[i]->range();
    if (!range.ok()) return range.status().at("value '" + values_[i] + "'");
    ranges[values_[i]] = {*range, observers_[i]->count(), recipe_.observer};
  }
  return ranges;
}

Result<std::vector<RangeChoice>> Statistics::choices() const {
  std::vector<RangeChoice> choices;
  if (recipe_.observer != kAuto) return choices;
  for (const Candidate& candidate : kCandidates) {
    Recipe recipe = recipe_;
    recipe.observer = candidate.observer;
    recipe.percentile = candidate.percentile;
    Statistics seen({values_.begin(), values_.end()}, recipe);
    for (size_t i = 0; i < observers_.size(); ++i) {
      if (observers_[i]) copy_state(*observers_[i], seen.observer(i));
    }
    OCTAVO_ASSIGN_OR_RETURN(Ranges ranges, seen.ranges());
    choices.push_back({candidate.name, std::move(ranges)});
  }
  return choices;
}

// Whose state it is, then samples, then the observers.
void Statistics::write(ByteWriter& out) const {
  out.put_text(recipe_.observer);
  out.put(recipe_.percentile);
  out.put(recipe_.momentum);
  out.put_varint(values_.size());
  out.put_varint(static_cast<uint64_t>(samples_));
  for (size_t i = 0; i < observers_.size(); ++i) {
    out.put(uint8_t{observers_[i] != nullptr});
    if (!observers_[i]) continue;
    out.put_text(values_[i]);
    observers_[i]->write(out);
  }
}

void Statistics::read(ByteReader& in) {
  const bool same_recipe = in.take_text() == recipe_.observer &&
                           in.take<double>() == recipe_.percentile &&
                           in.take<double>() == recipe_.momentum;
  if (!same_recipe || in.take_varint() != values_.size()) return in.fail();
  samples_ = take_element_count(in);
  for (size_t i = 0; i < observers_.size() && in.ok(); ++i) {
    if (in.take<uint8_t>() == 0) continue;
    if (in.take_text() != values_[i]) return in.fail();
    observer(i).read(in);
  }
}

}  // namespace octavo
