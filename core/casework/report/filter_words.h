// Describes a filter and an order in words, for covers and the audit log. Plain C++.
#pragma once

#include <string>

#include "core/casework/exhibits/exhibits.h"

namespace dfd {

/// "all", or "score from 0.65; tagged “beach”; in or below /photos".
[[nodiscard]] std::string filter_words(const ExhibitFilter& filter);
/// "by score, the largest first"
[[nodiscard]] std::string order_words(ExhibitOrder order, bool descending);

}  // namespace dfd
