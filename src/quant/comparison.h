// The parts of compare(), in running order; each fills its share of the report.
#pragma once

#include "quant/compare.h"
#include "quant/shards.h"

namespace octavo {

struct Comparison {
  const ComparedModel& float_model;
  const ComparedModel& quantized;
  const SampleSource& source;
  const CompareOptions& options;
  const Progress& progress;
};

Status compare_outputs(const Comparison& comparison, CompareReport& report);
Status compare_layers(const Comparison& comparison, CompareReport& report);
Status measure_times(const Comparison& comparison, CompareReport& report);

// `wanted` samples spread evenly; some more than once where there are not as many.
SampleSource spread(const SampleSource& source, int64_t wanted);

}  // namespace octavo
