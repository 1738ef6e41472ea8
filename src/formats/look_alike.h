// What a file that no format matches seems to be.
#pragma once

#include <string>

#include "base/byte_source.h"

namespace octavo {

// "this looks like a JPEG image; give it as an image, and a model as the model"
Result<std::string> look_alike(const ByteSource& source);

}  // namespace octavo
