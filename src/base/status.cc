#include "base/status.h"

namespace octavo {

const char* name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kOk:
      return "OK";
    case ErrorCode::kInvalidArgument:
      return "E_INVALID_ARGUMENT";
    case ErrorCode::kModelUnreadable:
      return "E_MODEL_UNREADABLE";
    case ErrorCode::kModelUnsupported:
      return "E_MODEL_UNSUPPORTED";
    case ErrorCode::kCalibrationData:
      return "E_CALIBRATION_DATA";
    case ErrorCode::kImage:
      return "E_IMAGE";
    case ErrorCode::kIo:
      return "E_IO";
    case ErrorCode::kOutOfMemory:
      return "E_OUT_OF_MEMORY";
    case ErrorCode::kCancelled:
      return "E_CANCELLED";
    case ErrorCode::kInternal:
      return "E_INTERNAL";
  }
  return "E_INTERNAL";
}

Status::Status(const Status&) = default;
Status::Status(Status&&) noexcept = default;
Status& Status::operator=(const Status&) = default;
Status& Status::operator=(Status&&) noexcept = default;
Status::~Status() = default;

Status Status::at(const std::string& place) const {
  if (ok()) return *this;
  return {code_, message_, where_.empty() ? place : place + ": " + where_};
}

std::string Status::to_string() const {
  return where_.empty() ? message_ : where_ + ": " + message_;
}

}  // namespace octavo
