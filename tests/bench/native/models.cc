// octavo_turns THREADS MODEL X.npy...: opens a model, then for every line on stdin, which holds a
// number, runs it so often and prints the milliseconds of each run on a line.
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "base/byte_source.h"
#include "engine/npy.h"
#include "engine/session.h"

namespace octavo {
namespace {

Result<std::vector<Tensor>> inputs_from(std::span<char* const> paths) {
  std::vector<Tensor> inputs;
  for (const char* path : paths) {
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    OCTAVO_ASSIGN_OR_RETURN(Tensor input, read_npy(std::as_bytes(std::span(text))));
    inputs.push_back(std::move(input));
  }
  return inputs;
}

Status take_turns(int threads, const char* model, std::span<char* const> paths) {
  using Clock = std::chrono::steady_clock;
  OCTAVO_ASSIGN_OR_RETURN(const auto source, open_file(model));
  OCTAVO_ASSIGN_OR_RETURN(Session session, Session::open(source));
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<Tensor> inputs, inputs_from(paths));
  if (threads > 1) session.use_threads(std::make_shared<ThreadPool>(threads));
  for (int runs; std::cin >> runs;) {
    for (; runs > 0; --runs) {
      const Clock::time_point begin = Clock::now();
      OCTAVO_RETURN_IF_ERROR(session.run(inputs).status());
      std::cout << std::chrono::duration<double, std::milli>(Clock::now() - begin).count() << ' ';
    }
    std::cout << std::endl;
  }
  return {};
}

}  // namespace
}  // namespace octavo

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const octavo::Status status =
      octavo::take_turns(std::atoi(argv[1]), argv[2], std::span(argv + 3, argv + argc));
  if (!status.ok()) std::cerr << status.to_string() << '\n';
  return status.ok() ? 0 : 1;
}
