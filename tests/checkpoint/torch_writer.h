// Writes files in torch.save's format, including invalid ones, for tests and manual tools.
#pragma once

#include <torch/types.h>
#include <zlib.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace dfd::test {

template <typename Integer>
std::string raw(Integer value) {
    std::string bytes(sizeof value, '\0');
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
}

// --- pickle instructions, protocol 2
namespace op {

inline const std::string kStart = "\x80\x02";
inline const std::string kOrderedDict = "ccollections\nOrderedDict\n)R";

inline std::string text(std::string_view value) {
    std::string bytes = "X";
    bytes += raw(static_cast<std::uint32_t>(value.size()));
    bytes += value;
    return bytes;
}
inline std::string integer(std::int64_t value) {
    if (value >= 0 && value < 256)
        return "K" + raw(static_cast<std::uint8_t>(value));
    if (value >= INT32_MIN && value <= INT32_MAX)
        return "J" + raw(static_cast<std::int32_t>(value));
    return std::string("\x8a\x08") + raw(value);
}
inline std::string real(double value) {
    const auto little = raw(value);
    std::string bytes = "G";
    bytes.append(little.rbegin(), little.rend());
    return bytes;
}
inline std::string tuple(const std::vector<std::int64_t>& values) {
    std::string bytes = "(";
    for (const auto value : values)
        bytes += integer(value);
    return bytes + "t";
}
/// A tensor's rebuild instruction. Nothing is checked, so that invalid ones can be written.
inline std::string tensor(const std::string& key, const std::string& storage_class,
                          std::int64_t elements, std::int64_t offset,
                          const std::vector<std::int64_t>& sizes,
                          const std::vector<std::int64_t>& strides,
                          const std::string& location = "cuda:0") {
    return "ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") + "ctorch\n" + storage_class +
           "\n" + text(key) + text(location) + integer(elements) + "tQ" + integer(offset) +
           tuple(sizes) + tuple(strides) + "\x89" + kOrderedDict + "tR";
}
inline std::vector<std::int64_t> contiguous_strides(const std::vector<std::int64_t>& sizes) {
    std::vector<std::int64_t> strides(sizes.size());
    std::int64_t step = 1;
    for (auto d = sizes.size(); d-- > 0; step *= std::max<std::int64_t>(sizes[d], 1))
        strides[d] = step;
    return strides;
}
inline std::string storage_class(torch::ScalarType type) {
    switch (type) {
        case torch::kInt64:
            return "LongStorage";
        case torch::kFloat16:
            return "HalfStorage";
        case torch::kFloat64:
            return "DoubleStorage";
        default:
            return "FloatStorage";
    }
}
inline std::string tensor(const std::string& key, torch::ScalarType type,
                          const std::vector<std::int64_t>& sizes) {
    std::int64_t elements = 1;
    for (const auto size : sizes)
        elements *= size;
    return tensor(key, storage_class(type), elements, 0, sizes, contiguous_strides(sizes));
}
/// An OrderedDict with the `_metadata` that modules add.
inline std::string state_dict(const std::string& items) {
    return kStart + kOrderedDict + "(" + items + "u}" + text("_metadata") + kOrderedDict + "sb.";
}

}  // namespace op

/// Faults of one entry of a zip container.
struct EntryFaults {
    std::uint16_t method = 0;
    std::int64_t central_offset_shift = 0;
    std::int64_t central_size_shift = 0;
    std::string central_name{};  ///< replaces the true name when not empty
    bool no_crc = false;
    bool wrong_crc = false;
};

/// Writes torch.save's zip container: stored entries, data descriptors, 64-byte alignment, zip64
/// end.
class TorchZipWriter {
  public:
    explicit TorchZipWriter(const std::filesystem::path& path, std::string root = "archive/")
        : stream_(path, std::ios::binary | std::ios::trunc), root_(std::move(root)) {
        stream_.exceptions(std::ios::badbit | std::ios::failbit);
    }

