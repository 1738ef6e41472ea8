#include "quant/report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace octavo {
namespace {

constexpr double kFullBarDb = 50;  // beyond this nobody sees a difference
constexpr double kPoorDb = 10;     // noise a third of the signal
constexpr double kFairDb = 20;     // a tenth
constexpr size_t kShownSkipped = 3;
constexpr size_t kShownAdvice = 5;

constexpr const char* kRed = "31";
constexpr const char* kYellow = "33";
constexpr const char* kGreen = "32";
constexpr const char* kBold = "1";
constexpr const char* kDim = "2";

std::string fixed(double number, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, number);
  return text;
}

// Columns on a terminal, taking every character of UTF-8 as one.
size_t columns(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string left(std::string text, size_t width) {
  const size_t used = columns(text);
  return used < width ? text + std::string(width - used, ' ') : text;
}

std::string right(std::string text, size_t width) {
  const size_t used = columns(text);
  return used < width ? std::string(width - used, ' ') + text : text;
}

// The end of a name tells layers apart, so long ones lose their middle. Names beyond ASCII, where a
// cut could split a character, are left whole.
std::string shorten(const std::string& name, size_t width) {
  if (name.size() <= width || columns(name) != name.size()) return name;
  const size_t head = (width - 1) / 3;
  return name.substr(0, head) + "…" + name.substr(name.size() - (width - 1 - head));
}

// `share` of `width` columns, to an eighth of one.
std::string bar(double share, size_t width) {
  static constexpr const char* kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths =
      static_cast<size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(width) * 8 + 0.5);
  std::string drawn;
  for (size_t i = 0; i < eighths / 8; ++i) drawn += "█";
  drawn += kEighths[eighths % 8];
  return left(drawn, width);
}

std::string size_text(uint64_t bytes) {
  const double kilo = static_cast<double>(bytes) / 1000;
  return kilo < 1000 ? fixed(kilo, 1) + " kB" : fixed(kilo / 1000, 2) + " MB";
}

std::string ratio_text(double before, double after, const char* better, const char* worse) {
  if (before <= 0 || after <= 0) return {};
  const bool gained = before >= after;
  return fixed(gained ? before / after : after / before, 2) + "x " + (gained ? better : worse);
}

class ReportWriter {
 public:
  ReportWriter(const CompareReport& report, const ReportStyle& style)
      : report_(report), style_(style), width_(static_cast<size_t>(std::max(style.width, 60))) {}

  std::string write() {
    scores();
    agreement();
    layers();
    skipped();
    for (const std::string& warning : report_.warnings) line("  warning  " + warning);
    return std::move(text_);
  }

 private:
  std::string paint(const std::string& text, const char* color) const {
    return style_.color ? std::string("\x1b[") + color + "m" + text + "\x1b[0m" : text;
  }

  void line(const std::string& text = {}) {
    text_ += text;
    while (!text_.empty() && text_.back() == ' ') text_.pop_back();
    text_ += '\n';
  }

  // One line of "before -> after: what that means".
  void pair(const char* what, const std::string& before, const std::string& after,
            const std::string& meaning) {
    line("  " + left(what, 12) + right(before, 12) + "  →" + right(after, 12) + "   " + meaning);
  }

  void scores() {
    const ModelScore& from = report_.float_model;
    const ModelScore& to = report_.quantized;
    line(paint("  " + std::string(12, ' ') + right("float", 12) + "   " + right("int8", 12), kDim));
    if (from.bytes > 0 && to.bytes > 0) {
      pair("size", size_text(from.bytes), size_text(to.bytes),
           ratio_text(static_cast<double>(from.bytes), static_cast<double>(to.bytes), "smaller",
                      "larger"));
    }
    accuracy("top-1", from.top1, to.top1);
    accuracy("top-5", from.top5, to.top5);
    if (from.ms > 0 && to.ms > 0) {
      pair("time", fixed(from.ms, 2) + " ms", fixed(to.ms, 2) + " ms",
           ratio_text(from.ms, to.ms, "faster", "slower"));
    }
  }

  void accuracy(const char* what, std::optional<double> before, std::optional<double> after) {
    if (!before || !after) return;
    const double points = (*after - *before) * 100;
    const char* color = points < -3 ? kRed : points < -1 ? kYellow : kGreen;
    const std::string sign = points > 0.05 ? "+" : "";
    const std::string change =
        std::fabs(points) < 0.05 ? "unchanged" : sign + fixed(points, 1) + " points";
    pair(what, fixed(*before * 100, 1) + " %", fixed(*after * 100, 1) + " %", paint(change, color));
  }

