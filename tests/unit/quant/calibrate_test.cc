#include "quant/calibrate.h"

#include <gtest/gtest.h>

#include "tests/unit/quant/small_network.h"

namespace octavo {
namespace {

// Shapes of inputs make some values constant, such as the embeddings of places in a text.
TEST(Calibrate, PassesOverValuesThatThePlanHasAsConstants) {
  SmallNetwork net;
  const ValueId x = net.input("x", Shape{1, 4});
  net.output(net.node(Op::kAdd, "y", {x, net.noise("places", Shape{4})}, Shape{1, 4}));
  const std::vector<std::string> values = {"x", "places", "y"};
  const auto made =
      calibrate(*make_plan(net.graph), values, source_of(samples_of(2, Shape{1, 4})), {}, 1);
  ASSERT_TRUE(made.ok()) << made.status().to_string();
  EXPECT_EQ(made->ranges.count("x"), 1u);
  EXPECT_EQ(made->ranges.count("y"), 1u);
  EXPECT_EQ(made->ranges.count("places"), 0u);
}

}  // namespace
}  // namespace octavo
