// Files that change after they were opened.
#include "base/byte_source.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>

namespace octavo {
namespace {

namespace fs = std::filesystem;

class FileOnDisk : public testing::Test {
 protected:
  void SetUp() override {
    const std::string name = "octavo_source_" + std::to_string(std::random_device{}());
    path_ = fs::temp_directory_path() / name;  // shards in wasm have one process number
    write("0123456789");
    const auto opened = open_file(path_.string());
    ASSERT_TRUE(opened.ok());
    source_ = *opened;
  }
  void TearDown() override { fs::remove(path_); }

  void write(const std::string& text) const { std::ofstream(path_) << text; }

  Result<std::string> read(uint64_t offset, size_t size) const {
    std::string text(size, '?');
    OCTAVO_RETURN_IF_ERROR(source_->read(offset, std::as_writable_bytes(std::span(text))));
    return text;
  }

  void expect_refused() const {
    const auto got = read(2, 3);
    ASSERT_FALSE(got.ok());
    EXPECT_EQ(got.status().code(), ErrorCode::kIo);
    EXPECT_EQ(got.status().to_string(),
              path_.string() + ": the file has changed since it was opened; open it again");
  }

  fs::path path_;
  std::shared_ptr<const ByteSource> source_;
};

TEST_F(FileOnDisk, IsReadAnywhere) { EXPECT_EQ(*read(2, 3), "234"); }

TEST_F(FileOnDisk, IsRefusedOnceItIsCutShort) {
  fs::resize_file(path_, 4);
  expect_refused();
}

TEST_F(FileOnDisk, IsRefusedOnceItIsWrittenTo) {
  write("abcdefghij");
  fs::last_write_time(path_, fs::last_write_time(path_) + std::chrono::seconds(1));
  expect_refused();
}

TEST_F(FileOnDisk, StaysWhatItWasBehindANewFileOfItsName) {
#ifdef __EMSCRIPTEN__
  GTEST_SKIP() << "its fstat asks by name; Node's own files are tested in tests/js";
#endif
  const fs::path other = path_.string() + "_new";
  std::ofstream(other) << "abc";
  fs::rename(other, path_);
  EXPECT_EQ(*read(2, 3), "234");
  fs::remove(path_);
  EXPECT_EQ(*read(7, 3), "789");
}

}  // namespace
}  // namespace octavo