  void agreement() {
    line();
    const std::string images =
        std::to_string(report_.images) + (report_.images == 1 ? " sample" : " samples");
    if (report_.agreement) {
      line("  " + left("same answer", 14) +
           paint(fixed(*report_.agreement * 100, 1) + " %", kBold) + " of " + images);
    } else {
      line("  " + left("compared", 14) + images);
    }
    line("  " + left("output", 14) + "SQNR " + decibel(report_.output.sqnr_db) + ", cosine " +
         fixed(report_.output.cosine, 5) +
         (report_.output.kl ? ", KL " + fixed(*report_.output.kl, 5) : ""));
  }

  static std::string decibel(double db) { return db >= 200 ? "exact" : fixed(db, 1) + " dB"; }

  static const char* color_of(double db) {
    return db < kPoorDb ? kRed : db < kFairDb ? kYellow : kGreen;
  }

  std::string gauge(double db, size_t width) const {
    return paint(bar(db / kFullBarDb, width), color_of(db)) + right(decibel(db), 9);
  }

  std::vector<const LayerError*> worst_first() const {
    std::vector<const LayerError*> worst;
    for (const LayerError& layer : report_.layers) worst.push_back(&layer);
    std::stable_sort(worst.begin(), worst.end(), [](const LayerError* a, const LayerError* b) {
      return a->sqnr_db < b->sqnr_db;
    });
    return worst;
  }

  void layers() {
    std::vector<const LayerError*> worst = worst_first();
    worst.resize(std::min(worst.size(), static_cast<size_t>(std::max(style_.worst_layers, 0))));
    if (worst.empty()) return;

    // "  name op own-bar own-dB accumulated-bar accumulated-dB": the name takes a third, the bars
    // what is left.
    size_t op_width = 0;
    for (const LayerError* layer : worst) op_width = std::max(op_width, columns(layer->op));
    const size_t name_width = width_ / 3;
    const size_t taken = 2 + name_width + 1 + op_width + 2 + 9 + 2 + 9;
    const size_t bar_width = std::max<size_t>(taken < width_ ? (width_ - taken) / 2 : 0, 4);
    line();
    line(paint("  " + left("worst layers", name_width + 1 + op_width + 2) +
                   left("by itself", bar_width + 9) + "  accumulated",
               kDim));
    for (const LayerError* layer : worst) {
      line("  " + left(shorten(layer->name, name_width), name_width) + " " +
           left(layer->op, op_width) + "  " + gauge(layer->sqnr_db, bar_width) + "  " +
           gauge(layer->accumulated_sqnr_db, bar_width));
    }
    advice();
  }

  void advice() {
    size_t shown = 0;
    for (const LayerError* layer : worst_first()) {
      const bool is_cause = !layer->advice.empty() && layer->advice.front().code != "inherited";
      if (!is_cause || shown == kShownAdvice) continue;
      if (shown++ == 0) {
        line();
        line(paint("  what to try", kDim));
      }
      wrapped(shorten(layer->name, width_ / 3) + ": " + layer->advice.front().text);
    }
  }

  // Lines of words, the first one indented by 2, the others by 4.
  void wrapped(const std::string& words) {
    std::string row = " ";
    for (size_t begin = 0; begin < words.size();) {
      const size_t end = std::min(words.find(' ', begin), words.size());
      const std::string word = words.substr(begin, end - begin);
      begin = end + 1;
      if (columns(row) + 1 + columns(word) > width_ && columns(row) > 4) {
        line(row);
        row = "   ";
      }
      row += ' ' + word;
    }
    line(row);
  }

  void skipped() {
    if (report_.skipped.empty()) return;
    line();
    line(paint("  " + std::to_string(report_.skipped.size()) + " skipped", kYellow));
    for (size_t i = 0; i < std::min(report_.skipped.size(), kShownSkipped); ++i) {
      line("    " + report_.skipped[i].name + ": " + report_.skipped[i].reason);
    }
    if (report_.skipped.size() > kShownSkipped) line("    …");
  }

  const CompareReport& report_;
  const ReportStyle& style_;
  const size_t width_;
  std::string text_;
};

}  // namespace

std::string report_text(const CompareReport& report, const ReportStyle& style) {
  return ReportWriter(report, style).write();
}

}  // namespace octavo
