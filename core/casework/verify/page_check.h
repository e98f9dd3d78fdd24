// Checks every byte of a case's file and of its write-ahead log against checksums.
// Internal to core/casework/verify.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "core/panel/panel_record.h"

namespace dfd {

struct PageCheck {
    std::vector<std::string> problems;  ///< sentences; empty when all is well
    std::vector<std::string> notes;     ///< what could not be checked, and why
};

/// Reads the file page by page, in use or not. Finds every page with a changed byte, and a file
/// that was truncated or extended. Then checks the write-ahead log that a dead writer leaves behind
/// in the same way. Broken pages that the log replaces are not reported: nobody reads them. While
/// somebody writes, pages that may be changing are skipped, and a note says so. Not found: a change
/// by somebody who writes the matching checksum; entries cut off the log's end between two
/// transactions. Blocks. Changes nothing. Throws CaseError when it cannot be read; Cancelled.
[[nodiscard]] PageCheck check_pages(const std::filesystem::path& path,
                                    const Progress& progress = {},
                                    const std::stop_token& stop = {});

}  // namespace dfd
