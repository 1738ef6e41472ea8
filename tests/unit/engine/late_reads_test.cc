// Weights stay in the file until they are needed: what that costs, and what happens when the file
// fails meanwhile.
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>

#include "base/thread_pool.h"
#include "engine/inspect.h"
#include "engine/session.h"
#include "tests/unit/formats/onnx/model_bytes.h"

namespace octavo {
namespace {

using namespace model_bytes;  // NOLINT: builders

// Fails from the read number `fails_at` on; counts reads and bytes.
class FailingSource final : public ByteSource {
 public:
  explicit FailingSource(std::string bytes) : bytes_(std::move(bytes)) {}
  uint64_t size() const override { return bytes_.size(); }
  Status read(uint64_t offset, std::span<std::byte> out) const override {
    if (reads++ >= fails_at) return {ErrorCode::kIo, "the disk is gone"};
    read_bytes += out.size();
    return MemorySource(std::as_bytes(std::span(bytes_))).read(offset, out);
  }

  mutable std::atomic<int64_t> reads = 0, read_bytes = 0;
  std::atomic<int64_t> fails_at = INT64_MAX;

 private:
  std::string bytes_;
};

std::vector<float> noise(size_t count, float scale) {
  std::vector<float> values(count);
  for (size_t i = 0; i < count; ++i) values[i] = scale * std::sin(static_cast<float>(i * i % 977));
  return values;
}

Proto weights(std::string_view name, const std::vector<int64_t>& dims) {
  return floats(name, dims, noise(static_cast<size_t>(Shape(dims).count()), 0.1f));
}

Proto ones(std::string_view name) { return floats(name, {32}, std::vector<float>(32, 1.0f)); }

// x -> Conv -> BatchNormalization -> Relu -> Conv (weights that the model transposes) -> Add (a
// picture) -> Flatten -> MatMul -> Gemm -> y
std::string small_model() {
  return model(
      graph({{1, node("Conv", {"x", "w1", "b1"}, {"c1"})},
             {1, node("BatchNormalization", {"c1", "one", "b1", "b1", "one"}, {"n1"})},
             {1, node("Relu", {"n1"}, {"r1"})},
             {1, node("Transpose", {"w2"}, {"w2t"}).message(5, ints("perm", {1, 0, 2, 3}))},
             {1, node("Conv", {"r1", "w2t"}, {"c2"})},
             {1, node("Add", {"c2", "picture"}, {"a"})},
             {1, node("Flatten", {"a"}, {"f"})},
             {1, node("MatMul", {"f", "w3"}, {"m"})},
             {1, node("Gemm", {"m", "w4", "b1"}, {"y"})},
             {5, weights("w1", {32, 4, 3, 3})},
             {5, weights("w2", {32, 32, 1, 1})},
             {5, weights("picture", {1, 32, 6, 6})},
             {5, weights("w3", {32 * 36, 32})},
             {5, weights("w4", {32, 32})},
             {5, weights("b1", {32})},
             {5, ones("one")},
             {11, value("x", 1, {1, 4, 8, 8})},
             out("y")}));
}

std::vector<Tensor> sample() { return {Tensor::from(noise(4 * 8 * 8, 1.0f), Shape{1, 4, 8, 8})}; }

RecipeFile recipe_of(const char* scheme) {
  return *recipe_from_json(std::string(R"({"scheme": ")") + scheme + "\"}");
}

Result<Calibration> calibrated(Session& session) {
  const SampleSource samples{1, [](int64_t) { return "one"; },
                             [](int64_t, int) -> Result<std::vector<Tensor>> { return sample(); }};
  return session.calibrate(samples, recipe_of("static"), 1);
}

Result<std::string> saved(const Session& session) {
  std::string bytes;
  OCTAVO_RETURN_IF_ERROR(session.save("onnx", [&bytes](std::span<const std::byte> piece) {
    bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    return ok_status();
  }));
  return bytes;
}

void append(std::string& all, const std::vector<Tensor>& tensors) {
  for (const Tensor& tensor : tensors) {
    all.append(static_cast<const char*>(tensor.data()), tensor.buffer().size());
  }
}

// All that a model goes through, as one text of results.
Result<std::string> everything(const std::shared_ptr<const ByteSource>& source) {
  OCTAVO_ASSIGN_OR_RETURN(Session session, Session::open(source));
  std::string all;
  OCTAVO_ASSIGN_OR_RETURN(const Inspection inspection, inspect(session.model()));
  all += to_text(inspection);
  OCTAVO_ASSIGN_OR_RETURN(const auto outputs, session.run(sample()));
  append(all, outputs);
  OCTAVO_ASSIGN_OR_RETURN(const std::string same, saved(session));
  all += same;
  for (const char* scheme : {"static", "dynamic"}) {
    Calibration calibration;
    if (std::string(scheme) == "static") {
      OCTAVO_ASSIGN_OR_RETURN(calibration, calibrated(session));
    }
    OCTAVO_ASSIGN_OR_RETURN(auto made, session.quantize(calibration, recipe_of(scheme)));
    OCTAVO_ASSIGN_OR_RETURN(const std::string file, saved(made.session));
    all += file;
    OCTAVO_ASSIGN_OR_RETURN(const auto rough, made.session.run(sample()));
    append(all, rough);
  }
  return all;
}

TEST(LateReads, OpeningReadsNoWeights) {
  const auto source = std::make_shared<FailingSource>(small_model());
  auto session = Session::open(source);
  ASSERT_TRUE(session.ok()) << session.status().to_string();
  const int64_t folded = 32 * 32 * 4;  // the transposed ones
  EXPECT_LT(source->read_bytes, 64 << 10) << "of " << source->size();
  EXPECT_GT(source->size(), 150u << 10);
  EXPECT_GT(source->read_bytes, folded);
}

TEST(LateReads, EveryReadMayFailAndIsTold) {
  const std::string file = small_model();
  const auto whole = std::make_shared<FailingSource>(file);
  const auto wanted = everything(whole);
  ASSERT_TRUE(wanted.ok()) << wanted.status().to_string();
  for (int64_t n = 0; n < whole->reads; ++n) {
    const auto source = std::make_shared<FailingSource>(file);
    source->fails_at = n;
    const auto got = everything(source);
    ASSERT_FALSE(got.ok()) << "read " << n << " failed, and nobody was told";
    EXPECT_EQ(got.status().code(), ErrorCode::kIo) << got.status().to_string();
    EXPECT_EQ(got.status().message(), "the disk is gone");
  }
}

TEST(LateReads, SayWhichTensorFailedAndGoOnOnceItCanBeRead) {
  const auto source = std::make_shared<FailingSource>(small_model());
  Session session = *Session::open(source);
  const Calibration calibration = *calibrated(session);
  session = *Session::open(source);
  source->fails_at = 0;
  EXPECT_EQ(session.run(sample()).status().to_string(),
            "node 'Conv_c1' (Conv): tensor 'w1': the disk is gone");
  EXPECT_EQ(session.quantize(calibration, recipe_of("static")).status().where(), "tensor 'w1'");
  EXPECT_EQ(saved(session).status().where(), "tensor 'w1'");
  source->fails_at = INT64_MAX;
  EXPECT_TRUE(session.run(sample()).ok());
  source->fails_at = 0;
  EXPECT_TRUE(session.run(sample()).ok()) << "what is packed needs no file";
}

TEST(LateReads, AFileOfTypedFieldsIsReadLateToo) {
  const auto values = noise(64 * 1024, 1.0f);
  const auto source = std::make_shared<FailingSource>(
      model(graph({{1, node("MatMul", {"x", "w"}, {"y"})},
                   {5, tensor("w", 1, {64, 1024}).bytes(4, bytes_of(values))},
                   {11, value("x", 1, {1, 64})},
                   out("y")})));
  Session session = *Session::open(source);
  EXPECT_LT(source->read_bytes, 32 << 10);
  std::vector<float> one(64, 0.0f);
  one[3] = 1.0f;
  const auto y = session.run(std::vector<Tensor>{Tensor::from(one, Shape{1, 64})});
  ASSERT_TRUE(y.ok());
  EXPECT_EQ((*y)[0].values<float>()[5], values[3 * 1024 + 5]);
}

TEST(LateReads, HalvesAreWidenedWhenTheyAreRead) {
  const std::vector<uint16_t> halves(64 * 64, 0x3800);  // 0.5
  Session session = *Session::open(std::make_shared<FailingSource>(
      model(graph({{1, node("MatMul", {"x", "w"}, {"y"})},
                   {5, tensor("w", 10, {64, 64}).bytes(9, bytes_of(halves))},
                   {11, value("x", 1, {1, 64})},
                   out("y")}))));
  const auto y =
      session.run(std::vector<Tensor>{Tensor::from(std::vector<float>(64, 1.0f), Shape{1, 64})});
  ASSERT_TRUE(y.ok());
  EXPECT_EQ((*y)[0].values<float>()[63], 32.0f);
}

TEST(LateReads, SessionsShareAFileAndGoInAnyOrder) {
  auto source = std::make_shared<FailingSource>(small_model());
  const std::weak_ptr<const FailingSource> alive = source;
  auto session = std::make_unique<Session>(*Session::open(source));
  source.reset();
  const RecipeFile dynamic = recipe_of("dynamic");
  auto made = std::make_unique<Session>(session->quantize({}, dynamic)->session);
  const std::string file = *saved(*made);
  session.reset();
  EXPECT_EQ(*saved(*made), file) << "its convolutions are still those of the file";
  EXPECT_TRUE(made->run(sample()).ok());
  made.reset();
  EXPECT_TRUE(alive.expired()) << "the file is closed with the last session";
}

TEST(LateReads, ThreadsMakePlansOfOneGraph) {
  const auto source = std::make_shared<FailingSource>(small_model());
  const Session session = *Session::open(source);
  std::vector<std::string> found(4);
  parallel_for(4, 4, [&](int i, int) {
    Session own = session;
    const auto outputs = own.run(sample());
    if (outputs.ok()) append(found[static_cast<size_t>(i)], *outputs);
    if (const auto file = saved(own); file.ok()) found[static_cast<size_t>(i)] += *file;
  });
  for (const std::string& result : found) EXPECT_EQ(result, found[0]);
  EXPECT_GT(found[0].size(), 150u << 10);
}

// A Mul after a Mul after a Conv, and so on: each is drawn into the weights.
TEST(LateReads, ALongChainOfScalesIsNoLongChainOfCalls) {
  Proto nodes = graph({{1, node("Conv", {"x", "w"}, {"m0"})}});
  constexpr int kMuls = 3000;
  for (int i = 0; i < kMuls; ++i) {
    const std::string from = "m" + std::to_string(i), to = "m" + std::to_string(i + 1);
    nodes.message(1, Proto().bytes(1, from).bytes(1, "one").bytes(2, to).bytes(4, "Mul"));
  }
  nodes.message(5, weights("w", {64, 64, 1, 1})).message(5, floats("one", {}, {1.0f}));
  nodes.message(11, value("x", 1, {1, 64, 1, 1}));
  nodes.message(12, value("m" + std::to_string(kMuls), 1, {}));
  auto session = Session::open(std::make_shared<FailingSource>(model(nodes)));
  ASSERT_TRUE(session.ok()) << session.status().to_string();
  EXPECT_EQ(session->graph().live_nodes().size(), 1u);
  EXPECT_TRUE(saved(*session).ok());
}

}  // namespace
}  // namespace octavo
