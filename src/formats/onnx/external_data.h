// Tensor data in files beside the model.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/byte_source.h"

namespace octavo::onnx {

// Where bytes begin that lie side by side.
struct FileRange {
  std::shared_ptr<const ByteSource> source;
  uint64_t offset = 0;
};

class ExternalData {
 public:
  explicit ExternalData(OpenSibling open_sibling) : open_sibling_(std::move(open_sibling)) {}

  // Where `bytes` bytes lie that `keys` (location, offset, length) describe. Keys are hostile: a
  // location outside the model's folder is refused, whatever open_sibling would say.
  Result<FileRange> find(const std::map<std::string, std::string>& keys, uint64_t bytes);

  uint64_t bytes() const;  // of all files that were opened

 private:
  Result<std::shared_ptr<const ByteSource>> open(const std::string& location);

  OpenSibling open_sibling_;
  std::map<std::string, std::shared_ptr<const ByteSource>> files_;
};

}  // namespace octavo::onnx
