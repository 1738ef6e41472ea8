#include "engine/report_html.h"

#include <gtest/gtest.h>

namespace octavo {
namespace {

size_t count(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(ReportHtml, NamesCannotEndTheScriptThatHoldsThem) {
  const auto plain = report_html(R"({"layers": []})", "a");
  const auto hostile =
      report_html(R"({"layers": [{"name": "</script><script>alert(1)</script><!--"}]})",
                  "</title><b>\xff{{data}}");
  ASSERT_TRUE(plain.ok() && hostile.ok());
  EXPECT_EQ(count(*hostile, "<"), count(*plain, "<"));
  EXPECT_EQ(count(*hostile, "\\u003c/script>\\u003cscript>alert(1)"), 1u);
  EXPECT_EQ(count(*plain, "{{"), 0u);
}

TEST(ReportHtml, WhatIsNoReportIsRefused) {
  EXPECT_EQ(report_html("{", "a").status().code(), ErrorCode::kInvalidArgument);
}

TEST(ReportHtml, AsksNothingOfAnyNetwork) {
  const auto page = report_html("{}", "a");
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(count(*page, "default-src 'none'"), 1u);
  EXPECT_EQ(count(*page, "src="), 0u);
  EXPECT_EQ(count(*page, "http"),
            count(*page, "http-equiv") + count(*page, "http://www.w3.org/2000/svg"));
}

}  // namespace
}  // namespace octavo
