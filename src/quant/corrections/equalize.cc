#include "quant/corrections/equalize.h"

#include <algorithm>
#include <cmath>

#include "quant/clamps.h"
#include "quant/corrections/balance_ranges.h"
#include "quant/corrections/equalization_noise.h"

namespace octavo {
namespace {

// Under the ceiling of a Clip. What comes nearer than kReached to it is taken to be cut off by it;
// what rises stays as far below it as kHeadRoom says, for the samples that were not seen.
constexpr double kReached = 0.99;
constexpr double kHeadRoom = 1.2;
constexpr int kMostSweeps = 8;
constexpr double kGain = 1e-6;  // less is not worth a move

// The next index of a list that comes in order, once.
void note(std::vector<size_t>& list, size_t index) {
  if (list.empty() || list.back() != index) list.push_back(index);
}

class Equalizer {
 public:
  Equalizer(const Graph& graph, const ChannelClasses& classes)
      : graph_(graph), of_(classes), classes_(classes.count()), seen_(classes.count()) {}

  Result<std::vector<int>> run(const ActivationStatistics& seen) {
    for (const auto& [name, statistics] : seen) add_activation(graph_.find_value(name), statistics);
    OCTAVO_RETURN_IF_ERROR(add_products());
    for (size_t one = 0; one < classes_.size(); ++one) limit(one);
    weigh();
    exponents_.of_class = balance_ranges(products_, classes_);
    for (ProductNoise& product : products_) product.begin(exponents_, classes_);
    for (int sweep = 0; sweep < kMostSweeps && improve(); ++sweep) {
    }
    return exponents_.of_class;
  }

 private:
  std::vector<size_t> classes_of(ValueId id) const {
    std::vector<size_t> classes;
    for (int64_t c = 0; c < of_.channels(id); ++c) classes.push_back(of_.class_of(id, c));
    return classes;
  }

  void add_activation(ValueId id, const ChannelStatistics& seen) {
    if (id == kNoValue || of_.channels(id) != std::ssize(seen.ranges)) return;
    if (foldable_clamp(graph_, id) != kNoNode) return;  // nobody sees it but the clamp
    const std::vector<size_t> classes = classes_of(id);
    for (size_t c = 0; c < classes.size(); ++c) {
      Seen& all = seen_[classes[c]];
      const float magnitude = std::max(seen.ranges[c].max, -seen.ranges[c].min);
      all.magnitude = std::max(all.magnitude, magnitude);
      all.energy += seen.energy[c];
      ++all.values;
      note(classes_[classes[c]].activations, activations_.size());
    }
    activations_.push_back({classes, seen.ranges, seen.energy});
  }

  Status add_products() {
    for (const NodeId id : of_.products()) {
      const Node& node = graph_.node(id);
      OCTAVO_ASSIGN_OR_RETURN(const Tensor w, graph_.constant(node.inputs[1])->read());
      products_.emplace_back(ProductChannels::make(node, w.shape()), w.values<float>(),
                             classes_of(node.inputs[0]), classes_of(node.outputs[0]));
      const ProductNoise& product = products_.back();
      for (const auto* ends : {&product.inputs(), &product.outputs()}) {
        for (const size_t one : *ends) note(classes_[one].products, products_.size() - 1);
      }
    }
    return {};
  }

  // What no product makes or reads has nothing to gain; of what was never observed nothing is
  // known.
  void limit(size_t index) {
    ChannelClass& one = classes_[index];
    const Seen& seen = seen_[index];
    if (seen.values == 0) return;
    one.energy = seen.energy / seen.values;
    if (of_.is_fixed(index) || one.products.empty()) return;
    const double reach =
        static_cast<double>(seen.magnitude) / static_cast<double>(of_.ceiling(index));
    if (reach > kReached) return;
    one.most = kMostExponent;
    for (one.least = 0; one.least > -kMostExponent; --one.least) {
      if (reach * kHeadRoom > std::ldexp(1, one.least - 1)) break;
    }
  }

  // Backwards: noise of a channel counts by the weights that read it, squared, and by how much
  // noise of what these make counts.
  void weigh() {
    for (auto product = products_.rbegin(); product != products_.rend(); ++product) {
      const ProductChannels& at = product->at();
      double sum = 0;
      for (const size_t one : product->outputs()) {
        if (classes_[one].weight == 0) classes_[one].weight = 1;  // of those that no product reads
        sum += classes_[one].weight;
      }
      for (size_t o = 0; o < at.outputs; ++o) {
        const double weight = classes_[product->outputs()[o]].weight / sum;
        for (size_t k = 0; k < at.seen; ++k) {
          classes_[product->inputs()[at.input(o, k)]].weight += weight * product->energy(o, k);
        }
      }
    }
  }

  double noise(size_t one) const {
    double sum = 0;
    for (const size_t i : classes_[one].activations)
      sum += activations_[i].of(exponents_, classes_);
    for (const size_t i : classes_[one].products) sum += products_[i].of(exponents_, classes_);
    return sum;
  }

  // Whether any class was moved.
  bool improve() {
    bool moved = false;
    for (size_t one = 0; one < classes_.size(); ++one) {
      if (classes_[one].least == classes_[one].most) continue;
      exponents_.moved = one;
      moved = shift(one, 1) || shift(one, -1) || moved;
    }
    return moved;
  }

  // Moves the class for as long as the noise becomes less.
  bool shift(size_t one, int by) {
    exponents_.by = 0;
    double least = noise(one);
    bool moved = false;
    int& exponent = exponents_.of_class[one];
    for (; exponent + by >= classes_[one].least && exponent + by <= classes_[one].most;
         exponent += by) {
      exponents_.by = by;
      const double then = noise(one);
      if (!(then < least * (1 - kGain))) break;
      least = then;
      moved = true;
      for (const size_t i : classes_[one].products) products_[i].move(exponents_, classes_);
    }
    exponents_.by = 0;
    return moved;
  }

  struct Seen {
    float magnitude = 0;
    double energy = 0;  // summed over the values
    int values = 0;
  };

  const Graph& graph_;
  const ChannelClasses& of_;
  std::vector<ChannelClass> classes_;
  std::vector<Seen> seen_;  // by class
  std::vector<ActivationNoise> activations_;
  std::vector<ProductNoise> products_;
  Exponents exponents_;
};

}  // namespace

Result<ChannelFactors> equalizing_factors(const Graph& graph, const ActivationStatistics& seen,
                                          const std::vector<std::string>& fixed) {
  const ChannelClasses classes(graph, fixed);
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<int> exponents, Equalizer(graph, classes).run(seen));
  return factors_of(graph, classes, exponents);
}

}  // namespace octavo
