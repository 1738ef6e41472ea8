#include "formats/format.h"

#include <gtest/gtest.h>

#include "formats/look_alike.h"

namespace octavo {
namespace {

struct Case {
  const char* name;
  std::string head;
  const char* what;
};

class LookAlike : public testing::TestWithParam<Case> {};

TEST_P(LookAlike, NamesWhatTheFileSeemsToBe) {
  const std::string& head = GetParam().head;
  const auto guess = look_alike(MemorySource(std::as_bytes(std::span(head))));
  ASSERT_TRUE(guess.ok());
  EXPECT_NE(guess->find(GetParam().what), std::string::npos) << *guess;
}

INSTANTIATE_TEST_SUITE_P(
    Table, LookAlike,
    testing::Values(Case{"Zip", "PK\x03\x04stuff", "a zip archive"},
                    Case{"Hdf5", "\x89HDF\r\n\x1a\n", "an HDF5 file"},
                    Case{"Gzip", "\x1f\x8b\x08", "a gzip archive"},
                    Case{"Ncnn", "7767517\n75 83\n", "an ncnn param file"},
                    Case{"Png", "\x89PNG\r\n", "a PNG image"},
                    Case{"Prototxt", "name: \"net\"\n", "a Caffe prototxt"},
                    Case{"Caffemodel", "\x0a\x03net", "a protobuf file of another kind"},
                    Case{"Pointer", "version https://git-lfs.github.com/spec/v1\n",
                         "a Git LFS pointer"},
                    Case{"Noise", "\x17\x83", "nothing known"}),
    [](const auto& info) { return info.param.name; });

TEST(Formats, AreFoundByName) {
  ASSERT_NE(find_format("onnx"), nullptr);
  EXPECT_STREQ(find_format("onnx")->extension, ".onnx");
  EXPECT_EQ(find_format("abacus"), nullptr);
}

}  // namespace
}  // namespace octavo
