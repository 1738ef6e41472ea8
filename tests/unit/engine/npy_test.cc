#include "engine/npy.h"

#include <gtest/gtest.h>

#include <string>

namespace octavo {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

std::string npy(const std::string& header, const std::string& data) {
  std::string out("\x93NUMPY\x01\x00", 8);
  out += {static_cast<char>(header.size()), '\0'};
  return out + header + data;
}

TEST(Npy, GivesBackWhatWasWritten) {
  const Tensor tensor = Tensor::from<float>({1, 2, 3, 4, 5, 6}, Shape{2, 3});
  const auto bytes = write_npy(tensor.dtype(), tensor.shape(), tensor.data());
  EXPECT_EQ((bytes.size() - 24) % 64, 0u);  // the data is aligned, as NumPy's
  const Result<Tensor> read = read_npy(bytes);
  ASSERT_TRUE(read.ok()) << read.status().to_string();
  EXPECT_EQ(read->shape(), tensor.shape());
  EXPECT_EQ(read->dtype(), DType::kFloat32);
  const auto got = read->values<float>();
  EXPECT_EQ(std::vector<float>(got.begin(), got.end()), (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST(Npy, ReadsScalarsAndEmptyArrays) {
  const auto scalar =
      read_npy(bytes_of(npy("{'descr': '|u1', 'fortran_order': False, 'shape': (), }", "\x07")));
  ASSERT_TRUE(scalar.ok());
  EXPECT_EQ(scalar->values<uint8_t>()[0], 7);
  const auto empty =
      read_npy(bytes_of(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3), }", "")));
  ASSERT_TRUE(empty.ok());
  EXPECT_EQ(empty->count(), 0);
}

TEST(Npy, RefusesWithTheReason) {
  const auto refusal = [](const std::string& file) {
    return read_npy(bytes_of(file)).status().to_string();
  };
  const std::string what = "not a usable .npy file: ";
  EXPECT_EQ(refusal("PK.."), what + "it does not begin with NumPy's signature");
  EXPECT_EQ(refusal(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", "1234")),
            what + "it is in Fortran order; save it with numpy.ascontiguousarray");
  EXPECT_EQ(refusal(npy("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", "1234")),
            what + "its dtype is not a little-endian number type");
  EXPECT_EQ(refusal(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "1234")),
            what + "shape [2] does not fit its 4 bytes of data");
  EXPECT_EQ(
      refusal(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 99999999999), }",
                  "")),
      what + "shape [99999999999, 99999999999] does not fit its 0 bytes of data");
  EXPECT_EQ(refusal(npy("{'descr': '<f4', 'fortran_order': False, 'shape': 1", "")),
            what + "its shape cannot be read");
}

TEST(Npy, EveryPrefixIsRefusedWithoutHarm) {
  const std::string whole =
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", "1234");
  for (size_t n = 0; n < whole.size(); ++n)
    EXPECT_FALSE(read_npy(bytes_of(whole.substr(0, n))).ok());
}

}  // namespace
}  // namespace octavo
