#include "quant/corrections/reconstruct.h"

#include <algorithm>
#include <cmath>

#include "base/thread_pool.h"

namespace octavo {
namespace {

constexpr size_t kBlock = 256;   // weights of an output that are fitted together
constexpr int kSweeps = 2;       // over all blocks
constexpr int kBlockSweeps = 4;  // over the weights of a block
constexpr int kBiasSteps = 10;   // saturation makes the best bias no mean
constexpr float kRidge = 0.3f;   // of the inputs' mean square: ties integers to their weights
// Share of the errors of layers before that weights make up for. Fitted to all of them, weights
// shrink as regression does where its inputs are noisy, and layer after layer fades.
constexpr float kMadeUp = 0.5f;
constexpr float kFarthest = 2.0f;  // steps of an integer from its weight

// How far `other` is from y, but for what both have beyond what integers hold.
float missing(float y, float other, const IntegerProduct& p) {
  if (y <= p.low) return other > p.low ? p.low - other : 0;
  if (y >= p.high) return other < p.high ? p.high - other : 0;
  return y - other;
}

Matrix missing(const Matrix& y, const Matrix& other, size_t rows, const IntegerProduct& p) {
  Matrix m(rows, y.columns);
  for (size_t i = 0; i < m.values.size(); ++i) {
    m.values[i] = missing(y.values[i], other.values[i], p);
  }
  return m;
}

double mean_square(const Matrix& y, const Matrix& other, size_t first_row,
                   const IntegerProduct& p) {
  double sum = 0;
  for (size_t i = first_row * y.columns; i < y.values.size(); ++i) {
    const double e = static_cast<double>(std::clamp(y.values[i], p.low, p.high)) -
                     static_cast<double>(std::clamp(other.values[i], p.low, p.high));
    sum += e * e;
  }
  return sum / static_cast<double>((y.rows - first_row) * y.columns);
}

Matrix reals(const IntegerProduct& p) {
  Matrix w(p.weights.rows, p.weights.columns);
  for (size_t i = 0; i < w.values.size(); ++i) {
    w.values[i] = static_cast<float>(p.q[i]) * p.scale[i % w.columns];
  }
  return w;
}

// The integers of a block of one output's weights, `stride` apart. h = x^T x of their inputs,
// g = x^T (what is missing at the output), which each step changes.
void descend(const Matrix& h, float ridge, float scale, const IntegerProduct& p, const float* w,
             int32_t* q, size_t stride, std::vector<float>& g) {
  for (int sweep = 0; sweep < kBlockSweeps; ++sweep) {
    bool moved = false;
    for (size_t j = 0; j < h.rows; ++j) {
      const float distance = static_cast<float>(q[j * stride]) * scale - w[j * stride];
      const float pull = g[j] - ridge * distance;  // half the slope downwards
      const float delta = pull > 0 ? scale : -scale;
      const int32_t next = q[j * stride] + (pull > 0 ? 1 : -1);
      if (next < p.qmin || next > p.qmax) continue;
      if (std::fabs(distance + delta) > kFarthest * scale) continue;
      if (2 * delta * pull <= delta * delta * (h.row(j)[j] + ridge)) continue;
      q[j * stride] = next;
      moved = true;
      for (size_t i = 0; i < h.rows; ++i) g[i] -= delta * h.row(j)[i];
    }
    if (!moved) return;
  }
}

// Fits weights begin..end-1 of all outputs. `x`: their inputs, centred, because the bias takes what
// they share; `y`: the outputs so far, which it brings up to date.
Status fit_block(const Matrix& x, const Matrix& exact, size_t fit, size_t begin, int threads,
                 IntegerProduct& p, Matrix& y) {
  const size_t size = x.columns, outputs = y.columns;
  const Matrix fitted = part(x, fit, 0, size);
  OCTAVO_ASSIGN_OR_RETURN(const Matrix h, transposed_product(fitted, fitted));
  OCTAVO_ASSIGN_OR_RETURN(const Matrix slope,
                          transposed_product(fitted, missing(exact, y, fit, p)));
  float ridge = 0;
  for (size_t j = 0; j < size; ++j) ridge += h.row(j)[j];
  ridge *= kRidge / static_cast<float>(size);
  Matrix change(size, outputs);
  parallel_for(static_cast<int>(outputs), threads, [&](int output, int) {
    const auto o = static_cast<size_t>(output);
    std::vector<float> g(size);
    int32_t* q = &p.q[begin * outputs + o];
    for (size_t j = 0; j < size; ++j) {
      g[j] = slope.row(j)[o];
      change.row(j)[o] = -static_cast<float>(q[j * outputs]);
    }
    descend(h, ridge, p.scale[o], p, p.weights.row(begin) + o, q, outputs, g);
    for (size_t j = 0; j < size; ++j) {
      change.row(j)[o] = (change.row(j)[o] + static_cast<float>(q[j * outputs])) * p.scale[o];
    }
  });
  OCTAVO_ASSIGN_OR_RETURN(const Matrix more, product(x, change));
  for (size_t i = 0; i < y.values.size(); ++i) y.values[i] += more.values[i];
  return {};
}

Status fit_weights(const ProductRows& rows, const Matrix& exact, int threads, IntegerProduct& p,
                   Matrix& y) {
  Matrix centred = rows.quantized;
  if (p.has_bias) {
    std::vector<float> means = column_means(rows.quantized, rows.fit);
    for (float& mean : means) mean = -mean;
    add_to_rows(means, centred);
  }
  const size_t k = p.weights.rows;
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    for (size_t begin = 0; begin < k; begin += kBlock) {
      const Matrix x = part(centred, centred.rows, begin, std::min(begin + kBlock, k));
      OCTAVO_RETURN_IF_ERROR(fit_block(x, exact, rows.fit, begin, threads, p, y));
    }
  }
  return {};
}

void fit_bias(const Matrix& exact, size_t fit, IntegerProduct& p, Matrix& y) {
  if (!p.has_bias) return;
  for (int step = 0; step < kBiasSteps; ++step) {
    const std::vector<float> means = column_means(missing(exact, y, fit, p), fit);
    add_to_rows(means, y);
    for (size_t o = 0; o < means.size(); ++o) p.q_bias[o] += means[o];
  }
}

}  // namespace

