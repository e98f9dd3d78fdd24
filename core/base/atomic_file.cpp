#include "core/base/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace dfd {
namespace {

[[noreturn]] void fail_write(const std::filesystem::path& path, int error) {
    throw std::system_error(error, std::generic_category(),
                            "The file " + path.string() +
                                " cannot be written; check the folder's permissions and free "
                                "space");
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path path) : path_(std::move(path)) {
    static std::atomic<unsigned> counter{0};
    for (int attempt = 0; attempt < 100; ++attempt) {
        temporary_ = path_;
        temporary_ += ".part-" + std::to_string(::getpid()) + "-" + std::to_string(counter++);
        file_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file_ >= 0)
            return;
        if (errno != EEXIST)
            break;
    }
    fail_write(path_, errno);
}

AtomicFile::~AtomicFile() {
    if (file_ >= 0)
        ::close(file_);
    if (!in_place_)
        ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::span<const std::uint8_t> bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t count = ::write(file_, bytes.data() + done, bytes.size() - done);
        if (count < 0 && errno != EINTR)
            fail_write(path_, errno);
        done += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
    }
}

void AtomicFile::finish() {
    if (::fsync(file_) != 0)
        fail_write(path_, errno);
    const int closing = ::close(file_);
    file_ = -1;
    if (closing != 0)
        fail_write(path_, errno);
}

void AtomicFile::put_in_place() {
    if (file_ >= 0)
        finish();
    if (::rename(temporary_.c_str(), path_.c_str()) != 0)
        fail_write(path_, errno);
    in_place_ = true;
}

void sync_folder(const std::filesystem::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        ::fsync(descriptor);
        ::close(descriptor);
    }
}

void write_file_atomically(const std::filesystem::path& path, std::span<const std::uint8_t> bytes) {
    AtomicFile file(path);
    file.write(bytes);
    file.put_in_place();
}

}  // namespace dfd
