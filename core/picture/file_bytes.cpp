#include "core/picture/file_bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "core/base/language.h"
#include "core/picture/formats/decoding.h"

namespace dfd {
namespace {

using picture_detail::fail;

struct Descriptor {
    int value = -1;
    ~Descriptor() {
        if (value >= 0)
            ::close(value);
    }
};

std::string reason(int error) {
    return std::generic_category().message(error);
}

[[noreturn]] void fail_open(int error) {
    switch (error) {
        case ENOENT:
        case ENOTDIR:
            fail(
                failure_codes::kNotFound,
                to_say("The file does not exist (any more); check its name, or whether its disk is "
                       "connected."));
        case ELOOP:
            fail(failure_codes::kUnreadable,
                 to_say("The file is a symbolic link that leads back to itself; choose the real "
                        "file."));
        case EACCES:
        case EPERM:
            fail(failure_codes::kUnreadable,
                 to_say("You do not have permission to read the file or folder; change its "
                        "permissions or copy it to your own folder."));
        case ENAMETOOLONG:
            fail(failure_codes::kUnreadable,
                 to_say("The path is too long for the system to open it; shorten the names of its "
                        "folders, or look into one of them from inside."));
        default:
            fail(failure_codes::kUnreadable,
                 to_say("The file cannot be opened (%1); check the disk or copy the file first."),
                 {reason(error)});
    }
}

void require_regular(const struct stat& info) {
    if (S_ISREG(info.st_mode))
        return;
    const char* kind = S_ISDIR(info.st_mode)    ? to_say("a folder")
                       : S_ISFIFO(info.st_mode) ? to_say("a named pipe")
                       : S_ISSOCK(info.st_mode) ? to_say("a socket")
                                                : to_say("a device");
    fail(failure_codes::kUnreadable, to_say("This is %1, not a picture file; choose a file."),
         {kind});
}

[[noreturn]] void fail_bytes(std::uint64_t limit) {
    fail(failure_codes::kTooLarge,
         to_say("The file is larger than the limit of %1 MiB; export a smaller copy or raise the "
                "limit."),
         {std::to_string(limit >> 20)});
}

}  // namespace

std::vector<std::uint8_t> read_file_bytes(const std::filesystem::path& path, std::uint64_t limit) {
    // Check the type first, because opening a device can have side effects.
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0)
        fail_open(errno);
    require_regular(info);
    Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
    if (file.value < 0)
        fail_open(errno);
    if (::fstat(file.value, &info) != 0)
        fail_open(errno);
    require_regular(info);
    const auto announced = static_cast<std::uint64_t>(std::max<off_t>(info.st_size, 0));
    if (announced > limit)
        fail_bytes(limit);

    std::vector<std::uint8_t> bytes;
    try {
        bytes.resize(announced + 1);  // the extra byte detects a file that is still growing
        std::size_t filled = 0;
        while (true) {
            if (filled == bytes.size()) {
                if (filled > limit)
                    fail_bytes(limit);
                bytes.resize(bytes.size() + (std::size_t{1} << 20));
            }
            const ssize_t count = ::read(file.value, bytes.data() + filled, bytes.size() - filled);
            if (count < 0 && errno == EINTR)
                continue;
            if (count < 0) {
                fail(failure_codes::kUnreadable,
                     to_say("The file cannot be read (%1); check the disk or copy the file first."),
                     {reason(errno)});
            }
            if (count == 0)
                break;
            filled += static_cast<std::size_t>(count);
        }
        bytes.resize(filled);
    } catch (const std::bad_alloc&) {
        fail(failure_codes::kOutOfMemory,
             to_say("There is not enough memory to read the file; close other programs or export "
                    "a smaller copy."));
    }
    if (bytes.size() > limit)
        fail_bytes(limit);
    return bytes;
}

}  // namespace dfd
