#include "core/casework/scan/file_look.h"

#include <sys/stat.h>

#include <cerrno>
#include <system_error>

namespace dfd {

bool stat_file(const std::filesystem::path& path, SeenFile& seen) {
    struct stat info {};
    seen.path = path.native();
    seen.at = case_time_now();
    if (::stat(path.c_str(), &info) != 0)
        return errno != ENOENT && errno != ENOTDIR;
    seen.size = info.st_size;
    seen.modified = std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec;
    return true;
}

bool opens_as_folder(const std::filesystem::path& path) {
    std::error_code error;
    const std::filesystem::directory_iterator folder(path, error);
    return !error;
}

}  // namespace dfd
