#include "core/base/version.h"
#include "dfd_commit.h"  // made by packaging/cmake/commit.cmake

namespace dfd {

std::string program_version_with_commit() {
    const std::string commit = DFD_COMMIT;
    return commit.empty() ? program_version() : program_version() + " (" + commit + ")";
}

}  // namespace dfd
