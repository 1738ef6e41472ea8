// Operators that are a table of 256 results: Requantize, QLinearUnary, and QLinearConcat's inputs.
#include <algorithm>
#include <memory>
#include <optional>

#include "kernels/copy/copy_bytes.h"
#include "kernels/qtable/qtable.h"
#include "runtime/ops/quant_support.h"
#include "runtime/ops/support.h"

namespace octavo {
namespace {

Result<ByteTable> table_between(const Value& from, const Value& to) {
  OCTAVO_ASSIGN_OR_RETURN(const QuantParams x, per_tensor_quant(from));
  OCTAVO_ASSIGN_OR_RETURN(const QuantParams y, per_tensor_quant(to));
  return requantize_table(x.scale[0], x.zero_point[0], is_signed(x), y.scale[0], requant_of(y));
}

RunFn run_table(const ByteTable& table) {
  return [table](RunContext& context) {
    look_up(context.outputs[0].bytes(), static_cast<const uint8_t*>(context.inputs[0].data), table,
            static_cast<uint8_t*>(context.outputs[0].data));
    return ok_status();
  };
}

bool is_identity(const ByteTable& table) {
  for (size_t i = 0; i < table.size(); ++i) {
    if (table[i] != i) return false;
  }
  return true;
}

struct QLinearConcat {
  std::vector<std::optional<ByteTable>> tables;  // none where the bytes are copied as they are
  int64_t axis;

  Status operator()(RunContext& context) const {
    const TensorView& y = context.outputs[0];
    OCTAVO_ASSIGN_OR_RETURN(const int at, checked_axis(axis, y.shape.rank()));
    const auto rows = static_cast<size_t>(y.shape.count(0, at));
    if (y.count() == 0) return {};
    const size_t whole = y.bytes() / rows;
    auto* to = static_cast<uint8_t*>(y.data);
    for (size_t i = 0; i < context.inputs.size(); ++i) {
      const size_t part = context.inputs[i].bytes() / rows;
      const auto* from = static_cast<const uint8_t*>(context.inputs[i].data);
      for (size_t row = 0; row < rows && part > 0; ++row) {
        if (tables[i]) {
          look_up(part, from + row * part, *tables[i], to + row * whole);
        } else {
          copy_bytes(from + row * part, to + row * whole, part);
        }
      }
      to += part;
    }
    return {};
  }
};

}  // namespace

Result<RunFn> prepare_requantize(const PrepareContext& context) {
  OCTAVO_ASSIGN_OR_RETURN(const ByteTable table,
                          table_between(context.input(0), context.output(0)));
  return run_table(table);
}

Result<RunFn> prepare_qlinear_unary(const PrepareContext& context) {
  const auto values = context.node().attrs.get_tensor("table")->held()->values<uint8_t>();
  ByteTable table;
  std::copy_n(values.begin(), table.size(), table.begin());
  return run_table(table);
}

Result<RunFn> prepare_qlinear_concat(const PrepareContext& context) {
  QLinearConcat concat{{}, context.node().attrs.get_int("axis", 0)};
  for (size_t i = 0; i < context.node().inputs.size(); ++i) {
    OCTAVO_ASSIGN_OR_RETURN(const ByteTable table,
                            table_between(context.input(i), context.output(0)));
    concat.tables.push_back(is_identity(table) ? std::nullopt : std::optional(table));
  }
  return RunFn(std::move(concat));
}

}  // namespace octavo
