#include "base/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace octavo {

// Defined by the build (cmake/flags.cmake) where there are no threads.
#ifdef OCTAVO_NO_THREADS
int hardware_threads() { return 1; }

void parallel_for(int items, int, const std::function<void(int, int)>& work) {
  for (int i = 0; i < items; ++i) work(i, 0);
}
#else
int hardware_threads() {
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void parallel_for(int items, int threads, const std::function<void(int, int)>& work) {
  threads = std::clamp(threads, 1, std::max(1, items));
  std::atomic<int> next = 0;
  const auto drain = [&](int thread) {
    for (int i = next++; i < items; i = next++) work(i, thread);
  };
  std::vector<std::thread> helpers;
  for (int t = 1; t < threads; ++t) helpers.emplace_back(drain, t);
  drain(0);
  for (std::thread& helper : helpers) helper.join();
}
#endif

}  // namespace octavo
