#include "quant/report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace octavo {
namespace {

CompareReport example() {
  CompareReport report;
  report.images = 400;
  report.agreement = 0.9775;
  report.float_model = {0.88, 0.976, 21.5, 13973368};
  report.quantized = {0.868, 0.974, 8.6, 3632000};
  report.output = {31.234, 0.99912, 0.0123};
  report.layers = {{"features/0/conv", "Conv", 41.2, 41.2, 0.9999},
                   {"features/1/conv", "Conv", 12.5, 11.1, 0.95},
                   {"classifier", "Gemm", 200, 18.4, 0.98}};
  return report;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Report, TellsBeforeAndAfter) {
  const std::string text = report_text(example());
  EXPECT_TRUE(holds(text, "13.97 MB  →     3.63 MB   3.85x smaller")) << text;
  EXPECT_TRUE(holds(text, "88.0 %  →      86.8 %   -1.2 points")) << text;
  EXPECT_TRUE(holds(text, "21.50 ms  →     8.60 ms   2.50x faster")) << text;
  EXPECT_TRUE(holds(text, "97.8 % of 400 samples")) << text;
  EXPECT_TRUE(holds(text, "SQNR 31.2 dB, cosine 0.99912, KL 0.01230")) << text;
}

TEST(Report, WorstLayersComeFirst) {
  const std::string text = report_text(example());
  EXPECT_LT(text.find("features/1/conv"), text.find("features/0/conv"));
  EXPECT_LT(text.find("features/0/conv"), text.find("classifier"));
  EXPECT_TRUE(holds(text, "exact"));
}

TEST(Report, SaysWhatToTryOfTheWorstLayers) {
  CompareReport report = example();
  EXPECT_FALSE(holds(report_text(report), "what to try"));
  report.layers[1].advice = {{"clipped", "use another observer"}};
  EXPECT_TRUE(holds(report_text(report), "features/1/conv: use another observer"));
}

TEST(Report, ShowsAsManyLayersAsAskedFor) {
  ReportStyle style;
  style.worst_layers = 1;
  EXPECT_FALSE(holds(report_text(example(), style), "features/0/conv"));
  style.worst_layers = 0;
  EXPECT_FALSE(holds(report_text(example(), style), "worst layers"));
}

TEST(Report, LeavesOutWhatIsNotKnown) {
  CompareReport report = example();
  report.agreement.reset();
  report.float_model.top1.reset();
  report.quantized.top1.reset();
  report.float_model.bytes = 0;
  const std::string text = report_text(report);
  EXPECT_FALSE(holds(text, "top-1"));
  EXPECT_FALSE(holds(text, "same answer"));
  EXPECT_FALSE(holds(text, "size"));
  EXPECT_TRUE(holds(text, "400 samples"));
}

TEST(Report, FitsItsWidth) {
  CompareReport report = example();
  report.layers[0].name = std::string(200, 'n') + "/the_end";
  report.layers[0].advice = {
      {"clipped", "one word and another and another and another and one more"}};
  for (int width : {60, 80, 120}) {
    ReportStyle style;
    style.width = width;
    std::istringstream lines(report_text(report, style));
    for (std::string line; std::getline(lines, line);) {
      const auto columns =
          std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xc0) != 0x80; });
      EXPECT_LE(columns, width) << line;
    }
    EXPECT_TRUE(holds(report_text(report, style), "/the_end"));
  }
}

TEST(Report, ColorsOnlyWhenAsked) {
  EXPECT_FALSE(holds(report_text(example()), "\x1b"));
  ReportStyle style;
  style.color = true;
  EXPECT_TRUE(holds(report_text(example(), style), "\x1b[33m-1.2 points"));
}

TEST(Report, NamesWhatWasSkipped) {
  CompareReport report = example();
  for (const char* name : {"a.txt", "b.txt", "c.txt", "d.txt"}) {
    report.skipped.push_back({name, "not a picture"});
  }
  const std::string text = report_text(report);
  EXPECT_TRUE(holds(text, "4 skipped")) << text;
  EXPECT_TRUE(holds(text, "a.txt: not a picture"));
  EXPECT_FALSE(holds(text, "d.txt"));
}

}  // namespace
}  // namespace octavo
