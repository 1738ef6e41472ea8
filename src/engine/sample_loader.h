// From one sample of the user's, a picture, a .npy array or a folder of arrays, to the inputs of
// one run.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/recipe_file.h"
#include "engine/sample_files.h"
#include "graph/graph.h"

namespace octavo {

// The picture that a graph wants: its first input where that has rank 4 and 1, 3 or 4 channels.
std::optional<ImageInput> image_input(const Graph& graph);

// Bytes of a file's head that recognizing it takes.
constexpr size_t kSniffBytes = 64;
// Whether a file that begins so can be a sample at all; kImage says what it is instead. Folders are
// sorted out with this before samples are spread over them, alike in every face.
Status check_sample_head(std::span<const std::byte> head);

class SampleLoader {
 public:
  // kInvalidArgument where the recipe does not fit the graph's input.
  static Result<SampleLoader> make(const Graph& graph, const RecipeFile& recipe);

  // kImage where the bytes are no picture and no array, kCalibrationData where an array or a
  // picture cannot be this model's input.
  Result<std::vector<Tensor>> load(std::span<const std::byte> file) const;
  Result<std::vector<Tensor>> load(const Image& decoded) const;
  // Of a folder; kCalibrationData with the file where they cannot be this model's inputs.
  Result<std::vector<Tensor>> load(std::span<const SampleFile> files) const;

  // As it will be done, nothing left open; meaningless where image_input() is none.
  const Preprocess& preprocess() const { return preprocess_; }

 private:
  std::vector<Tensor> from_prepared(const Image& image) const;

  std::vector<Value> inputs_;
  std::optional<ImageInput> image_;
  Preprocess preprocess_;
};

}  // namespace octavo
