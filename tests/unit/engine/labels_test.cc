#include "engine/labels.h"

#include <gtest/gtest.h>

namespace octavo {
namespace {

using Labels = std::vector<int64_t>;
const std::vector<std::string> kNames = {"a.jpg", "sub/b c.jpg", "sub/d.jpg"};

TEST(Labels, LinesNameThePathOrTheFile) {
  const auto labels = labels_from_lines("# classes\n\nb c.jpg 7\r\nsub/d.jpg\t2\na.jpg  0", kNames);
  ASSERT_TRUE(labels.ok()) << labels.status().to_string();
  EXPECT_EQ(*labels, (Labels{0, 7, 2}));
}

TEST(Labels, PathsWinOverFiles) {
  EXPECT_EQ(*labels_from_lines("d.jpg 1\nsub/d.jpg 2\n", kNames), (Labels{-1, -1, 2}));
}

TEST(Labels, LinesThatAreNeitherAreRefused) {
  for (const char* bad :
       {"a.jpg", "a.jpg x", "a.jpg -1", "a.jpg 1.5", "a.jpg 99999999999999999999"}) {
    const Status status = labels_from_lines(std::string("a.jpg 1\n") + bad, kNames).status();
    EXPECT_EQ(status.to_string(), "line 2: wants `file class-index`, the index from 0") << bad;
  }
}

TEST(Labels, MustNameASample) {
  EXPECT_EQ(labels_from_lines("", kNames).status().message(), "holds no labels");
  EXPECT_EQ(labels_from_lines("z.jpg 1", kNames).status().message(),
            "names none of the pictures; its lines are `file class-index`");
}

TEST(Labels, FoldersAreNumberedInAlphabeticalOrder) {
  const std::vector<std::string> names = {"cat/1.png", "ant/2.png", "cat/3.png", "4.png"};
  EXPECT_EQ(labels_from_folders(names), (Labels{2, 1, 2, 0}));
}

}  // namespace
}  // namespace octavo
