// The classes of samples, for accuracy. Names of samples are paths below their folder.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"

namespace octavo {

// One class index a name: by the lines `file class-index` of `text`, which name the path or the
// bare file name; -1 where none does. Blank lines and those that begin with # do not count.
// kCalibrationData where a line is neither (placed at it), or where no line names any sample.
Result<std::vector<int64_t>> labels_from_lines(const std::string& text,
                                               std::span<const std::string> names);

// The number of its folder, in alphabetical order of all folders.
std::vector<int64_t> labels_from_folders(std::span<const std::string> names);

}  // namespace octavo
