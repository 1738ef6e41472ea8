// Layer, instance and batch normalization; (N, C, ...) layout.
#include <cmath>

#include "kernels/reduce/reduce.h"
#include "runtime/ops/support.h"

namespace octavo {
namespace {

struct Moments {
  float mean;
  float inverse_deviation;  // 1 / sqrt(variance + epsilon)
};

Moments moments_of(const float* x, int64_t n, float epsilon) {
  const auto count = static_cast<float>(n);
  const float mean = sum_f32(x, n) / count;
  const float variance = sum_squared_distance_f32(x, n, mean) / count;
  return {mean, 1.0f / std::sqrt(variance + epsilon)};
}

Status run_layer_norm(RunContext& run, int64_t axis_attribute, float epsilon) {
  const TensorView &x = run.inputs[0], &scale = run.inputs[1], &y = run.outputs[0];
  OCTAVO_ASSIGN_OR_RETURN(const int axis, checked_axis(axis_attribute, x.shape.rank()));
  const int64_t rows = x.shape.count(0, axis), n = x.shape.count(axis, x.shape.rank());
  const bool biased = run.has_input(2);
  if (scale.count() != n || (biased && run.inputs[2].count() != n)) {
    return unsupported("LayerNormalization wants a scale and bias of the normalized size, " +
                       std::to_string(n));
  }
  const auto* s = static_cast<const float*>(scale.data);
  const auto* b = biased ? static_cast<const float*>(run.inputs[2].data) : nullptr;
  const auto output = [&](size_t i) {
    return i < run.outputs.size() ? static_cast<float*>(run.outputs[i].data) : nullptr;
  };
  float *means = output(1), *deviations = output(2);
  for (int64_t row = 0; row < rows; ++row) {
    const float* from = static_cast<const float*>(x.data) + row * n;
    float* to = static_cast<float*>(y.data) + row * n;
    const Moments m = moments_of(from, n, epsilon);
    for (int64_t i = 0; i < n; ++i) to[i] = (from[i] - m.mean) * m.inverse_deviation * s[i];
    for (int64_t i = 0; b && i < n; ++i) to[i] += b[i];
    if (means) means[row] = m.mean;
    if (deviations) deviations[row] = m.inverse_deviation;
  }
  return {};
}

// y = x * factor + term, over n elements.
void scale_and_shift(const float* x, float* y, int64_t n, float factor, float term) {
  for (int64_t i = 0; i < n; ++i) y[i] = x[i] * factor + term;
}

// plane(c, x, y, n) for each channel of each image, when all other inputs hold one number a
// channel.
template <typename Plane>
Status for_each_plane(RunContext& run, Plane plane) {
  const TensorView& x = run.inputs[0];
  if (x.shape.rank() < 2) return invalid_data("normalization wants (N, C, ...)");
  const int64_t channels = x.shape[1], n = x.shape.count(2, x.shape.rank());
  for (const TensorView& parameter : run.inputs.subspan(1)) {
    if (parameter.dtype != DType::kFloat32 || parameter.count() != channels) {
      return invalid_data("normalization wants " + std::to_string(channels) +
                          " numbers a parameter, one a channel");
    }
  }
  const auto* from = static_cast<const float*>(x.data);
  auto* to = static_cast<float*>(run.outputs[0].data);
  for (int64_t i = 0; i < x.shape[0] * channels; ++i) {
    plane(static_cast<size_t>(i % channels), from + i * n, to + i * n, n);
  }
  return {};
}

Status run_instance_norm(RunContext& run, float epsilon) {
  const auto* scale = static_cast<const float*>(run.inputs[1].data);
  const auto* bias = static_cast<const float*>(run.inputs[2].data);
  return for_each_plane(run, [&](size_t c, const float* x, float* y, int64_t n) {
    const Moments m = moments_of(x, n, epsilon);
    const float factor = scale[c] * m.inverse_deviation;
    scale_and_shift(x, y, n, factor, bias[c] - m.mean * factor);
  });
}

Status run_batch_norm(RunContext& run, float epsilon) {
  const auto parameter = [&](size_t i) { return static_cast<const float*>(run.inputs[i].data); };
  const float *scale = parameter(1), *bias = parameter(2), *mean = parameter(3),
              *variance = parameter(4);
  return for_each_plane(run, [&](size_t c, const float* x, float* y, int64_t n) {
    const float factor = scale[c] / std::sqrt(variance[c] + epsilon);
    scale_and_shift(x, y, n, factor, bias[c] - mean[c] * factor);
  });
}

Status all_float(const PrepareContext& context) {
  for (size_t i = 0; i < context.node().inputs.size(); ++i) {
    if (context.has_input(i) && context.input(i).dtype != DType::kFloat32) {
      return unsupported_dtype(context, context.input(i).dtype);
    }
  }
  return {};
}

float epsilon_of(const PrepareContext& context) {
  return context.node().attrs.get_float("epsilon", 1e-5f);
}

}  // namespace

Result<RunFn> prepare_layer_normalization(const PrepareContext& context) {
  OCTAVO_RETURN_IF_ERROR(all_float(context));
  const int64_t axis = context.node().attrs.get_int("axis", -1);
  return RunFn([axis, epsilon = epsilon_of(context)](RunContext& run) {
    return run_layer_norm(run, axis, epsilon);
  });
}

Result<RunFn> prepare_instance_normalization(const PrepareContext& context) {
  OCTAVO_RETURN_IF_ERROR(all_float(context));
  return RunFn(
      [epsilon = epsilon_of(context)](RunContext& run) { return run_instance_norm(run, epsilon); });
}

Result<RunFn> prepare_batch_normalization(const PrepareContext& context) {
  OCTAVO_RETURN_IF_ERROR(all_float(context));
  if (context.node().attrs.get_int("training_mode", 0) != 0 || context.node().outputs.size() > 1) {
    return unsupported("BatchNormalization in training mode; export the model for inference");
  }
  return RunFn(
      [epsilon = epsilon_of(context)](RunContext& run) { return run_batch_norm(run, epsilon); });
}

}  // namespace octavo
