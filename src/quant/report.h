// A comparison as text that a person reads in a terminal.
#pragma once

#include <string>

#include "quant/compare.h"

namespace octavo {

struct ReportStyle {
  int width = 80;        // columns; at least 60 are used
  bool color = false;    // ANSI colours
  int worst_layers = 8;  // how many layers are shown
};

std::string report_text(const CompareReport& report, const ReportStyle& style = {});

}  // namespace octavo
