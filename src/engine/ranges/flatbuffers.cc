// ONNX Runtime's calibration.flatbuffers, which its TensorRT provider reads, as
// write_calibration_table of onnxruntime/python/tools/quantization/quant_utils.py writes it: the
// names and magnitudes of calibration.cache (tensorrt.cc) in a FlatBuffer without an identifier.
//
//   table KeyValue { key: string; value: string; }    a name, and its magnitude in decimals
//   table TrtTable { dict: [KeyValue]; }              the root
#include <flatbuffers/flatbuffers.h>

#include <algorithm>
#include <cmath>

#include "engine/ranges/formats.h"
#include "engine/ranges/lines.h"

namespace octavo {
namespace {

using flatbuffers::Offset;
using flatbuffers::String;
using flatbuffers::uoffset_t;

// Where a table keeps its fields.
constexpr flatbuffers::voffset_t kFirst = 4, kSecond = 6;
constexpr size_t kLeastBytes = 8;

class KeyValue : private flatbuffers::Table {
 public:
  const String* key() const { return GetPointer<const String*>(kFirst); }
  const String* value() const { return GetPointer<const String*>(kSecond); }
  bool Verify(flatbuffers::Verifier& verifier) const {
    return VerifyTableStart(verifier) && VerifyOffset(verifier, kFirst) &&
           verifier.VerifyString(key()) && VerifyOffset(verifier, kSecond) &&
           verifier.VerifyString(value()) && verifier.EndTable();
  }
};

class TrtTable : private flatbuffers::Table {
 public:
  using Dict = flatbuffers::Vector<Offset<KeyValue>>;
  const Dict* dict() const { return GetPointer<const Dict*>(kFirst); }
  bool Verify(flatbuffers::Verifier& verifier) const {
    return VerifyTableStart(verifier) && VerifyOffset(verifier, kFirst) &&
           verifier.VerifyVector(dict()) && verifier.VerifyVectorOfTables(dict()) &&
           verifier.EndTable();
  }
};

const uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

Status wrong_entry(size_t i, const std::string& what) {
  return {ErrorCode::kInvalidArgument, what, "entry " + std::to_string(i + 1)};
}

Result<NamedRange> range_of(const KeyValue& entry, size_t i) {
  if (!entry.key() || entry.key()->size() == 0 || !entry.value()) {
    return wrong_entry(i, "wants a name and a magnitude");
  }
  if (entry.key()->size() > kLongestName) {
    return wrong_entry(i,
                       "has a name of more than " + std::to_string(kLongestName) + " characters");
  }
  const auto number = number_in(trimmed(entry.value()->string_view()));
  const float most = number ? std::fabs(static_cast<float>(*number)) : INFINITY;
  if (!std::isfinite(most)) return wrong_entry(i, "wants a finite number, its magnitude");
  return NamedRange{entry.key()->str(), {-most, most}};
}

}  // namespace

// The first four bytes say where the root is: of a text, far beyond the largest file.
bool is_flatbuffers(std::string_view text) {
  return text.size() >= kLeastBytes &&
         flatbuffers::ReadScalar<uoffset_t>(text.data()) < text.size();
}

Result<RangeFile> read_flatbuffers(const std::string& text) {
  flatbuffers::Verifier verifier(bytes_of(text), text.size());
  if (!verifier.VerifyBuffer<TrtTable>()) {
    return Status(ErrorCode::kInvalidArgument,
                  "is damaged: no FlatBuffer of ONNX Runtime's calibration table");
  }
  RangeFile file;
  const TrtTable::Dict* dict = flatbuffers::GetRoot<TrtTable>(text.data())->dict();
  for (uoffset_t i = 0; dict && i < dict->size(); ++i) {
    OCTAVO_ASSIGN_OR_RETURN(NamedRange range, range_of(*dict->Get(i), i));
    file.values.push_back(std::move(range));
  }
  return file;
}

std::string write_flatbuffers(const RangeFile& file) {
  std::vector<NamedRange> values = file.values;
  std::ranges::stable_sort(values, {}, &NamedRange::name);
  flatbuffers::FlatBufferBuilder builder;
  std::vector<Offset<KeyValue>> entries;
  for (const NamedRange& value : values) {
    const auto key = builder.CreateString(value.name);
    const auto magnitude = builder.CreateString(text_of(magnitude_of(value.range)));
    const uoffset_t start = builder.StartTable();
    builder.AddOffset(kFirst, key);
    builder.AddOffset(kSecond, magnitude);
    entries.emplace_back(builder.EndTable(start));
  }
  const auto dict = builder.CreateVector(entries);
  const uoffset_t start = builder.StartTable();
  builder.AddOffset(kFirst, dict);
  builder.Finish(Offset<TrtTable>(builder.EndTable(start)));
  return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

}  // namespace octavo
