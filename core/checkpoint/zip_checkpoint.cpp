// Reads checkpoints in the zip container (torch 1.6 and later).
#include <torch/torch.h>
#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <exception>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>

#include "core/base/wording.h"
#include "core/checkpoint/checkpoint_contents.h"
#include "core/checkpoint/zip_directory.h"

namespace dfd {
namespace {

constexpr std::uint64_t kLargestPickle = 64u << 20;
/// Records are mapped in groups of about this size, so that memory is returned as groups of tensors
/// are released.
constexpr std::uint64_t kWindow = 8u << 20;

struct Window {
    std::size_t first = 0, last = 0;  ///< entries [first, last)
    std::shared_ptr<const FileMapping> mapping;
};

class ZipCheckpoint : public CheckpointContents {
  public:
    explicit ZipCheckpoint(std::shared_ptr<InputFile> file) : CheckpointContents(std::move(file)) {
        entries_ = read_zip_directory(*file_);
        for (std::size_t i = 0; i < entries_.size(); ++i)
            by_name_[entries_[i].name] = i;
        find_root();
        check_byte_order();
        bytes_ = checked_bytes(by_name_.at(root_ + "data.pkl"), kLargestPickle);
        document_ = pickle::parse(bytes_, quoted(file_->path()));
    }

    std::vector<torch::Tensor> load(const ReadProgress& progress) override {
        match_records();
        make_windows();
        check_windows(progress);
        std::vector<torch::Tensor> tensors;
        tensors.reserve(planned_.size());
        for (std::size_t i = 0; i < planned_.size(); ++i)
            tensors.push_back(tensor_of(planned_[i], records_[i]));
        return tensors;
    }

  private:
    void find_root() {
        std::set<std::string> roots;
        for (const auto& entry : entries_) {
            const auto slash = entry.name.find('/');
            const auto file = slash == std::string::npos ? 0 : slash + 1;
            if (entry.name.compare(file, std::string::npos, "data.pkl") == 0)
                roots.insert(entry.name.substr(0, file));
        }
        if (roots.size() != 1)
            throw CheckpointError(quoted(file_->path()) +
                                  " is a zip archive, but was not written by torch.save: it has " +
                                  (roots.empty() ? "no" : "more than one") +
                                  " \"data.pkl\". If the weights are packed inside it, unpack it "
                                  "first.");
        root_ = *roots.begin();
        if (by_name_.contains(root_ + "constants.pkl"))
            throw CheckpointError(quoted(file_->path()) +
                                  " is a TorchScript program, not a plain state dict. Save the "
                                  "model's state_dict() with torch.save.");
    }

    void check_byte_order() {
        const auto found = by_name_.find(root_ + "byteorder");
        if (found != by_name_.end() && checked_bytes(found->second, 16) != "little")
            throw CheckpointError(quoted(file_->path()) +
                                  " was written on a big-endian machine, which is not supported. "
                                  "Save it again on a little-endian machine.");
    }

    std::string checked_bytes(std::size_t index, std::uint64_t limit) {
        const auto& entry = entries_[index];
        if (entry.size > limit)
            damaged("its entry " + quoted_name(entry.name) + " is too large (" +
                    size_text(entry.size) + ")");
        std::string bytes(static_cast<std::size_t>(entry.size), '\0');
        file_->read_at(entry.offset, bytes.data(), bytes.size());
        if (entry.has_crc &&
            crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()) != entry.crc)
            damaged("its pickle (" + quoted_name(entry.name) +
                    ") does not match its checksum (CRC-32)");
        return bytes;
    }

    void match_records() {
        owners_.assign(entries_.size(), {});
        for (const auto& planned : planned_) {
            const auto found = by_name_.find(root_ + "data/" + planned.key);
            if (found == by_name_.end())
                damaged("the record " + quoted_name("data/" + planned.key) + " of the tensor " +
                        quoted_name(planned.name) + " is missing");
            const auto& entry = entries_[found->second];
            const auto need =
                static_cast<unsigned __int128>(planned.elements) * c10::elementSize(planned.type);
            if (need != entry.size)
                damaged("the record of the tensor " + quoted_name(planned.name) + " has " +
                        std::to_string(entry.size) + " bytes, expected " +
                        std::to_string(planned.elements) + " elements of " +
                        std::to_string(c10::elementSize(planned.type)) + " bytes");
            records_.push_back(found->second);
            if (owners_[found->second].empty())
                owners_[found->second] = planned.name;
        }
    }

    void make_windows() {
        window_of_.resize(entries_.size());
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            const bool open = !windows_.empty() && entries_[i].offset + entries_[i].size -
                                                           entries_[windows_.back().first].offset <=
                                                       kWindow;
            if (!open)
                windows_.push_back({i, i, nullptr});
            windows_.back().last = i + 1;
            window_of_[i] = windows_.size() - 1;
        }
    }

