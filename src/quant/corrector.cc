#include "quant/corrector.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "quant/compute_layout.h"
#include "quant/corrections/correction_list.h"
#include "quant/corrections/input_rows.h"
#include "quant/float_view.h"
#include "quant/params.h"
#include "quant/shards.h"

namespace octavo {
namespace {

constexpr uint64_t kMemory = uint64_t{256} << 20;  // of all samples' values
constexpr int64_t kFewestSamples = 4, kMostSamples = 64;
constexpr size_t kHeldBack = 4;  // one sample of so many is not fitted to, but judged by
// Rows of a layer over all samples: enough for its weights, and no more work than this.
constexpr size_t kFewestRows = 1024, kMostRows = 4096;
constexpr size_t kProducts = 600'000'000;

const Tensor* held(const Graph& graph, ValueId id) { return graph.held_constant(id); }

float scale_of(const QuantParams& params, size_t output) {
  return params.scale[params.per_tensor() ? 0 : output];
}

// Row `i` of `taken` of a sample's `count`: spread over them, others for each sample.
size_t row_of(uint64_t i, uint64_t taken, uint64_t count, uint64_t sample) {
  const uint64_t from = i * count / taken, to = (i + 1) * count / taken;
  const uint64_t noise = (sample * 7919 + i) * 2654435761u;
  return static_cast<size_t>(from + (noise >> 8) % (to - from));
}

// Where the weights of output o are, in the order of a row.
struct WeightOrder {
  int axis;
  size_t outputs, inner;
  size_t place(size_t o, size_t k) const { return axis == 0 ? o * inner + k : k * outputs + o; }
};

}  // namespace

Corrector::Corrector(const Graph& exact, Graph& quantized, bool weights, MakeBoundPlan make_plan,
                     int threads)
    : exact_(&exact),
      quantized_(&quantized),
      weights_(weights),
      make_plan_(std::move(make_plan)),
      threads_(threads) {}

Result<Corrector> Corrector::make(const Graph& exact, Graph& quantized,
                                  const std::vector<std::string>& wanted, MakeBoundPlan make_plan,
                                  int threads) {
  Corrector corrector(exact, quantized, has_correction(wanted, kReconstruct), std::move(make_plan),
                      threads);
  OCTAVO_ASSIGN_OR_RETURN(corrector.float_plan_, corrector.make_plan_(exact));
  OCTAVO_ASSIGN_OR_RETURN(corrector.plan_, corrector.make_plan_(quantized));
  corrector.products_ = quantized_products(exact, quantized);
  const Plan& plan = *corrector.float_plan_;
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    // What brings its output into another layout comes later, under the same name.
    corrector.float_steps_.emplace(plan.graph.node(plan.steps[i].node).name, i);
  }
  return corrector;
}

int64_t Corrector::most_samples() const {
  const uint64_t each = float_plan_->arena_bytes + plan_->arena_bytes;
  const auto fit = static_cast<int64_t>(kMemory / std::max<uint64_t>(each, 1));
  return std::clamp(fit, kFewestSamples, kMostSamples);
}

Status Corrector::add(std::span<const Tensor> inputs) {
  const std::vector<TensorView> views = views_of(inputs);
  float_samples_.emplace_back(float_plan_);
  OCTAVO_RETURN_IF_ERROR(float_samples_.back().begin(views));
  samples_.emplace_back(plan_);
  return samples_.back().begin(views);
}

Status Corrector::run(std::vector<Executor>& executors, size_t step) {
  std::vector<Status> outcomes(executors.size());
  parallel_for(static_cast<int>(executors.size()), threads_, [&](int item, int) {
    const auto i = static_cast<size_t>(item);
    outcomes[i] = executors[i].run_step(step);
  });
  for (const Status& outcome : outcomes) OCTAVO_RETURN_IF_ERROR(outcome);
  return {};
}

Result<bool> Corrector::catch_up(const std::string& name) {
  const auto found = float_steps_.find(name);
  if (found == float_steps_.end() || found->second < float_next_) return false;
  for (; float_next_ <= found->second; ++float_next_) {
    OCTAVO_RETURN_IF_ERROR(run(float_samples_, float_next_));
  }
  return true;
}

Status Corrector::step() {
  if (left() == 0) return {};  // no step at all: outputs that are constants
  OCTAVO_RETURN_IF_ERROR(run(samples_, next_));
  const std::shared_ptr<const Plan> running = plan_;  // corrections replace it
  const Node& node = running->graph.node(running->steps[next_].node);
  const auto product = products_.find(node.name);
  if (product != products_.end()) {
    OCTAVO_ASSIGN_OR_RETURN(const bool there, catch_up(node.name));
    const Plan& plan = *float_plan_;
    if (there) {
      const Node& float_node = plan.graph.node(plan.steps[float_next_ - 1].node);
      const Status status = correct(product->second, node, float_node);
      if (!status.ok()) return status.at(describe(node));
    }
  }
  ++next_;
  return {};
}

