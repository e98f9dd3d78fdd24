#include "core/casework/verify/page_check.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <set>

#include "core/base/cancelled.h"
#include "core/base/wording.h"
#include "core/casework/database/page_checksums.h"
#include "core/casework/database/sqlite.h"
#include "core/casework/database/writer_lock.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

using Bytes = std::span<const std::uint8_t>;

std::uint32_t big_endian(Bytes bytes, std::size_t at) {
    return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 |
           std::uint32_t{bytes[at + 2]} << 8 | bytes[at + 3];
}

/// The checksum of the write-ahead log, https://www.sqlite.org/fileformat.html#checksum_algorithm.
struct LogChecksum {
    std::uint32_t first = 0, second = 0;
    bool big = false;  // words are big-endian

    void add(Bytes bytes) {
        const auto word = [&](std::size_t at) {
            const auto value = big_endian(bytes, at);
            return big ? value : __builtin_bswap32(value);
        };
        for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
            first += word(at) + second;
            second += word(at + 4) + first;
        }
    }
    [[nodiscard]] bool matches_at(Bytes bytes, std::size_t at) const {
        return big_endian(bytes, at) == first && big_endian(bytes, at + 4) == second;
    }
};

/// The write-ahead log beside the file. SQLite uses the frames before the first one that does not
/// match, up to the last end of a transaction, and silently drops the rest.
class WriteAheadLog {
  public:
    explicit WriteAheadLog(const fs::path& case_path)
        : path_(case_path.native() + "-wal"), file_(path_, std::ios::binary) {
        std::array<std::uint8_t, kHeader> header{};
        if (!read(header))
            return;
        LogChecksum sum;
        sum.big = (header[3] & 1) != 0;
        sum.add(Bytes(header).first(24));
        if (!sum.matches_at(header, 24)) {
            problems.push_back("The write-ahead log " + quoted(path_) +
                               " is damaged at its beginning: its contents are ignored.");
            return;
        }
        if (big_endian(header, 8) == kPageBytes)
            frames(header, sum);
    }

    std::set<std::uint32_t> pages;      ///< pages that transactions in it replace
    std::set<std::uint32_t> all_pages;  ///< pages of all frames, also outdated ones
    std::uint32_t page_count = 0;  ///< of the case after the last transaction; 0: there is none
    std::vector<std::string> problems;

  private:
    static constexpr std::size_t kHeader = 32, kFrameHeader = 24;
    static constexpr std::size_t kSalts = 8;  // their offset in a frame

    bool read(std::span<std::uint8_t> into) {
        file_.read(reinterpret_cast<char*>(into.data()), static_cast<std::streamsize>(into.size()));
        return static_cast<std::size_t>(file_.gcount()) == into.size();
    }

    void frames(Bytes header, LogChecksum sum) {
        std::vector<std::uint8_t> frame(kFrameHeader + kPageBytes);
        std::set<std::uint32_t> open;  // pages of a transaction that has not ended yet
        std::uint64_t number = 0, broken = 0;
        while (read(frame)) {
            ++number;
            const auto page = big_endian(frame, 0);
            all_pages.insert(page);
            // Frames from before the log was restarted have other salts and come last.
            const bool ours =
                std::equal(frame.begin() + kSalts, frame.begin() + kSalts + 8, header.begin() + 16);
            if (broken != 0)
                continue;
            if (past_end_) {
                if (ours)
                    broken = number;
                continue;
            }
            sum.add(Bytes(frame).first(8));
            sum.add(Bytes(frame).subspan(kFrameHeader));
            if (const bool fits = sum.matches_at(frame, 16); fits != ours) {
                broken = number;
            } else if (!fits) {
                past_end_ = true;
            } else {
                open.insert(page);
                if (const auto count = big_endian(frame, 4); count != 0) {
                    pages.merge(open);
                    page_count = count;
                }
            }
        }
        if (broken != 0)
            problems.push_back("The write-ahead log " + quoted(path_) + " is damaged at frame " +
                               std::to_string(broken) +
                               ": everything from there on is ignored. A power failure during the "
                               "last transaction can also cause this.");
    }

    fs::path path_;
    std::ifstream file_;
    bool past_end_ = false;
};

class PageChecker {
  public:
    PageChecker(const fs::path& path, const Progress& progress, const std::stop_token& stop)
        : path_(path),
          database_(path, reading_mode(path)),
          lock_(database_.lock()),
          progress_(progress),
          stop_(stop) {}

