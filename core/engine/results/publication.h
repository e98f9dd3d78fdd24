// What somebody may print about a picture: a paragraph with its caution built in. Plain C++.
#pragma once

#include <string>

#include "core/engine/results/result_export.h"

namespace dfd {

/// For example "An analysis with DeepFakeDefenders 0.2.0 (panel starter, 2026-11-29) was made of
/// this picture. Made by a generator? Of 100 real pictures like those measured, about 4 score this
/// high (2 to 7). ... Such ratings are hints for further research. They do not show by themselves
/// that a picture is real or fake." What the file declares about itself comes first. Questions
/// without an assessment say so, with the reason; experts without an opinion are named by their
/// titles. `date` is the day of the analysis, as it is to be printed; a score without an assessment
/// is rounded as elsewhere with these `bands`. Empty without an opinion.
[[nodiscard]] std::string publication_text(const Examination& examination, const ScoredBy& by,
                                           const std::string& date, const QuestionBands& bands);

}  // namespace dfd
