#include "cli/command.h"
#include "engine/findings.h"

namespace octavo {

RunCommand add_lint(CLI::App& app) {
  struct Options {
    std::string model;
    bool json = false;
  };
  auto o = std::make_shared<Options>();
  app.add_option("MODEL", o->model, "a quantized model")->required();
  app.add_flag("--json", o->json, "one JSON object on stdout");
  return [o]() -> Result<ExitCode> {
    OCTAVO_ASSIGN_OR_RETURN(const Session session, open_model(o->model));
    OCTAVO_ASSIGN_OR_RETURN(const std::vector<Finding> findings, session.lint());
    const OrderedJson json = {{"schema", 1}, {"findings", to_json(findings)}};
    print(o->json ? dump_json(json) + "\n" : to_text(findings));
    return has_error(findings) ? kExitThreshold : kExitOk;
  };
}

}  // namespace octavo
