// The picture that a report is about. Plain C++.
#pragma once

#include <string>

namespace dfd {

struct PictureName {
    std::string path;    ///< raw bytes
    std::string sha256;  ///< of its bytes
};

}  // namespace dfd
