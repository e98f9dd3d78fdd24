// Finds picture files below a path, in natural name order.
#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/picture/formats/signature.h"
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

std::vector<std::uint8_t> start_of(const fs::path& path) {
    std::vector<std::uint8_t> start(512);
    std::ifstream file(path, std::ios::binary);
    file.read(reinterpret_cast<char*>(start.data()), static_cast<std::streamsize>(start.size()));
    start.resize(static_cast<std::size_t>(file.gcount()));
    return start;
}

bool is_picture_inside(const fs::path& path) {
    try {
        (void)picture_detail::identify(start_of(path));
        return true;
    } catch (const PictureError&) {
        return false;
    }
}

class Search {
  public:
    Search(bool recursive, std::vector<fs::path>* misnamed)
        : recursive_(recursive), misnamed_(misnamed) {}

    void collect(const fs::path& folder) {
        Ordered files;
        Ordered folders;
        std::error_code error;
        fs::directory_iterator iterator(folder, error);
        const fs::directory_iterator end;
        while (!error && iterator != end) {
            const fs::directory_entry& entry = *iterator;
            const std::string name = entry.path().filename().string();
            if (!name.empty() && name[0] != '.')
                sort_in(entry, name, files, folders);
            iterator.increment(error);
        }
        if (error)  // reading it as a file reports why
            found.push_back(folder);
        for (auto& [name, file] : files)
            found.push_back(std::move(file));
        if (!recursive_)
            return;
        for (const auto& [name, sub_folder] : folders)
            collect(sub_folder);
    }

    std::vector<fs::path> found;

  private:
    void sort_in(const fs::directory_entry& entry, const std::string& name, Ordered& files,
                 Ordered& folders) {
        // The kind usually comes with the name, also where the path itself cannot be used.
        std::error_code ignored, problem;
        const auto key = [&name] { return std::pair(natural_key(name), name); };
        if (entry.is_directory(ignored) && !entry.is_symlink(ignored)) {
            folders.emplace(key(), entry.path());
            return;
        }
        const bool file = entry.is_regular_file(problem);
        const bool unknown = problem && problem != std::errc::no_such_file_or_directory &&
                             problem != std::errc::too_many_symbolic_link_levels;
        if (picture_name(name)) {
            if (file || unknown)
                files.emplace(key(), entry.path());
        } else if (file && misnamed_ != nullptr && is_picture_inside(entry.path())) {
            misnamed_->push_back(entry.path());
        }
    }

    bool recursive_;
    std::vector<fs::path>* misnamed_;
};

}  // namespace

bool begins_as_picture(std::span<const std::uint8_t> bytes) {
    try {
        (void)picture_detail::identify(bytes);
        return true;
    } catch (const PictureError& error) {
        return error.failure().code == failure_codes::kUnsupported;
    }
}

bool begins_as_picture(const fs::path& file) {
    return begins_as_picture(start_of(file));
}

std::vector<fs::path> find_pictures(const fs::path& path, bool recursive,
                                    std::vector<fs::path>* misnamed) {
    std::error_code error;
    if (!fs::is_directory(fs::status(path, error)))
        return {path};  // also when it is missing: reading it then reports the error
    Search search(recursive, misnamed);
    search.collect(path);
    if (misnamed != nullptr)
        std::sort(misnamed->begin(), misnamed->end());
    return std::move(search.found);
}

}  // namespace dfd
