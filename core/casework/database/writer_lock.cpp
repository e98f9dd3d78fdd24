#include "core/casework/database/writer_lock.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <sstream>
#include <system_error>
#include <vector>

#include "core/base/wording.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

fs::path lock_path(const fs::path& case_path) {
    return case_path.native() + "-writer";
}

/// A lock of the open file description on the whole file. Unlike locks of a process it is not lost
/// when another part of this program closes the same file.
struct flock whole_file() {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    return lock;
}

std::string content(int file) {
    std::array<char, 1024> buffer{};
    const ssize_t count = ::pread(file, buffer.data(), buffer.size(), 0);
    return {buffer.data(), static_cast<std::size_t>(count < 0 ? 0 : count)};
}

CaseWriter parse(const std::string& text) {
    CaseWriter writer;
    std::istringstream lines(text);
    std::string process, since;
    std::getline(lines, writer.user);
    std::getline(lines, writer.host);
    std::getline(lines, process);
    std::getline(lines, since);
    std::from_chars(process.data(), process.data() + process.size(), writer.process);
    std::from_chars(since.data(), since.data() + since.size(), writer.since);
    return writer;
}

}  // namespace

CaseWriter this_writer() {
    CaseWriter writer;
    std::vector<char> buffer(16384);
    struct passwd entry {};
    struct passwd* found = nullptr;
    if (::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 &&
        found != nullptr)
        writer.user = found->pw_name;
    else
        writer.user = std::to_string(::geteuid());
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) == 0)
        writer.host = host.data();
    writer.process = ::getpid();
    writer.since = case_time_now();
    return writer;
}

WriterLock::WriterLock(const fs::path& case_path) : path_(lock_path(case_path)) {
    for (;;) {
        file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (file_ < 0)
            throw CaseError("The case " + quoted(case_path) +
                            " cannot be written: " + std::generic_category().message(errno) +
                            ". Check that its folder exists and is writable.");
        auto lock = whole_file();
        if (::fcntl(file_, F_OFD_SETLK, &lock) != 0) {
            const int error = errno;
            const auto writer = parse(content(file_));
            ::close(file_);
            if (error != EAGAIN && error != EACCES)
                throw CaseError(
                    "The case " + quoted(case_path) +
                    " cannot be locked for writing: " + std::generic_category().message(error) +
                    ". Move it to a file system that supports file locks.");
            throw CaseBusy(case_path, writer);
        }
        // The previous holder may have removed the file that was just opened.
        struct stat opened {
        }, named{};
        if (::fstat(file_, &opened) == 0 && ::stat(path_.c_str(), &named) == 0 &&
            opened.st_ino == named.st_ino && opened.st_dev == named.st_dev)
            break;
        ::close(file_);
    }
    const auto writer = this_writer();
    const auto text = writer.user + '\n' + writer.host + '\n' + std::to_string(writer.process) +
                      '\n' + std::to_string(writer.since) + '\n';
    // On a full disk the lock still holds; others then learn less about the writer.
    if (::ftruncate(file_, 0) == 0)
        (void)!::pwrite(file_, text.data(), text.size(), 0);
}

WriterLock::~WriterLock() {
    ::unlink(path_.c_str());
    ::close(file_);
}

std::optional<CaseWriter> WriterLock::holder(const fs::path& case_path) {
    const int file = ::open(lock_path(case_path).c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return std::nullopt;
    auto lock = whole_file();
    std::optional<CaseWriter> writer;
    if (::fcntl(file, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)
        writer = parse(content(file));
    ::close(file);
    return writer;
}

}  // namespace dfd