    void add(const std::string& name, const void* data, std::size_t bytes,
             const EntryFaults& faults = {}) {
        const auto full = root_ + name;
        const auto start = at_;
        const auto bare = start + 30 + full.size() + 4;
        const auto padding = static_cast<std::uint16_t>((64 - bare % 64) % 64);
        auto crc =
            faults.no_crc
                ? 0u
                : static_cast<std::uint32_t>(crc32_z(0, static_cast<const Bytef*>(data), bytes));
        crc ^= faults.wrong_crc ? 1u : 0u;
        const auto size = static_cast<std::uint32_t>(bytes);
        put("PK\x03\x04" + raw<std::uint16_t>(0) + raw<std::uint16_t>(0x0808) + raw(faults.method) +
            raw<std::uint32_t>(0) + raw<std::uint32_t>(0) + raw<std::uint32_t>(0) +
            raw<std::uint32_t>(0) + raw(static_cast<std::uint16_t>(full.size())) +
            raw(static_cast<std::uint16_t>(padding + 4)) + full + "FB" + raw(padding) +
            std::string(padding, 'Z'));
        stream_.write(static_cast<const char*>(data), static_cast<std::streamsize>(bytes));
        at_ += bytes;
        put("PK\x07\x08" + raw(crc) + raw(size) + raw(size));
        const auto shown = faults.central_name.empty() ? full : root_ + faults.central_name;
        const auto central_size = static_cast<std::uint32_t>(size + faults.central_size_shift);
        directory_ += "PK\x01\x02" + raw<std::uint16_t>(0) + raw<std::uint16_t>(0) +
                      raw<std::uint16_t>(0x0808) + raw(faults.method) + raw<std::uint32_t>(0) +
                      raw(crc) + raw(central_size) + raw(central_size) +
                      raw(static_cast<std::uint16_t>(shown.size())) + std::string(12, '\0') +
                      raw(static_cast<std::uint32_t>(static_cast<std::int64_t>(start) +
                                                     faults.central_offset_shift)) +
                      shown;
        ++count_;
    }
    void add(const std::string& name, const std::string& bytes, const EntryFaults& faults = {}) {
        add(name, bytes.data(), bytes.size(), faults);
    }
    void finish(const std::string& version = "3\n") {
        add("version", version);
        const auto directory = at_;
        const std::uint64_t size = directory_.size();
        put(directory_);
        const auto end = at_;
        put("PK\x06\x06" + raw<std::uint64_t>(44) + raw<std::uint16_t>(0x031E) +
            raw<std::uint16_t>(45) + raw<std::uint32_t>(0) + raw<std::uint32_t>(0) + raw(count_) +
            raw(count_) + raw(size) + raw(directory));
        put("PK\x06\x07" + raw<std::uint32_t>(0) + raw(end) + raw<std::uint32_t>(1));
        put("PK\x05\x06" + raw<std::uint32_t>(0) + raw<std::uint16_t>(0xFFFF) +
            raw<std::uint16_t>(0xFFFF) + raw<std::uint32_t>(0xFFFFFFFF) +
            raw<std::uint32_t>(0xFFFFFFFF) + raw<std::uint16_t>(0));
        stream_.close();
    }

  private:
    void put(const std::string& bytes) {
        stream_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        at_ += bytes.size();
    }

    std::ofstream stream_;
    std::string root_, directory_;
    std::uint64_t at_ = 0, count_ = 0;
};

/// Writes a complete file from its pickle and records ("data/0" ...).
inline void write_torch_zip(const std::filesystem::path& path, const std::string& pickle,
                            const std::vector<std::string>& records) {
    TorchZipWriter out(path);
    out.add("data.pkl", pickle);
    for (std::size_t i = 0; i < records.size(); ++i)
        out.add("data/" + std::to_string(i), records[i]);
    out.finish();
}

}  // namespace dfd::test
