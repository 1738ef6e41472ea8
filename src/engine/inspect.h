// What an opened model is: inputs, outputs, layers, what is not supported and what can be
// quantized.
#pragma once

#include <string>
#include <vector>

#include "engine/json.h"
#include "graph/graph.h"

namespace octavo {

struct InspectedValue {
  std::string name;
  std::string dtype;
  std::string shape;  // "[N, 3, 224, 224]"; "?" where the rank is unknown
};

struct InspectedLayer {
  std::string name;
  std::string op;     // with its domain where that is not the default one
  std::string shape;  // of its first output
  int64_t parameters = 0;
  bool supported = true;
  bool quantizable = false;
  bool quantized = false;  // runs in integers as the model is
  std::string reason;      // why it is not supported or stays in float
};

struct Inspection {
  std::string format;
  std::string producer;
  int64_t opset = 0;
  uint64_t bytes = 0;
  int64_t parameters = 0;
  std::vector<InspectedValue> inputs;
  std::vector<InspectedValue> outputs;
  // In running order; without QuantizeLinear and DequantizeLinear, which say how others run.
  std::vector<InspectedLayer> layers;
  bool is_quantized = false;  // holds QuantizeLinear or DequantizeLinear
  std::vector<std::string> warnings;

  int64_t unsupported() const;
  int64_t quantizable() const;
  int64_t quantized() const;
};

// kIo where weights of a quantized model that decide how it runs cannot be read.
Result<Inspection> inspect(const Model& model);

OrderedJson to_json(const Inspection& inspection);
std::string to_text(const Inspection& inspection);

}  // namespace octavo
