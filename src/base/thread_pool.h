// Work over independent items on several threads. Where the platform has no threads (the
// single-thread wasm build) the items run one after another with the same results.
#pragma once

#include <functional>
#include <memory>

namespace octavo {

int hardware_threads();  // at least 1

// Calls work(item, thread) for every item in 0..items-1, each exactly once, on at most `threads`
// threads; `thread` is in 0..threads-1 and is never used by two items at the same time.
void parallel_for(int items, int threads, const std::function<void(int item, int thread)>& work);

// Threads that stay, for work that comes often and takes less time than a thread to start.
class ThreadPool {
 public:
  explicit ThreadPool(int threads);  // in all: the caller of `run` is one of them
  ~ThreadPool();

  int threads() const;
  // Says that work comes within microseconds: threads that sleep get ready.
  void wake();
  // Calls work(item) for every item in 0..items-1 and returns when all are done. One caller at a
  // time.
  void run(int items, const std::function<void(int item)>& work);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace octavo