// False where the two models have not the same rows, or none.
bool Corrector::collect(const Node& node, const Node& float_node, const Shape& weights,
                        ProductRows& rows) {
  const size_t per_row = static_cast<size_t>(weights.count());
  const size_t wanted = std::clamp(kProducts / per_row, kFewestRows, kMostRows);
  std::vector<float> x, fit, held_back;
  for (const bool quantized : {false, true}) {
    const std::vector<Executor>& executors = quantized ? samples_ : float_samples_;
    const ValueId input = (quantized ? node : float_node).inputs[0];
    fit.clear();
    held_back.clear();
    size_t width = 0;
    for (size_t s = 0; s < executors.size(); ++s) {
      const TensorView& view = executors[s].view(input);
      const Value& value = executors[s].plan().graph.value(input);
      const auto of =
          InputRows::make(quantized ? node : float_node, view.shape, value.channels_last, weights);
      if (!of || !read_floats(value, view, x)) return false;
      width = of->width();
      const size_t taken = std::min(of->count(), (wanted - 1) / executors.size() + 1);
      std::vector<float>& to = s % kHeldBack == kHeldBack - 1 ? held_back : fit;
      for (size_t i = 0; i < taken; ++i) {
        to.resize(to.size() + width);
        of->gather(x, row_of(i, taken, of->count(), s), &to[to.size() - width]);
      }
    }
    Matrix& matrix = quantized ? rows.quantized : rows.exact;
    rows.fit = fit.size() / width;
    matrix.columns = width;
    matrix.rows = (fit.size() + held_back.size()) / width;
    matrix.values = fit;
    matrix.values.insert(matrix.values.end(), held_back.begin(), held_back.end());
  }
  return rows.fit > 0 && rows.exact.values.size() == rows.quantized.values.size() &&
         rows.exact.columns == rows.quantized.columns;
}

Status Corrector::correct(const QuantizedProduct& product, const Node& node,
                          const Node& float_node) {
  const Node& original = exact_->node(product.original);
  OCTAVO_ASSIGN_OR_RETURN(const Tensor w, exact_->constant(original.inputs[1])->read());
  ProductRows rows;
  if (!collect(node, float_node, w.shape(), rows)) return {};

  const auto outputs = static_cast<size_t>(w.shape()[product.axis]);
  const WeightOrder order{product.axis, outputs, static_cast<size_t>(w.count()) / outputs};
  const size_t groups = rows.exact.columns / order.inner, per_group = outputs / groups;
  if (groups * order.inner != rows.exact.columns || per_group * groups != outputs) return {};

  Value& weights = quantized_->value(product.weights);
  const Tensor* integers = held(*quantized_, product.weights);
  const Tensor* int_bias = held(*quantized_, product.bias);
  const Tensor* bias = int_bias ? held(*exact_, original.inputs[2]) : nullptr;
  if (!integers || integers->dtype() != DType::kInt8 || (int_bias && !bias)) return {};
  std::vector<int8_t> q(integers->values<int8_t>().begin(), integers->values<int8_t>().end());
  std::vector<int32_t> b;
  if (int_bias) b.assign(int_bias->values<int32_t>().begin(), int_bias->values<int32_t>().end());
  const auto bias_scale = [&](size_t o) {
    return scale_of(*quantized_->value(product.bias).quant, o);
  };

  CorrectedLayer layer{node.name};
  for (size_t group = 0; group < groups; ++group) {
    IntegerProduct p;
    p.weights = Matrix(order.inner, per_group);
    p.q.resize(order.inner * per_group);
    p.qmin = weights.quant->qmin;
    p.qmax = weights.quant->qmax;
    p.has_bias = int_bias != nullptr;
    if (const auto& out = plan_->graph.value(node.outputs[0]).quant) {
      p.low = static_cast<float>(out->qmin - out->zero_point[0]) * out->scale[0];
      p.high = static_cast<float>(out->qmax - out->zero_point[0]) * out->scale[0];
    }
    for (size_t i = 0; i < per_group; ++i) {
      const size_t o = group * per_group + i;
      p.scale.push_back(scale_of(*weights.quant, o));
      p.bias.push_back(bias ? bias->values<float>()[o] : 0.0f);
      p.q_bias.push_back(int_bias ? static_cast<float>(b[o] * static_cast<double>(bias_scale(o)))
                                  : 0.0f);
      for (size_t k = 0; k < order.inner; ++k) {
        p.weights.row(k)[i] = w.values<float>()[order.place(o, k)];
        p.q[k * per_group + i] = q[order.place(o, k)];
      }
    }
    const size_t begin = group * order.inner, end = begin + order.inner;
    const ProductRows of =
        groups == 1 ? std::move(rows)
                    : ProductRows{part(rows.exact, rows.exact.rows, begin, end),
                                  part(rows.quantized, rows.quantized.rows, begin, end), rows.fit};
    OCTAVO_ASSIGN_OR_RETURN(const Reconstruction found, reconstruct(of, weights_, threads_, p));
    layer.before += found.before / static_cast<double>(groups);
    layer.after += found.after / static_cast<double>(groups);
    for (size_t i = 0; i < per_group; ++i) {
      const size_t o = group * per_group + i;
      for (size_t k = 0; k < order.inner; ++k) {
        q[order.place(o, k)] = static_cast<int8_t>(p.q[k * per_group + i]);
      }
      if (!int_bias) continue;
      const double steps = std::nearbyint(static_cast<double>(p.q_bias[i]) / bias_scale(o));
      b[o] = static_cast<int32_t>(std::clamp(steps, -kLargestBias, kLargestBias));
    }
  }
  layers_.push_back(layer);
  weights.constant = share(Tensor::from(q, integers->shape()));
  if (int_bias) {
    quantized_->value(product.bias).constant = share(Tensor::from(b, int_bias->shape()));
  }
  OCTAVO_ASSIGN_OR_RETURN(plan_, make_plan_(*quantized_));
  for (Executor& sample : samples_) sample.take(plan_);
  return run(samples_, next_);
}

}  // namespace octavo
