// What people see while work goes on: one line that moves on a terminal, a line now and then
// elsewhere.
#pragma once

#include <string>

#include "base/progress.h"

namespace octavo {

bool is_terminal(int fd);
bool wants_color(int fd);  // a terminal, and NO_COLOR is not set
int terminal_width();      // columns of stderr; 80 where it is none

// Progress on stderr; SIGINT (Ctrl-C) makes it ask for cancelling.
Progress terminal_progress(bool quiet);

}  // namespace octavo
