#include "core/training/folds/feature_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>

#include "core/base/hexadecimal.h"
#include "core/training/manifest/training_error.h"

namespace dfd {
namespace {

constexpr std::size_t kDigest = 64;  // hexadecimal digits
constexpr const char* kMagic = "dfd-features-part-1 ";

/// Returns the number of bytes read, fewer at the end of the file. Throws errno as an int.
std::size_t read_at(int descriptor, void* out, std::size_t bytes, std::uint64_t offset) {
    std::size_t done = 0;
    while (done < bytes) {
        const auto count = ::pread(descriptor, static_cast<char*>(out) + done, bytes - done,
                                   static_cast<off_t>(offset + done));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            throw errno;
        if (count == 0)
            break;
        done += static_cast<std::size_t>(count);
    }
    return done;
}

std::uint32_t checksum_of(std::string_view bytes) {
    return static_cast<std::uint32_t>(
        crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace

FeatureStore::FeatureStore(std::filesystem::path file, const std::string& origin,
                           std::int64_t width)
    : file_(std::move(file)), width_(static_cast<std::size_t>(width)) {
    descriptor_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor_ < 0)
        fail("opened", errno);
    try {
        if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
            if (errno != EWOULDBLOCK)
                fail("locked", errno);
            throw TrainingError("Another process is writing " + file_.native() +
                                "; wait for it, or choose another --out.");
        }
        const std::string header = kMagic + origin + '\n';
        std::string found(header.size(), '\0');
        found.resize(read_at(descriptor_, found.data(), found.size(), 0));
        if (found == header) {
            index(header.size());
        } else if (header.starts_with(found)) {  // empty, or an unfinished header
            if (::ftruncate(descriptor_, 0) != 0 ||
                ::pwrite(descriptor_, header.data(), header.size(), 0) !=
                    static_cast<ssize_t>(header.size()))
                fail("written", errno);
            end_ = header.size();
        } else {
            throw TrainingError("The partial features " + file_.native() +
                                " belong to another panel or expert (or the panel has changed "
                                "since); delete that file, or choose another --out.");
        }
    } catch (const int error) {
        ::close(descriptor_);
        fail("read", error);
    } catch (...) {
        ::close(descriptor_);
        throw;
    }
}

FeatureStore::~FeatureStore() {
    ::close(descriptor_);
}

void FeatureStore::fail(const std::string& what, int error) const {
    throw TrainingError("The partial features " + file_.native() + " could not be " + what + ": " +
                        std::system_category().message(error) + ".");
}

// Indexes every complete record. A partial record at the end is from a process that was killed.
void FeatureStore::index(std::uint64_t begin) {
    const std::size_t body = kDigest + width_ * sizeof(float);
    std::string record(body + sizeof(std::uint32_t), '\0');
    end_ = begin;
    while (read_at(descriptor_, record.data(), record.size(), end_) == record.size()) {
        std::uint32_t checksum = 0;
        std::memcpy(&checksum, record.data() + body, sizeof checksum);
        const auto digest = record.substr(0, kDigest);
        if (checksum_of(std::string_view(record).substr(0, body)) != checksum ||
            !is_sha256_hex(digest))
            break;
        places_.emplace(digest, end_ + kDigest);
        end_ += record.size();
    }
    if (::ftruncate(descriptor_, static_cast<off_t>(end_)) != 0)
        fail("written", errno);
}

std::unordered_set<std::string> FeatureStore::digests() const {
    std::unordered_set<std::string> all;
    for (const auto& [digest, place] : places_)
        all.insert(digest);
    return all;
}

void FeatureStore::add(const std::string& digest, std::span<const float> features) {
    if (!is_sha256_hex(digest) || features.size() != width_)
        throw TrainingError("A record of the wrong shape was to be written to " + file_.native() +
                            ".");
    if (contains(digest))
        return;
    std::string record = digest;
    record.append(reinterpret_cast<const char*>(features.data()), features.size_bytes());
    const std::uint32_t checksum = checksum_of(record);
    record.append(reinterpret_cast<const char*>(&checksum), sizeof checksum);
    for (std::size_t done = 0; done < record.size();) {
        const auto count = ::pwrite(descriptor_, record.data() + done, record.size() - done,
                                    static_cast<off_t>(end_ + done));
        if (count < 0 && errno != EINTR)
            fail("written", errno);
        if (count > 0)
            done += static_cast<std::size_t>(count);
    }
    places_.emplace(digest, end_ + kDigest);
    end_ += record.size();
}

void FeatureStore::read(const std::string& digest, std::span<float> features) const {
    try {
        if (read_at(descriptor_, features.data(), features.size_bytes(), places_.at(digest)) !=
            features.size_bytes())
            throw EIO;
    } catch (const int error) {
        fail("read", error);
    }
}

void FeatureStore::remove() {
    ::unlink(file_.c_str());
}

}  // namespace dfd
