// Samples of several inputs: a folder each, with a file for each input, by its name.
//
//   sample/ids.npy      an array
//   sample/mask.txt     or numbers between blanks, as of MNN's `input_type: sequence`
//   sample/input.json   where it is needed: {"inputs": [{"name": "mask", "shape": [1, 7]},
//                                                       {"name": "scale", "shape": [1], "value":
//                                                       2}]}
//
// In names of files, / \ and : of an input's name are _.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace octavo {

struct SampleFile {
  std::string name;  // without its folder
  std::vector<std::byte> bytes;
};

// Paths of files as samples: a folder that holds input.json, or for a model of several inputs a
// file of one of them, stands for its files; every other file for itself.
std::vector<std::string> samples_among(const std::vector<std::string>& files, const Graph& graph);

// An array for each input. Numbers of a text get the input's dtype and, where input.json tells
// none, its shape: see text_array.h. kCalibrationData names the file and what is wrong.
Result<std::vector<Tensor>> arrays_of(std::span<const SampleFile> files,
                                      std::span<const Value> inputs);

}  // namespace octavo
