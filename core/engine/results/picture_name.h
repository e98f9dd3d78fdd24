// Which file figures are of, in reports about one picture. Plain C++.
#pragma once

#include <string>

namespace dfd {

struct PictureName {
    std::string path;    ///< raw bytes
    std::string sha256;  ///< of its bytes
};

}  // namespace dfd
