#include "core/base/version.h"

namespace dfd {

std::string program_version() {
    return DFD_VERSION;
}

}  // namespace dfd
