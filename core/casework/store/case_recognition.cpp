#include "core/casework/store/case_recognition.h"

#include "core/casework/database/sqlite.h"

namespace dfd {

bool is_case_file(const std::filesystem::path& path) {
    std::error_code problem;
    if (std::filesystem::is_directory(path, problem))
        return false;
    if (path.extension() == ".dfd" || path.extension() == ".dfdcase")
        return true;
    if (!std::filesystem::is_regular_file(path, problem))
        return false;
    // SQLite's header: its name at the beginning, the application id at byte 68.
    const auto [open_here, head] = read_file_start(path, 72);
    return open_here || (head.size() == 72 && head.starts_with("SQLite format 3") &&
                         head.substr(68, 4) == "dfdC");
}

}  // namespace dfd
