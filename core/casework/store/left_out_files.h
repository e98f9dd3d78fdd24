// Pictures that folders hold and that scans left out. Plain C++.
#pragma once

#include <string>
#include <vector>

#include "core/casework/store/case_file.h"

namespace dfd {

/// The log names at most this many files, and counts all.
inline constexpr std::size_t kNamedLeftOut = 20;

struct LeftOutFiles {
    std::int64_t count = 0;
    std::vector<std::string> named;  ///< the first paths, kNamedLeftOut at most
};

struct LeftOutOfScan {
    std::vector<std::string> paths;  ///< what was scanned, as it was given
    LeftOutFiles misnamed;           ///< pictures by content, but not by name
    LeftOutFiles unsupported;        ///< pictures of kinds that are not supported
};

/// What the last scan of each set of paths left out; scans that left out nothing, and those of
/// older versions, which did not record it, are omitted. Blocks for milliseconds. Throws CaseError.
[[nodiscard]] std::vector<LeftOutOfScan> left_out_of_scans(const CaseFile& file);

/// For example "3 files are pictures by content, but not by name, and were left out of the scan of
/// /photos; name a file itself to include it."
[[nodiscard]] std::string misnamed_sentence(const LeftOutOfScan& scan);
/// The same for pictures of kinds that are not supported.
[[nodiscard]] std::string unsupported_sentence(const LeftOutOfScan& scan);

}  // namespace dfd
