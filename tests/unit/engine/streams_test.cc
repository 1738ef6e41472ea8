// Several streams share the samples of one job, and what they found is put together.
#include "engine/streams.h"

#include <gtest/gtest.h>

#include <cmath>

namespace octavo {
namespace {

Session demo() {
  const auto source = open_file("models/demo/demo.onnx");
  EXPECT_TRUE(source.ok()) << source.status().to_string();
  return *Session::open(*source);
}

// A made-up picture; every fifth cannot be used.
Result<std::vector<Tensor>> sample(int i) {
  if (i % 5 == 3) return Status(ErrorCode::kImage, "number " + std::to_string(i) + " is damaged");
  std::vector<float> values(3 * 96 * 96);
  for (size_t j = 0; j < values.size(); ++j) {
    values[j] = std::sin(static_cast<float>(j) * 0.01f * static_cast<float>(i + 1));
  }
  return std::vector<Tensor>{Tensor::from(values, Shape{1, 3, 96, 96})};
}

constexpr int kSamples = 9;

RecipeFile recipe_of(const std::string& observer) {
  return *recipe_from_json(R"({"preprocess": "tf", "observer": ")" + observer + "\"}");
}

void add(CalibrationStream& stream, int from, int to) {
  for (int i = from; i < to; ++i) {
    EXPECT_TRUE(stream.add("sample " + std::to_string(i), sample(i)).ok());
  }
}

CalibrationStream calibration(const Session& session, const std::string& observer) {
  return *CalibrationStream::make(session, recipe_of(observer));
}

TEST(CalibrationStream, TakenBlocksMergeToOnePass) {
  const Session session = demo();
  for (const ObserverInfo& info : observers()) {
    CalibrationStream one = calibration(session, info.name);
    add(one, 0, kSamples);
    CalibrationStream whole = calibration(session, info.name);
    CalibrationStream part = calibration(session, info.name);
    add(whole, 0, 2);
    for (int from = 2; from < kSamples; from += 3) {
      add(part, from, std::min(from + 3, kSamples));
      const Status status = whole.merge(part.take());
      EXPECT_TRUE(status.ok()) << status.to_string();
      EXPECT_EQ(part.samples(), 0);
    }
    EXPECT_EQ(whole.samples(), one.samples());
    EXPECT_EQ(whole.take(), one.take()) << info.name;
  }
}

TEST(CalibrationStream, OnlyMergedItGivesRanges) {
  const Session session = demo();
  CalibrationStream part = calibration(session, "min_max"), whole = calibration(session, "min_max");
  add(part, 0, 4);
  const auto wanted = part.finish();
  ASSERT_TRUE(whole.merge(part.take()).ok());
  const auto found = whole.finish();
  ASSERT_TRUE(found.ok() && wanted.ok());
  EXPECT_EQ(found->ranges.size(), wanted->ranges.size());
  for (const auto& [name, range] : wanted->ranges) {
    EXPECT_EQ(found->ranges.at(name).range, range.range) << name;
    EXPECT_EQ(found->ranges.at(name).count, range.count) << name;
  }
  ASSERT_EQ(found->skipped.size(), 1u);
  EXPECT_EQ(found->skipped[0].reason, "number 3 is damaged");
}

TEST(CalibrationStream, StatesOfOthersAreRefusedAndChangeNothing) {
  const Session session = demo();
  CalibrationStream stream = calibration(session, "min_max");
  CalibrationStream other = calibration(session, "percentile");
  add(stream, 0, 1);
  add(other, 0, 1);
  EXPECT_EQ(stream.merge(other.take()).code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(stream.merge({}).code(), ErrorCode::kInvalidArgument);
  CalibrationStream again = calibration(session, "min_max");
  add(again, 0, 1);
  std::vector<std::byte> state = again.take();
  state.pop_back();
  EXPECT_EQ(stream.merge(state).code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(stream.samples(), 1);
}

struct Models {
  Session exact;
  Session rough;
};

Models models() {
  const Session session = demo();
  CalibrationStream stream = calibration(session, "min_max");
  add(stream, 0, 2);
  const Session made = session.quantize(*stream.finish(), recipe_of("min_max"))->session;
  // As people compare: the int8 model read from its file.
  const auto file = std::make_shared<std::vector<std::byte>>();
  const auto append = [&](std::span<const std::byte> piece) -> Status {
    file->insert(file->end(), piece.begin(), piece.end());
    return {};
  };
  EXPECT_TRUE(made.save("onnx", append).ok());
  return {session, *Session::open(std::make_shared<MemorySource>(*file, file))};
}

void add(ComparisonStream& stream, int i) {
  const auto added = stream.add(i, "sample " + std::to_string(i), sample(i), i % 4);
  EXPECT_TRUE(added.ok()) << added.status().to_string();
}

ComparisonStream comparison(const Models& models) {
  return *ComparisonStream::make(models.exact, models.rough, recipe_of("min_max"), kSamples);
}

TEST(ComparisonStream, HoweverSamplesAreSharedOutTheReportIsTheSame) {
  const Models both = models();
  ComparisonStream one = comparison(both), first = comparison(both), second = comparison(both);
  for (int i = 0; i < kSamples; ++i) add(one, i);
  for (int i = kSamples - 1; i >= 0; --i) add(i % 3 == 0 ? first : second, i);
  ComparisonStream whole = comparison(both);
  EXPECT_TRUE(first.merge(second.take()).ok()) << "into one that has samples of its own";
  EXPECT_TRUE(whole.merge(first.take()).ok()) << "into one that has none";
  const auto wanted = one.report(), found = whole.report();
  ASSERT_TRUE(wanted.ok() && found.ok());
  EXPECT_EQ(found->images, wanted->images);
  EXPECT_EQ(found->agreement, wanted->agreement);
  EXPECT_EQ(found->float_model.top1, wanted->float_model.top1);
  EXPECT_EQ(found->output.sqnr_db, wanted->output.sqnr_db);
  ASSERT_EQ(found->layers.size(), wanted->layers.size());
  for (size_t i = 0; i < wanted->layers.size(); ++i) {
    EXPECT_EQ(found->layers[i].name, wanted->layers[i].name);
    EXPECT_EQ(found->layers[i].sqnr_db, wanted->layers[i].sqnr_db);
    EXPECT_EQ(found->layers[i].cosine, wanted->layers[i].cosine);
    ASSERT_EQ(found->layers[i].activations.has_value(), wanted->layers[i].activations.has_value());
    if (!wanted->layers[i].activations) continue;
    EXPECT_EQ(found->layers[i].activations->histogram.counts,
              wanted->layers[i].activations->histogram.counts);
  }
  EXPECT_TRUE(wanted->layers[0].activations && wanted->layers[0].weights);
  EXPECT_EQ(found->output.kl, wanted->output.kl);
  EXPECT_EQ(found->flips.size(), wanted->flips.size());
  ASSERT_EQ(found->skipped.size(), 2u);
  EXPECT_EQ(found->skipped[0].name, "sample 3");
  EXPECT_EQ(one.take(), whole.take());
}

TEST(ComparisonStream, DamagedStatesAreRefusedOrHarmless) {
  const Models both = models();
  ComparisonStream part = comparison(both);
  for (const int i : {0, 2, 3}) add(part, i);
  const std::vector<std::byte> state = part.take();
  for (size_t size = 0; size < state.size(); size += 37) {
    EXPECT_FALSE(comparison(both).merge(std::span(state).first(size)).ok()) << size;
  }
  for (size_t place = 0; place < state.size(); place += 11) {
    std::vector<std::byte> bytes = state;
    bytes[place] ^= std::byte{0xff};
    ComparisonStream whole = comparison(both);
    EXPECT_TRUE(!whole.merge(bytes).ok() || whole.report().ok());
  }
}

TEST(ComparisonStream, ASampleBeyondTheirNumberIsRefused) {
  ComparisonStream stream = comparison(models());
  EXPECT_EQ(stream.add(kSamples, "one more", sample(0), -1).status().code(),
            ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace octavo
