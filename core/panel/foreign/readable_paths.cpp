#include "core/panel/foreign/readable_paths.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <system_error>

#include "core/base/wording.h"
#include "core/panel/json/panel_error.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

fs::path resolved(const fs::path& path) {
    std::error_code error;
    auto found = fs::weakly_canonical(path, error);
    if (error)
        throw PanelError("The program's \"reads\" has the entry " + quoted(path) +
                         ", which cannot be looked at: " + error.message() + ".");
    return found.has_filename() || found == "/" ? found : found.parent_path();
}

/// Whether `path` is `folder` or lies in it.
bool is_within(const fs::path& path, const fs::path& folder) {
    return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
           folder.end();
}

/// Empty when it is not known.
std::vector<fs::path> homes() {
    std::vector<fs::path> found;
    if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/')
        found.push_back(resolved(home));
    if (const passwd* user = ::getpwuid(::getuid()); user != nullptr && *user->pw_dir == '/')
        found.push_back(resolved(user->pw_dir));
    return found;
}

}  // namespace

std::vector<std::pair<fs::path, std::string>> readable_paths(
    const std::vector<std::string>& reads) {
    std::vector<std::pair<fs::path, std::string>> usable;
    for (const auto& path : reads) {
        const auto real = resolved(path);
        const auto refuse = [&](const std::string& why) {
            throw PanelError("The program's \"reads\" has the entry " + quoted_name(path) + ", " +
                             why +
                             ". Name the folder that it needs, such as a virtual "
                             "environment.");
        };
        for (const auto* system : {"/run", "/var/run", "/proc", "/sys", "/dev"})
            if (is_within(real, resolved(system)) || is_within(real, system))
                refuse(std::string("which is in ") + system +
                       ", where programs reach the system and each other");
        for (const auto* around : {"/run", "/var/run", "/proc", "/sys", "/dev", "/tmp"})
            if (is_within(resolved(around), real) || is_within(around, real))
                refuse(std::string("which holds all of ") + around);
        for (const auto& home : homes())
            if (is_within(home, real))
                refuse("which holds all of your home folder");
        std::error_code error;
        if (const auto status = fs::status(real, error);
            fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status))
            refuse("which is neither a file nor a folder");
        usable.emplace_back(real, path);
    }
    return usable;
}

}  // namespace dfd
