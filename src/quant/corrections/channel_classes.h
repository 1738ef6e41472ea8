// Channels of activations seen as classes: when one channel is scaled, all of its class must be
// scaled alike, so that what lies between products computes the same function.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace octavo {

//   Relu, LeakyRelu, PRelu, pools, Flatten of one pixel   a channel stays itself
//   Clip from 0                                           likewise, below its ceiling
//   Add                                                   joins channels of the same place
//   Concat along channels                                 puts them side by side
//   Conv, Gemm                                            weights can take factors of both sides
//   anything else, inputs and outputs of the graph        may not be scaled
class ChannelClasses {
 public:
  // `fixed`: names of more values that may not be scaled.
  ChannelClasses(const Graph& graph, const std::vector<std::string>& fixed);

  // Of the second dimension; 0 where a factor a channel makes no sense: constants, integers.
  int64_t channels(ValueId id) const { return counts_[static_cast<size_t>(id)]; }
  size_t class_of(ValueId id, int64_t channel) const { return classes_[element(id, channel)]; }

  size_t count() const { return fixed_.size(); }
  bool is_fixed(size_t one) const { return fixed_[one]; }
  float ceiling(size_t one) const {
    return ceilings_[one];
  }  // least that a Clip allows; or infinity

  // Conv and Gemm that take factors, in the order of the graph. All others have fixed channels.
  const std::vector<NodeId>& products() const { return products_; }

 private:
  size_t element(ValueId id, int64_t channel) const {
    return firsts_[static_cast<size_t>(id)] + static_cast<size_t>(channel);
  }
  void count_channels();
  void follow(NodeId id);
  bool takes_factors(const Node& node) const;
  bool joins(const Node& node);
  bool join_alike(ValueId x, ValueId y);
  void join(ValueId x, ValueId y, int64_t from);
  void fix(const std::vector<ValueId>& values);
  size_t find(size_t element);
  void number();

  const Graph& graph_;
  std::vector<int64_t> counts_;  // by value
  std::vector<size_t> firsts_;   // likewise, elements
  std::vector<size_t> parents_;  // by element
  std::vector<bool> fixed_;      // by element, then by class
  std::vector<float> ceilings_;  // likewise
  std::vector<size_t> classes_;  // by element
  std::vector<NodeId> products_;
};

}  // namespace octavo
