#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace octavo {
namespace {

TEST(ThreadPool, DoesEveryItemOnceHoweverOftenItIsAsked) {
  for (const int threads : {1, 2, 5}) {
    ThreadPool pool(threads);
    for (int round = 0; round < 300; ++round) {
      std::vector<std::atomic<int>> done(static_cast<size_t>(round % 9));
      pool.run(round % 9, [&](int i) { ++done[static_cast<size_t>(i)]; });
      for (const std::atomic<int>& count : done) EXPECT_EQ(count, 1);
    }
  }
}

TEST(ThreadPool, IsWokenAheadOrNot) {
  ThreadPool pool(3);
  int done = 0;
  for (int round = 0; round < 100; ++round) {
    if (round % 2 == 0) pool.wake();
    if (round % 10 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));  // they sleep
    pool.run(1, [&](int) { ++done; });
  }
  EXPECT_EQ(done, 100);
}

TEST(ThreadPool, MayEndWithoutWork) { EXPECT_GE(ThreadPool(3).threads(), 1); }

}  // namespace
}  // namespace octavo
