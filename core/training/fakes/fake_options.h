// Options and report of the branches that make fakes on this computer. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace dfd {

struct FakeOptions {
    std::filesystem::path photos;         ///< folder of untouched photographs, searched recursively
    std::filesystem::path out;            ///< output folder: real/, fake/, mask/ and manifest.csv
    int per_photo = 1;                    ///< fakes per photograph, each with its own twin
    std::vector<std::string> operations;  ///< the branch's names; empty: all
    std::uint64_t seed = 1;
    int side = 512;   ///< largest width and height of a crop
    int threads = 0;  ///< 0: one per processor; the result does not depend on it
};

struct FakeReport {
    int photographs = 0;
    int made = 0;                                           ///< fakes made in this run
    int reused = 0;                                         ///< fakes that already existed
    std::vector<std::string> skipped;                       ///< photographs that could not be read
    std::vector<std::pair<std::string, int>> by_operation;  ///< fakes in the manifest
};

}  // namespace dfd
