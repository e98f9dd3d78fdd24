#include "core/panel/foreign/sandbox.h"

#include <unistd.h>

#include <system_error>

#include "core/panel/foreign/child_process.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSharedMemory = std::uint64_t{64} << 20;

/// Its path; empty where it is not installed.
std::string bubblewrap() {
    for (const auto* place : {"/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap"})
        if (::access(place, X_OK) == 0)
            return place;
    return {};
}

/// Whether it may do here what it is for: some systems forbid it to ordinary users.
std::string trial() {
    if (bubblewrap().empty())
        return "bubblewrap is not installed: install the package bubblewrap";
    try {
        auto command = sandboxed();
        command.insert(command.end(), {"/bin/echo", "works"});
        ChildProcess child(command, {});
        if (child.read_line(100, ChildProcess::in_seconds(20), {}) == "works")
            return {};
    } catch (const ChildFailure& failure) {
        return std::string("bubblewrap is not allowed to do its work (it ") + failure.what() +
               "): ask the administrator to allow user namespaces";
    }
    return "bubblewrap does not work";
}

}  // namespace

std::vector<std::string> sandboxed(const std::vector<BoundPlace>& bound,
                                   const std::string& folder) {
    std::vector<std::string> command{bubblewrap(),    "--unshare-all", "--die-with-parent",
                                     "--new-session", "--cap-drop",    "ALL",
                                     "--ro-bind",     "/usr",          "/usr"};
    // Links into /usr on most systems, folders on others.
    for (const auto* place : {"/bin", "/sbin", "/lib", "/lib64"}) {
        std::error_code error;
        if (fs::is_symlink(place, error))
            command.insert(command.end(), {"--symlink", fs::read_symlink(place, error), place});
        else
            command.insert(command.end(), {"--ro-bind-try", place, place});
    }
    for (const auto* file : {"/etc/alternatives", "/etc/ld.so.cache", "/etc/fonts"})
        command.insert(command.end(), {"--ro-bind-try", file, file});
    command.insert(command.end(), {"--proc",   "/proc",    "--dev",
                                   "/dev",     "--size",   std::to_string(kSharedMemory),
                                   "--tmpfs",  "/dev/shm", "--remount-ro",
                                   "/dev",     "--size",   std::to_string(kSandboxFiles),
                                   "--tmpfs",  "/tmp",     "--clearenv",
                                   "--setenv", "PATH",     "/usr/local/bin:/usr/bin:/bin",
                                   "--setenv", "HOME",     "/tmp",
                                   "--setenv", "LANG",     "C.UTF-8"});
    for (const auto& [place, inside] : bound)
        command.insert(command.end(), {"--ro-bind", place.native(), inside});
    // The root is memory, too; it can be closed when everything has its place in it.
    command.insert(command.end(), {"--remount-ro", "/", "--chdir", folder, "--"});
    return command;
}

const std::string& sandbox_problem() {
    static const std::string problem = trial();
    return problem;
}

}  // namespace dfd
