// The studies that the window offers.
#pragma once

#include <memory>
#include <vector>

#include "ui/studies/study.h"

namespace dfd::ui {

/// In menu order. `host` is not owned and must live longer.
[[nodiscard]] std::vector<std::unique_ptr<Study>> make_studies(StudyHost& host);

}  // namespace dfd::ui
