#include "core/casework/database/page_checksums.h"

#include <sqlite3.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>

namespace dfd {
namespace {

constexpr const char* kName = "dfd-page-checksums";
constexpr std::size_t kHeaderBytes = 100;  // of the first page, read without a lock
constexpr std::size_t kCovered = kPageBytes - kChecksumBytes;

std::uint64_t word_at(const std::uint8_t* bytes) {
    std::uint64_t word = 0;  // one load; a loop over the bytes compiles to eight
    std::memcpy(&word, bytes, sizeof word);
    return std::endian::native == std::endian::little ? word : __builtin_bswap64(word);
}

/// Bijective in the state and in the word.
std::uint64_t mixed(std::uint64_t state, std::uint64_t word) {
    constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15u;  // 2^64 divided by the golden ratio
    return std::rotl((state ^ word) * kOdd, 29);
}

// --- the layer: our file object and the real one behind it, in one allocation

struct LayeredFile {
    sqlite3_file base;
    bool checked;            // the file carries checksums
    std::uint32_t rejected;  // 0: none
    std::uint8_t page[kPageBytes];
};
static_assert(sizeof(LayeredFile) % 8 == 0);

LayeredFile& layered_file(sqlite3_file* file) {
    return *reinterpret_cast<LayeredFile*>(file);
}
sqlite3_file* inner(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + sizeof(LayeredFile));
}
sqlite3_vfs* default_vfs() {
    static sqlite3_vfs* const vfs = sqlite3_vfs_find(nullptr);
    return vfs;
}

int read_at(sqlite3_file* file, void* into, int amount, sqlite3_int64 offset) {
    return inner(file)->pMethods->xRead(inner(file), into, amount, offset);
}

/// The first page tells whether there are checksums.
void detect_checksums(LayeredFile& file, const void* start) {
    file.checked = declares_checksums({static_cast<const std::uint8_t*>(start), kHeaderBytes});
}

bool within_a_page(int amount, sqlite3_int64 offset) {
    constexpr auto kPage = static_cast<sqlite3_int64>(kPageBytes);
    return amount > 0 && offset / kPage == (offset + amount - 1) / kPage;
}

int read(sqlite3_file* file, void* into, int amount, sqlite3_int64 offset) {
    constexpr auto kPage = static_cast<sqlite3_int64>(kPageBytes);
    auto& layered = layered_file(file);
    const bool whole = amount == kPage && offset % kPage == 0;
    // SQLite reads the header even while another process may be writing it.
    const bool in_header = offset + amount <= static_cast<sqlite3_int64>(kHeaderBytes);
    if (!whole && (in_header || !layered.checked || !within_a_page(amount, offset)))
        return read_at(file, into, amount, offset);
    if (const int code =
            read_at(file, layered.page, static_cast<int>(kPageBytes), offset - offset % kPage);
        code != SQLITE_OK)
        return code == SQLITE_IOERR_SHORT_READ ? read_at(file, into, amount, offset) : code;
    if (offset == 0)
        detect_checksums(layered, layered.page);
    std::memcpy(into, layered.page + offset % kPage, static_cast<std::size_t>(amount));
    const auto number = static_cast<std::uint32_t>(offset / kPage + 1);
    if (!layered.checked || page_is_intact(PageBytes(layered.page), number))
        return SQLITE_OK;
    layered.rejected = number;
    return SQLITE_IOERR_DATA;
}

int write(sqlite3_file* file, const void* from, int amount, sqlite3_int64 offset) {
    constexpr auto kPage = static_cast<sqlite3_int64>(kPageBytes);
    auto& layered = layered_file(file);
    const auto write_through = [&](const void* bytes) {
        return inner(file)->pMethods->xWrite(inner(file), bytes, amount, offset);
    };
    if (offset == 0 && amount >= static_cast<int>(kHeaderBytes))
        detect_checksums(layered, from);
    if (!layered.checked || amount != kPage || offset % kPage != 0)
        return write_through(from);
    std::memcpy(layered.page, from, kPageBytes);
    auto sum =
        page_checksum(PageBytes(layered.page), static_cast<std::uint32_t>(offset / kPage + 1));
    for (std::size_t i = kCovered; i < kPageBytes; ++i, sum >>= 8)
        layered.page[i] = static_cast<std::uint8_t>(sum);
    return write_through(layered.page);
}

/// Everything except reading and writing goes to the file below.
const sqlite3_io_methods kMethods = [] {
    sqlite3_io_methods methods{};
    methods.iVersion = 2;  // 3 would let SQLite map the file into memory
    methods.xClose = [](sqlite3_file* f) { return inner(f)->pMethods->xClose(inner(f)); };
    methods.xRead = read;
    methods.xWrite = write;
    methods.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
        return inner(f)->pMethods->xTruncate(inner(f), size);
    };
    methods.xSync = [](sqlite3_file* f, int how) {
        return inner(f)->pMethods->xSync(inner(f), how);
    };
    methods.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
        return inner(f)->pMethods->xFileSize(inner(f), size);
    };
    methods.xLock = [](sqlite3_file* f, int lock) {
        return inner(f)->pMethods->xLock(inner(f), lock);
    };
    methods.xUnlock = [](sqlite3_file* f, int lock) {
        return inner(f)->pMethods->xUnlock(inner(f), lock);
    };
    methods.xCheckReservedLock = [](sqlite3_file* f, int* held) {
        return inner(f)->pMethods->xCheckReservedLock(inner(f), held);
    };
    methods.xFileControl = [](sqlite3_file* f, int what, void* argument) {
        return inner(f)->pMethods->xFileControl(inner(f), what, argument);
    };
    methods.xSectorSize = [](sqlite3_file* f) { return inner(f)->pMethods->xSectorSize(inner(f)); };
    methods.xDeviceCharacteristics = [](sqlite3_file* f) {
        return inner(f)->pMethods->xDeviceCharacteristics(inner(f));
    };
    methods.xShmMap = [](sqlite3_file* f, int region, int size, int extend, void volatile** at) {
        // Missing when the file is opened as immutable.
        return inner(f)->pMethods->xShmMap == nullptr
                   ? SQLITE_IOERR_SHMMAP
                   : inner(f)->pMethods->xShmMap(inner(f), region, size, extend, at);
    };
    methods.xShmLock = [](sqlite3_file* f, int offset, int count, int flags) {
        return inner(f)->pMethods->xShmLock(inner(f), offset, count, flags);
    };
    methods.xShmBarrier = [](sqlite3_file* f) { inner(f)->pMethods->xShmBarrier(inner(f)); };
    methods.xShmUnmap = [](sqlite3_file* f, int remove) {
        return inner(f)->pMethods->xShmUnmap(inner(f), remove);
    };
    return methods;
}();

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* opened) {
    if ((flags & SQLITE_OPEN_MAIN_DB) == 0)
        return default_vfs()->xOpen(default_vfs(), name, file, flags, opened);
    auto& layered = *new (file) LayeredFile{};
    if (const int code = default_vfs()->xOpen(default_vfs(), name, inner(file), flags, opened);
        code != SQLITE_OK) {
        // Half opened: SQLite only closes files that have methods, so close it here.
        if (inner(file)->pMethods != nullptr)
            inner(file)->pMethods->xClose(inner(file));
        return code;
    }
    layered.base.pMethods = &kMethods;
    if (read_at(file, layered.page, kHeaderBytes, 0) == SQLITE_OK)
        detect_checksums(layered, layered.page);
    return SQLITE_OK;
}

