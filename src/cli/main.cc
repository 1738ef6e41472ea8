// octavo: the command line. Parses, calls the engine, prints.
#include <algorithm>
#include <string>
#include <vector>

#include "cli/command.h"
#include "engine/version.h"

namespace octavo {
namespace {

// One sentence of what cannot be parsed, and where to look.
std::string complaint(const CLI::App& app, const CLI::ParseError& error) {
  std::string what = error.what(), help = "octavo";
  for (const CLI::App* command : app.get_subcommands()) {  // the one that was given
    help += " " + command->get_name();
    const std::vector<std::string> extras = command->remaining();
    const auto is_flag = [](const std::string& text) { return text.starts_with('-'); };
    const auto flag = std::ranges::find_if(extras, is_flag);
    if (flag != extras.end()) {
      what = "there is no flag '" + *flag + "'";
    } else if (!extras.empty()) {
      what = "'" + extras[0] + "' is one too many";
    }
  }
  return "octavo: " + what + "; " + help + " --help tells more\n";
}

}  // namespace
}  // namespace octavo

int main(int argc, char** argv) {
  using namespace octavo;
  CLI::App app{"Folds a neural network to eight bits.\n"};
  app.name("octavo");
  app.set_version_flag("--version", std::string("octavo ") + kVersion);
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 ok, 1 failure, 2 usage, 3 model not readable or not supported,\n"
      "4 calibration data, 5 threshold missed or fault found.");

  struct Entry {
    CLI::App* app;
    RunCommand run;
  };
  std::vector<Entry> commands;
  const auto add = [&](const char* name, const char* help, RunCommand (*make)(CLI::App&)) {
    CLI::App* command = app.add_subcommand(name, help);
    commands.push_back({command, make(*command)});
  };
  add("inspect", "show inputs, layers and what can be quantized", add_inspect);
  add("quantize", "calibrate on images and write the int8 model", add_quantize);
  add("ranges", "write the ranges of activations, as files of other tools", add_ranges);
  add("sensitivity", "show which layers the loss of int8 comes from", add_sensitivity);
  add("compare", "run a float and a quantized model side by side", add_compare);
  add("check", "try other preprocessing on labelled pictures", add_check);
  add("lint", "look for faults of a quantized model", add_lint);
  add("run", "run a model on one array", add_run);

  if (argc < 2) {
    note(app.help());
    return kExitUsage;
  }
  const std::string name = argv[1];
  const auto is_it = [&](const Entry& entry) { return entry.app->get_name() == name; };
  if (!name.starts_with('-') && std::ranges::none_of(commands, is_it)) {
    note("octavo: there is no command '" + name + "'; octavo --help lists them\n");
    return kExitUsage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // for help, or the version
    return app.exit(asked) == 0 ? kExitOk : kExitUsage;
  } catch (const CLI::ParseError& error) {
    note(complaint(app, error));
    return kExitUsage;
  }
  for (const Entry& entry : commands) {
    if (!entry.app->parsed()) continue;
    const Result<ExitCode> result = entry.run();
    if (result.ok()) return *result;
    note("octavo: " + result.status().to_string() + "\n");
    return exit_code_of(result.status());
  }
  return kExitUsage;
}
