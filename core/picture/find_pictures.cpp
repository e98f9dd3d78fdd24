// Finds picture files below a path, in natural name order.
#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>
#include <system_error>

#include "core/picture/picture.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 26> kExtensions = {
    ".jpg",   ".jpeg",  ".jpe", ".jfif", ".mpo",  ".png",  ".apng", ".webp", ".tif",
    ".tiff",  ".bmp",   ".dib", ".gif",  ".heic", ".heif", ".hif",  ".avif", ".avifs",
    ".heics", ".heifs", ".pnm", ".ppm",  ".pgm",  ".pbm",  ".jif",  ".jfi"};

int lower(char c) {
    return std::tolower(static_cast<unsigned char>(c));
}
bool digit(char c) {
    return c >= '0' && c <= '9';
}

bool picture_name(const std::string& name) {
    const std::size_t dot = name.rfind('.');
    if (dot == std::string::npos) {
        return false;
    }
    std::string extension = name.substr(dot);
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](char c) { return static_cast<char>(lower(c)); });
    return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

/// The end of the run of digits starting at `at`. `first` is set to its first non-zero digit (or
/// the last digit).
std::size_t run_end(std::string_view text, std::size_t at, std::size_t& first) {
    std::size_t end = at;
    while (end < text.size() && digit(text[end])) {
        ++end;
    }
    first = at;
    while (first + 1 < end && text[first] == '0') {
        ++first;
    }
    return end;
}

/// -1, 0 or 1. Numbers compare by value, letters case-insensitively.
int natural_order(std::string_view a, std::string_view b) {
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() && j < b.size()) {
        if (digit(a[i]) && digit(b[j])) {
            std::size_t first_a = 0;
            std::size_t first_b = 0;
            const std::size_t end_a = run_end(a, i, first_a);
            const std::size_t end_b = run_end(b, j, first_b);
            if (end_a - first_a != end_b - first_b) {
                return end_a - first_a < end_b - first_b ? -1 : 1;
            }
            const int order =
                a.substr(first_a, end_a - first_a).compare(b.substr(first_b, end_b - first_b));
            if (order != 0) {
                return order < 0 ? -1 : 1;
            }
            i = end_a;
            j = end_b;
            continue;
        }
        if (lower(a[i]) != lower(b[j])) {
            return lower(a[i]) < lower(b[j]) ? -1 : 1;
        }
        ++i;
        ++j;
    }
    if (a.size() - i != b.size() - j) {
        return a.size() - i < b.size() - j ? -1 : 1;
    }
    const int order = a.compare(b);  // tie-break for a total order: img01 and img1, A and a
    return order < 0 ? -1 : (order > 0 ? 1 : 0);
}

struct Entry {
    std::string name;
    fs::path path;
};

void collect(const fs::path& folder, bool recursive, std::vector<fs::path>& found) {
    std::vector<Entry> files;
    std::vector<Entry> folders;
    std::error_code error;
    fs::directory_iterator iterator(folder, error);
    const fs::directory_iterator end;
    while (!error && iterator != end) {
        const fs::directory_entry& entry = *iterator;
        std::string name = entry.path().filename().string();
        std::error_code ignored;
        if (!name.empty() && name[0] != '.') {
            if (fs::is_directory(entry.symlink_status(ignored))) {
                folders.push_back({std::move(name), entry.path()});
            } else if (picture_name(name) && fs::is_regular_file(entry.status(ignored))) {
                files.push_back({std::move(name), entry.path()});
            }
        }
        iterator.increment(error);
    }
    const auto by_name = [](const Entry& a, const Entry& b) {
        return natural_order(a.name, b.name) < 0;
    };
    std::sort(files.begin(), files.end(), by_name);
    for (Entry& file : files) {
        found.push_back(std::move(file.path));
    }
    if (!recursive) {
        return;
    }
    std::sort(folders.begin(), folders.end(), by_name);
    for (const Entry& sub_folder : folders) {
        collect(sub_folder.path, true, found);
    }
}

}  // namespace

std::vector<fs::path> find_pictures(const fs::path& path, bool recursive) {
    std::error_code error;
    if (!fs::is_directory(fs::status(path, error))) {
        return {path};  // also when it is missing: reading it then reports the error
    }
    fs::directory_iterator probe(path, error);
    if (error) {
        return {path};
    }
    std::vector<fs::path> found;
    collect(path, recursive, found);
    return found;
}

}  // namespace dfd
