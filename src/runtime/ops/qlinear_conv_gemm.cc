// Convolution as a matrix product (conv_rows.h).
#include "runtime/ops/conv_rows.h"

namespace octavo {
namespace {

class QConvGemm final : public QConvMethod {
 public:
  QConvGemm(const QConvParams& params, ConvGroups groups)
      : out_(params.out),
        x_signed_(params.x_signed),
        zero_(static_cast<uint8_t>(params.x_zero_point)),
        groups_(std::move(groups)) {}

  uint64_t scratch_bytes(const ConvGeometry& geometry) const override {
    return conv_rows_scratch(groups_, geometry);
  }

  void run(const ConvGeometry& geometry, const uint8_t* x, uint8_t* y,
           std::byte* scratch) const override {
    const auto stride = static_cast<size_t>(geometry.out_channels);
    for (size_t g = 0; g < groups_.size(); ++g) {
      const QGemmWeights& weights = groups_[g];
      uint8_t* const y_group = y + g * weights.n;
      run_conv_rows(weights, g, geometry, x, x_signed_, zero_, scratch,
                    [&](size_t m, size_t n, const QGemmPanel& panel) {
                      weights.kernel->to_bytes(panel, out_, y_group + m * stride + n, stride);
                    });
    }
  }

 private:
  Requant out_;
  bool x_signed_;
  uint8_t zero_;
  ConvGroups groups_;
};

}  // namespace

Result<QConvMethodPtr> make_qconv_gemm(const QConvParams& params, Isa isa) {
  OCTAVO_ASSIGN_OR_RETURN(ConvGroups groups, pack_conv_groups(params, isa));
  return QConvMethodPtr(std::make_shared<QConvGemm>(params, std::move(groups)));
}

}  // namespace octavo
