#include "tests/unit/runtime/ops/evaluate.h"

namespace octavo {
namespace {

struct Case {
  const char* mode;
  const char* coordinates;
  const char* rounding;
  int64_t size;
  std::vector<double> y;  // of 1 2 3 4
};

// By hand, from the formulas of the ONNX standard.
TEST(Resize, FollowsItsModesAlongALine) {
  const Case cases[] = {
      {"nearest", "asymmetric", "floor", 8, {1, 1, 2, 2, 3, 3, 4, 4}},
      {"nearest", "asymmetric", "ceil", 8, {1, 2, 2, 3, 3, 4, 4, 4}},
      {"nearest", "half_pixel", "round_prefer_floor", 2, {1, 3}},
      {"nearest", "half_pixel", "round_prefer_ceil", 2, {2, 4}},
      {"nearest", "align_corners", "round_prefer_floor", 3, {1, 2, 4}},
      {"nearest", "tf_half_pixel_for_nn", "floor", 3, {1, 3, 4}},
      {"linear", "half_pixel", "", 8, {1, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75, 4}},
      {"linear", "half_pixel_symmetric", "", 2, {1.5, 3.5}},
      {"linear", "asymmetric", "", 8, {1, 1.5, 2, 2.5, 3, 3.5, 4, 4}},
      {"linear", "align_corners", "", 7, {1, 1.5, 2, 2.5, 3, 3.5, 4}},
      {"linear", "pytorch_half_pixel", "", 1, {1}},
      {"linear", "half_pixel", "", 1, {2.5}},
      {"cubic", "align_corners", "", 3, {1, 2.5, 4}},
      {"cubic", "asymmetric", "", 4, {1, 2, 3, 4}},
  };
  for (const Case& c : cases) {
    Attrs attrs = {{"mode", std::string(c.mode)},
                   {"coordinate_transformation_mode", std::string(c.coordinates)}};
    if (*c.rounding) attrs.push_back({"nearest_mode", std::string(c.rounding)});
    const Tensor x = tensor<float>({1, 2, 3, 4}, {1, 1, 4});
    expect_near(values_of<float>(Op::kResize,
                                 {x, Tensor(), Tensor(), vector<int64_t>({1, 1, c.size})}, attrs),
                c.y, std::string(c.mode) + " " + c.coordinates + " " + c.rounding);
  }
}

TEST(Resize, GivesTheSameInEitherLayout) {
  const Tensor x = random_floats({2, 3, 4, 5});
  const auto last = evaluate(Op::kTranspose, {x}, {{"perm", std::vector<int64_t>{0, 2, 3, 1}}});
  ASSERT_TRUE(last.ok());
  for (const char* mode : {"nearest", "linear", "cubic"}) {
    const Tensor scales = vector<float>({1, 1, 2.5f, 1.6f});
    const auto first = evaluate(Op::kResize, {x, Tensor(), scales}, {{"mode", std::string(mode)}});
    const auto resized =
        evaluate(Op::kResize, {(*last)[0], Tensor(), scales},
                 {{"mode", std::string(mode)}, {"axes", std::vector<int64_t>{0, 3, 1, 2}}});
    ASSERT_TRUE(first.ok() && resized.ok());
    EXPECT_EQ((*first)[0].shape(), (Shape{2, 3, 10, 8}));
    const auto back =
        values_of<float>(Op::kTranspose, *resized, {{"perm", std::vector<int64_t>{0, 3, 1, 2}}});
    EXPECT_EQ(back, std::vector<float>((*first)[0].values<float>().begin(),
                                       (*first)[0].values<float>().end()))
        << mode;
  }
}

TEST(Resize, NearestMovesElementsOfAnyType) {
  EXPECT_EQ(values_of<uint8_t>(Op::kResize,
                               {tensor<uint8_t>({7, 9}, {1, 2}), Tensor(), vector<float>({2, 2})}),
            (std::vector<uint8_t>{7, 7, 9, 9, 7, 7, 9, 9}));
}

TEST(Resize, RefusesWhatItDoesNotKnow) {
  const std::vector<Tensor> inputs = {counting({2}), Tensor(), vector<float>({2})};
  EXPECT_FALSE(evaluate(Op::kResize, inputs, {{"mode", std::string("area")}}).ok());
  EXPECT_FALSE(evaluate(Op::kResize, inputs,
                        {{"coordinate_transformation_mode", std::string("tf_crop_and_resize")}})
                   .ok());
  EXPECT_FALSE(evaluate(Op::kResize, inputs, {{"antialias", int64_t{1}}}).ok());
}

}  // namespace
}  // namespace octavo
