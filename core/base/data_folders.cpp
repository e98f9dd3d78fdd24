#include "core/base/data_folders.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

namespace dfd {

namespace fs = std::filesystem;

namespace {

fs::path home_folder() {
    if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0')
        return home;
    const passwd* user = ::getpwuid(::getuid());
    return user != nullptr && user->pw_dir != nullptr ? user->pw_dir : "/";
}

}  // namespace

std::optional<fs::path> data_folder_of(const fs::path& program, const fs::path& name) {
    // The first is the path configured for installation, the second the layout of a build tree.
    for (const fs::path share : {DFD_DATA_FROM_BIN, "../share/deepfake-defenders"}) {
        std::error_code problem;
        const auto path = (program.parent_path() / share / name).lexically_normal();
        auto folder = fs::canonical(path, problem);
        if (!problem && fs::is_directory(folder, problem))
            return folder;
    }
    return std::nullopt;
}

std::optional<fs::path> data_folder(const fs::path& name) {
    std::error_code problem;
    const auto program = fs::read_symlink("/proc/self/exe", problem);
    if (problem)
        return std::nullopt;
    return data_folder_of(program, name);
}

fs::path user_data_folder() {
    const char* data = std::getenv("XDG_DATA_HOME");
    // The XDG specification says that relative paths are to be ignored.
    const bool given = data != nullptr && fs::path(data).is_absolute();
    return (given ? fs::path(data) : home_folder() / ".local/share") / "deepfake-defenders";
}

}  // namespace dfd
