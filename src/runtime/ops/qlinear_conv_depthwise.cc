#include "runtime/ops/conv_lines.h"

namespace octavo {
namespace {

class QConvDepthwise final : public QConvMethod {
 public:
  QConvDepthwise(const QConvParams& params, QDwConvWeights weights)
      : out_(params.out),
        x_signed_(params.x_signed),
        zero_(static_cast<uint8_t>(params.x_zero_point)),
        weights_(std::move(weights)) {}

  uint64_t scratch_bytes(const ConvGeometry& geometry) const override {
    return lines().scratch_bytes(geometry);
  }

  void run(const ConvGeometry& geometry, const uint8_t* x, uint8_t* y,
           std::byte* scratch) const override {
    lines().run(geometry, x, y, scratch,
                [&](const QDwConvLine& line, uint8_t* columns, uint8_t* to) {
                  weights_.kernel->to_bytes(line, weights_, out_, columns, to);
                });
  }

 private:
  ConvLines lines() const { return {weights_, x_signed_, zero_}; }

  Requant out_;
  bool x_signed_;
  uint8_t zero_;
  QDwConvWeights weights_;
};

}  // namespace

Result<QDwConvWeights> pack_depthwise(const QConvParams& params, Isa isa) {
  const Shape& shape = params.w->shape();
  const auto columns = static_cast<size_t>(shape[shape.rank() - 1]);
  const size_t channels = params.multiplier.size();
  QDwConvWeights weights = pack_weights(
      {channels, static_cast<size_t>(params.w->count()) / channels / columns, columns,
       static_cast<const uint8_t*>(params.w->data()), params.w_signed, params.w_zero_point.data(),
       params.bias, params.multiplier.data(), params.x_signed, params.x_zero_point},
      isa);
  if (!weights.packed) return no_memory_for_weights();
  return weights;
}

Result<QConvMethodPtr> make_qconv_depthwise(const QConvParams& params, Isa isa) {
  OCTAVO_ASSIGN_OR_RETURN(QDwConvWeights weights, pack_depthwise(params, isa));
  return QConvMethodPtr(std::make_shared<QConvDepthwise>(params, std::move(weights)));
}

}  // namespace octavo
