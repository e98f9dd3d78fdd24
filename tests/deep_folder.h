// A path that is longer than the system allows, made folder by folder.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace dfd::test {

/// Folders in each other, deeper than a path may be long, so that the last cannot be opened by its
/// path. `name` should be of about 200 characters.
inline void make_deep_folder(const std::filesystem::path& below, const std::string& name) {
    const int start = ::open(below.c_str(), O_RDONLY | O_DIRECTORY);
    int at = start;
    for (int i = 0; i < 22; ++i) {
        ASSERT_EQ(::mkdirat(at, name.c_str(), 0700), 0);
        const int next = ::openat(at, name.c_str(), O_RDONLY | O_DIRECTORY);
        ASSERT_GE(next, 0);
        if (at != start)
            ::close(at);
        at = next;
    }
    ::close(at);
    ::close(start);
}

}  // namespace dfd::test
