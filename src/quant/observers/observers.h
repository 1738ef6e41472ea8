// How each observer is made: one line a file of this folder.
#pragma once

#include "quant/observer.h"

namespace octavo {

std::unique_ptr<Observer> make_aciq(const Recipe& recipe);
std::unique_ptr<Observer> make_admm(const Recipe& recipe);
std::unique_ptr<Observer> make_auto(const Recipe& recipe);
std::unique_ptr<Observer> make_cosine(const Recipe& recipe);
std::unique_ptr<Observer> make_extremes_percentile(const Recipe& recipe);
std::unique_ptr<Observer> make_kl_mnn(const Recipe& recipe);
std::unique_ptr<Observer> make_kl_ncnn(const Recipe& recipe);
std::unique_ptr<Observer> make_kl_onnxruntime(const Recipe& recipe);
std::unique_ptr<Observer> make_min_max(const Recipe& recipe);
std::unique_ptr<Observer> make_moving_average(const Recipe& recipe);
std::unique_ptr<Observer> make_mse(const Recipe& recipe);
std::unique_ptr<Observer> make_percentile(const Recipe& recipe);

}  // namespace octavo
