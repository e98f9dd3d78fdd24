// The program's version.
#pragma once

#include <string>

namespace dfd {

/// For example "0.2.0", as in results, records and reports.
[[nodiscard]] std::string program_version();

/// For example "0.2.0 (3f2a91c)", with "-dirty" after the commit when files were changed, or
/// "0.2.0" when built from an archive. Only the two programs link this, so that a new commit
/// relinks little.
[[nodiscard]] std::string program_version_with_commit();

}  // namespace dfd
