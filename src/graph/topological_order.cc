#include "graph/graph.h"

namespace octavo {
namespace {

enum class Mark : uint8_t { kNew, kOpen, kDone };

struct Frame {
  NodeId node;
  size_t next_input;
};

}  // namespace

// Depth first from each node in order of insertion, so that a graph that is ordered already stays
// as it is. The stack is our own: chains may be as deep as a file is long.
Result<std::vector<NodeId>> Graph::topological_order() const {
  std::vector<NodeId> order;
  order.reserve(nodes_.size());
  std::vector<Mark> marks(nodes_.size(), Mark::kNew);
  std::vector<Frame> stack;

  for (const NodeId root : live_nodes()) {
    if (marks[static_cast<size_t>(root)] == Mark::kNew) stack.push_back({root, 0});
    while (!stack.empty()) {
      Frame& frame = stack.back();
      marks[static_cast<size_t>(frame.node)] = Mark::kOpen;
      const Node& at = node(frame.node);
      if (frame.next_input == at.inputs.size()) {
        marks[static_cast<size_t>(frame.node)] = Mark::kDone;
        order.push_back(frame.node);
        stack.pop_back();
        continue;
      }
      const ValueId input = at.inputs[frame.next_input++];
      const NodeId before = input == kNoValue ? kNoNode : producer(input);
      if (before == kNoNode || marks[static_cast<size_t>(before)] == Mark::kDone) continue;
      if (marks[static_cast<size_t>(before)] == Mark::kOpen) {
        return Status(ErrorCode::kModelUnreadable,
                      "the graph runs in a circle: this node waits for its own output",
                      describe(node(before)));
      }
      stack.push_back({before, 0});
    }
  }
  return order;
}

}  // namespace octavo
