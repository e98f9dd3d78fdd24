// What a run that made fakes reports. Plain C++.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace dfd {

struct FakeReport {
    int photographs = 0;
    int made = 0;                                           ///< fakes made in this run
    int reused = 0;                                         ///< fakes that already existed
    std::vector<std::string> skipped;                       ///< photographs that could not be read
    std::vector<std::pair<std::string, int>> by_operation;  ///< fakes in the manifest
};

}  // namespace dfd
