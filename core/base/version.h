// Which edition of the program this is.
#pragma once

#include <string>

namespace dfd {

/// "0.2.0": what results, records and reports say.
[[nodiscard]] std::string program_version();

/// "0.2.0 (3f2a91c)", with "-dirty" behind the commit when files were changed; "0.2.0" when it was
/// built from an archive. Only the two programs link this, so that a commit links little again.
[[nodiscard]] std::string program_version_with_commit();

}  // namespace dfd
