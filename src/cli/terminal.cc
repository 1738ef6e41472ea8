#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace octavo {
namespace {

using Clock = std::chrono::steady_clock;

volatile std::sig_atomic_t interrupted = 0;

constexpr auto kTerminalPause = std::chrono::milliseconds(50);
constexpr auto kPlainPause = std::chrono::seconds(5);

void draw_bar(std::string_view phase, int64_t done, int64_t total) {
  constexpr int kWidth = 30;
  const int filled = total > 0 ? static_cast<int>(done * kWidth / total) : 0;
  std::string bar;
  for (int i = 0; i < kWidth; ++i) bar += i < filled ? "█" : "░";
  std::fprintf(stderr, "\r  %-11.*s %s %lld/%lld", static_cast<int>(phase.size()), phase.data(),
               bar.c_str(), static_cast<long long>(done), static_cast<long long>(total));
  if (done == total) std::fprintf(stderr, "\r\x1b[K");
}

}  // namespace

bool is_terminal(int fd) { return isatty(fd) != 0; }

bool wants_color(int fd) { return is_terminal(fd) && std::getenv("NO_COLOR") == nullptr; }

int terminal_width() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return std::min<int>(size.ws_col, 100);
}

Progress terminal_progress(bool quiet) {
  std::signal(SIGINT, [](int) { interrupted = 1; });
  return [quiet, terminal = is_terminal(STDERR_FILENO), last = Clock::time_point()](
             std::string_view phase, int64_t done, int64_t total) mutable {
    const auto now = Clock::now();
    const bool due = terminal ? now - last >= kTerminalPause || done == total
                              : now - last >= kPlainPause && done < total;
    if (!quiet && due) {
      last = now;
      if (terminal) {
        draw_bar(phase, done, total);
      } else {
        std::fprintf(stderr, "  %.*s %lld/%lld\n", static_cast<int>(phase.size()), phase.data(),
                     static_cast<long long>(done), static_cast<long long>(total));
      }
    }
    return interrupted == 0;
  };
}

}  // namespace octavo
