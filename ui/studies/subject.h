// The current picture as the subject of a study.
#pragma once

#include "ui/studies/collection.h"

namespace dfd::ui {

/// Without an evaluator if the given panel or its precision did not produce the picture's score;
/// empty if it has no score. In both cases `obstacle` explains why, as a sentence; else it becomes
/// empty. `evaluator` may be null.
[[nodiscard]] std::optional<PictureSubject> study_subject(
    const Collection& collection, const std::shared_ptr<Evaluator>& evaluator, QString& obstacle);

}  // namespace dfd::ui
