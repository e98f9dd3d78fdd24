#include "core/panel/staging_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <random>
#include <system_error>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/wording.h"
#include "core/panel/panel_record.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const std::string& what, int error) {
    throw PanelError(quoted(path) + " " + what + ": " + std::generic_category().message(error) +
                     ". Check its permissions and the free space, or choose another folder.");
}

int open_folder(const fs::path& path) {
    return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/// Removes partial folders that nobody has locked: their creators were killed.
void remove_leftovers(const fs::path& parent) {
    std::vector<fs::path> found;
    std::error_code error;
    fs::directory_iterator entry(parent, error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
        const auto name = entry->path().filename().native();
        if (name.starts_with('.') && name.find(".partial-") != std::string::npos)
            found.push_back(entry->path());
    }
    for (const auto& path : found) {
        const int descriptor = open_folder(path);
        if (descriptor < 0)
            continue;
        std::error_code ignored;
        if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0)
            fs::remove_all(path, ignored);
        ::close(descriptor);
    }
}

}  // namespace

std::string partial_name(const std::string& name) {
    return "." + name + ".partial-" + std::to_string(std::random_device{}());
}

StagingFolder::StagingFolder(fs::path parent, const std::string& name)
    : parent_(std::move(parent)), name_(name) {
    std::error_code error;
    fs::create_directories(parent_, error);
    if (error)
        fail(parent_, "cannot be created", error.value());
    remove_leftovers(parent_);
    constexpr int kTries = 16;  // another installer may remove the folder before it is locked
    for (int i = 0; i < kTries; ++i)
        if (try_create())
            return;
    fail(parent_, "repeatedly lost a temporary folder to another installation", EBUSY);
}

bool StagingFolder::try_create() {
    path_ = parent_ / partial_name(name_);
    if (::mkdir(path_.c_str(), 0777) != 0) {
        if (errno == EEXIST)
            return false;
        fail(parent_, "cannot be written to", errno);
    }
    lock_ = open_folder(path_);
    if (lock_ < 0)
        return false;
    struct stat held {
    }, named{};
    const bool swept = (::flock(lock_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) ||
                       ::fstat(lock_, &held) != 0 || ::lstat(path_.c_str(), &named) != 0 ||
                       held.st_ino != named.st_ino;
    if (swept) {
        ::close(lock_);
        lock_ = -1;
    }
    return !swept;
}

StagingFolder::~StagingFolder() {
    std::error_code ignored;
    if (!published_)
        fs::remove_all(path_, ignored);
    if (lock_ >= 0)
        ::close(lock_);
}

fs::path StagingFolder::publish(bool replace) {
    const auto target = parent_ / name_;
    sync_folder(path_);
    if (replace && fs::exists(fs::symlink_status(target))) {
        replace_target();
    } else if (::rename(path_.c_str(), target.c_str()) != 0) {
        fail(target, "cannot be created", errno);
    }
    published_ = true;
    sync_folder(parent_);
    return target;
}

void StagingFolder::replace_target() {
    const auto target = parent_ / name_;
    std::error_code ignored;
    if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE) == 0) {
        fs::remove_all(path_, ignored);  // now the old folder
        return;
    }
    // No exchange on this file system: move the old folder aside, and back if the new one fails.
    const auto aside = parent_ / partial_name(name_);
    if (::rename(target.c_str(), aside.c_str()) != 0)
        fail(target, "cannot be replaced", errno);
    if (::rename(path_.c_str(), target.c_str()) != 0) {
        const int error = errno;
        ::rename(aside.c_str(), target.c_str());
        fail(target, "cannot be replaced", error);
    }
    fs::remove_all(aside, ignored);
}

}  // namespace dfd
