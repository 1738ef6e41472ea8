#include "cli/command.h"
#include "engine/npy.h"
#include "engine/profile.h"

namespace octavo {
namespace {

struct Options {
  std::string model;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  int profile = 0;
  int threads = 1;
  bool force = false;
};

Result<ExitCode> run(const Options& o) {
  for (const std::string& path : o.outputs) OCTAVO_RETURN_IF_ERROR(check_writable(path, o.force));
  OCTAVO_ASSIGN_OR_RETURN(Session session, open_model(o.model));
  std::vector<Tensor> inputs;
  for (const std::string& path : o.inputs) {
    OCTAVO_ASSIGN_OR_RETURN(const std::vector<std::byte> bytes, read_file(path));
    Result<Tensor> input = read_npy(bytes);
    if (!input.ok()) return input.status().at(path);
    inputs.push_back(*std::move(input));
  }
  if (o.threads > 1) session.use_threads(std::make_shared<ThreadPool>(o.threads));
  if (o.profile > 0) {
    OCTAVO_ASSIGN_OR_RETURN(const Profile found, profile(session, inputs, o.profile));
    print(to_text(found));
  }
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<Tensor> outputs, session.run(inputs));
  if (o.outputs.size() > outputs.size()) {
    return Status(ErrorCode::kInvalidArgument, "the model has " + std::to_string(outputs.size()) +
                                                   " outputs; give as many files");
  }
  for (size_t i = 0; i < o.outputs.size(); ++i) {
    const Tensor& output = outputs[i];
    const auto bytes = write_npy(output.dtype(), output.shape(), output.data());
    OCTAVO_RETURN_IF_ERROR(
        write_atomically(o.outputs[i], o.force, [&](const Sink& sink) { return sink(bytes); }));
    print(o.outputs[i] + ": " + session.graph().value(session.graph().outputs[i]).name + " " +
          name_of(output.dtype()) + " " + output.shape().to_string() + "\n");
  }
  return kExitOk;
}

}  // namespace

RunCommand add_run(CLI::App& app) {
  auto o = std::make_shared<Options>();
  app.add_option("MODEL", o->model, "any model that Octavo reads")->required();
  app.add_option("--input", o->inputs,
                 "array for an input; repeat it for each, in the model's order")
      ->required()
      ->type_name("X.npy")
      ->allow_extra_args(false);
  app.add_option("--output", o->outputs, "where an output goes; repeat it for more than the first")
      ->required()
      ->type_name("Y.npy")
      ->allow_extra_args(false);
  app.add_option("--profile", o->profile, "run N times and show where the time goes")
      ->type_name("N")
      ->check(CLI::Range(1, 100000));
  app.add_option("--threads", o->threads, "threads that share each run; 1 unless given")
      ->check(CLI::Range(1, 1024));
  app.add_flag("-f,--force", o->force, "replace files that exist");
  return [o] { return run(*o); };
}

}  // namespace octavo
