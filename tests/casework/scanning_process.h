// Starts this test program again as a child process that scans with a fake panel.
#pragma once

#include <string>

#include "tests/cli/process.h"

namespace dfd::test {

inline constexpr const char* kScanInstead = "--scan-instead";

/// Scans `pictures` into `file`; the child prints the number of stored results after each change.
/// No file may exceed `largest` bytes (0: no limit).
inline Process start_scan(const std::filesystem::path& output, const std::filesystem::path& file,
                          const std::filesystem::path& pictures, std::uint64_t largest = 0) {
    return {output,
            {std::filesystem::read_symlink("/proc/self/exe"), kScanInstead, file, pictures,
             std::to_string(largest)}};
}

}  // namespace dfd::test
