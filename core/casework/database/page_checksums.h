// A checksum in every page of a case's file, kept by a layer between SQLite and the disk: a byte
// that changed is found when its page is read, also where SQLite itself never looks.
// Internal to core/casework.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

struct sqlite3;

namespace dfd {

/// Bytes of a page of every case; its last eight hold the checksum of those before it and of its
/// number, little-endian.
inline constexpr std::size_t kPageBytes = 4096;
inline constexpr std::size_t kChecksumBytes = 8;

using PageBytes = std::span<const std::uint8_t, kPageBytes>;

/// The checksum of all but the last eight bytes; pages are counted from 1. Every change within one
/// aligned word of eight bytes gives another one, any other change does but once in 2^64. There is
/// no secret in it: it finds accidents and clumsy changes, and whoever changes a page knowingly
/// can write the right one (the chained log is against those).
[[nodiscard]] std::uint64_t page_checksum(PageBytes page, std::uint32_t number);
[[nodiscard]] std::uint64_t recorded_checksum(PageBytes page);
/// As written by the layer; or all zero: a page that was never written, such as the one at 1 GiB
/// that SQLite leaves out for its locks.
[[nodiscard]] bool page_is_whole(PageBytes page, std::uint32_t number);
/// Whether the beginning of the first page (100 bytes or more) says that pages carry checksums.
[[nodiscard]] bool says_checksums(std::span<const std::uint8_t> header);

/// The name of the layer for sqlite3_open_v2, registered when first asked for. Files without
/// checksums, such as cases of older programs, pass through it unchanged. It never maps a file into
/// memory. Pages get their checksum on their way to the case's file itself; those that wait in the
/// write-ahead log are covered by SQLite's own. A page that does not fit is SQLITE_IOERR_DATA.
[[nodiscard]] const char* page_checksum_layer();
/// Makes room for checksums in a file that is still empty; nothing else has an effect.
void reserve_checksums(sqlite3* database);
/// The page that was last refused.
[[nodiscard]] std::optional<std::uint32_t> refused_page(sqlite3* database);

/// The case's file below the layer, through the connection that has it open: a file that SQLite
/// has open must not be opened otherwise in this process, as closing it would take SQLite's locks
/// away. Bytes read; fewer than asked for at the end, nothing when it cannot be read.
[[nodiscard]] std::optional<std::size_t> read_below(sqlite3* database, std::uint64_t offset,
                                                    std::span<std::uint8_t> into);
[[nodiscard]] std::uint64_t size_below(sqlite3* database);

}  // namespace dfd
