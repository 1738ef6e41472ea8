// Values of JSON as what they are meant to be. Errors are kInvalidArgument and say what is wanted
// instead; the caller adds the place.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/json.h"
#include "image/preprocess.h"
#include "quant/range.h"

namespace octavo {

Status wrong_value(const std::string& what);

Result<std::string> as_text(const Json& j);
Result<bool> as_bool(const Json& j);
Result<double> as_number(const Json& j);
Result<double> as_number(const Json& j, double least, double most);
Result<int64_t> as_int(const Json& j, int64_t least, int64_t most);
Result<Size> as_size(const Json& j);  // [width, height]

// One, or a list of them; numbers that a float can hold.
Result<std::vector<float>> as_numbers(const Json& j);
Result<std::vector<std::string>> as_texts(const Json& j);

// {"NAME": [MIN, MAX], ...}
Result<std::map<std::string, Range>> as_ranges(const Json& j);

// The index of a word in a list of words; the sentence names the nearest one.
Result<size_t> one_of(const Json& j, const std::vector<std::string>& words);

}  // namespace octavo
