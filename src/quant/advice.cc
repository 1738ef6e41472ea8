#include "quant/advice.h"

#include <algorithm>
#include <cstdio>

namespace octavo {
namespace {

constexpr double kGoodDb = 30;        // noise a thirtieth of the signal: nobody needs to act
constexpr double kFairDb = 20;        // a tenth
constexpr double kPoorDb = 15;        // nothing else helped: float is the way out
constexpr double kInheritedDb = 10;   // accumulated below own
constexpr double kWideSpread = 16;    // four of eight bits are gone in the least channel
constexpr double kManyTimes = 10000;  // more tells no more: a channel of next to nothing
constexpr double kMuchClipped = 0.001;
constexpr double kOutlierRatio = 3;  // range by what nearly all values lie in
constexpr double kUnused = 3;        // range by what was observed

struct Context {
  const LayerError& layer;
  const LayerError* worst_before;  // the layer before it that loses most by itself; null: none
};

std::string number(double x, const char* format) {
  char text[32];
  std::snprintf(text, sizeof text, format, x);
  return text;
}

double width(Range range) {
  return static_cast<double>(range.max) - static_cast<double>(range.min);
}

bool loses(const LayerError& layer) { return layer.sqnr_db < kGoodDb; }

// Each gives the sentence, empty where it has nothing to say.

std::string channel_spread(const Context& c) {
  const auto& weights = c.layer.weights;
  if (!loses(c.layer) || !weights || !weights->params.per_tensor()) return {};
  if (weights->channel_spread < kWideSpread) return {};
  const bool countless = weights->channel_spread > kManyTimes;
  return "the weights of its channels differ by " + std::string(countless ? "more than " : "") +
         number(std::min(weights->channel_spread, kManyTimes), "%.0f") +
         ":1 and share one scale: use --weights per-channel, or equalize channels first";
}

std::string clipped(const Context& c) {
  const auto& values = c.layer.activations;
  if (!loses(c.layer) || !values || values->clipped < kMuchClipped) return {};
  return number(values->clipped * 100, "%.2f") +
         " % of its values lie beyond the chosen range: use a wider observer (min_max, or a higher "
         "--percentile), or more and more varied calibration pictures";
}

std::string outliers(const Context& c) {
  const auto& values = c.layer.activations;
  if (!loses(c.layer) || !values || values->middle <= 0) return {};
  const double ratio = width(values->chosen) / values->middle;
  // The range is there for values that exist, but for few of them.
  const bool few = width(values->observed) / values->middle >= kOutlierRatio;
  if (ratio < kOutlierRatio || !few) return {};
  return "few values rule its range: 99.9 % of them lie in " + number(100 / ratio, "%.0f") +
         " % of it: try --observer percentile or mse";
}

std::string unused_range(const Context& c) {
  const auto& values = c.layer.activations;
  if (!loses(c.layer) || !values || width(values->observed) <= 0) return {};
  const double ratio = width(values->chosen) / width(values->observed);
  if (ratio < kUnused) return {};
  return "its values use " + number(100 / ratio, "%.0f") +
         " % of the chosen range: calibrate on pictures like these, or leave the layer that it "
         "shares a scale with in float (--exclude)";
}

std::string inherited(const Context& c) {
  const LayerError& layer = c.layer;
  if (loses(layer) || layer.accumulated_sqnr_db > kGoodDb) return {};
  if (layer.sqnr_db - layer.accumulated_sqnr_db < kInheritedDb) return {};
  if (!c.worst_before || !loses(*c.worst_before)) return {};
  return "it adds little itself; of the layers before it, '" + c.worst_before->name +
         "' loses most (" + number(c.worst_before->sqnr_db, "%.1f") + " dB)";
}

struct Rule {
  const char* code;
  std::string (*sentence)(const Context& context);
};

constexpr Rule kRules[] = {
    {"channel_spread", channel_spread}, {"clipped", clipped},     {"outliers", outliers},
    {"unused_range", unused_range},     {"inherited", inherited},
};

// Where nothing else is said and yet much is lost, it is said once.
void advise_on_sum(std::vector<LayerError>& layers) {
  LayerError* worst = nullptr;
  for (LayerError& layer : layers) {
    if (!layer.advice.empty()) return;
    if (!worst || layer.accumulated_sqnr_db < worst->accumulated_sqnr_db) worst = &layer;
  }
  if (!worst || worst->accumulated_sqnr_db >= kFairDb) return;
  if (worst->sqnr_db - worst->accumulated_sqnr_db < kInheritedDb) return;
  worst->advice.push_back({"adds_up",
                           "no layer stands out: small errors add up on the way here. Try another "
                           "observer, corrections "
                           "(equalization, bias correction), or leave the layers that lose most by "
                           "themselves in float"});
}

}  // namespace

void advise(std::vector<LayerError>& layers) {
  const LayerError* worst = nullptr;
  for (LayerError& layer : layers) {
    for (const Rule& rule : kRules) {
      const std::string text = rule.sentence({layer, worst});
      if (!text.empty()) layer.advice.push_back({rule.code, text});
    }
    if (layer.advice.empty() && layer.sqnr_db < kPoorDb) {
      layer.advice.push_back(
          {"leave_in_float",
           "nothing in its ranges explains it: leave it in float, --exclude '" + layer.name + "'"});
    }
    if (!worst || layer.sqnr_db < worst->sqnr_db) worst = &layer;
  }
  advise_on_sum(layers);
}

}  // namespace octavo
