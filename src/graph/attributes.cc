#include "graph/graph.h"

namespace octavo {
namespace {

// The attribute as T, or the fallback where it is absent or of another type.
template <typename T>
T get(const std::map<std::string, Attribute>& map, const std::string& name, T fallback) {
  const auto found = map.find(name);
  if (found == map.end()) return fallback;
  const T* held = std::get_if<T>(&found->second);
  return held ? *held : std::move(fallback);
}

}  // namespace

int64_t Attributes::get_int(const std::string& name, int64_t fallback) const {
  return get<int64_t>(map_, name, fallback);
}

float Attributes::get_float(const std::string& name, float fallback) const {
  return get<float>(map_, name, fallback);
}

std::string Attributes::get_string(const std::string& name, const std::string& fallback) const {
  return get<std::string>(map_, name, fallback);
}

std::vector<int64_t> Attributes::get_ints(const std::string& name,
                                          std::vector<int64_t> fallback) const {
  return get<std::vector<int64_t>>(map_, name, std::move(fallback));
}

std::vector<float> Attributes::get_floats(const std::string& name) const {
  return get<std::vector<float>>(map_, name, {});
}

ConstantPtr Attributes::get_tensor(const std::string& name) const {
  return get<ConstantPtr>(map_, name, nullptr);
}

std::shared_ptr<Graph> Attributes::get_graph(const std::string& name) const {
  return get<std::shared_ptr<Graph>>(map_, name, nullptr);
}

}  // namespace octavo
