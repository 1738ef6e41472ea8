// Runs the operator tests of the ONNX standard (Debian's libonnx-testdata): each a small model,
// inputs and outputs. What is not implemented is listed with its reason in
// conformance_unsupported.inc; a listed test that passes is a failure too, so the list stays true.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "formats/format.h"
#include "formats/onnx/tensor_reader.h"
#include "runtime/executor.h"

namespace octavo {
namespace {

namespace fs = std::filesystem;

struct Unsupported {
  const char* reason;
  const char* names;  // separated by spaces; a trailing * stands for any ending
};
constexpr Unsupported kUnsupported[] = {
#include "tests/unit/conformance_unsupported.inc"
};

bool matches(const std::string& name, const std::string& pattern) {
  if (pattern.back() != '*') return name == pattern;
  return name.compare(0, pattern.size() - 1, pattern, 0, pattern.size() - 1) == 0;
}

// Why a test is not expected to pass; null where it is.
const char* reason_against(const std::string& name) {
  for (const Unsupported& group : kUnsupported) {
    std::string word;
    for (const char* c = group.names;; ++c) {
      if (*c != ' ' && *c != '\0') {
        word += *c;
        continue;
      }
      if (!word.empty() && matches(name, word)) return group.reason;
      word.clear();
      if (*c == '\0') break;
    }
  }
  return nullptr;
}

fs::path data_folder() {
  const char* given = std::getenv("OCTAVO_ONNX_TESTDATA");
  return given ? given : "/usr/lib/python3/dist-packages/onnx/backend/test/data";
}

std::vector<fs::path> sorted(const fs::path& folder, const std::string& prefix) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().filename().string().rfind(prefix, 0) == 0) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

// input_0.pb, input_1.pb, ... of a data set.
Result<std::vector<Tensor>> read_tensors(const fs::path& folder, const std::string& kind) {
  std::vector<Tensor> tensors;
  for (size_t i = 0;; ++i) {
    const fs::path path = folder / (kind + "_" + std::to_string(i) + ".pb");
    std::error_code error;
    if (!fs::exists(path, error)) return tensors;
    OCTAVO_ASSIGN_OR_RETURN(auto source, open_file(path.string()));
    onnx::WireReader wire(source);
    onnx::ExternalData external{{}};
    OCTAVO_ASSIGN_OR_RETURN(const onnx::NamedConstant named,
                            onnx::TensorReader(wire, external).read(wire.everything()));
    OCTAVO_ASSIGN_OR_RETURN(Tensor tensor, named.constant.read());
    tensors.push_back(std::move(tensor));
  }
}

TensorView view_of(const Tensor& tensor) {
  return {tensor.dtype(), tensor.shape(), const_cast<void*>(tensor.data())};
}

bool is_close(double got, double want) {
  if (std::isnan(got) || std::isnan(want)) return std::isnan(got) && std::isnan(want);
  if (std::isinf(want)) return got == want;
  return std::fabs(got - want) <= 1e-5 + 1e-3 * std::fabs(want);
}

template <typename T>
bool all_close(const TensorView& got, const Tensor& want) {
  const auto a = got.values<T>();
  const auto b = want.values<T>();
  return std::equal(a.begin(), a.end(), b.begin(), [](T x, T y) {
    return is_close(static_cast<double>(x), static_cast<double>(y));
  });
}

// "" where equal.
std::string difference(const TensorView& got, const Tensor& want) {
  if (got.dtype != want.dtype()) {
    return std::string("dtype ") + name_of(got.dtype) + ", not " + name_of(want.dtype());
  }
  if (got.shape != want.shape()) {
    return "shape " + got.shape.to_string() + ", not " + want.shape().to_string();
  }
  bool equal;
  if (got.dtype == DType::kFloat32)
    equal = all_close<float>(got, want);
  else if (got.dtype == DType::kFloat64)
    equal = all_close<double>(got, want);
  else
    equal = got.bytes() == 0 || std::memcmp(got.data, want.data(), got.bytes()) == 0;
  return equal ? "" : "other values";
}

std::string run_data_set(Executor& executor, const fs::path& folder) {
  const auto inputs = read_tensors(folder, "input"), outputs = read_tensors(folder, "output");
  if (!inputs.ok()) return inputs.status().to_string();
  if (!outputs.ok()) return outputs.status().to_string();
  std::vector<TensorView> views;
  for (const Tensor& tensor : *inputs) views.push_back(view_of(tensor));
  const auto results = executor.run(views);
  if (!results.ok()) return results.status().to_string();
  if (results->size() != outputs->size()) return "another count of outputs";
  for (size_t i = 0; i < results->size(); ++i) {
    const std::string fault = difference((*results)[i], (*outputs)[i]);
    if (!fault.empty()) return "output " + std::to_string(i) + ": " + fault;
  }
  return "";
}

// What went wrong, "" for nothing.
std::string run_test(const fs::path& folder, bool lower) {
  const auto source = open_file((folder / "model.onnx").string());
  if (!source.ok()) return source.status().to_string();
  const auto model = read_model(*source, {});
  if (!model.ok()) return model.status().to_string();
  const auto plan = make_plan(model->graph, {.lower = lower});
  if (!plan.ok()) return plan.status().to_string();
  Executor executor(*plan);
  for (const fs::path& data : sorted(folder, "test_data_set_")) {
    const std::string fault = run_data_set(executor, data);
    if (!fault.empty()) return fault;
  }
  return "";
}

class Conformance : public testing::TestWithParam<bool> {};

TEST_P(Conformance, EveryOperatorTestPassesOrIsListedWithItsReason) {
  const auto tests = sorted(data_folder() / "node", "test_");
  if (tests.empty()) GTEST_SKIP() << "no ONNX test data: install libonnx-testdata";
  int passed = 0, listed = 0;
  for (const fs::path& folder : tests) {
    const std::string name = folder.filename().string().substr(5);
    const std::string fault = run_test(folder, GetParam());
    const char* reason = reason_against(name);
    passed += fault.empty();
    listed += reason != nullptr;
    EXPECT_FALSE(!reason && !fault.empty()) << name << ": " << fault;
    EXPECT_FALSE(reason && fault.empty()) << name << " passes, but is listed: " << reason;
  }
  std::printf("%d of %zu operator tests pass, %d are listed\n", passed, tests.size(), listed);
}

INSTANTIATE_TEST_SUITE_P(Plans, Conformance, testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Lowered" : "NodeByNode"; });

}  // namespace
}  // namespace octavo
