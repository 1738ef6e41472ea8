#include "quant/fill_ranges.h"

#include <gtest/gtest.h>

#include "tests/unit/quant/small_graph.h"

namespace octavo {
namespace {

const Shape kShape{1, 1, 2, 1};

Range range_in(const Ranges& ranges, const std::string& name) {
  const auto found = ranges.find(name);
  return found == ranges.end() ? extremes_of({}) : found->second.range;
}

TEST(FillRanges, GoesThroughOperatorsThatTellTheirOutput) {
  SmallGraph small;
  const ValueId x = small.input("x", kShape);
  const ValueId y = small.input("y", kShape);
  const ValueId three = small.constant("three", {3, -2}, Shape{2});
  small.output(small.node(Op::kAdd, "add", {x, y}, kShape));
  small.output(small.node(Op::kSub, "sub", {x, y}, kShape));
  small.output(small.node(Op::kMul, "mul", {x, three}, kShape));
  small.output(small.node(Op::kConcat, "concat", {x, y}, kShape));
  small.output(small.node(Op::kRelu, "relu", {x}, kShape));
  small.output(small.node(Op::kSigmoid, "sigmoid", {x}, kShape));
  small.output(small.node(Op::kTanh, "tanh", {x}, kShape));
  small.output(small.node(Op::kMaxPool, "pool", {y}, kShape));
  small.output(small.node(Op::kGlobalAveragePool, "mean", {y}, kShape));
  const Ranges ranges = fill_ranges(small.graph, ranges_of({{"x", {-1, 2}}, {"y", {4, 5}}}));
  const std::pair<const char*, Range> wanted[] = {
      {"add", {3, 7}},     {"sub", {-6, -2}}, {"mul", {-4, 6}},
      {"concat", {-1, 5}}, {"relu", {0, 2}},  {"sigmoid", {0, 1}},
      {"tanh", {-1, 1}},   {"pool", {4, 5}},  {"mean", {4, 5}},
  };
  for (const auto& [name, range] : wanted) EXPECT_EQ(range_in(ranges, name), range) << name;
}

TEST(FillRanges, GoesBackThroughWhatSharesItsScale) {
  SmallGraph small;
  const ValueId x = small.input("x", kShape);
  const ValueId conv = small.conv("conv", x, {1}, 1);
  const ValueId relu = small.node(Op::kRelu, "relu", {conv}, kShape);
  const ValueId other = small.conv("other", x, {1}, 1);
  const ValueId joined = small.node(Op::kConcat, "joined", {relu, other}, kShape);
  small.output(small.node(Op::kMaxPool, "pool", {joined}, kShape));
  const Ranges ranges = fill_ranges(small.graph, ranges_of({{"pool", {-3, 4}}}));
  for (const char* name : {"joined", "relu", "other", "conv"}) {
    EXPECT_EQ(range_in(ranges, name), (Range{-3, 4})) << name;
  }
  EXPECT_EQ(ranges.count("x"), 0u);  // products tell nothing
}

TEST(FillRanges, WhatAClampCutsOffMayBeReadElsewhere) {
  SmallGraph small;
  const ValueId x = small.input("x", kShape);
  const ValueId conv = small.conv("conv", x, {1}, 1);
  small.output(small.node(Op::kRelu, "relu", {conv}, kShape));
  small.output(conv);
  EXPECT_EQ(fill_ranges(small.graph, ranges_of({{"relu", {0, 4}}})).count("conv"), 0u);
}

TEST(FillRanges, KnownRangesStay) {
  SmallGraph small;
  const ValueId x = small.input("x", kShape);
  small.output(small.node(Op::kRelu, "relu", {x}, kShape));
  const Ranges ranges = fill_ranges(small.graph, ranges_of({{"x", {-1, 2}}, {"relu", {0, 1.5f}}}));
  EXPECT_EQ(range_in(ranges, "relu"), (Range{0, 1.5f}));
}

}  // namespace
}  // namespace octavo
