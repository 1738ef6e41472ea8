// What samples told of two models, sample by sample: adds up to the report, and goes from one
// engine to another.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "quant/compare.h"
#include "quant/layer_probe.h"

namespace octavo {

// What the outputs of one sample told.
struct Answer {
  int64_t classes = 0;  // 0: the first output is not one list of classes
  int64_t label = -1;   // as the model counts
  std::vector<int64_t> float_top;
  std::vector<int64_t> quantized_top;
  ErrorMoments output;
};

struct LayerName {
  std::string name;
  std::string op;
  bool operator==(const LayerName&) const = default;
};

struct Comparison {
  std::vector<LayerName> layers;                          // in running order
  std::map<int64_t, Answer> answers;                      // by index of the sample
  std::map<int64_t, std::vector<LayerMoments>> measured;  // by index of the sample, then by layer
  std::vector<double> float_ms;                           // of single runs
  std::vector<double> quantized_ms;
};

// `other` saw other samples, with the same models.
void merge(Comparison& into, Comparison&& other);

// Sums are taken in the order of the indices: the same however samples were shared out. Bytes and
// skipped samples are the caller's.
CompareReport report_of(const Comparison& comparison);

// Without the times. Reading fails `in` for what no comparison can have written, and for samples
// beyond `samples`.
void write(const Comparison& comparison, ByteWriter& out);
Comparison read_comparison(ByteReader& in, int64_t samples);

}  // namespace octavo
