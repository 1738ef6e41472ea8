#include "engine/report_json.h"

#include <algorithm>
#include <cmath>

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
                      {"cosine", number(layer.cosine)}});
  }
  return {{"schema", 1},
          {"images", report.images},
          {"agreement", number(report.agreement)},
          {"float", to_json(report.float_model)},
          {"quantized", to_json(report.quantized)},
          {"output",
           {{"sqnr_db", number(report.output.sqnr_db)}, {"cosine", number(report.output.cosine)}}},
          {"layers", layers},
          {"skipped", to_json(report.skipped)}};
}

OrderedJson to_json(const QuantizeReport& report) {
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
          {"nodes", nodes}};
}

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
  return text;
}

}  // namespace octavo
