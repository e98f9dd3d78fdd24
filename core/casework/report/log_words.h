// The audit log in sentences for people. Plain C++.
#pragma once

#include <string>
#include <vector>

#include "core/casework/store/audit_log.h"

namespace dfd {

/// One for each entry: what was done, with the exhibits by the names of their files. An action of
/// another version is given as its word and its details. Blocks for milliseconds.
[[nodiscard]] std::vector<std::string> log_sentences(const CaseFile& file,
                                                     const std::vector<LogEntry>& entries);

}  // namespace dfd
