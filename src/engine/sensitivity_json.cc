#include "engine/sensitivity_json.h"

#include <algorithm>
#include <cstdio>

#include "engine/fallback_json.h"

namespace octavo {
namespace {

constexpr double kBarWidth = 12;

std::string bar(double share) {
  const auto full = static_cast<size_t>(std::clamp(share, 0.0, 1.0) * kBarWidth + 0.5);
  std::string text;
  for (size_t i = 0; i < full; ++i) text += "█";
  return text + std::string(static_cast<size_t>(kBarWidth) - full, ' ');
}

std::string line_of(const LayerSensitivity& s, double all, double total_macs) {
  const double gain = all - s.left.distance();
  char alone[16] = "-", line[320];
  if (s.alone) std::snprintf(alone, sizeof alone, "%.1f dB", s.alone->sqnr_db);
  std::snprintf(line, sizeof line,
                "  %-24.24s %-10.10s %9s %9.1f dB %6.1f %% %s %5.1f %% %8.1f kB %7.3f -> %.3f\n",
                s.layer.name.c_str(), s.layer.op.c_str(), alone, s.left.sqnr_db,
                all > 0 ? 100 * gain / all : 0.0, bar(all > 0 ? gain / all : 0).c_str(),
                total_macs > 0 ? 100 * static_cast<double>(s.layer.macs) / total_macs : 0.0,
                static_cast<double>(s.layer.weights) * 4e-3, s.float_ms, s.int8_ms);
  return line;
}

}  // namespace

OrderedJson to_json(const Sensitivity& sensitivity) {
  OrderedJson layers = OrderedJson::array();
  for (const LayerSensitivity& s : sensitivity.layers) {
    layers.push_back({{"name", s.layer.name},
                      {"op", s.layer.op},
                      {"alone", s.alone ? to_json(*s.alone) : OrderedJson()},
                      {"left_in_float", to_json(s.left)},
                      {"macs", s.layer.macs},
                      {"weight_bytes", 4 * s.layer.weights},
                      {"float_ms", s.float_ms},
                      {"int8_ms", s.int8_ms}});
  }
  return {{"schema", 1},
          {"images", sensitivity.samples},
          {"quantized", to_json(sensitivity.quantized)},
          {"int8_share", sensitivity.int8_share},
          {"layers", layers}};
}

std::string to_text(const Sensitivity& sensitivity) {
  const Verdict& all = sensitivity.quantized;
  double macs = 0;
  std::vector<const LayerSensitivity*> sorted;
  for (const LayerSensitivity& s : sensitivity.layers) {
    sorted.push_back(&s);
    macs += static_cast<double>(s.layer.macs);
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const LayerSensitivity* a, const LayerSensitivity* b) {
                     return a->left.distance() < b->left.distance();
                   });
  char text[256];
  std::snprintf(text, sizeof text, "  all int8     %.1f dB", all.sqnr_db);
  std::string table = text;
  if (all.agreement) {
    std::snprintf(text, sizeof text, ", same answer %.1f %%, KL %.4f", *all.agreement * 100,
                  all.kl.value_or(0));
    table += text;
  }
  table += ", on " + std::to_string(sensitivity.samples) + " samples\n\n";
  std::snprintf(text, sizeof text, "  %-24s %-10s %9s %12s %-21s %7s %11s %s\n", "layer", "op",
                "alone", "rest alone", "  loss that it makes", "work", "weights",
                "float -> int8 ms");
  table += text;
  for (const LayerSensitivity* s : sorted) table += line_of(*s, all.distance(), macs);
  return table;
}

}  // namespace octavo
