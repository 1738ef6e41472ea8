#include "formats/look_alike.h"

#include <algorithm>
#include <string_view>

namespace octavo {
namespace {

using std::string_view_literals::operator""sv;

struct Sign {
  size_t offset;
  std::string_view bytes;
  const char* what;
  const char* way_out;
};

constexpr const char* kConvert = "convert it to ONNX first";
constexpr const char* kExport = "export the model to ONNX with the framework that wrote it";
constexpr const char* kImage = "give images as images, and an .onnx file as the model";
constexpr const char* kUnpack = "unpack it and give the .onnx file inside";
constexpr const char* kDownload =
    "the download brought a page or a pointer instead of the model: fetch the file itself";

// First match wins.
constexpr Sign kSigns[] = {
    {4, "TFL3"sv, "a TensorFlow Lite model", kConvert},
    {0, "\x89HDF\r\n\x1a\n"sv, "an HDF5 file, such as Keras writes", kExport},
    {0, "PK\x03\x04"sv, "a zip archive, such as PyTorch's .pt and .pth files or .keras", kExport},
    {0, "\x80\x02"sv, "a Python pickle, such as old PyTorch files", kExport},
    {0, "7767517\n"sv, "an ncnn param file", kConvert},
    {0, "GGUF"sv, "a GGUF file", kExport},
    {8, "{\""sv, "a safetensors file: weights without a graph", kExport},
    {0, "\x1f\x8b"sv, "a gzip archive", kUnpack},
    {257, "ustar"sv, "a tar archive", kUnpack},
    {0, "version https://git-lfs"sv, "a Git LFS pointer", kDownload},
    {0, "<!DOCTYPE"sv, "an HTML page", kDownload},
    {0, "<!doctype"sv, "an HTML page", kDownload},
    {0, "<html"sv, "an HTML page", kDownload},
    {0, "<?xml"sv, "an XML file, such as OpenVINO's", kConvert},
    {0, "\xff\xd8\xff"sv, "a JPEG image", kImage},
    {0, "\x89PNG"sv, "a PNG image", kImage},
    {0, "GIF8"sv, "a GIF image", kImage},
    {0, "RIFF"sv, "a WebP image", kImage},
    {0, "BM"sv, "a BMP image", kImage},
    {0, "%PDF"sv, "a PDF document", kDownload},
    {0, "name:"sv, "a Caffe prototxt", kConvert},
    {0, "layer"sv, "a Caffe prototxt", kConvert},
    {0, "{"sv, "a JSON file", kExport},
    {0, "\n"sv, "a protobuf file of another kind, such as .caffemodel or TensorFlow's .pb",
     kConvert},
};

}  // namespace

Result<std::string> look_alike(const ByteSource& source) {
  if (source.size() == 0) return std::string("the file is empty; download or export it again");
  std::string head(static_cast<size_t>(std::min<uint64_t>(source.size(), 512)), '\0');
  OCTAVO_RETURN_IF_ERROR(source.read(0, std::as_writable_bytes(std::span(head))));
  for (const Sign& sign : kSigns) {
    if (head.size() < sign.offset + sign.bytes.size()) continue;
    if (head.compare(sign.offset, sign.bytes.size(), sign.bytes) != 0) continue;
    return "this looks like " + std::string(sign.what) + "; " + sign.way_out;
  }
  return std::string(
      "these bytes look like nothing known; was the file damaged on the way, or is it "
      "another file than you meant?");
}

}  // namespace octavo
