// The test program itself, started again to scan with a fake panel.
#pragma once

#include <string>

#include "tests/cli/process.h"

namespace dfd::test {

inline constexpr const char* kScanInstead = "--scan-instead";

/// Scans `pictures` into `file`; prints how many results are in the file after each change. No file
/// may grow beyond `largest` bytes (0: as they like).
inline Process start_scan(const std::filesystem::path& output, const std::filesystem::path& file,
                          const std::filesystem::path& pictures, std::uint64_t largest = 0) {
    return {output,
            {std::filesystem::read_symlink("/proc/self/exe"), kScanInstead, file, pictures,
             std::to_string(largest)}};
}

}  // namespace dfd::test
