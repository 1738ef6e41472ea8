#include "tests/bench/kernel_bench.h"

#include <algorithm>
#include <chrono>
#include <sstream>

namespace octavo {
namespace {

// One benchmark with as many runs in a row as take a millisecond: timers of browsers are coarse.
class Timed {
 public:
  explicit Timed(const KernelBench& bench) : bench_(bench) {
    // Thrice: once may be long because something else ran.
    while (std::min({seconds(), seconds(), seconds()}) < 1e-3) runs_ *= 2;
  }
  double rate() const { return bench_.work * static_cast<double>(runs_) / seconds(); }

 private:
  double seconds() const {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point begin = Clock::now();
    for (size_t i = 0; i < runs_; ++i) bench_.run();
    return std::chrono::duration<double>(Clock::now() - begin).count();
  }

  const KernelBench& bench_;
  size_t runs_ = 1;
};

std::string to_json(const std::vector<double>& numbers) {
  std::ostringstream text;
  for (const double number : numbers) text << (text.tellp() > 0 ? "," : "[") << number;
  return numbers.empty() ? "[]" : text.str() + ']';
}

}  // namespace

KernelBenches kernel_benches() {
  KernelBenches benches;
  for (const auto add : {add_gemms, add_depthwise, add_elementwise, add_pools}) add(benches);
  return benches;
}

std::string add_mix(KernelBenches& benches, const std::string& kernel, const Mix& mix,
                    const char* unit) {
  constexpr size_t kSteps = 1 << 14;
  const std::vector<uint8_t> lines(kMixBytes, 0x3f);  // floats of 0.75
  const auto run = [mix, lines, out = std::vector<uint8_t>(kMixBytes)]() mutable {
    const volatile size_t zero = 0;
    mix.run(kSteps, lines.data(), zero, out.data());
  };
  benches.push_back({kernel + "/mix", "", unit, static_cast<double>(kSteps * mix.work), run});
  return benches.back().name;
}

std::string measure(const KernelBenches& benches, size_t rounds) {
  const std::vector<Timed> timed(benches.begin(), benches.end());
  const auto limit_of = [&](const KernelBench& bench) {
    const auto named = [&](const KernelBench& other) { return other.name == bench.limit; };
    return timed.begin() + (std::find_if(benches.begin(), benches.end(), named) - benches.begin());
  };
  std::vector<std::vector<double>> rates(benches.size()), shares(benches.size());
  for (size_t round = 0; round < rounds; ++round) {
    for (size_t i = 0; i < benches.size(); ++i) {
      const auto limit = limit_of(benches[i]);
      const double most = limit == timed.end() ? 0 : limit->rate();
      rates[i].push_back(timed[i].rate());
      if (most > 0) shares[i].push_back(rates[i].back() / most);
    }
  }
  std::string json;
  for (size_t i = 0; i < benches.size(); ++i) {
    json += std::string(json.empty() ? "[" : ",") + "{\"name\":\"" + benches[i].name +
            "\",\"unit\":\"" + benches[i].unit + "\",\"rates\":" + to_json(rates[i]) +
            ",\"shares\":" + to_json(shares[i]) + '}';
  }
  return json + ']';
}

}  // namespace octavo
