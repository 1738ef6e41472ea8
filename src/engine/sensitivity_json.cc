#include "engine/sensitivity_json.h"

#include <algorithm>
#include <cmath>
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

// A share of all as per cent; 0 of nothing.
double per_cent(double part, double all) { return all > 0 ? 100 * part / all : 0; }

std::string line_of(const LayerSensitivity& s, double saved, double work) {
  char alone[16] = "-", line[320];
  if (s.alone) std::snprintf(alone, sizeof alone, "%.1f dB", s.alone->sqnr_db);
  std::snprintf(line, sizeof line,
                "  %-24.24s %-10.10s %9s %9.1f dB %6.1f %% %s %5.1f %% %8.1f kB %7.3f -> %.3f\n",
                s.layer.name.c_str(), s.layer.op.c_str(), alone, s.left.sqnr_db, 100 * saved,
                bar(saved).c_str(), work, static_cast<double>(s.layer.weights) * 4e-3, s.float_ms,
                s.int8_ms);
  return line;
}

OrderedJson number(double x) { return std::isfinite(x) ? OrderedJson(x) : OrderedJson(); }

// What to try, as a sentence, and the layers that it would leave in float.
struct Advice {
  std::string text;
  std::vector<std::string> exclude;  // patterns
};

Advice advice_of(const Sensitivity& sensitivity) {
  if (!(sensitivity.quantized.distance() > 0)) {
    return {"Nothing is lost: no layer has to stay in float.", {}};
  }
  Advice advice;
  std::string layers, flags;
  const double all = total_macs(sensitivity);
  for (const LayerSensitivity* s : standing_out(sensitivity)) {
    char costs[96];
    std::snprintf(costs, sizeof costs, " (%.0f %% of the loss, %.1f %% of the multiply-adds)",
                  100 * loss_saved(sensitivity, *s),
                  per_cent(static_cast<double>(s->layer.macs), all));
    advice.exclude.push_back(pattern_of(s->layer.name));
    layers += (layers.empty() ? "" : ", ") + s->layer.name + costs;
    flags += " --exclude '" + advice.exclude.back() + "'";
  }
  advice.text = layers.empty()
                    ? "No layer stands out that is cheap: the loss adds up from many. Try "
                      "--preset best, another observer, or --activations int16; --min-agreement "
                      "looks for layers to leave in float together."
                    : "Leave in float first: " + layers + ":" + flags;
  return advice;
}

}  // namespace

OrderedJson to_json(const Sensitivity& sensitivity) {
  OrderedJson layers = OrderedJson::array();
  for (const LayerSensitivity& s : sensitivity.layers) {
    const std::optional<double> made = loss_made(sensitivity, s);
    layers.push_back({{"name", s.layer.name},
                      {"op", s.layer.op},
                      {"alone", s.alone ? to_json(*s.alone) : OrderedJson()},
                      {"left_in_float", to_json(s.left)},
                      {"loss_made", made ? number(*made) : OrderedJson()},
                      {"loss_saved", number(loss_saved(sensitivity, s))},
                      {"macs", s.layer.macs},
                      {"weight_bytes", 4 * s.layer.weights},
                      {"float_ms", s.float_ms},
                      {"int8_ms", s.int8_ms}});
  }
  const Advice advice = advice_of(sensitivity);
  return {{"schema", 1},
          {"images", sensitivity.samples},
          {"quantized", to_json(sensitivity.quantized)},
          {"int8_share", sensitivity.int8_share},
          {"advice", {{"text", advice.text}, {"exclude", advice.exclude}}},
          {"layers", layers}};
}

std::string to_text(const Sensitivity& sensitivity) {
  const Verdict& all = sensitivity.quantized;
  const double macs = total_macs(sensitivity);
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
  for (const LayerSensitivity* s : worst_first(sensitivity)) {
    table += line_of(*s, loss_saved(sensitivity, *s),
                     per_cent(static_cast<double>(s->layer.macs), macs));
  }
  return table + "\n  " + advice_of(sensitivity).text + "\n";
}

}  // namespace octavo
