#include "core/checkpoint/input_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "core/base/wording.h"
#include "core/checkpoint/torch_checkpoint.h"

namespace dfd {
namespace {

std::string reason(int error) {
    return std::generic_category().message(error);
}

}  // namespace

FileMapping::FileMapping(void* base, std::size_t mapped, std::size_t skip, std::size_t size)
    : base_(base), mapped_(mapped), data_(static_cast<std::uint8_t*>(base) + skip), size_(size) {}

FileMapping::~FileMapping() {
    if (mapped_ > 0)
        ::munmap(base_, mapped_);
}

void FileMapping::forget_pages() const {
    if (mapped_ > 0)
        ::madvise(base_, mapped_, MADV_DONTNEED);
}

InputFile::InputFile(std::filesystem::path path) : path_(std::move(path)) {
    // Without O_NONBLOCK, opening a named pipe would block until it has a writer.
    descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor_ < 0)
        throw CheckpointError(quoted(path_) + " cannot be opened: " + reason(errno) +
                              ". Check the path and its permissions.");
    struct stat facts {};
    if (::fstat(descriptor_, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        const bool folder = S_ISDIR(facts.st_mode);
        ::close(descriptor_);
        throw CheckpointError(quoted(path_) +
                              (folder ? " is a folder; choose the file with the weights inside it."
                                      : " is not a regular file; choose a file of weights."));
    }
    size_ = static_cast<std::uint64_t>(facts.st_size);
}

InputFile::~InputFile() {
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

std::uint64_t InputFile::size_now() const {
    struct stat facts {};
    return ::fstat(descriptor_, &facts) == 0 ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

void InputFile::read_at(std::uint64_t offset, void* out, std::size_t bytes) const {
    if (offset > size_ || bytes > size_ - offset)
        throw CheckpointError(quoted(path_) + " ends at " + size_text(size_) +
                              ", before the end of its data. It is cut off; fetch it again.");
    auto* to = static_cast<char*>(out);
    while (bytes > 0) {
        const auto got = ::pread(descriptor_, to, bytes, static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            throw CheckpointError(quoted(path_) + " cannot be read: " + reason(errno) +
                                  ". Copy it to another disk and try again.");
        if (got == 0)
            throw CheckpointError(quoted(path_) +
                                  " was shortened while it was being read. Wait until no other "
                                  "program writes to it and try again.");
        to += got;
        bytes -= static_cast<std::size_t>(got);
        offset += static_cast<std::uint64_t>(got);
    }
}

std::shared_ptr<const FileMapping> InputFile::map(std::uint64_t offset, std::uint64_t bytes) const {
    const auto now = size_now();
    if (offset > now || bytes > now - offset)
        throw CheckpointError(quoted(path_) + " ends at " + size_text(now) +
                              ", before the end of its data. It is cut off; fetch it again.");
    if (bytes == 0)
        return std::shared_ptr<const FileMapping>(new FileMapping(nullptr, 0, 0, 0));
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    const auto skip = offset % page;
    const auto length = static_cast<std::size_t>(bytes + skip);
    // Writable, so that in-place operations on a tensor do not crash; private, so that writes never
    // reach the file; not reserved, because almost nothing is written.
    void* base = ::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE,
                        descriptor_, static_cast<off_t>(offset - skip));
    if (base == MAP_FAILED)
        throw CheckpointError(quoted(path_) + " cannot be mapped into memory (" + size_text(bytes) +
                              "): " + reason(errno) + ".");
    return std::shared_ptr<const FileMapping>(new FileMapping(
        base, length, static_cast<std::size_t>(skip), static_cast<std::size_t>(bytes)));
}

}  // namespace dfd
