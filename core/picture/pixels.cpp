// Small copies of pixels, and pixels as PNG files.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <system_error>

#include "core/picture/decoding.h"
#include "core/picture/picture.h"

namespace dfd {
namespace {

/// A view; OpenCV has no read-only one, callers only read from it.
cv::Mat view(const Pixels& pixels) {
    return {pixels.height, pixels.width, CV_8UC3, const_cast<std::uint8_t*>(pixels.rgb.data())};
}

[[noreturn]] void fail_write(const std::filesystem::path& path, int error) {
    throw std::system_error(error, std::generic_category(),
                            "The picture " + path.string() +
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
    void write(const std::vector<std::uint8_t>& bytes) {
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

Pixels thumbnail(const Pixels& pixels, int longest_side) {
    const int longest = std::max(pixels.width, pixels.height);
    if (pixels.empty() || longest <= std::max(longest_side, 1)) {
        return pixels;
    }
    const double ratio = static_cast<double>(std::max(longest_side, 1)) / longest;
    Pixels small;
    small.width = std::max(1, static_cast<int>(std::lround(pixels.width * ratio)));
    small.height = std::max(1, static_cast<int>(std::lround(pixels.height * ratio)));
    small.rgb.resize(std::size_t{3} * static_cast<std::size_t>(small.width) *
                     static_cast<std::size_t>(small.height));
    cv::Mat target(small.height, small.width, CV_8UC3, small.rgb.data());
    cv::resize(view(pixels), target, target.size(), 0, 0, cv::INTER_AREA);
    return small;
}

std::vector<std::uint8_t> encode_png(const Pixels& pixels) {
    if (pixels.empty()) {
        throw PictureError({failure_codes::kInternal,
                            "There are no pixels to write as PNG; decode a picture first."});
    }
    std::vector<std::uint8_t> bytes;
    try {
        cv::Mat bgr;
        cv::cvtColor(view(pixels), bgr, cv::COLOR_RGB2BGR);
        if (!cv::imencode(".png", bgr, bytes)) {
            throw PictureError({failure_codes::kInternal, "OpenCV could not encode the PNG."});
        }
    } catch (const cv::Exception& error) {
        throw PictureError(
            {error.code == cv::Error::StsNoMem ? failure_codes::kOutOfMemory
                                               : failure_codes::kInternal,
             "OpenCV could not encode the PNG: " + picture_detail::printable(error.err, 200)});
    }
    return bytes;
}

void write_png(const std::filesystem::path& path, const Pixels& pixels) {
    const std::vector<std::uint8_t> bytes = encode_png(pixels);
    TemporaryFile file(path);
    file.write(bytes);
    file.put_in_place();
}

}  // namespace dfd
