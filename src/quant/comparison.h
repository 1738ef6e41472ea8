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

// ImageNet's classes as TensorFlow counts them begin with one for the background, which labels
// leave out.
inline int64_t background_classes(int64_t classes) { return classes == 1001 ? 1 : 0; }

// Of a model's first output where that is one list of classes; else 0.
int64_t class_count(const TensorView& output);
// kInvalidArgument where a label is beyond the classes.
Status check_label(int64_t label, int64_t classes);

// What the outputs of one sample told.
struct Answer {
  int64_t classes = 0;  // 0: the first output is not one list of classes
  int64_t label = -1;   // as the model counts
  std::vector<int64_t> float_top;
  std::vector<int64_t> quantized_top;
  ErrorMoments output;
  std::string name;             // of the sample
  double kl = 0;                // of the classes' probabilities, nats
  double float_confidence = 0;  // probability of float_top[0]
  double quantized_confidence = 0;
};

struct LayerName {
  std::string name;
  std::string op;
  std::optional<QuantParams> params;  // of its output, axis 0; none where that stays float
  bool operator==(const LayerName&) const = default;
};

struct Comparison {
  std::vector<LayerName> layers;                          // in running order
  std::map<int64_t, Answer> answers;                      // by index of the sample
  std::map<int64_t, std::vector<LayerMoments>> measured;  // by index of the sample, then by layer
  std::vector<TensorStatistics> values;  // by layer: outputs as floats; empty before the first
  std::vector<double> float_ms;          // of single runs
  std::vector<double> quantized_ms;
};

// `other` saw other samples, with the same models.
void merge(Comparison& into, Comparison&& other);

// Sums are taken in the order of the indices: the same however samples were shared out. Times may
// be measured anew; of the models, bytes and graphs are looked at. kIo and the like where weights
// cannot be read.
Result<CompareReport> report_of(const Comparison& comparison, const ComparedModel& float_model,
                                const ComparedModel& quantized, std::vector<SkippedSample> skipped);

// Without the times. Reading fails `in` for what no comparison can have written, and for samples
// beyond `samples`.
void write(const Comparison& comparison, ByteWriter& out);
Comparison read_comparison(ByteReader& in, int64_t samples);

}  // namespace octavo
