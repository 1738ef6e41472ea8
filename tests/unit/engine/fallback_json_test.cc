#include "engine/fallback_json.h"

#include <gtest/gtest.h>

namespace octavo {
namespace {

FallbackState some_state() {
  Verdict verdict{.sqnr_db = 23.456789012345678, .agreement = 0.97, .overlap = 1.0 / 3};
  verdict.kl = 0.1 + 0.2;
  FallbackState state{{"a", "b \"c\"", "d"}, {}};
  state.trials[{}] = {verdict, 1};
  verdict.top1_drop = -0.01;
  verdict.confidence_drop = 1e-17;
  state.trials[{0, 2}] = {verdict, 0.9};
  return state;
}

TEST(FallbackState, ComesBackToTheLastBit) {
  const FallbackState state = some_state();
  const auto read = state_from_json(state_to_json(state));
  ASSERT_TRUE(read.ok()) << read.status().to_string();
  EXPECT_EQ(read->layers, state.layers);
  EXPECT_TRUE(read->trials == state.trials);
}

TEST(FallbackState, RefusesWhatNoSearchWrote) {
  const struct {
    const char* text;
    const char* says;
  } kCases[] = {
      {"", "state"},
      {"[]", "is no state of a search"},
      {"{}", "is no state of a search"},
      {R"({"schema": 2, "layers": [], "trials": []})", "another version"},
      {R"({"schema": 1, "layers": [3], "trials": []})", "list of names"},
      {R"({"schema": 1, "layers": ["a"], "trials": [7]})", "state, trial 1: wants an object"},
      {R"({"schema": 1, "layers": ["a"], "trials": [{}]})", "wants a list 'float'"},
      {R"({"schema": 1, "layers": ["a"], "trials": [{"float": [1]}]})", "rising indices"},
      {R"({"schema": 1, "layers": ["a"], "trials": [{"float": [-1]}]})", "rising indices"},
      {R"({"schema": 1, "layers": ["a"], "trials": [{"float": [0.5]}]})", "rising indices"},
      {R"({"schema": 1, "layers": ["a", "b"], "trials": [{"float": [1, 0]}]})", "rising indices"},
      {R"({"schema": 1, "layers": ["a"], "trials": [{"float": [0, 0]}]})", "rising indices"},
      {R"({"schema": 1, "layers": ["a"], "trials": [{"float": []}]})", "'int8_share'"},
      {R"({"schema": 1, "layers": ["a"], "trials": [{"float": [], "int8_share": 2}]})",
       "'int8_share'"},
      {R"({"schema": 1, "layers": [], "trials": [{"float": [], "int8_share": 1}]})", "'sqnr_db'"},
      {R"({"schema": 1, "layers": [], "trials": [{"float": [], "int8_share": 1, "sqnr_db": 9,
           "kl": "x"}]})",
       "'kl'"},
      {R"({"schema": 1, "layers": [], "trials": [{"float": [], "int8_share": 1, "sqnr_db": 9},
           {"float": [], "int8_share": 1, "sqnr_db": 9}]})",
       "trial 2: is the same"},
  };
  for (const auto& c : kCases) {
    const auto read = state_from_json(c.text);
    ASSERT_FALSE(read.ok()) << c.text;
    EXPECT_EQ(read.status().code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(read.status().to_string().find(c.says), std::string::npos)
        << c.text << "\n  " << read.status().to_string();
  }
}

}  // namespace
}  // namespace octavo
