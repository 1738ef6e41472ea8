#include "quant/corrections/smooth.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/double_log.h"
#include "quant/corrections/product_channels.h"
#include "quant/params.h"

namespace octavo {
namespace {

double magnitude(Range range) {
  return std::max(static_cast<double>(range.max), -static_cast<double>(range.min));
}

// Calls visit(output, feature, weight) for every weight, in the order of memory.
template <typename Visit>
void for_each_weight(const ProductChannels& at, std::span<const float> weights,
                     const Visit& visit) {
  for (size_t i = 0; i < weights.size(); ++i) {
    const size_t o = at.inputs_first ? i % at.outputs : i / at.seen;
    const size_t k = at.inputs_first ? i / at.outputs : i % at.seen;
    visit(o, k, std::fabs(static_cast<double>(weights[i])));
  }
}

// What is known of a place: its activations and the weights that read them.
class Place {
 public:
  static Result<Place> make(const Graph& graph, const SmoothPlace& of,
                            const ChannelStatistics& seen) {
    Place place(seen);
    for (const NodeId id : of.readers) {
      const Node& node = graph.node(id);
      OCTAVO_ASSIGN_OR_RETURN(Tensor w, graph.constant(node.inputs[1])->read());
      place.products_.push_back({ProductChannels::make(node, w.shape()), std::move(w)});
    }
    return place;
  }

  std::vector<int> exponents(double alpha) const {
    const std::vector<double> weights = largest_weights();
    std::vector<double> logs(weights.size());
    double sum = 0;
    int count = 0;
    const auto is_used = [&](size_t k) { return weights[k] > 0 && magnitude(seen_.ranges[k]) > 0; };
    for (size_t k = 0; k < logs.size(); ++k) {
      if (!is_used(k)) continue;
      logs[k] =
          alpha * double_log(magnitude(seen_.ranges[k])) - (1 - alpha) * double_log(weights[k]);
      sum += logs[k];
      ++count;
    }
    std::vector<int> exponents(logs.size());
    for (size_t k = 0; k < logs.size(); ++k) {
      if (!is_used(k)) continue;
      const double exact = (logs[k] - sum / count) / std::numbers::ln2;
      exponents[k] = static_cast<int>(
          std::clamp<double>(std::nearbyint(exact), -kMostExponent, kMostExponent));
    }
    return exponents;
  }

  // Mean squared, over the outputs of all products.
  double expected_error(const std::vector<int>& exponents, const Recipe& recipe) const {
    const double step = activation_step(exponents, recipe);
    double error = 0;
    size_t outputs = 0;
    for (const Product& product : products_) {
      std::vector<double> largest(product.at.outputs), energy(product.at.outputs);
      for_each_weight(product.at, product.weights.values<float>(),
                      [&](size_t o, size_t k, double w) {
                        const double scaled = std::ldexp(w, exponents[k]);
                        largest[o] = std::max(largest[o], scaled);
                        energy[o] += scaled * scaled;
                      });
      if (recipe.weights == Granularity::kPerTensor) {
        largest.assign(largest.size(), *std::max_element(largest.begin(), largest.end()));
      }
      for (size_t o = 0; o < largest.size(); ++o) {
        const double weight_step = largest[o] / largest_weight(recipe.weight_bits);
        error +=
            (step * step * energy[o] + weight_step * weight_step * input_energy(exponents)) / 12;
      }
      outputs += product.at.outputs;
    }
    return error / static_cast<double>(outputs);
  }

 private:
  struct Product {
    ProductChannels at;
    Tensor weights;
  };

  explicit Place(const ChannelStatistics& seen) : seen_(seen) {}

  std::vector<double> largest_weights() const {
    std::vector<double> largest(seen_.ranges.size());
    for (const Product& product : products_) {
      for_each_weight(product.at, product.weights.values<float>(),
                      [&](size_t, size_t k, double w) { largest[k] = std::max(largest[k], w); });
    }
    return largest;
  }

  double activation_step(const std::vector<int>& exponents, const Recipe& recipe) const {
    const ActivationType type(recipe);
    double least = 0, most = 0;
    for (size_t k = 0; k < exponents.size(); ++k) {
      least = std::min(least, std::ldexp(static_cast<double>(seen_.ranges[k].min), -exponents[k]));
      most = std::max(most, std::ldexp(static_cast<double>(seen_.ranges[k].max), -exponents[k]));
    }
    const double width = recipe.symmetric ? 2 * std::max(most, -least) : most - least;
    return width / (type.qmax() - type.qmin());
  }

  double input_energy(const std::vector<int>& exponents) const {
    double sum = 0;
    for (size_t k = 0; k < exponents.size(); ++k) {
      sum += std::ldexp(seen_.energy[k], -2 * exponents[k]);
    }
    return sum;
  }

  const ChannelStatistics& seen_;
  std::vector<Product> products_;
};

}  // namespace

Result<Smoothing> smoothing(const Graph& graph, const std::vector<SmoothPlace>& places,
                            const ActivationStatistics& seen, double alpha, const Recipe& recipe) {
  Smoothing all;
  for (const SmoothPlace& at : places) {
    const auto found = seen.find(graph.value(at.values[0]).name);
    if (found == seen.end() || found->second.ranges.size() != at.features) continue;
    OCTAVO_ASSIGN_OR_RETURN(const Place place, Place::make(graph, at, found->second));
    const std::vector<int> exponents = place.exponents(alpha);
    const double before = place.expected_error(std::vector<int>(at.features), recipe);
    const double after = place.expected_error(exponents, recipe);
    if (!(after < before)) continue;
    for (const ValueId id : at.values) all.features[graph.value(id).name] = exponents;
    all.places.push_back({graph.node(graph.producer(at.values[0])).name, before, after});
  }
  return all;
}

}  // namespace octavo