Result<Reconstruction> reconstruct(const ProductRows& rows, bool weights, int threads,
                                   IntegerProduct& product) {
  OCTAVO_ASSIGN_OR_RETURN(Matrix exact, octavo::product(rows.exact, product.weights));
  add_to_rows(product.bias, exact);
  OCTAVO_ASSIGN_OR_RETURN(Matrix given, octavo::product(rows.quantized, reals(product)));
  add_to_rows(product.q_bias, given);
  const size_t judged = rows.fit < exact.rows ? rows.fit : 0;  // first row
  Reconstruction found;
  found.before = found.after = mean_square(exact, given, judged, product);

  const auto keep_better = [&](IntegerProduct& other, const Matrix& y) {
    const double error = mean_square(exact, y, judged, other);
    if (!(error < found.after)) return;
    found.after = error;
    product = other;
  };
  const IntegerProduct start = product;
  IntegerProduct shifted = start;
  Matrix y = given;
  fit_bias(exact, rows.fit, shifted, y);
  keep_better(shifted, y);
  if (!weights) return found;

  IntegerProduct fitted = start;
  OCTAVO_ASSIGN_OR_RETURN(Matrix wanted, octavo::product(rows.quantized, product.weights));
  add_to_rows(product.bias, wanted);
  for (size_t i = 0; i < wanted.values.size(); ++i) {
    wanted.values[i] += kMadeUp * (exact.values[i] - wanted.values[i]);
  }
  OCTAVO_RETURN_IF_ERROR(fit_weights(rows, wanted, threads, fitted, given));
  OCTAVO_ASSIGN_OR_RETURN(y, octavo::product(rows.quantized, reals(fitted)));
  add_to_rows(fitted.q_bias, y);
  fit_bias(exact, rows.fit, fitted, y);
  keep_better(fitted, y);
  return found;
}

}  // namespace octavo
