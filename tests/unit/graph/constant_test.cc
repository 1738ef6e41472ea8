// Data that is read when it is asked for.
#include "graph/constant.h"

#include <gtest/gtest.h>

#include <atomic>

#include "base/thread_pool.h"

namespace octavo {
namespace {

const Shape kShape{32, 64};

Buffer numbers() {
  std::vector<float> values(static_cast<size_t>(kShape.count()));
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  return Buffer::copy_of(std::span<const float>(values));
}

// Counts how often it is read; fails while `broken`.
struct Shelf {
  std::atomic<int> reads = 0;
  std::atomic<bool> broken = false;

  Constant constant() {
    return Constant(DType::kFloat32, kShape, [this]() -> Result<Buffer> {
      ++reads;
      if (broken) return Status(ErrorCode::kIo, "gone");
      return numbers();
    });
  }
};

Buffer negated(const Tensor& tensor) {
  std::vector<float> values;
  for (const float x : tensor.values<float>()) values.push_back(-x);
  return Buffer::copy_of(std::span<const float>(values));
}

TEST(Constant, IsReadWhenItIsAskedForAndSharedWhileSomebodyHoldsIt) {
  Shelf shelf;
  const Constant w = shelf.constant();
  EXPECT_EQ(w.bytes(), 32u * 64 * 4);
  EXPECT_EQ(w.held(), nullptr);
  EXPECT_EQ(shelf.reads, 0);
  {
    const auto one = w.read(), two = w.reshaped({64, 32}).read();
    ASSERT_TRUE(one.ok() && two.ok());
    EXPECT_EQ(one->values<float>()[5], 5.0f);
    EXPECT_EQ(two->shape(), Shape({64, 32}));
    EXPECT_EQ(two->data(), one->data());
    EXPECT_EQ(shelf.reads, 1);
  }
  ASSERT_TRUE(w.read().ok());
  EXPECT_EQ(shelf.reads, 2) << "nobody held the data any more";
}

TEST(Constant, ADataThatOutlivesItsConstantIsWhole) {
  Result<Tensor> data = Status(ErrorCode::kInternal, "none");
  Shelf shelf;
  data = shelf.constant().read();
  EXPECT_EQ(data->values<float>().back(), 32.0f * 64 - 1);
}

TEST(Constant, AFailureIsToldToWhoAsksAndNotKept) {
  Shelf shelf;
  const Constant w = shelf.constant();
  shelf.broken = true;
  EXPECT_EQ(w.read().status().code(), ErrorCode::kIo);
  EXPECT_EQ(w.changed(kShape, negated).read().status().code(), ErrorCode::kIo);
  shelf.broken = false;
  EXPECT_TRUE(w.read().ok());
}

TEST(Constant, AChangeIsMadeAtEachRead) {
  Shelf shelf;
  const Constant twice = shelf.constant().changed(kShape, negated).changed(kShape, negated);
  EXPECT_EQ(twice.changes(), 2);
  EXPECT_EQ(shelf.reads, 0);
  EXPECT_EQ(twice.read()->values<float>()[7], 7.0f);
  const Constant held = Constant(Tensor(DType::kFloat32, kShape, numbers()));
  EXPECT_EQ(held.changed(kShape, negated).held()->values<float>()[7], -7.0f);
}

TEST(Constant, WithoutDataSaysSo) {
  const Constant packed = Constant(Tensor(DType::kFloat32, kShape, numbers())).without_data();
  EXPECT_EQ(packed.shape(), kShape);
  EXPECT_EQ(packed.read().status().code(), ErrorCode::kInternal);
}

TEST(Constant, VectorsAndWhatIsSmallAreHeld) {
  EXPECT_TRUE(may_lie_elsewhere(DType::kFloat32, {32, 32}));
  EXPECT_TRUE(may_lie_elsewhere(DType::kInt8, {64, 1, 8, 8}));
  EXPECT_FALSE(may_lie_elsewhere(DType::kFloat32, {31, 33}));
  EXPECT_FALSE(may_lie_elsewhere(DType::kFloat32, {1 << 20}));
  EXPECT_FALSE(may_lie_elsewhere(DType::kFloat32, {1, 1 << 20, 1, 1}));
  EXPECT_FALSE(may_lie_elsewhere(DType::kFloat32, {0, 1 << 20}));
  EXPECT_FALSE(may_lie_elsewhere(DType::kString, {64, 64}));
}

TEST(Constant, ThreadsReadItTogether) {
  Shelf shelf;
  const Constant w = shelf.constant(), changed = w.changed(kShape, negated);
  std::atomic<int> wrong = 0;
  parallel_for(800, 4, [&](int i, int) {
    const auto read = (i % 2 == 0 ? w : changed).read();
    const float wanted = i % 2 == 0 ? 9.0f : -9.0f;
    if (!read.ok() || read->values<float>()[9] != wanted) ++wrong;
  });
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace octavo
