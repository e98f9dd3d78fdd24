// Describes a filter and an order in words, for covers and the audit log. Plain C++.
#pragma once

#include <span>
#include <string>

#include "core/casework/exhibits/exhibits.h"

namespace dfd {

/// "all", or "score from 0.65; tagged “beach”; in or below /photos". `questions`: of the panel
/// whose results are shown, as `shown_questions` says.
[[nodiscard]] std::string filter_words(const ExhibitFilter& filter,
                                       std::span<const Question> questions = {});
/// "by score, the largest first"
[[nodiscard]] std::string order_words(ExhibitOrder order, bool descending);

}  // namespace dfd
