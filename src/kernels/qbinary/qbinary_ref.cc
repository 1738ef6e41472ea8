#include "kernels/qbinary/qbinary_element.h"

namespace octavo {
namespace {

template <typename Element>
void run(size_t n, const uint8_t* a, const uint8_t* b, bool b_is_scalar, const QBinary& params,
         uint8_t* y) {
  for (size_t i = 0; i < n; ++i) y[i] = Element::apply(a[i], b[b_is_scalar ? 0 : i], params);
}

}  // namespace

extern const QBinaryKernel qx8_binary__ref = {"qx8_binary__ref", Isa::kRef, run<AddElement>,
                                              run<MulElement>};

}  // namespace octavo