sqlite3_vfs make_layer() {
    if (default_vfs() == nullptr)
        throw std::runtime_error(
            "SQLite has no default file system interface (VFS) on this system.");
    sqlite3_vfs layer = *default_vfs();
    layer.iVersion = std::min(layer.iVersion, 2);
    layer.szOsFile = static_cast<int>(sizeof(LayeredFile)) + default_vfs()->szOsFile;
    layer.pNext = nullptr;
    layer.zName = kName;
    layer.pAppData = nullptr;
    layer.xOpen = open;
    layer.xDelete = [](sqlite3_vfs*, const char* name, int sync) {
        return default_vfs()->xDelete(default_vfs(), name, sync);
    };
    layer.xAccess = [](sqlite3_vfs*, const char* name, int how, int* result) {
        return default_vfs()->xAccess(default_vfs(), name, how, result);
    };
    layer.xFullPathname = [](sqlite3_vfs*, const char* name, int size, char* out) {
        return default_vfs()->xFullPathname(default_vfs(), name, size, out);
    };
    layer.xDlOpen = [](sqlite3_vfs*, const char* name) {
        return default_vfs()->xDlOpen(default_vfs(), name);
    };
    layer.xDlError = [](sqlite3_vfs*, int size, char* out) {
        default_vfs()->xDlError(default_vfs(), size, out);
    };
    layer.xDlSym = [](sqlite3_vfs*, void* library, const char* symbol) {
        return default_vfs()->xDlSym(default_vfs(), library, symbol);
    };
    layer.xDlClose = [](sqlite3_vfs*, void* library) {
        default_vfs()->xDlClose(default_vfs(), library);
    };
    layer.xRandomness = [](sqlite3_vfs*, int size, char* out) {
        return default_vfs()->xRandomness(default_vfs(), size, out);
    };
    layer.xSleep = [](sqlite3_vfs*, int microseconds) {
        return default_vfs()->xSleep(default_vfs(), microseconds);
    };
    layer.xCurrentTime = [](sqlite3_vfs*, double* now) {
        return default_vfs()->xCurrentTime(default_vfs(), now);
    };
    layer.xGetLastError = [](sqlite3_vfs*, int size, char* out) {
        return default_vfs()->xGetLastError(default_vfs(), size, out);
    };
    layer.xCurrentTimeInt64 = [](sqlite3_vfs*, sqlite3_int64* now) {
        return default_vfs()->xCurrentTimeInt64(default_vfs(), now);
    };
    return layer;
}

