#include "quant/equivalent.h"

#include "quant/corrections/equalize.h"

namespace octavo {

Equivalent equivalent_of(Smoothed smoothed) {
  Equivalent made;
  made.features = features_of_places(*smoothed.graph, smoothed.smoothing.features);
  made.graph = std::move(smoothed.graph);
  made.name = ", " + smoothed.name;
  for (const SmoothedPlace& place : smoothed.smoothing.places) {
    made.corrections.push_back({place.name, place.before, place.after});
  }
  return made;
}

Result<std::optional<Equivalent>> equalized(const Equivalent& from, const Graph& exact,
                                            const Judge& judge,
                                            const std::vector<std::string>& fixed, int threads) {
  OCTAVO_ASSIGN_OR_RETURN(const auto seen,
                          observe_channels(judge.float_plan(), judge.samples(), threads));
  OCTAVO_ASSIGN_OR_RETURN(const ChannelFactors factors, equalizing_factors(exact, seen, fixed));
  if (factors.empty()) return std::optional<Equivalent>();
  auto graph = std::make_shared<Graph>(exact);
  scale_products(*graph, factors);
  Equivalent made = from;
  made.name += ", equalized";
  made.factors = factors_of_products(*graph, factors);
  made.graph = std::move(graph);
  return std::optional(std::move(made));
}

}  // namespace octavo
