// Files for the command line: folders of samples, and writing that never leaves half a file.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/byte_source.h"
#include "base/status.h"
#include "engine/session.h"

namespace octavo {

Result<std::vector<std::byte>> read_file(const std::string& path);
Result<std::string> read_text(const std::string& path);

// Regular files below `folder` (or the one file it names), sorted by their path below it, byte by
// byte; hidden ones left out. kCalibrationData where there are none.
Result<std::vector<std::string>> list_files(const std::string& folder);

// What can be samples of this model in a folder: files (check_sample_head), and folders of a file
// for each input (engine/sample_files.h); and the others with the reason.
struct FoundSamples {
  std::vector<std::string> files;
  std::vector<SkippedSample> skipped;
};
Result<FoundSamples> find_samples(const std::string& folder, const Session& session);

// The inputs that a sample is for. kImage where it cannot be read.
Result<std::vector<Tensor>> load_sample(const SampleLoader& loader, const std::string& path);

// `count` of `all`, spread evenly, in order; all where count is 0 or more than there are.
std::vector<std::string> spread_evenly(const std::vector<std::string>& all, int64_t count);

// Opens files beside `path`, and only those (ONNX external data).
OpenSibling siblings_of(const std::string& path);

// Calls `write` with a sink into a temporary file beside `path` and renames it when all went well.
// kInvalidArgument where `path` exists and `force` is not set. Creates missing folders.
using Sink = std::function<Status(std::span<const std::byte>)>;
Status write_atomically(const std::string& path, bool force,
                        const std::function<Status(const Sink&)>& write);
Status write_text(const std::string& path, bool force, const std::string& text);
Status check_writable(const std::string& path, bool force);  // before long work

}  // namespace octavo
