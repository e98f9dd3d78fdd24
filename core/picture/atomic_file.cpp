#include "core/picture/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <string>
#include <system_error>

namespace dfd {
namespace {

[[noreturn]] void fail_write(const std::filesystem::path& path, int error) {
    throw std::system_error(error, std::generic_category(),
                            "The file " + path.string() +
                                " cannot be written; check the folder's permissions and free "
                                "space");
}

/// A file that is removed again unless it was renamed to its final place.
class TemporaryFile {
  public:
    explicit TemporaryFile(const std::filesystem::path& final_path) : final_path_(final_path) {
        static std::atomic<unsigned> counter{0};
        for (int attempt = 0; attempt < 100; ++attempt) {
            path_ = final_path;
            path_ += ".part-" + std::to_string(::getpid()) + "-" + std::to_string(counter++);
            file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
            if (file_ >= 0) {
                return;
            }
            if (errno != EEXIST) {
                break;
            }
        }
        fail_write(final_path_, errno);
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() {
        if (file_ >= 0) {
            ::close(file_);
        }
        if (!renamed_) {
            ::unlink(path_.c_str());
        }
    }
    void write(std::span<const std::uint8_t> bytes) {
        std::size_t done = 0;
        while (done < bytes.size()) {
            const ssize_t count = ::write(file_, bytes.data() + done, bytes.size() - done);
            if (count < 0 && errno != EINTR) {
                fail_write(final_path_, errno);
            }
            done += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
        }
    }
    void put_in_place() {
        if (::fsync(file_) != 0) {
            fail_write(final_path_, errno);
        }
        const int closing = ::close(file_);
        file_ = -1;
        if (closing != 0 || ::rename(path_.c_str(), final_path_.c_str()) != 0) {
            fail_write(final_path_, errno);
        }
        renamed_ = true;
    }

  private:
    std::filesystem::path final_path_;
    std::filesystem::path path_;
    int file_ = -1;
    bool renamed_ = false;
};

}  // namespace

void write_file_atomically(const std::filesystem::path& path, std::span<const std::uint8_t> bytes) {
    TemporaryFile file(path);
    file.write(bytes);
    file.put_in_place();
}

}  // namespace dfd
