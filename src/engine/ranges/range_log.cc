#include "engine/ranges/range_log.h"

#include "engine/ranges/match_ranges.h"

namespace octavo {

RangeLog::RangeLog(CalibrationStream stream, std::vector<std::string> order)
    : stream_(std::move(stream)), order_(std::move(order)) {}

Result<RangeLog> RangeLog::make(Session session, const RecipeFile& recipe) {
  OCTAVO_ASSIGN_OR_RETURN(std::vector<std::string> order, values_in_order(session.graph()));
  RecipeFile extremes = recipe;
  extremes.recipe.observer = "min_max";
  OCTAVO_ASSIGN_OR_RETURN(CalibrationStream stream,
                          CalibrationStream::make(std::move(session), extremes));
  return RangeLog(std::move(stream), std::move(order));
}

Result<bool> RangeLog::add(const std::string& name, const Result<std::vector<Tensor>>& inputs) {
  OCTAVO_ASSIGN_OR_RETURN(const bool used, stream_.add(name, inputs));
  if (used) {
    Result<Calibration> found = stream_.finish();
    if (!found.ok()) return found.status().at(name);
    for (const std::string& value : order_) {
      const auto range = found->ranges.find(value);
      if (range != found->ranges.end()) lines_.push_back({value, range->second.range});
    }
  } else {
    skipped_.push_back(stream_.skipped().back());
  }
  stream_.take();  // the next sample starts afresh
  return used;
}

Result<RangeFile> RangeLog::file() const {
  OCTAVO_RETURN_IF_ERROR(check_any_used(std::ssize(lines_), skipped_));
  RangeFile file;
  file.format = "mace_log";
  file.values = lines_;
  return file;
}

}  // namespace octavo
