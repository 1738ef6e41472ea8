#include "runtime/ops/convert.h"

#include <cstring>
#include <limits>

#include "tests/unit/runtime/ops/evaluate.h"

namespace octavo {
namespace {

constexpr DType kNumbers[] = {DType::kFloat32, DType::kFloat64, DType::kInt8,  DType::kUint8,
                              DType::kInt16,   DType::kUint16,  DType::kInt32, DType::kUint32,
                              DType::kInt64,   DType::kUint64,  DType::kBool};

TEST(Cast, EveryPairKeepsSmallNumbers) {
  for (DType from : kNumbers) {
    for (DType to : kNumbers) {
      std::vector<int64_t> start(1500), middle(1500), end(1500), back(1500);
      for (size_t i = 0; i < start.size(); ++i)
        start[i] = from == DType::kBool || to == DType::kBool ? i % 2 : i % 100;
      ASSERT_TRUE(convert(DType::kInt64, start.data(), from, middle.data(), 1500));
      ASSERT_TRUE(convert(from, middle.data(), to, end.data(), 1500));
      ASSERT_TRUE(convert(to, end.data(), DType::kInt64, back.data(), 1500));
      EXPECT_EQ(back, start) << name_of(from) << " to " << name_of(to);
    }
  }
}

template <typename From, typename To>
To cast(From x) {
  To y;
  EXPECT_TRUE(convert(dtype_of<From>(), &x, dtype_of<To>(), &y, 1));
  return y;
}

TEST(Cast, RealsAreCutAndSaturate) {
  EXPECT_EQ((cast<float, int32_t>(-2.9f)), -2);
  EXPECT_EQ((cast<float, uint8_t>(300.0f)), 255);
  EXPECT_EQ((cast<float, uint8_t>(-1.0f)), 0);
  EXPECT_EQ((cast<float, int64_t>(1e30f)), std::numeric_limits<int64_t>::max());
  EXPECT_EQ((cast<float, int64_t>(-1e30f)), std::numeric_limits<int64_t>::min());
  EXPECT_EQ((cast<float, uint64_t>(0x1p63f)), uint64_t{1} << 63);
  EXPECT_EQ((cast<float, int32_t>(NAN)), 0);
  EXPECT_EQ((cast<double, float>(1e300)), std::numeric_limits<float>::infinity());
}

TEST(Cast, IntegersWrapAround) {
  EXPECT_EQ((cast<int32_t, uint8_t>(-1)), 255);
  EXPECT_EQ((cast<int64_t, int8_t>(300)), 44);
  EXPECT_EQ((cast<uint64_t, int64_t>(~uint64_t{0})), -1);
  EXPECT_EQ((cast<uint64_t, float>(~uint64_t{0})), 0x1p64f);
}

TEST(Cast, BoolsAreWhatIsNotZero) {
  EXPECT_EQ((cast<float, uint8_t>(0.25f)), 0);
  EXPECT_TRUE((cast<float, bool>(0.25f)));
  EXPECT_TRUE((cast<float, bool>(NAN)));
  EXPECT_FALSE((cast<float, bool>(-0.0f)));
}

TEST(Cast, TheNodeTakesItsTargetFromTheAttribute) {
  constexpr int64_t kOnnxInt64 = 7;
  EXPECT_EQ(values_of<int64_t>(Op::kCast, {vector<float>({1.9f, -1.9f})}, {{"to", kOnnxInt64}}),
            (std::vector<int64_t>{1, -1}));
}

}  // namespace
}  // namespace octavo
