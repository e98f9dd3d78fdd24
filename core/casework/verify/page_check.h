// Every byte of a case's file and of the write-ahead log beside it, against their checksums.
// Internal to core/casework/verify.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "core/panel/panel_record.h"

namespace dfd {

struct PageCheck {
    std::vector<std::string> problems;  ///< sentences; empty is well
    std::vector<std::string> notes;     ///< what could not be checked, and why
};

/// Reads the file page by page, in use or not, and finds every page of which one byte changed, and
/// a file that was cut off or grew; then the write-ahead log, which a writer that died leaves
/// behind, the same way. Pages that the log replaces are no problem: nobody reads them.
/// While somebody writes, what may be in motion is left out, and a note says so. Not found: a
/// change by somebody who writes the fitting checksum; entries cut off the log's end between two
/// transactions. Blocks. Changes nothing. Throws CaseError when it cannot be read; Cancelled.
[[nodiscard]] PageCheck check_pages(const std::filesystem::path& path,
                                    const Progress& progress = {},
                                    const std::stop_token& stop = {});

}  // namespace dfd
