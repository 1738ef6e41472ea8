// Lines, fields and numbers of text files.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "engine/ranges/range_file.h"

namespace octavo {

// The lines without their ends (\n or \r\n), one after the other.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}
  std::optional<std::string_view> next();
  int number() const { return number_; }  // of the line that was given last, from 1

 private:
  std::string_view rest_;
  int number_ = 0;
};

std::string_view trimmed(std::string_view text);  // blanks and tabs at both ends taken away
std::vector<std::string_view> fields_of(std::string_view line);  // between blanks and tabs

// The whole text as a finite number.
std::optional<double> number_in(std::string_view text);

Status wrong_line(int line, const std::string& what);  // kInvalidArgument at "line 3"

// "MIN,MAX", the smaller first, as floats; the error says what it is instead.
Result<Range> range_in(std::string_view text, int line);

// The shortest usual form that gives the same float again.
std::string text_of(float x);

}  // namespace octavo
