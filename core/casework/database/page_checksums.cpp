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
    bool checked;           // the file carries checksums
    std::uint32_t refused;  // 0: none
    std::uint8_t page[kPageBytes];
};
static_assert(sizeof(LayeredFile) % 8 == 0);

LayeredFile& ours(sqlite3_file* file) {
    return *reinterpret_cast<LayeredFile*>(file);
}
sqlite3_file* below(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + sizeof(LayeredFile));
}
sqlite3_vfs* real() {
    static sqlite3_vfs* const vfs = sqlite3_vfs_find(nullptr);
    return vfs;
}

int read_at(sqlite3_file* file, void* into, int amount, sqlite3_int64 offset) {
    return below(file)->pMethods->xRead(below(file), into, amount, offset);
}

/// The first page tells whether there are checksums.
void learn(LayeredFile& file, const void* start) {
    file.checked = says_checksums({static_cast<const std::uint8_t*>(start), kHeaderBytes});
}

bool within_a_page(int amount, sqlite3_int64 offset) {
    constexpr auto kPage = static_cast<sqlite3_int64>(kPageBytes);
    return amount > 0 && offset / kPage == (offset + amount - 1) / kPage;
}

int read(sqlite3_file* file, void* into, int amount, sqlite3_int64 offset) {
    constexpr auto kPage = static_cast<sqlite3_int64>(kPageBytes);
    auto& layered = ours(file);
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
        learn(layered, layered.page);
    std::memcpy(into, layered.page + offset % kPage, static_cast<std::size_t>(amount));
    const auto number = static_cast<std::uint32_t>(offset / kPage + 1);
    if (!layered.checked || page_is_whole(PageBytes(layered.page), number))
        return SQLITE_OK;
    layered.refused = number;
    return SQLITE_IOERR_DATA;
}

int write(sqlite3_file* file, const void* from, int amount, sqlite3_int64 offset) {
    constexpr auto kPage = static_cast<sqlite3_int64>(kPageBytes);
    auto& layered = ours(file);
    const auto pass_on = [&](const void* bytes) {
        return below(file)->pMethods->xWrite(below(file), bytes, amount, offset);
    };
    if (offset == 0 && amount >= static_cast<int>(kHeaderBytes))
        learn(layered, from);
    if (!layered.checked || amount != kPage || offset % kPage != 0)
        return pass_on(from);
    std::memcpy(layered.page, from, kPageBytes);
    auto sum =
        page_checksum(PageBytes(layered.page), static_cast<std::uint32_t>(offset / kPage + 1));
    for (std::size_t i = kCovered; i < kPageBytes; ++i, sum >>= 8)
        layered.page[i] = static_cast<std::uint8_t>(sum);
    return pass_on(layered.page);
}

/// Everything except reading and writing goes to the file below.
const sqlite3_io_methods kMethods = [] {
    sqlite3_io_methods methods{};
    methods.iVersion = 2;  // 3 would let SQLite map the file into memory
    methods.xClose = [](sqlite3_file* f) { return below(f)->pMethods->xClose(below(f)); };
    methods.xRead = read;
    methods.xWrite = write;
    methods.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
        return below(f)->pMethods->xTruncate(below(f), size);
    };
    methods.xSync = [](sqlite3_file* f, int how) {
        return below(f)->pMethods->xSync(below(f), how);
    };
    methods.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
        return below(f)->pMethods->xFileSize(below(f), size);
    };
    methods.xLock = [](sqlite3_file* f, int lock) {
        return below(f)->pMethods->xLock(below(f), lock);
    };
    methods.xUnlock = [](sqlite3_file* f, int lock) {
        return below(f)->pMethods->xUnlock(below(f), lock);
    };
    methods.xCheckReservedLock = [](sqlite3_file* f, int* held) {
        return below(f)->pMethods->xCheckReservedLock(below(f), held);
    };
    methods.xFileControl = [](sqlite3_file* f, int what, void* argument) {
        return below(f)->pMethods->xFileControl(below(f), what, argument);
    };
    methods.xSectorSize = [](sqlite3_file* f) { return below(f)->pMethods->xSectorSize(below(f)); };
    methods.xDeviceCharacteristics = [](sqlite3_file* f) {
        return below(f)->pMethods->xDeviceCharacteristics(below(f));
    };
    methods.xShmMap = [](sqlite3_file* f, int region, int size, int extend, void volatile** at) {
        // Missing when the file is opened as immutable.
        return below(f)->pMethods->xShmMap == nullptr
                   ? SQLITE_IOERR_SHMMAP
                   : below(f)->pMethods->xShmMap(below(f), region, size, extend, at);
    };
    methods.xShmLock = [](sqlite3_file* f, int offset, int count, int flags) {
        return below(f)->pMethods->xShmLock(below(f), offset, count, flags);
    };
    methods.xShmBarrier = [](sqlite3_file* f) { below(f)->pMethods->xShmBarrier(below(f)); };
    methods.xShmUnmap = [](sqlite3_file* f, int remove) {
        return below(f)->pMethods->xShmUnmap(below(f), remove);
    };
    return methods;
}();

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* opened) {
    if ((flags & SQLITE_OPEN_MAIN_DB) == 0)
        return real()->xOpen(real(), name, file, flags, opened);
    auto& layered = *new (file) LayeredFile{};
    if (const int code = real()->xOpen(real(), name, below(file), flags, opened);
        code != SQLITE_OK) {
        // Half opened: SQLite only closes files that have methods, so close it here.
        if (below(file)->pMethods != nullptr)
            below(file)->pMethods->xClose(below(file));
        return code;
    }
    layered.base.pMethods = &kMethods;
    if (read_at(file, layered.page, kHeaderBytes, 0) == SQLITE_OK)
        learn(layered, layered.page);
    return SQLITE_OK;
}

