#include "engine/sample_loader.h"

#include "engine/npy.h"

namespace octavo {
namespace {

bool is_channels(int64_t dim) { return dim == 1 || dim == 3 || dim == 4; }

int side(int64_t dim) { return dim > 0 && dim <= (1 << 16) ? static_cast<int>(dim) : 0; }

bool fits(const Shape& shape, const Shape& wanted) {
  if (shape.rank() != wanted.rank()) return false;
  for (int i = 0; i < shape.rank(); ++i) {
    if (wanted[i] != kDynamic && shape[i] != wanted[i]) return false;
  }
  return true;
}

// Arrays saved without the batch dimension are taken as a batch of one.
Shape with_batch(const Shape& shape) {
  std::vector<int64_t> dims = shape.dims();
  dims.insert(dims.begin(), 1);
  return Shape(std::move(dims));
}

// The array as this input's, or why it is not.
Result<Tensor> fitted(Tensor array, const Value& input) {
  if (array.dtype() != input.dtype) {
    return Status(ErrorCode::kCalibrationData, std::string("the array holds ") +
                                                   name_of(array.dtype()) + ", the input '" +
                                                   input.name + "' wants " + name_of(input.dtype));
  }
  if (!input.shape) return array;
  if (array.shape().rank() + 1 == input.shape->rank()) {
    array = array.reshaped(with_batch(array.shape()));
  }
  if (fits(array.shape(), *input.shape)) return array;
  return Status(ErrorCode::kCalibrationData, "the array has shape " + array.shape().to_string() +
                                                 ", the input '" + input.name + "' wants " +
                                                 input.shape->to_string());
}

}  // namespace

Status check_sample_head(std::span<const std::byte> head) {
  return is_npy(head) || is_picture(head) ? Status() : not_a_picture(head);
}

std::optional<ImageInput> image_input(const Graph& graph) {
  if (graph.inputs.size() != 1) return std::nullopt;
  const std::optional<Shape>& shape = graph.value(graph.inputs[0]).shape;
  if (!shape || shape->rank() != 4) return std::nullopt;
  const Shape& s = *shape;
  if (is_channels(s[1])) return ImageInput{static_cast<int>(s[1]), {side(s[3]), side(s[2])}, false};
  if (is_channels(s[3])) return ImageInput{static_cast<int>(s[3]), {side(s[2]), side(s[1])}, true};
  return std::nullopt;
}

Result<SampleLoader> SampleLoader::make(const Graph& graph, const RecipeFile& recipe) {
  SampleLoader loader;
  for (const ValueId id : graph.inputs) loader.inputs_.push_back(graph.value(id));
  loader.image_ = octavo::image_input(graph);
  if (loader.image_) {
    OCTAVO_ASSIGN_OR_RETURN(loader.preprocess_,
                            resolve(recipe.preprocess, recipe.center_crop(), *loader.image_));
  }
  return loader;
}

Result<std::vector<Tensor>> SampleLoader::load(std::span<const std::byte> file) const {
  if (inputs_.size() != 1) {
    return Status(
        ErrorCode::kCalibrationData,
        "the model has " + std::to_string(inputs_.size()) +
            " inputs; a sample of it is a folder with a .npy array for each, by its name");
  }
  if (is_npy(file)) {
    OCTAVO_ASSIGN_OR_RETURN(Tensor array, read_npy(file));
    OCTAVO_ASSIGN_OR_RETURN(array, fitted(std::move(array), inputs_[0]));
    return std::vector<Tensor>{std::move(array)};
  }
  if (!image_) {
    const Value& input = inputs_[0];
    const std::string shape = input.shape ? " of shape " + input.shape->to_string() : "";
    return Status(ErrorCode::kCalibrationData,
                  "the model's input '" + input.name + "'" + shape +
                      " is not a picture; give .npy arrays of that shape");
  }
  OCTAVO_ASSIGN_OR_RETURN(const Image image, prepare_image(file, preprocess_));
  return from_prepared(image);
}

Result<std::vector<Tensor>> SampleLoader::load(const Image& decoded) const {
  if (!image_) return Status(ErrorCode::kCalibrationData, "the model's input is not a picture");
  OCTAVO_ASSIGN_OR_RETURN(const Image image, prepare_image(decoded, preprocess_));
  return from_prepared(image);
}

Result<std::vector<Tensor>> SampleLoader::load(std::span<const SampleFile> files) const {
  OCTAVO_ASSIGN_OR_RETURN(std::vector<Tensor> arrays, arrays_of(files, inputs_));
  for (size_t i = 0; i < arrays.size(); ++i) {
    OCTAVO_ASSIGN_OR_RETURN(arrays[i], fitted(std::move(arrays[i]), inputs_[i]));
  }
  return arrays;
}

std::vector<Tensor> SampleLoader::from_prepared(const Image& image) const {
  const Shape shape = image_->channels_last ? Shape{1, image.height, image.width, image.channels}
                                            : Shape{1, image.channels, image.height, image.width};
  const size_t count = image.pixels.size();
  const auto fill = [&](std::byte* bytes) {
    normalize(image, preprocess_, image_->channels_last, {reinterpret_cast<float*>(bytes), count});
  };
  return {Tensor(DType::kFloat32, shape, Buffer::filled(count * sizeof(float), fill))};
}

}  // namespace octavo
