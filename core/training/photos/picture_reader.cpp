#include "core/training/photos/picture_reader.h"

#include <algorithm>
#include <new>
#include <thread>

#include "core/picture/file_bytes.h"

namespace dfd {
namespace {

constexpr std::uint64_t kPixelBytes = 3;
constexpr const char* kNoMemory = "There is not enough memory for the picture.";

// Runs `make` and turns its failure into a sentence.
template <class Make>
auto attempt(std::string& problem, const Make& make) -> decltype(make()) {
    try {
        return make();
    } catch (const PictureError& error) {
        problem = error.what();
    } catch (const std::bad_alloc&) {
        problem = kNoMemory;
    }
    return {};
}

}  // namespace

void ByteBudget::acquire(std::uint64_t number, std::uint64_t bytes) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock,
                  [&] { return closed_ || number == awaited_ || acquired_ + bytes <= bytes_; });
    if (closed_)
        throw Cancelled();
    acquired_ += bytes;
    most_ = std::max(most_, acquired_);
}

void ByteBudget::release(std::uint64_t bytes) {
    {
        const std::lock_guard lock(mutex_);
        acquired_ -= bytes;
    }
    changed_.notify_all();
}

void ByteBudget::await(std::uint64_t number) {
    {
        const std::lock_guard lock(mutex_);
        awaited_ = number;
    }
    changed_.notify_all();
}

void ByteBudget::close() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    changed_.notify_all();
}

std::uint64_t ByteBudget::peak() const {
    const std::lock_guard lock(mutex_);
    return most_;
}

PictureMemory& PictureMemory::operator=(PictureMemory&& other) noexcept {
    if (this != &other) {
        release();
        budget_ = other.budget_;
        number_ = other.number_;
        held_ = std::exchange(other.held_, 0);
    }
    return *this;
}

void PictureMemory::release() {
    if (held_ > 0)
        budget_->release(std::exchange(held_, 0));
}

std::vector<std::uint8_t> PictureMemory::bytes_of(const std::filesystem::path& file,
                                                  std::string& problem) {
    return attempt(problem, [&] { return read_file_bytes(file, DecodeLimits{}.bytes); });
}

Picture PictureMemory::decode(std::span<const std::uint8_t> bytes, std::string& problem) {
    return attempt(problem, [&] {
        const auto wanted = announced_pixels(bytes) * kPixelBytes;
        budget_->acquire(number_, wanted);
        held_ += wanted;
        Picture picture;
        const auto release_spare = [&] {
            const auto spare = wanted - std::min<std::uint64_t>(wanted, picture.pixels.rgb.size());
            held_ -= spare;
            budget_->release(spare);
        };
        try {
            picture = decode_picture(bytes);
        } catch (...) {
            release_spare();
            throw;
        }
        release_spare();
        return picture;
    });
}

Picture PictureMemory::read(const std::filesystem::path& file, std::string& problem) {
    const auto bytes = bytes_of(file, problem);
    return problem.empty() ? decode(bytes, problem) : Picture{};
}

int picture_readers() {
    return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 8);
}

}  // namespace dfd