sqlite3_vfs make_layer() {
    if (real() == nullptr)
        throw std::runtime_error("SQLite has no access to files on this system.");
    sqlite3_vfs layer = *real();
    layer.iVersion = std::min(layer.iVersion, 2);
    layer.szOsFile = static_cast<int>(sizeof(LayeredFile)) + real()->szOsFile;
    layer.pNext = nullptr;
    layer.zName = kName;
    layer.pAppData = nullptr;
    layer.xOpen = open;
    layer.xDelete = [](sqlite3_vfs*, const char* name, int sync) {
        return real()->xDelete(real(), name, sync);
    };
    layer.xAccess = [](sqlite3_vfs*, const char* name, int how, int* result) {
        return real()->xAccess(real(), name, how, result);
    };
    layer.xFullPathname = [](sqlite3_vfs*, const char* name, int size, char* out) {
        return real()->xFullPathname(real(), name, size, out);
    };
    layer.xDlOpen = [](sqlite3_vfs*, const char* name) { return real()->xDlOpen(real(), name); };
    layer.xDlError = [](sqlite3_vfs*, int size, char* out) { real()->xDlError(real(), size, out); };
    layer.xDlSym = [](sqlite3_vfs*, void* library, const char* symbol) {
        return real()->xDlSym(real(), library, symbol);
    };
    layer.xDlClose = [](sqlite3_vfs*, void* library) { real()->xDlClose(real(), library); };
    layer.xRandomness = [](sqlite3_vfs*, int size, char* out) {
        return real()->xRandomness(real(), size, out);
    };
    layer.xSleep = [](sqlite3_vfs*, int microseconds) {
        return real()->xSleep(real(), microseconds);
    };
    layer.xCurrentTime = [](sqlite3_vfs*, double* now) {
        return real()->xCurrentTime(real(), now);
    };
    layer.xGetLastError = [](sqlite3_vfs*, int size, char* out) {
        return real()->xGetLastError(real(), size, out);
    };
    layer.xCurrentTimeInt64 = [](sqlite3_vfs*, sqlite3_int64* now) {
        return real()->xCurrentTimeInt64(real(), now);
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

bool page_is_whole(PageBytes page, std::uint32_t number) {
    return page_checksum(page, number) == recorded_checksum(page) ||
           std::ranges::all_of(page, [](std::uint8_t byte) { return byte == 0; });
}

bool says_checksums(std::span<const std::uint8_t> header) {
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
    if (size_below(database) != 0)
        return;
    sqlite3_exec(database, ("PRAGMA page_size = " + std::to_string(kPageBytes)).c_str(), nullptr,
                 nullptr, nullptr);
    int bytes = kChecksumBytes;
    sqlite3_file_control(database, "main", SQLITE_FCNTL_RESERVE_BYTES, &bytes);
}

std::optional<std::uint32_t> refused_page(sqlite3* database) {
    auto* const file = file_of(database);
    if (file == nullptr || ours(file).refused == 0)
        return std::nullopt;
    return ours(file).refused;
}

std::optional<std::size_t> read_below(sqlite3* database, std::uint64_t offset,
                                      std::span<std::uint8_t> into) {
    auto* const file = file_of(database);
    const auto size = size_below(database);
    if (file == nullptr || offset >= size)
        return file == nullptr ? std::nullopt : std::optional<std::size_t>(0);
    const auto amount =
        static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size - offset));
    const int code =
        read_at(file, into.data(), static_cast<int>(amount), static_cast<sqlite3_int64>(offset));
    return code == SQLITE_OK ? std::optional(amount) : std::nullopt;
}

std::uint64_t size_below(sqlite3* database) {
    auto* const file = file_of(database);
    sqlite3_int64 size = 0;
    if (file != nullptr)
        below(file)->pMethods->xFileSize(below(file), &size);
    return static_cast<std::uint64_t>(size);
}

}  // namespace dfd
