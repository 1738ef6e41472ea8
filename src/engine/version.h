// The version of the engine, as it stands in package.json (a test compares them).
#pragma once

namespace octavo {

constexpr const char* kVersion = "0.1.0";

}  // namespace octavo
