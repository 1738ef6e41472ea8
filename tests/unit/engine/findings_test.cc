#include "engine/findings.h"

#include <gtest/gtest.h>

namespace octavo {
namespace {

Finding finding(const std::string& code, Severity severity, const std::string& node) {
  return {code, severity, node, "is wrong", "mend it"};
}

TEST(Findings, ErrorsComeFirstAndOneCodeIsToldOnce) {
  const std::vector<Finding> findings = {
      finding("b", Severity::kNote, "n1"),  finding("a", Severity::kError, "n2"),
      finding("b", Severity::kNote, "n3"),  finding("b", Severity::kNote, "n4"),
      finding("b", Severity::kNote, "n5"),  finding("b", Severity::kWarning, "n6"),
      finding("c", Severity::kWarning, ""),
  };
  EXPECT_EQ(to_text(findings),
            "  error  a\n    n2: is wrong\n    -> mend it\n"
            "  warning  b\n    n6: is wrong\n    -> mend it\n"
            "  warning  c\n    is wrong\n    -> mend it\n"
            "  note  b, 4 nodes\n    n1: is wrong\n    n3: is wrong\n    n4: is wrong\n"
            "    and 1 more\n    -> mend it\n");
  EXPECT_TRUE(has_error(findings));
}

TEST(Findings, NoneIsSaid) {
  EXPECT_EQ(to_text(std::vector<Finding>()), "  nothing found\n");
  EXPECT_FALSE(has_error({finding("a", Severity::kWarning, "n")}));
}

}  // namespace
}  // namespace octavo
