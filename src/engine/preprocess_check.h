// Whether pictures reach the network as it was trained on them: the float model's accuracy under
// other colour orders, means and norms than the given ones. Wrong ones are the commonest reason for
// a bad int8 model, and look like errors of quantization.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "engine/json.h"
#include "engine/session.h"

namespace octavo {

// What is done to the pixels of a picture of three channels; the geometry is as given.
struct PixelScaling {
  std::string name;  // "caffe", "caffe in rgb"; "yours" where it is no usual one
  Color color = Color::kRgb;
  std::array<float, 3> mean = {};  // (x - mean) * norm, in the order of `color`
  std::array<float, 3> norm = {};

  bool same_numbers(const PixelScaling& other) const {
    return color == other.color && mean == other.mean && norm == other.norm;
  }
};

struct ScalingScore {
  PixelScaling scaling;
  int64_t right = 0;   // samples whose first answer is their label
  int64_t better = 0;  // of those, where the given scaling is wrong
  int64_t worse = 0;   // wrong, where the given one is right
};

struct PreprocessReport {
  int64_t images = 0;                // used, all of them with labels
  size_t given = 0;                  // place of the given one
  std::vector<ScalingScore> scores;  // RGB and BGR of tf, imagenet, caffe, unit, raw, and the given
  std::vector<SkippedSample> skipped;

  // The most accurate of those that beat the given one beyond chance: by more than two standard
  // errors of the paired difference, better - worse > 2 sqrt(better + worse), which is McNemar's
  // test ("Note on the sampling error of the difference between correlated proportions", 1947).
  std::optional<size_t> clearly_better() const;
};

// How many labelled samples are looked at where the recipe has no limit: each is run eleven times.
constexpr int64_t kCheckedSamples = 100;

// Sample by sample, for faces that fetch them one at a time.
class PreprocessCheck {
 public:
  // kInvalidArgument where the model's input is no picture of three channels.
  static Result<PreprocessCheck> make(Session& session, const RecipeFile& recipe);

  // A picture with its label, from 0. False: it cannot be used and is noted. kInvalidArgument where
  // the model gives no list of classes, or the label is beyond it.
  Result<bool> add(const std::string& name, std::span<const std::byte> file, int64_t label);
  Result<bool> add(const std::string& name, const Image& decoded, int64_t label);
  // `later` saw other samples of the same model and recipe.
  void merge(const PreprocessCheck& later);

  // kCalibrationData where no sample could be used.
  Result<PreprocessReport> report() const;

 private:
  PreprocessCheck(Preprocess preprocess, bool channels_last, Shape shape,
                  std::shared_ptr<Executor> executor);

  Result<bool> use(const std::string& name, const Result<Image>& prepared, int64_t label);
  Result<bool> is_right(const Image& image, const PixelScaling& scaling, int64_t label);

  Preprocess preprocess_;  // of the geometry, in RGB
  bool channels_last_;
  Shape shape_;  // of the model's input
  std::shared_ptr<Executor> executor_;
  PreprocessReport report_;
};

// Files with labels of 0 and more, on `threads` threads; the same for any number. Progress phase:
// "check".
struct LabelledFile {
  std::string name;
  int64_t label = -1;
  std::function<Result<std::vector<std::byte>>()> read;
};
Result<PreprocessReport> check_preprocessing(Session& session, const RecipeFile& recipe,
                                             const std::vector<LabelledFile>& files, int threads,
                                             const Progress& progress = {});

OrderedJson to_json(const PreprocessReport& report);
std::string to_text(const PreprocessReport& report);

}  // namespace octavo
