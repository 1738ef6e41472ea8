// A model format: a name and functions. Adding one is a folder and a line in formats.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "base/byte_source.h"
#include "graph/graph.h"

namespace octavo {

struct ReadOptions {
  OpenSibling open_sibling;  // for data beside the model; may be empty
};

// Takes the bytes of a written model, in order and in pieces of any size; an empty one has them
// counted only.
using ByteSink = std::function<Status(std::span<const std::byte>)>;

struct Format {
  const char* name;       // "onnx"
  const char* extension;  // ".onnx"
  // A look at the first bytes; never a read of the whole.
  bool (*match)(const ByteSource& source);
  Result<Model> (*read)(std::shared_ptr<const ByteSource> source, const ReadOptions& options);
  // Returns how many bytes were written.
  Result<uint64_t> (*write)(const Model& model, const ByteSink& sink);
};

std::span<const Format> formats();
const Format* find_format(std::string_view name);  // null where there is none

// By the first format that matches. kModelUnreadable says what the bytes look like otherwise.
Result<Model> read_model(std::shared_ptr<const ByteSource> source, const ReadOptions& options);

}  // namespace octavo
