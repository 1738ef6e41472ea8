// The ranges of every value in every sample, collected one sample at a time: what MACE logs.
#pragma once

#include "engine/ranges/range_file.h"
#include "engine/streams.h"

namespace octavo {

class RangeLog {
 public:
  static Result<RangeLog> make(Session session, const RecipeFile& recipe);

  // False: the sample was skipped and is noted. Any other error than kImage is returned.
  Result<bool> add(const std::string& name, const Result<std::vector<Tensor>>& inputs);

  const SampleLoader& loader() const { return stream_.loader(); }
  // Values in running order, sample by sample. kCalibrationData where none could be used.
  Result<RangeFile> file() const;
  const std::vector<SkippedSample>& skipped() const { return skipped_; }

 private:
  RangeLog(CalibrationStream stream, std::vector<std::string> order);

  CalibrationStream stream_;
  std::vector<std::string> order_;
  std::vector<NamedRange> lines_;
  std::vector<SkippedSample> skipped_;
};

}  // namespace octavo
