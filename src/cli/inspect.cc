#include "engine/inspect.h"
#include "cli/command.h"

namespace octavo {

RunCommand add_inspect(CLI::App& app) {
  struct Options {
    std::string model;
    bool json = false;
  };
  auto o = std::make_shared<Options>();
  app.add_option("MODEL", o->model, "any model that Octavo reads")->required();
  app.add_flag("--json", o->json, "one JSON object on stdout");
  return [o]() -> Result<ExitCode> {
    OCTAVO_ASSIGN_OR_RETURN(const Session session, open_model(o->model));
    OCTAVO_ASSIGN_OR_RETURN(const Inspection inspection, inspect(session.model()));
    print(o->json ? dump_json(to_json(inspection)) + "\n" : to_text(inspection));
    return kExitOk;
  };
}

}  // namespace octavo
