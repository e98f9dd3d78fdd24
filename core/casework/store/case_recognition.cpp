#include "core/casework/store/case_recognition.h"

#include <fstream>
#include <string>

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
    char head[72] = {};
    std::ifstream file(path, std::ios::binary);
    return file.read(head, sizeof head) && std::string(head, 15) == "SQLite format 3" &&
           std::string(head + 68, 4) == "dfdC";
}

}  // namespace dfd
