#include "quant/compare.h"

#include "quant/comparison.h"

namespace octavo {
namespace {

constexpr Status (*kParts[])(const Comparison&, CompareReport&) = {
    compare_outputs, compare_layers, measure_times,
};

}  // namespace

Result<CompareReport> compare(const ComparedModel& float_model, const ComparedModel& quantized,
                              const SampleSource& source, const CompareOptions& options,
                              const Progress& progress) {
  const auto labels = static_cast<int64_t>(options.labels.size());
  if (labels != 0 && labels != source.count) {
    return Status(ErrorCode::kInvalidArgument, std::to_string(labels) + " labels for " +
                                                   std::to_string(source.count) + " samples");
  }
  CompareReport report;
  report.float_model.bytes = float_model.bytes;
  report.quantized.bytes = quantized.bytes;
  const Comparison comparison{float_model, quantized, source, options, progress};
  for (const auto part : kParts) OCTAVO_RETURN_IF_ERROR(part(comparison, report));
  return report;
}

}  // namespace octavo
