// Page checksums: a layer (VFS) between SQLite and the disk adds a checksum to every page of a
// case's file, so that a changed byte is found when its page is read, even where SQLite itself
// never looks.
// Internal to core/casework.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

struct sqlite3;

namespace dfd {

/// Bytes per page of every case. The last eight hold the checksum of the other bytes and of the
/// page's number, little-endian.
inline constexpr std::size_t kPageBytes = 4096;
inline constexpr std::size_t kChecksumBytes = 8;

using PageBytes = std::span<const std::uint8_t, kPageBytes>;

/// The checksum of all but the last eight bytes; pages are counted from 1. Every change within one
/// aligned eight-byte word changes it; for other changes the chance of a collision is 2^-64. There
/// is no secret in it: it finds accidents and clumsy changes. Somebody who changes a page on
/// purpose can write the right checksum (the chained log protects against that).
[[nodiscard]] std::uint64_t page_checksum(PageBytes page, std::uint32_t number);
[[nodiscard]] std::uint64_t recorded_checksum(PageBytes page);
/// Whether a page is as the layer wrote it, or all zero: a page that was never written, such as the
/// one at 1 GiB that SQLite skips for its locks.
[[nodiscard]] bool page_is_intact(PageBytes page, std::uint32_t number);
/// Whether the start of the first page (100 bytes or more) declares that pages carry checksums.
[[nodiscard]] bool declares_checksums(std::span<const std::uint8_t> header);

/// The layer's name for sqlite3_open_v2; the first call registers it. Files without checksums, such
/// as cases of older versions, pass through unchanged. The layer never memory-maps a file. Pages
/// get their checksum when they are written to the case's file itself; pages in the write-ahead log
/// are covered by SQLite's own checksums. Reading a page with a wrong checksum gives
/// SQLITE_IOERR_DATA.
[[nodiscard]] const char* page_checksum_layer();
/// Reserves space for checksums in a file that is still empty. Has no effect on other files.
void reserve_checksums(sqlite3* database);
/// The page that was last rejected.
[[nodiscard]] std::optional<std::uint32_t> rejected_page(sqlite3* database);

/// Reads the case's file below the layer, through the connection that has it open. A file that
/// SQLite has open must not be opened in another way in this process, because closing it would drop
/// SQLite's locks. Returns the bytes read: fewer at the end of the file, nullopt when it cannot be
/// read.
[[nodiscard]] std::optional<std::size_t> read_underlying(sqlite3* database, std::uint64_t offset,
                                                         std::span<std::uint8_t> into);
[[nodiscard]] std::uint64_t underlying_size(sqlite3* database);

}  // namespace dfd
