// Finds picture files below a path, in natural name order.
#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/picture/picture.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 26> kExtensions = {
    ".jpg",   ".jpeg",  ".jpe", ".jfif", ".mpo",  ".png",  ".apng", ".webp", ".tif",
    ".tiff",  ".bmp",   ".dib", ".gif",  ".heic", ".heif", ".hif",  ".avif", ".avifs",
    ".heics", ".heifs", ".pnm", ".ppm",  ".pgm",  ".pbm",  ".jif",  ".jfi"};

bool picture_name(const std::string& name) {
    const std::size_t dot = name.rfind('.');
    if (dot == std::string::npos)
        return false;
    const std::string extension = lower_case(std::string_view(name).substr(dot));
    return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

/// Paths by natural order of their names, then by the names' bytes (img01 and img1).
using Ordered = std::map<std::pair<std::vector<std::uint8_t>, std::string>, fs::path>;

void collect(const fs::path& folder, bool recursive, std::vector<fs::path>& found) {
    Ordered files;
    Ordered folders;
    std::error_code error;
    fs::directory_iterator iterator(folder, error);
    const fs::directory_iterator end;
    while (!error && iterator != end) {
        const fs::directory_entry& entry = *iterator;
        const std::string name = entry.path().filename().string();
        std::error_code ignored;
        if (!name.empty() && name[0] != '.') {
            if (fs::is_directory(entry.symlink_status(ignored)))
                folders.emplace(std::pair(natural_key(name), name), entry.path());
            else if (picture_name(name) && fs::is_regular_file(entry.status(ignored)))
                files.emplace(std::pair(natural_key(name), name), entry.path());
        }
        iterator.increment(error);
    }
    for (auto& [name, file] : files)
        found.push_back(std::move(file));
    if (!recursive)
        return;
    for (const auto& [name, sub_folder] : folders)
        collect(sub_folder, true, found);
}

}  // namespace

std::vector<fs::path> find_pictures(const fs::path& path, bool recursive) {
    std::error_code error;
    if (!fs::is_directory(fs::status(path, error)))
        return {path};  // also when it is missing: reading it then reports the error
    fs::directory_iterator probe(path, error);
    if (error)
        return {path};
    std::vector<fs::path> found;
    collect(path, recursive, found);
    return found;
}

}  // namespace dfd
