#include "formats/onnx/rope.h"

namespace octavo::onnx {
namespace {

constexpr uint64_t kLengthType = 2;

void append_varint(std::string& text, uint64_t value) {
  for (; value >= 0x80; value >>= 7) text += static_cast<char>(value | 0x80);
  text += static_cast<char>(value);
}

}  // namespace

void Rope::append(std::string_view serialized) {
  if (pieces_.empty() || pieces_.back().kept) pieces_.emplace_back();
  pieces_.back().copied += serialized;
  size_ += serialized.size();
}

void Rope::append(Constant serialized) {
  if (serialized.bytes() == 0) return;
  append("");
  size_ += serialized.bytes();
  pieces_.back().kept = std::move(serialized);
}

void Rope::start(int field, uint64_t size) {
  std::string text;
  append_varint(text, static_cast<uint64_t>(field) << 3 | kLengthType);
  append_varint(text, size);
  append(text);
}

void Rope::bytes(int field, Constant payload) {
  start(field, payload.bytes());
  append(std::move(payload));
}

void Rope::message(int field, Rope payload) {
  start(field, payload.size());
  for (Piece& piece : payload.pieces_) {
    append(piece.copied);
    if (piece.kept) append(*std::move(piece.kept));
  }
}

Status Rope::write(const ByteSink& sink) const {
  for (const Piece& piece : pieces_) {
    if (!piece.copied.empty()) {
      OCTAVO_RETURN_IF_ERROR(sink(std::as_bytes(std::span(piece.copied))));
    }
    if (piece.kept) {
      OCTAVO_ASSIGN_OR_RETURN(const Tensor tensor, piece.kept->read());
      OCTAVO_RETURN_IF_ERROR(sink({tensor.buffer().data(), tensor.buffer().size()}));
    }
  }
  return {};
}

}  // namespace octavo::onnx
