#include "cli/files.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace octavo {
namespace {

namespace fs = std::filesystem;

bool is_hidden(const fs::path& relative) {
  return std::any_of(relative.begin(), relative.end(),
                     [](const fs::path& part) { return part.native().starts_with('.'); });
}

std::string below(const fs::path& path, const fs::path& folder) {
  return path.lexically_relative(folder).generic_string();
}

bool is_folder(const std::string& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

Status check_head(const std::string& path) {
  if (is_folder(path)) return {};
  OCTAVO_ASSIGN_OR_RETURN(const auto source, open_file(path));
  std::vector<std::byte> head(std::min<uint64_t>(kSniffBytes, source->size()));
  OCTAVO_RETURN_IF_ERROR(source->read(0, head));
  return check_sample_head(head);
}

}  // namespace

Result<std::vector<std::byte>> read_file(const std::string& path) {
  OCTAVO_ASSIGN_OR_RETURN(const auto source, open_file(path));
  std::vector<std::byte> bytes(source->size());
  OCTAVO_RETURN_IF_ERROR(source->read(0, bytes).at(path));
  return bytes;
}

Result<std::vector<std::string>> list_files(const std::string& folder) {
  std::error_code error;
  if (fs::is_regular_file(folder, error)) return std::vector<std::string>{folder};
  std::vector<std::string> found;
  fs::recursive_directory_iterator it(folder, error);
  if (error) {
    return Status(ErrorCode::kCalibrationData, "cannot read the folder: " + error.message(),
                  folder);
  }
  for (; it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (error) return Status(ErrorCode::kCalibrationData, error.message(), folder);
    const std::string name = below(it->path(), folder);
    if (it->is_regular_file(error) && !is_hidden(name)) found.push_back(name);
  }
  if (found.empty()) {
    return Status(ErrorCode::kCalibrationData, "the folder holds no files; give one with pictures",
                  folder);
  }
  std::sort(found.begin(), found.end());
  for (std::string& name : found) name = (fs::path(folder) / name).string();
  return found;
}

Result<FoundSamples> find_samples(const std::string& folder, const Session& session) {
  OCTAVO_ASSIGN_OR_RETURN(std::vector<std::string> files, list_files(folder));
  files = samples_among(files, session.graph());
  FoundSamples found;
  for (const std::string& file : files) {
    const Status status = check_head(file);
    if (status.ok()) {
      found.files.push_back(file);
    } else {
      found.skipped.push_back({file, status.message()});
    }
  }
  if (found.files.empty()) {
    return Status(ErrorCode::kCalibrationData,
                  "none of its " + std::to_string(files.size()) +
                      " files is a JPEG, PNG, BMP or .npy; the first: " + found.skipped[0].reason,
                  folder);
  }
  return found;
}

Result<std::vector<Tensor>> load_sample(const SampleLoader& loader, const std::string& path) {
  std::vector<SampleFile> files;
  std::vector<std::string> names = {path};
  if (is_folder(path)) {
    OCTAVO_ASSIGN_OR_RETURN(names, list_files(path));
  }
  for (const std::string& name : names) {
    const fs::path file(name);
    if (name != path && file.parent_path() != fs::path(path)) continue;  // of a folder in it
    Result<std::vector<std::byte>> bytes = read_file(name);
    if (!bytes.ok()) return Status(ErrorCode::kImage, bytes.status().message());
    if (name == path) return loader.load(*bytes);
    files.push_back({file.filename().string(), *std::move(bytes)});
  }
  return loader.load(files);
}

std::vector<std::string> spread_evenly(const std::vector<std::string>& all, int64_t count) {
  const auto size = static_cast<int64_t>(all.size());
  if (count <= 0 || count >= size) return all;
  std::vector<std::string> some;
  for (int64_t i = 0; i < count; ++i) some.push_back(all[static_cast<size_t>(i * size / count)]);
  return some;
}

OpenSibling siblings_of(const std::string& path) {
  return [folder = fs::path(path).parent_path()](const std::string& name) {
    return open_file((folder / name).string());
  };
}

Status check_writable(const std::string& path, bool force) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    return {ErrorCode::kInvalidArgument, "this is a folder; give the name of a file", path};
  }
  if (!force && fs::exists(path, error)) {
    return {ErrorCode::kInvalidArgument, "exists already; use --force to replace it", path};
  }
  return {};
}

Status write_atomically(const std::string& path, bool force,
                        const std::function<Status(const Sink&)>& write) {
  OCTAVO_RETURN_IF_ERROR(check_writable(path, force));
  std::error_code error;
  const fs::path folder = fs::path(path).parent_path();
  if (!folder.empty()) fs::create_directories(folder, error);
  const std::string temporary = path + ".tmp" + std::to_string(getpid());
  FILE* file = std::fopen(temporary.c_str(), "wb");
  if (!file) return {ErrorCode::kIo, "cannot be written; check the folder's permissions", path};
  Status status = write([file](std::span<const std::byte> bytes) -> Status {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size()) return {};
    return {ErrorCode::kIo, "writing failed; is the disk full?"};
  });
  if (std::fclose(file) != 0 && status.ok()) status = {ErrorCode::kIo, "writing failed"};
  if (status.ok()) {
    fs::rename(temporary, path, error);
    if (error) status = {ErrorCode::kIo, error.message()};
  }
  if (!status.ok()) fs::remove(temporary, error);
  return status.at(path);
}

Status write_text(const std::string& path, bool force, const std::string& text) {
  return write_atomically(path, force,
                          [&](const Sink& sink) { return sink(std::as_bytes(std::span(text))); });
}

Result<std::string> read_text(const std::string& path) {
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<std::byte> bytes, read_file(path));
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

}  // namespace octavo
