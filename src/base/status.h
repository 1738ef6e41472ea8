// Errors as values. Whatever a user's file or wish can cause comes back as a Status with a sentence
// that says what is wrong and the way out, and the place where; our own mistakes are asserts.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace octavo {

enum class ErrorCode {
  kOk,
  kInvalidArgument,   // a wish that cannot be met as written: a flag, a recipe, a shape
  kModelUnreadable,   // the bytes are not a well-formed model
  kModelUnsupported,  // a well-formed model that asks for what is not implemented
  kCalibrationData,   // no image, no readable image, or data of the wrong size
  kImage,             // one picture that cannot be decoded
  kIo,                // reading or writing bytes failed
  kOutOfMemory,       // more memory than there is, or than is sensible
  kCancelled,         // the user asked to stop
  kInternal,          // a promise of ours was broken
};

const char* name_of(ErrorCode code);  // "E_MODEL_UNREADABLE" and the like, the same in every face

class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(ErrorCode code, std::string message, std::string where = {})
      : code_(code), message_(std::move(message)), where_(std::move(where)) {}
  // Not inline: every place that hands on an error copies and drops it.
  Status(const Status&);
  Status(Status&&) noexcept;
  Status& operator=(const Status&);
  Status& operator=(Status&&) noexcept;
  ~Status();

  bool ok() const { return code_ == ErrorCode::kOk; }
  ErrorCode code() const { return code_; }
  const std::string& message() const { return message_; }
  const std::string& where() const { return where_; }

  // The same error, placed: an outer place goes before an inner one ("model.onnx: node 'conv1'").
  Status at(const std::string& place) const;
  std::string to_string() const;  // "where: message"

 private:
  ErrorCode code_ = ErrorCode::kOk;
  std::string message_;
  std::string where_;
};

inline Status ok_status() { return {}; }

// A value or the reason why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::move(value)) {}
  Result(Status status) : held_(std::move(status)) { assert(!std::get<Status>(held_).ok()); }

  bool ok() const { return std::holds_alternative<T>(held_); }
  Status status() const { return ok() ? Status() : std::get<Status>(held_); }

  T& value() & { return check(), std::get<T>(held_); }
  const T& value() const& { return check(), std::get<T>(held_); }
  T&& value() && { return check(), std::get<T>(std::move(held_)); }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  void check() const { assert(ok() && "Result without a value"); }
  std::variant<T, Status> held_;
};

#define OCTAVO_CONCAT_(a, b) a##b
#define OCTAVO_CONCAT(a, b) OCTAVO_CONCAT_(a, b)

// OCTAVO_RETURN_IF_ERROR(status_expression);
#define OCTAVO_RETURN_IF_ERROR(expr)                        \
  do {                                                      \
    if (::octavo::Status status_ = (expr); !status_.ok()) { \
      return status_;                                       \
    }                                                       \
  } while (false)

// OCTAVO_ASSIGN_OR_RETURN(auto x, result_expression);
#define OCTAVO_ASSIGN_OR_RETURN(decl, expr) \
  OCTAVO_ASSIGN_OR_RETURN_(OCTAVO_CONCAT(result_, __LINE__), decl, expr)
#define OCTAVO_ASSIGN_OR_RETURN_(tmp, decl, expr) \
  auto tmp = (expr);                              \
  if (!tmp.ok()) return tmp.status();             \
  decl = std::move(tmp).value()

}  // namespace octavo
