#include "base/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace octavo {

// Defined by the build (cmake/flags.cmake) where there are no threads.
#ifdef OCTAVO_NO_THREADS
int hardware_threads() { return 1; }

void parallel_for(int items, int, const std::function<void(int, int)>& work) {
  for (int i = 0; i < items; ++i) work(i, 0);
}

struct ThreadPool::State {};
ThreadPool::ThreadPool(int) {}
ThreadPool::~ThreadPool() = default;
int ThreadPool::threads() const { return 1; }
void ThreadPool::wake() {}
void ThreadPool::run(int items, const std::function<void(int)>& work) {
  for (int i = 0; i < items; ++i) work(i);
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

// Steps of a model follow each other within microseconds, and their parts end as close to each
// other: to sleep and be woken takes longer, so whoever waits looks for a while first.
template <typename Seen>
void look_for(Seen seen) {
  using Clock = std::chrono::steady_clock;
  for (const auto end = Clock::now() + std::chrono::microseconds(100);
       !seen() && Clock::now() < end;) {
    std::this_thread::yield();
  }
}

// A helper takes part in a round if it wakes while there is work; the caller waits for those that
// did, not for those that slept.
struct ThreadPool::State {
  std::mutex mutex;
  std::condition_variable wake, idle;
  std::atomic<uint64_t> round = 0;
  const std::function<void(int)>* work = nullptr;  // null between rounds
  std::atomic<int> next = 0;
  int items = 0;
  std::atomic<int> active = 0;  // helpers that are in the round
  bool ending = false;
  std::vector<std::thread> helpers;

  void drain(const std::function<void(int)>& of) {
    for (int i = next++; i < items; i = next++) of(i);
  }

  void help() {
    for (uint64_t seen = 0;;) {
      look_for([&] { return round.load() != seen; });
      std::unique_lock lock(mutex);
      wake.wait(lock, [&] { return ending || round.load() != seen; });
      if (ending) return;
      seen = round.load();
      if (!work) continue;  // to look for it
      ++active;
      const std::function<void(int)>& of = *work;
      lock.unlock();
      drain(of);
      lock.lock();
      if (--active == 0) idle.notify_one();
    }
  }
};

ThreadPool::ThreadPool(int threads) : state_(std::make_unique<State>()) {
  for (int t = 1; t < threads; ++t) state_->helpers.emplace_back([this] { state_->help(); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->ending = true;
  }
  state_->wake.notify_all();
  for (std::thread& helper : state_->helpers) helper.join();
}

int ThreadPool::threads() const { return static_cast<int>(state_->helpers.size()) + 1; }

void ThreadPool::wake() {
  {
    const std::lock_guard lock(state_->mutex);
    ++state_->round;
  }
  state_->wake.notify_all();
}

void ThreadPool::run(int items, const std::function<void(int)>& work) {
  State& state = *state_;
  {
    const std::lock_guard lock(state.mutex);
    state.work = &work;
    state.items = items;
    state.next = 0;
    ++state.round;
  }
  state.wake.notify_all();
  state.drain(work);
  const auto idle = [&] { return state.active.load() == 0; };
  {
    const std::lock_guard lock(state.mutex);
    state.work = nullptr;
  }
  look_for(idle);
  std::unique_lock lock(state.mutex);
  state.idle.wait(lock, idle);
}
#endif

}  // namespace octavo