/// The connection's file; null when it does not use the layer.
sqlite3_file* file_of(sqlite3* database) {
    sqlite3_file* file = nullptr;
    sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    return file != nullptr && file->pMethods == &kMethods ? file : nullptr;
}

}  // namespace

std::uint64_t page_checksum(PageBytes page, std::uint32_t number) {
    // Four independent states, because each multiplication has to wait for the previous one.
    std::array<std::uint64_t, 4> states{number, 1, 2, 3};
    std::size_t at = 0;
    for (; at + 32 <= kCovered; at += 32)
        for (std::size_t i = 0; i < 4; ++i)
            states[i] = mixed(states[i], word_at(page.data() + at + 8 * i));
    auto sum = states[0];
    for (std::size_t i = 1; i < 4; ++i)
        sum = mixed(sum, states[i]);
    for (; at < kCovered; at += 8)
        sum = mixed(sum, word_at(page.data() + at));
    return sum;
}

std::uint64_t recorded_checksum(PageBytes page) {
    return word_at(page.data() + kCovered);
}

bool page_is_intact(PageBytes page, std::uint32_t number) {
    return page_checksum(page, number) == recorded_checksum(page) ||
           std::ranges::all_of(page, [](std::uint8_t byte) { return byte == 0; });
}

bool declares_checksums(std::span<const std::uint8_t> header) {
    // https://www.sqlite.org/fileformat.html: page size at 16, reserved bytes of a page at 20.
    return header.size() >= kHeaderBytes &&
           std::memcmp(header.data(), "SQLite format 3", 16) == 0 &&
           (std::size_t{header[16]} << 8 | header[17]) == kPageBytes &&
           header[20] == kChecksumBytes;
}

const char* page_checksum_layer() {
    static sqlite3_vfs layer = make_layer();
    static const int registered = sqlite3_vfs_register(&layer, 0);
    if (registered != SQLITE_OK)
        throw std::bad_alloc();
    return kName;
}

void reserve_checksums(sqlite3* database) {
    if (underlying_size(database) != 0)
        return;
    sqlite3_exec(database, ("PRAGMA page_size = " + std::to_string(kPageBytes)).c_str(), nullptr,
                 nullptr, nullptr);
    int bytes = kChecksumBytes;
    sqlite3_file_control(database, "main", SQLITE_FCNTL_RESERVE_BYTES, &bytes);
}

std::optional<std::uint32_t> rejected_page(sqlite3* database) {
    auto* const file = file_of(database);
    if (file == nullptr || layered_file(file).rejected == 0)
        return std::nullopt;
    return layered_file(file).rejected;
}

std::optional<std::size_t> read_underlying(sqlite3* database, std::uint64_t offset,
                                           std::span<std::uint8_t> into) {
    auto* const file = file_of(database);
    const auto size = underlying_size(database);
    if (file == nullptr || offset >= size)
        return file == nullptr ? std::nullopt : std::optional<std::size_t>(0);
    const auto amount =
        static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size - offset));
    const int code =
        read_at(file, into.data(), static_cast<int>(amount), static_cast<sqlite3_int64>(offset));
    return code == SQLITE_OK ? std::optional(amount) : std::nullopt;
}

std::uint64_t underlying_size(sqlite3* database) {
    auto* const file = file_of(database);
    sqlite3_int64 size = 0;
    if (file != nullptr)
        inner(file)->pMethods->xFileSize(inner(file), &size);
    return static_cast<std::uint64_t>(size);
}

}  // namespace dfd
