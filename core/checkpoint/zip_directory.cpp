#include "core/checkpoint/zip_directory.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <set>
#include <string_view>

#include "core/base/wording.h"
#include "core/checkpoint/torch_checkpoint.h"

namespace dfd {
namespace {

constexpr std::uint32_t kLocalHeader = 0x04034B50, kCentralHeader = 0x02014B50,
                        kEndOfDirectory = 0x06054B50, kZip64End = 0x06064B50,
                        kZip64Locator = 0x07064B50, kDataDescriptor = 0x08074B50;
constexpr std::size_t kLocalSize = 30, kCentralSize = 46, kEndSize = 22, kZip64EndSize = 56,
                      kLocatorSize = 20;
constexpr std::uint16_t kEncrypted = 1, kDescriptorFollows = 8;
constexpr std::uint16_t kSaturated16 = 0xFFFF;
constexpr std::uint32_t kSaturated32 = 0xFFFFFFFF;
constexpr std::uint64_t kLargestDirectory = 512u << 20;

template <typename Integer>
Integer load(const std::string& bytes, std::size_t at) {
    Integer value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

class Reader {
  public:
    explicit Reader(const InputFile& file) : file_(file) {}

    std::vector<ZipEntry> read() {
        find_directory();
        const auto directory = bytes_at(directory_, directory_size_);
        std::vector<ZipEntry> entries;
        std::set<std::string> names;
        std::size_t at = 0;
        for (std::uint64_t i = 0; i < count_; ++i) {
            entries.push_back(central_entry(directory, at));
            if (!names.insert(entries.back().name).second)
                damaged("its directory lists " + quoted_name(entries.back().name) + " twice");
        }
        if (at != directory.size())
            damaged("its directory is longer than its entries");
        std::ranges::sort(entries, {}, &ZipEntry::offset);
        std::uint64_t free_from = 0;
        for (auto& entry : entries) {
            if (entry.offset < free_from)
                damaged("its entry " + quoted_name(entry.name) + " overlaps another");
            locate_data(entry);
            free_from = entry.offset + entry.size;
        }
        return entries;
    }

  private:
    [[noreturn]] void damaged(const std::string& why) const {
        throw CheckpointError(quoted(file_.path()) + " is damaged: " + why + ". Fetch it again.");
    }

    [[nodiscard]] std::string bytes_at(std::uint64_t offset, std::uint64_t size) const {
        std::string bytes(static_cast<std::size_t>(size), '\0');
        file_.read_at(offset, bytes.data(), bytes.size());
        return bytes;
    }

    void find_directory() {
        const auto size = file_.size();
        const auto tail_size = std::min<std::uint64_t>(size, kEndSize + 0xFFFF);
        const auto tail = bytes_at(size - tail_size, tail_size);
        for (std::size_t left = kEndSize; left <= tail.size(); ++left) {
            const auto at = tail.size() - left;
            if (load<std::uint32_t>(tail, at) == kEndOfDirectory &&
                load<std::uint16_t>(tail, at + 20) == left - kEndSize) {
                parse_end(tail.substr(at, kEndSize), size - left);
                return;
            }
        }
        throw CheckpointError(
            quoted(file_.path()) + " is cut off: it begins like a checkpoint of " +
            "torch.save, but the zip directory at its end is missing (the file has " +
            size_text(size) + "). Fetch it again.");
    }

    void parse_end(const std::string& end, std::uint64_t end_offset) {
        count_ = load<std::uint16_t>(end, 10);
        directory_size_ = load<std::uint32_t>(end, 12);
        directory_ = load<std::uint32_t>(end, 16);
        auto limit = end_offset;
        const bool saturated =
            count_ == kSaturated16 || directory_size_ == kSaturated32 || directory_ == kSaturated32;
        if (saturated)
            limit = parse_zip64_end(end_offset);
        if (directory_ > limit || directory_size_ > limit - directory_ ||
            directory_size_ > kLargestDirectory)
            damaged("its directory lies outside the file; part of the file may be missing");
        if (count_ > directory_size_ / kCentralSize)
            damaged("its number of entries exceeds the size of its directory");
    }

    std::uint64_t parse_zip64_end(std::uint64_t end_offset) {
        if (end_offset < kLocatorSize)
            damaged("its zip64 record is missing");
        const auto locator = bytes_at(end_offset - kLocatorSize, kLocatorSize);
        const auto record_offset = load<std::uint64_t>(locator, 8);
        if (load<std::uint32_t>(locator, 0) != kZip64Locator ||
            end_offset - kLocatorSize < kZip64EndSize ||
            record_offset > end_offset - kLocatorSize - kZip64EndSize)
            damaged("its zip64 record is missing");
        const auto record = bytes_at(record_offset, kZip64EndSize);
        if (load<std::uint32_t>(record, 0) != kZip64End)
            damaged("its zip64 record is missing");
        count_ = load<std::uint64_t>(record, 32);
        directory_size_ = load<std::uint64_t>(record, 40);
        directory_ = load<std::uint64_t>(record, 48);
        return record_offset;
    }

    /// Reads one directory entry. `offset` is still that of the local header.
    ZipEntry central_entry(const std::string& directory, std::size_t& at) {
        if (directory.size() - at < kCentralSize ||
            load<std::uint32_t>(directory, at) != kCentralHeader)
            damaged("its directory is cut off");
        const auto flags = load<std::uint16_t>(directory, at + 8);
        const auto method = load<std::uint16_t>(directory, at + 10);
        const std::size_t name_size = load<std::uint16_t>(directory, at + 28);
        const std::size_t extra_size = load<std::uint16_t>(directory, at + 30);
        const std::size_t comment_size = load<std::uint16_t>(directory, at + 32);
        const auto row = kCentralSize + name_size + extra_size + comment_size;
        if (directory.size() - at < row)
            damaged("its directory is cut off");
        ZipEntry entry;
        entry.name = directory.substr(at + kCentralSize, name_size);
        entry.crc = load<std::uint32_t>(directory, at + 16);
        std::uint64_t packed = load<std::uint32_t>(directory, at + 20);
        entry.size = load<std::uint32_t>(directory, at + 24);
        entry.offset = load<std::uint32_t>(directory, at + 42);
        parse_zip64_extra(directory.substr(at + kCentralSize + name_size, extra_size), entry,
                          packed);
        if ((flags & kEncrypted) != 0 || method != 0 || packed != entry.size)
            throw CheckpointError(quoted(file_.path()) + " has the entry " +
                                  quoted_name(entry.name) +
                                  " compressed or encrypted, which torch.save never does. Another "
                                  "program packed it; unpack it or fetch the original.");
        if (entry.offset > directory_ || entry.size > directory_ - entry.offset)
            damaged("its entry " + quoted_name(entry.name) + " lies outside the file");
        at += row;
        return entry;
    }

    void parse_zip64_extra(const std::string& extra, ZipEntry& entry, std::uint64_t& packed) const {
        for (std::size_t at = 0; extra.size() - at >= 4;) {
            const auto id = load<std::uint16_t>(extra, at);
            const std::size_t size = load<std::uint16_t>(extra, at + 2);
            at += 4;
            if (size > extra.size() - at)
                damaged("an extra field of its directory is cut off");
            if (id == 1) {
                std::size_t field = at;
                for (auto* value : {&entry.size, &packed, &entry.offset}) {
                    if (*value != kSaturated32)
                        continue;
                    if (at + size - field < 8)
                        damaged("a zip64 field of its directory is cut off");
                    *value = load<std::uint64_t>(extra, field);
                    field += 8;
                }
            }
            at += size;
        }
    }

    /// Moves `offset` from the local header to the data and checks that both headers agree.
    void locate_data(ZipEntry& entry) const {
        if (directory_ - entry.offset < kLocalSize + entry.name.size())
            damaged("its entry " + quoted_name(entry.name) + " lies outside the file");
        const auto header = bytes_at(entry.offset, kLocalSize + entry.name.size());
        if (load<std::uint32_t>(header, 0) != kLocalHeader ||
            load<std::uint16_t>(header, 26) != entry.name.size() ||
            header.compare(kLocalSize, std::string::npos, entry.name) != 0)
            damaged("its directory has a wrong offset for " + quoted_name(entry.name));
        const auto skip = kLocalSize + entry.name.size() + load<std::uint16_t>(header, 28);
        if (skip > directory_ - entry.offset || entry.size > directory_ - entry.offset - skip)
            damaged("its entry " + quoted_name(entry.name) + " lies outside the file");
        entry.offset += skip;
        entry.has_crc = entry.crc != 0 || entry.size == 0 || !crc_omitted(entry, header);
    }

    /// Whether a checksum of 0 means "not computed": no other header or descriptor contains one.
    [[nodiscard]] bool crc_omitted(const ZipEntry& entry, const std::string& header) const {
        if (load<std::uint32_t>(header, 14) != 0)
            return false;
        if ((load<std::uint16_t>(header, 6) & kDescriptorFollows) == 0)
            return true;
        const auto after = entry.offset + entry.size;
        if (directory_ - after < 8)
            return false;
        const auto descriptor = bytes_at(after, 8);
        return load<std::uint32_t>(descriptor, 0) == kDataDescriptor &&
               load<std::uint32_t>(descriptor, 4) == 0;
    }

    const InputFile& file_;
    std::uint64_t count_ = 0, directory_ = 0, directory_size_ = 0;
};

}  // namespace

std::vector<ZipEntry> read_zip_directory(const InputFile& file) {
    return Reader(file).read();
}

}  // namespace dfd
