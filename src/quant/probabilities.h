// Scores of classes as probabilities, and how far apart two such answers are.
#pragma once

#include <span>
#include <vector>

namespace octavo {

// Whether scores are probabilities as they are: of 0..1, adding up to 1 within a hundredth.
bool are_probabilities(std::span<const float> scores);

// The softmax of scores; probabilities as they are, made to add up to 1. All equal where a score is
// NaN or infinite.
std::vector<double> to_probabilities(std::span<const float> scores, bool already);

// Kullback-Leibler divergence in nats: sum p ln(p / q), at least 0. No q counts as less than 1e-7:
// an integer output rounds small ones to 0.
double kl_divergence(std::span<const double> p, std::span<const double> q);

}  // namespace octavo
