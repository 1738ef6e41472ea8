#include "quant/corrections/channel_classes.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/quant/corrections/equalize_network.h"

namespace octavo {
namespace {

size_t class_of(const Graph& graph, const ChannelClasses& classes, const std::string& name,
                int64_t channel) {
  return classes.class_of(graph.find_value(name), channel);
}

TEST(ChannelClasses, KeepChannelsApartAndJoinWhatMustShareAFactor) {
  const EqualizeNetwork net;
  const ChannelClasses classes(net.graph, {});
  const auto of = [&](const std::string& name, int64_t c) {
    return class_of(net.graph, classes, name, c);
  };
  EXPECT_EQ(of("c1", 2), of("r1", 2));
  EXPECT_NE(of("c1", 2), of("c1", 3));
  EXPECT_NE(of("r1", 2), of("dw", 2)) << "a depthwise convolution has weights for either side";
  EXPECT_EQ(of("c2", 4), of("c3", 4)) << "the Add joins both of its inputs";
  for (const char* name : {"p3", "sum", "pool", "flat"})
    EXPECT_EQ(of(name, 4), of("c2", 4)) << name;
  EXPECT_EQ(classes.products().size(), 5u);
}

TEST(ChannelClasses, FixInputsOutputsAndWhateverIsAskedFor) {
  const EqualizeNetwork net;
  const ChannelClasses free(net.graph, {}), asked(net.graph, {"sum", "no such value"});
  const auto is_fixed = [&](const ChannelClasses& classes, const std::string& name) {
    return classes.is_fixed(class_of(net.graph, classes, name, 1));
  };
  for (const char* name : {"x", "y"}) EXPECT_TRUE(is_fixed(free, name)) << name;
  for (const char* name : {"r1", "r2", "c2"}) EXPECT_FALSE(is_fixed(free, name)) << name;
  EXPECT_TRUE(is_fixed(asked, "c2"));
  EXPECT_FALSE(is_fixed(asked, "r2"));
}

TEST(ChannelClasses, KnowTheCeilingOfAClip) {
  const EqualizeNetwork net(6);
  const ChannelClasses classes(net.graph, {});
  EXPECT_EQ(classes.ceiling(class_of(net.graph, classes, "c1", 0)), 6);
  EXPECT_TRUE(std::isinf(classes.ceiling(class_of(net.graph, classes, "dw", 0))));
}

TEST(ChannelClasses, OfAConcatAreThoseOfItsInputsSideBySide) {
  SmallNetwork net;
  const ValueId x = net.input("x", kImage);
  const ValueId a = net.product(Op::kConv, "a", x, {2, 4, 1, 1}, 2, {1, 2, 8, 8});
  const ValueId b = net.product(Op::kConv, "b", x, {3, 4, 1, 1}, 3, {1, 3, 8, 8});
  const ValueId both =
      net.node(Op::kConcat, "both", {a, b}, {1, 5, 8, 8}, attributes_of({{"axis", int64_t{1}}}));
  net.output(net.product(Op::kConv, "y", both, {1, 5, 1, 1}, 1, {1, 1, 8, 8}));
  const ChannelClasses classes(net.graph, {});
  EXPECT_EQ(classes.class_of(a, 1), classes.class_of(both, 1));
  EXPECT_EQ(classes.class_of(b, 1), classes.class_of(both, 3));
  EXPECT_NE(classes.class_of(a, 1), classes.class_of(b, 1));
  EXPECT_FALSE(classes.is_fixed(classes.class_of(both, 3)));
}

// What does not scale with its input, a Flatten of many pixels, and weights that others share.
TEST(ChannelClasses, FixWhatIsNotLeftAsItWas) {
  const auto is_fixed = [](Op op, const Shape& y, Attributes attrs = {}) {
    SmallNetwork net;
    const ValueId x = net.input("x", kImage);
    const ValueId a = net.product(Op::kConv, "a", x, {2, 4, 1, 1}, 2, {1, 2, 8, 8});
    net.output(net.node(op, "y", {a}, y, std::move(attrs)));
    const ChannelClasses classes(net.graph, {});
    return classes.is_fixed(classes.class_of(a, 0));
  };
  EXPECT_TRUE(is_fixed(Op::kSigmoid, {1, 2, 8, 8}));
  EXPECT_TRUE(is_fixed(Op::kFlatten, {1, 128}));

  SmallNetwork net;
  const ValueId x = net.input("x", kImage);
  const ValueId w = net.noise("w", {4, 4, 1, 1});
  const ValueId a = net.node(Op::kConv, "a", {x, w}, kImage);
  net.output(net.node(Op::kConv, "b", {a, w}, kImage));
  const ChannelClasses classes(net.graph, {});
  EXPECT_TRUE(classes.products().empty());
  EXPECT_TRUE(classes.is_fixed(classes.class_of(a, 0)));
}

// Shapes are what a file says: they must not ask for memory.
TEST(ChannelClasses, PassOverMoreChannelsThanAnyModelHas) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, int64_t{1} << 40, 1, 1});
  small.output(small.node(Op::kRelu, "y", {x}, Shape{1, int64_t{1} << 40, 1, 1}));
  const ChannelClasses classes(small.graph, {});
  EXPECT_EQ(classes.channels(x), 0);
  EXPECT_EQ(classes.count(), 0u);
}

}  // namespace
}  // namespace octavo
