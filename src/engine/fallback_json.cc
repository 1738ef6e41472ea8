#include "engine/fallback_json.h"

#include <cmath>
#include <cstdio>

namespace octavo {
namespace {

struct Figure {
  const char* name;
  std::optional<double> Verdict::* figure;
  double least, most;
};
constexpr Figure kFigures[] = {
    {"agreement", &Verdict::agreement, 0, 1},
    {"overlap", &Verdict::overlap, 0, 1.001},  // sums of rounded probabilities
    {"kl", &Verdict::kl, 0, 1e6},
    {"top1_drop", &Verdict::top1_drop, -1, 1},
    {"top1_error", &Verdict::top1_error, 0, 1},
    {"confidence_drop", &Verdict::confidence_drop, -1, 1},
};

OrderedJson number(double x) { return std::isfinite(x) ? OrderedJson(x) : OrderedJson(); }

Status wrong(const std::string& what) { return {ErrorCode::kInvalidArgument, what}; }

Result<double> number_of(const Json& trial, const char* name, double least, double most) {
  const auto found = trial.find(name);
  if (found != trial.end() && found->is_number()) {
    const double x = found->get<double>();
    if (x >= least && x <= most) return x;
  }
  return wrong(std::string("wants a number '") + name + "' that can be");
}

Result<Kept> kept_of(const Json& trial, size_t layers) {
  const auto found = trial.find("float");
  if (found == trial.end() || !found->is_array()) return wrong("wants a list 'float'");
  Kept kept;
  for (const Json& item : *found) {
    const bool is_layer = item.is_number_unsigned() && item.get<uint64_t>() < layers;
    if (!is_layer || (!kept.empty() && item.get<int>() <= kept.back())) {
      return wrong("'float' wants rising indices of layers");
    }
    kept.push_back(item.get<int>());
  }
  return kept;
}

Result<Tried> tried_of(const Json& trial) {
  Tried tried;
  OCTAVO_ASSIGN_OR_RETURN(tried.int8_share, number_of(trial, "int8_share", 0, 1));
  OCTAVO_ASSIGN_OR_RETURN(tried.verdict.sqnr_db, number_of(trial, "sqnr_db", -200, 200));
  for (const auto& [name, figure, least, most] : kFigures) {
    const auto found = trial.find(name);
    if (found == trial.end() || found->is_null()) continue;
    OCTAVO_ASSIGN_OR_RETURN(tried.verdict.*figure, number_of(trial, name, least, most));
  }
  return tried;
}

std::string per_cent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%", share * 100);
  return text;
}

std::string verdict_text(const Verdict& v) {
  char text[64];
  std::string line;
  if (v.agreement) line += "same answer " + per_cent(*v.agreement) + ", ";
  if (v.top1_drop) {
    std::snprintf(text, sizeof text, "%.1f points of top-1 lost, ", *v.top1_drop * 100);
    line += text;
  }
  if (v.kl) {
    std::snprintf(text, sizeof text, "KL %.4f, ", *v.kl);
    line += text;
  }
  std::snprintf(text, sizeof text, "%.1f dB", v.sqnr_db);
  return line + text;
}

}  // namespace

OrderedJson to_json(const Verdict& verdict) {
  OrderedJson json = {{"sqnr_db", number(verdict.sqnr_db)}};
  for (const Figure& f : kFigures) {
    const std::optional<double>& x = verdict.*f.figure;
    json[f.name] = x ? number(*x) : OrderedJson();
  }
  return json;
}

OrderedJson to_json(const FallbackReport& report) {
  OrderedJson kept = OrderedJson::array();
  for (const KeptLayer& k : report.kept) {
    kept.push_back({{"name", k.layer.name},
                    {"op", k.layer.op},
                    {"macs", k.layer.macs},
                    {"more_bytes", k.more_bytes},
                    {"float_ms", k.float_ms},
                    {"int8_ms", k.int8_ms}});
  }
  return {{"met", report.met},
          {"shortfall", report.shortfall},
          {"images", report.samples},
          {"before", to_json(report.before)},
          {"after", to_json(report.after)},
          {"int8_share", report.int8_share},
          {"trials", report.trials},
          {"remade", report.remade},
          {"layers", kept}};
}

std::string to_text(const FallbackReport& report) {
  std::string text =
      "  goal         " + std::string(report.met ? "met, " : "not met, ") +
      std::to_string(report.trials) + " trials on " + std::to_string(report.samples) +
      " samples\n" + "    all int8   " + verdict_text(report.before) + "\n" + "    result     " +
      verdict_text(report.after) + "\n" + "  in float     " + std::to_string(report.kept.size()) +
      " layers; " + per_cent(report.int8_share) + " of the multiply-adds stay int8\n";
  for (const KeptLayer& k : report.kept) {
    char line[256];
    std::snprintf(line, sizeof line, "    %-28.28s %-10.10s +%.1f kB  %.3f -> %.3f ms  %.2f M\n",
                  k.layer.name.c_str(), k.layer.op.c_str(), static_cast<double>(k.more_bytes) / 1e3,
                  k.int8_ms, k.float_ms, static_cast<double>(k.layer.macs) / 1e6);
    text += line;
  }
  return text;
}

std::string state_to_json(const FallbackState& state) {
  OrderedJson trials = OrderedJson::array();
  for (const auto& [kept, tried] : state.trials) {
    OrderedJson trial = {{"float", kept}, {"int8_share", tried.int8_share}};
    trial.update(to_json(tried.verdict));
    trials.push_back(std::move(trial));
  }
  return dump_json({{"schema", 1}, {"layers", state.layers}, {"trials", trials}}, -1);
}

Result<FallbackState> state_from_json(const std::string& text) {
  OCTAVO_ASSIGN_OR_RETURN(const Json object, parse_json(text, "state"));
  const auto is_list = [&](const char* key) {
    return object.contains(key) && object[key].is_array();
  };
  if (!object.is_object() || !object.contains("schema") || object["schema"] != 1 ||
      !is_list("layers") || !is_list("trials")) {
    return wrong("is no state of a search, or one of another version").at("state");
  }
  FallbackState state;
  for (const Json& name : object["layers"]) {
    if (!name.is_string()) return wrong("'layers' wants a list of names").at("state");
    state.layers.push_back(name.get<std::string>());
  }
  for (const Json& trial : object["trials"]) {
    const std::string place = "state, trial " + std::to_string(state.trials.size() + 1);
    if (!trial.is_object()) return wrong("wants an object").at(place);
    const Result<Kept> kept = kept_of(trial, state.layers.size());
    if (!kept.ok()) return kept.status().at(place);
    const Result<Tried> tried = tried_of(trial);
    if (!tried.ok()) return tried.status().at(place);
    if (!state.trials.emplace(*kept, *tried).second) {
      return wrong("is the same as one before it").at(place);
    }
  }
  return state;
}

}  // namespace octavo
