#include "base/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace octavo {
namespace {

Status past_the_end(uint64_t offset, size_t wanted, uint64_t size) {
  return {ErrorCode::kModelUnreadable,
          "the file ends too early: " + std::to_string(wanted) + " bytes wanted at " +
              std::to_string(offset) + " of " + std::to_string(size) +
              "; it may be cut short, try to copy or download it again"};
}

bool fits(uint64_t offset, size_t wanted, uint64_t size) {
  return offset <= size && wanted <= size - offset;
}

// The file as it was when it was opened: once it is written to, nothing of it is believed any more.
// (One that takes over its name is another file; this one stays readable.)
class FileSource final : public ByteSource {
 public:
  FileSource(int fd, const struct stat& opened, std::string path)
      : fd_(fd), opened_(opened), size_(static_cast<uint64_t>(opened.st_size)), path_(path) {}
  ~FileSource() override { close(fd_); }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  uint64_t size() const override { return size_; }

  Status read(uint64_t offset, std::span<std::byte> out) const override {
    if (!fits(offset, out.size(), size_)) return past_the_end(offset, out.size(), size_);
    while (!out.empty()) {
      const ssize_t got = pread(fd_, out.data(), out.size(), static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return failed(std::string("reading failed: ") + strerror(errno));
      if (got == 0) break;
      out = out.subspan(static_cast<size_t>(got));
      offset += static_cast<uint64_t>(got);
    }
    if (out.empty() && is_as_opened()) return {};
    return failed("the file has changed since it was opened; open it again");
  }

 private:
  bool is_as_opened() const {
    struct stat now;
    return fstat(fd_, &now) == 0 && now.st_size == opened_.st_size &&
           now.st_mtim.tv_sec == opened_.st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == opened_.st_mtim.tv_nsec;
  }
  Status failed(std::string why) const { return {ErrorCode::kIo, std::move(why), path_}; }

  int fd_;
  struct stat opened_;
  uint64_t size_;
  std::string path_;
};

}  // namespace

Status MemorySource::read(uint64_t offset, std::span<std::byte> out) const {
  if (!fits(offset, out.size(), size())) return past_the_end(offset, out.size(), size());
  std::copy_n(bytes_.begin() + static_cast<ptrdiff_t>(offset), out.size(), out.begin());
  return {};
}

Result<std::shared_ptr<const ByteSource>> open_file(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return Status(ErrorCode::kIo, std::string("cannot open: ") + strerror(errno), path);
  struct stat info;
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    close(fd);
    return Status(ErrorCode::kIo, "not a regular file; give the path of a file", path);
  }
  return std::shared_ptr<const ByteSource>(std::make_shared<FileSource>(fd, info, path));
}

}  // namespace octavo
