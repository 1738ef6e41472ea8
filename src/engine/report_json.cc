#include "engine/report_json.h"

#include <algorithm>
#include <cmath>

#include "engine/fallback_json.h"

namespace octavo {
namespace {

// JSON has no NaN: what is not known is null.
OrderedJson number(std::optional<double> x) {
  return x && std::isfinite(*x) ? OrderedJson(*x) : OrderedJson();
}

OrderedJson to_json(const ModelScore& score) {
  return {{"top1", number(score.top1)},
          {"top5", number(score.top5)},
          {"ms", number(score.ms)},
          {"bytes", score.bytes}};
}

OrderedJson to_json(Range range) { return {{"min", range.min}, {"max", range.max}}; }

OrderedJson to_json(const Bins& bins) {
  return {{"from", bins.from}, {"width", bins.width}, {"counts", bins.counts}};
}

OrderedJson to_json(const std::optional<TensorReport>& tensor, bool of_weights) {
  if (!tensor) return {};
  const QuantParams& params = tensor->params;
  OrderedJson json = {{"dtype", name_of(params.dtype)},        {"scale", params.scale},
                      {"zero_point", params.zero_point},       {"chosen", to_json(tensor->chosen)},
                      {"observed", to_json(tensor->observed)}, {"clipped", tensor->clipped}};
  if (of_weights) json["channel_spread"] = tensor->channel_spread;
  json["histogram"] = to_json(tensor->histogram);
  return json;
}

OrderedJson to_json(const std::vector<Advice>& advice) {
  OrderedJson array = OrderedJson::array();
  for (const Advice& a : advice) array.push_back({{"code", a.code}, {"text", a.text}});
  return array;
}

OrderedJson to_json(const Flip::Guess& guess) {
  return {{"class", guess.class_index}, {"confidence", number(guess.confidence)}};
}

OrderedJson to_json(const std::vector<Flip>& flips) {
  OrderedJson array = OrderedJson::array();
  for (const Flip& flip : flips) {
    array.push_back({{"name", flip.name},
                     {"label", flip.label ? OrderedJson(*flip.label) : OrderedJson()},
                     {"float", to_json(flip.before)},
                     {"quantized", to_json(flip.after)}});
  }
  return array;
}

}  // namespace

OrderedJson to_json(const std::vector<SkippedSample>& skipped) {
  OrderedJson array = OrderedJson::array();
  for (const SkippedSample& s : skipped) array.push_back({{"name", s.name}, {"reason", s.reason}});
  return array;
}

OrderedJson to_json(const CompareReport& report) {
  OrderedJson layers = OrderedJson::array();
  for (const LayerError& layer : report.layers) {
    layers.push_back({{"name", layer.name},
                      {"op", layer.op},
                      {"sqnr_db", number(layer.sqnr_db)},
                      {"accumulated_sqnr_db", number(layer.accumulated_sqnr_db)},
                      {"cosine", number(layer.cosine)},
                      {"activations", to_json(layer.activations, false)},
                      {"weights", to_json(layer.weights, true)},
                      {"advice", to_json(layer.advice)}});
  }
  return {{"schema", 1},
          {"images", report.images},
          {"agreement", number(report.agreement)},
          {"float", to_json(report.float_model)},
          {"quantized", to_json(report.quantized)},
          {"output",
           {{"sqnr_db", number(report.output.sqnr_db)},
            {"cosine", number(report.output.cosine)},
            {"kl", number(report.output.kl)}}},
          {"layers", layers},
          {"flips", to_json(report.flips)},
          {"skipped", to_json(report.skipped)},
          {"warnings", report.warnings}};
}

OrderedJson to_json(const QuantizeReport& report) {
  OrderedJson trials = OrderedJson::array();
  for (const Trial& t : report.trials) {
    trials.push_back({{"name", t.name},
                      {"sqnr_db", number(t.verdict.sqnr_db)},
                      {"kl", t.verdict.kl ? number(*t.verdict.kl) : OrderedJson()},
                      {"kept", t.kept}});
  }
  OrderedJson corrections = OrderedJson::array();
  for (const CorrectedLayer& layer : report.corrections) {
    corrections.push_back({{"name", layer.name},
                           {"error_before", number(layer.before)},
                           {"error_after", number(layer.after)}});
  }
  OrderedJson nodes = OrderedJson::array();
  for (const NodeSummary& n : report.nodes) {
    nodes.push_back(
        {{"name", n.name}, {"op", n.op}, {"quantized", n.quantized}, {"reason", n.reason}});
  }
  return {{"schema", 1},
          {"output", report.output},
          {"bytes_before", report.bytes_before},
          {"bytes_after", report.bytes_after},
          {"images", report.samples},
          {"skipped", to_json(report.skipped)},
          {"seconds", report.seconds},
          {"nodes", nodes},
          {"findings", to_json(report.findings)},
          {"warnings", report.warnings},
          {"trials", trials},
          {"corrections", corrections},
          {"fallback", report.fallback ? to_json(*report.fallback) : OrderedJson()}};
}

namespace {

// Notes are for those who ask.
std::string lint_text(const QuantizeReport& report) {
  std::vector<Finding> faults = report.findings;
  const size_t notes = std::erase_if(
      faults, [](const Finding& finding) { return finding.severity == Severity::kNote; });
  const std::string text = faults.empty() ? std::string() : to_text(faults);
  if (notes == 0) return text;
  return text + "  notes        " + std::to_string(notes) + ": octavo lint " + report.output + "\n";
}

// What was tried, and at which distance from the float model's outputs; none where there was no
// choice.
std::string trials_text(const std::vector<Trial>& trials) {
  std::string text;
  for (const Trial& trial : trials) {
    char kl[32] = "", line[160];
    if (trial.verdict.kl) std::snprintf(kl, sizeof kl, "   KL %.5f", *trial.verdict.kl);
    std::snprintf(line, sizeof line, "  %-12s %-38.38s %6.1f dB%s%s\n", text.empty() ? "tried" : "",
                  trial.name.c_str(), trial.verdict.sqnr_db, kl, trial.kept ? "  kept" : "");
    text += line;
  }
  return text;
}

}  // namespace

std::string to_text(const QuantizeReport& report) {
  const auto quantized = std::count_if(report.nodes.begin(), report.nodes.end(),
                                       [](const NodeSummary& n) { return n.quantized; });
  const std::string calibrated =
      report.samples == 0 ? "without" : "on " + std::to_string(report.samples);
  char text[512];
  std::snprintf(text, sizeof text,
                "%s\n  size         %.2f MB -> %.2f MB, %.2f times smaller\n"
                "  layers       %lld of %lld in int8\n"
                "  calibrated   %s samples in %.1f s\n",
                report.output.c_str(), static_cast<double>(report.bytes_before) / 1e6,
                static_cast<double>(report.bytes_after) / 1e6,
                static_cast<double>(report.bytes_before) / static_cast<double>(report.bytes_after),
                static_cast<long long>(quantized), static_cast<long long>(report.nodes.size()),
                calibrated.c_str(), report.seconds);
  std::string warnings;
  for (const std::string& warning : report.warnings) warnings += "  warning      " + warning + "\n";
  return text + warnings + trials_text(report.trials) +
         (report.fallback ? to_text(*report.fallback) : std::string()) + lint_text(report);
}

}  // namespace octavo