    PageCheck run() {
        auto writer = WriterLock::holder(path_);
        // While this snapshot is open, a writer does not touch pages that the log does not have.
        // Nobody writes a file that is too broken for a snapshot.
        try {
            database_.run("BEGIN");
            (void)database_.number("SELECT count(*) FROM sqlite_schema");
        } catch (const CaseError&) {
        }
        const auto size = underlying_size(database_.handle());
        const WriteAheadLog log(path_);
        read_pages();
        if (!writer)
            writer = WriterLock::holder(path_);
        if (!carries_checksums()) {
            check_.notes.push_back(
                "The case was created by an older version, without page checksums: changed bytes "
                "in unused space cannot be found. New cases have page checksums.");
        } else if (writer) {
            // Only pages that cannot have been changing.
            report_broken([&](std::uint32_t page) { return !log.all_pages.contains(page); });
        } else {
            report_broken([&](std::uint32_t page) { return !log.pages.contains(page); });
        }
        if (!writer && (carries_checksums() || page_bytes() == kPageBytes))
            sizes(size, log);
        if (writer)
            check_.notes.push_back("The case is being written by " + writer->user + " on " +
                                   writer->host +
                                   ": its write-ahead log and the pages in it were not checked. "
                                   "Check again when the writer has finished.");
        else
            check_.problems.insert(check_.problems.end(), log.problems.begin(), log.problems.end());
        return std::move(check_);
    }

  private:
    static constexpr std::size_t kPagesAtOnce = 256;

    void read_pages() {
        std::vector<std::uint8_t> bytes(kPagesAtOnce * kPageBytes);
        const auto size = underlying_size(database_.handle());
        for (std::uint64_t offset = 0; offset < size; offset += bytes.size()) {
            check_stop(stop_);
            if (progress_)
                progress_(static_cast<double>(offset), static_cast<double>(size),
                          "Checking the pages");
            const auto got = read_underlying(database_.handle(), offset, bytes);
            if (!got)
                throw CaseError("The case " + quoted(path_) + " cannot be read from byte " +
                                std::to_string(offset) +
                                " on. Check that its disk is connected and intact.");
            if (offset == 0)
                header_.assign(
                    bytes.begin(),
                    bytes.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(*got, 100)));
            for (std::size_t at = 0; at + kPageBytes <= *got; at += kPageBytes)
                page(PageBytes(bytes.data() + at, kPageBytes),
                     static_cast<std::uint32_t>((offset + at) / kPageBytes + 1));
        }
    }

    void page(PageBytes bytes, std::uint32_t number) {
        if (page_checksum(bytes, number) == recorded_checksum(bytes))
            ++fitting_;
        else if (!page_is_intact(bytes, number))
            broken_.push_back(number);
    }

    /// One matching page is enough: none matches by chance, and a broken first page may deny it.
    [[nodiscard]] bool carries_checksums() const {
        return fitting_ > 0 || declares_checksums(header_);
    }

    [[nodiscard]] std::size_t page_bytes() const {
        return header_.size() < 18 ? 0 : std::size_t{header_[16]} << 8 | header_[17];
    }

    template <typename Counts>
    void report_broken(const Counts& counts) {
        for (const auto page : broken_)
            if (counts(page))
                check_.problems.push_back("Page " + std::to_string(page) + " of the case (bytes " +
                                          std::to_string((page - 1) * kPageBytes) + " to " +
                                          std::to_string(page * kPageBytes - 1) +
                                          ") does not match its checksum.");
    }

    void sizes(std::uint64_t size, const WriteAheadLog& log) {
        const std::uint64_t pages = log.page_count != 0   ? log.page_count
                                    : header_.size() < 32 ? 0
                                                          : big_endian(header_, 28);
        if (size > pages * kPageBytes) {
            check_.problems.push_back("The case has " + std::to_string(size - pages * kPageBytes) +
                                      " bytes after its last page: data was appended to it.");
            return;
        }
        for (auto page = size / kPageBytes + 1; page <= pages; ++page)
            if (!log.pages.contains(static_cast<std::uint32_t>(page))) {
                check_.problems.push_back("The case ends after " + std::to_string(size) +
                                          " bytes, before its page " + std::to_string(page) +
                                          " of " + std::to_string(pages) + ": it was truncated.");
                return;
            }
    }

    const fs::path& path_;
    Database database_;
    Database::Lock lock_;
    const Progress& progress_;
    const std::stop_token& stop_;
    std::vector<std::uint8_t> header_;
    std::vector<std::uint32_t> broken_;
    std::uint64_t fitting_ = 0;
    PageCheck check_;
};

}  // namespace

PageCheck check_pages(const fs::path& path, const Progress& progress, const std::stop_token& stop) {
    return PageChecker(path, progress, stop).run();
}

}  // namespace dfd