    [[nodiscard]] std::uint64_t begin_of(const Window& window) const {
        return entries_[window.first].offset;
    }
    [[nodiscard]] std::uint64_t bytes_of(const Window& window) const {
        const auto& last = entries_[window.last - 1];
        return last.offset + last.size - begin_of(window);
    }

    void check_window(Window& window) {
        auto mapping = file_->map(begin_of(window), bytes_of(window));
        bool wanted = false;
        for (auto i = window.first; i < window.last; ++i) {
            const auto& entry = entries_[i];
            const auto* data = mapping->data() + (entry.offset - begin_of(window));
            if (entry.has_crc && crc32_z(0, data, entry.size) != entry.crc)
                throw CheckpointError(
                    quoted(file_->path()) + " is damaged: " +
                    (owners_[i].empty() ? "its record " + quoted_name(entry.name)
                                        : "the tensor " + quoted_name(owners_[i])) +
                    " does not match its checksum (CRC-32). The download is incomplete or was "
                    "altered; fetch the file again.");
            wanted = wanted || !owners_[i].empty();
        }
        mapping->forget_pages();
        if (wanted)
            window.mapping = std::move(mapping);
    }

    /// Verifies all checksums on two threads. Windows are taken in order, and all before a damaged
    /// one are checked, so that the first damaged record in the file is the one reported.
    void check_windows(const ReadProgress& progress) {
        std::uint64_t total = 0;
        for (const auto& window : windows_)
            total += bytes_of(window);
        std::atomic<std::size_t> next{0};
        std::atomic<std::uint64_t> done{0};
        std::atomic<std::size_t> end{windows_.size()};
        std::mutex mutex;
        std::map<std::size_t, std::exception_ptr> failures;
        const auto take_one = [&]() -> bool {
            const auto index = next.fetch_add(1);
            if (index >= end)
                return false;
            try {
                check_window(windows_[index]);
            } catch (...) {
                const std::lock_guard lock(mutex);
                failures[index] = std::current_exception();
                end = std::min(end.load(), index);
            }
            done += bytes_of(windows_[index]);
            return true;
        };
        {
            std::jthread helper;
            if (windows_.size() > 1 && std::thread::hardware_concurrency() > 1)
                helper = std::jthread([&] {
                    while (take_one()) {
                    }
                });
            try {
                for (auto index = next.load(); take_one(); index = next.load())
                    if (progress)
                        progress(done, total,
                                 owners_[windows_[std::min(index, windows_.size() - 1)].first]);
            } catch (...) {  // `progress` asked to stop
                end = 0;
                throw;
            }
        }
        if (!failures.empty())
            std::rethrow_exception(failures.begin()->second);
        if (progress)
            progress(total, total, "");
    }

    torch::Tensor tensor_of(const PlannedTensor& planned, std::size_t record) {
        const auto options = torch::TensorOptions().dtype(planned.type);
        const auto& entry = entries_[record];
        const auto& window = windows_[window_of_[record]];
        auto* data = window.mapping->data() + (entry.offset - begin_of(window));
        if (planned.type == torch::kBool)
            check_booleans(planned, data, entry.size);
        if (checked_empty(planned))
            return torch::empty(planned.sizes, options);
        const auto item = c10::elementSize(planned.type);
        if (reinterpret_cast<std::uintptr_t>(data) % item == 0)
            return torch::from_blob(
                data + static_cast<std::size_t>(planned.offset) * item, planned.sizes,
                planned.strides, [mapping = window.mapping](void*) {}, options);
        // torch.save pads its records, so this is not needed for its files. One copy per record and
        // type.
        auto& copy = aligned_[{record, planned.type}];
        if (!copy.defined()) {
            copy = torch::empty({planned.elements}, options);
            std::memcpy(copy.data_ptr(), data, entry.size);
        }
        return copy.as_strided(planned.sizes, planned.strides, planned.offset);
    }

    static bool checked_empty(const PlannedTensor& planned) {
        return std::ranges::find(planned.sizes, 0) != planned.sizes.end();
    }

    std::vector<ZipEntry> entries_;
    std::unordered_map<std::string, std::size_t> by_name_;
    std::string root_;
    std::vector<std::string> owners_;   ///< per entry: the first tensor stored in it
    std::vector<std::size_t> records_;  ///< per planned tensor: the index of its entry
    std::vector<Window> windows_;
    std::vector<std::size_t> window_of_;  ///< per entry: the index of its window
    std::map<std::pair<std::size_t, torch::ScalarType>, torch::Tensor> aligned_;
};

}  // namespace

std::unique_ptr<CheckpointContents> open_zip_checkpoint(std::shared_ptr<InputFile> file) {
    return std::make_unique<ZipCheckpoint>(std::move(file));
}

}  // namespace dfd
