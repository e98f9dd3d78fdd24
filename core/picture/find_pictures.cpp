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

/// Raw files of cameras: many are TIFFs by their first bytes.
constexpr std::array<std::string_view, 23> kCameraRaw = {
    ".dng", ".nef", ".nrw", ".cr2", ".cr3", ".crw", ".arw", ".sr2", ".srf", ".raf", ".orf", ".rw2",
    ".pef", ".srw", ".x3f", ".3fr", ".fff", ".iiq", ".mos", ".erf", ".kdc", ".dcr", ".mrw"};

/// Other pictures that are not supported, whatever their first bytes are.
constexpr std::array<std::string_view, 14> kUnsupported = {".tga", ".jxl", ".jp2", ".j2k", ".jpx",
                                                           ".jpf", ".jxr", ".psd", ".psb", ".xcf",
                                                           ".exr", ".hdr", ".qoi", ".pcx"};

std::string extension_of(const std::string& name) {
    const std::size_t dot = name.rfind('.');
    return dot == std::string::npos ? std::string()
                                    : lower_case(std::string_view(name).substr(dot));
}

bool is_one_of(std::span<const std::string_view> extensions, const std::string& extension) {
    return std::ranges::find(extensions, extension) != extensions.end();
}

/// Paths by natural order of their names, then by the names' bytes (img01 and img1).
using Ordered = std::map<std::pair<std::vector<std::uint8_t>, std::string>, fs::path>;

std::vector<std::uint8_t> start_of(const fs::path& path) {
    std::error_code problem;
    if (!fs::is_regular_file(path, problem))  // opening a pipe would wait
        return {};
    std::vector<std::uint8_t> start(512);
    std::ifstream file(path, std::ios::binary);
    file.read(reinterpret_cast<char*>(start.data()), static_cast<std::streamsize>(start.size()));
    start.resize(static_cast<std::size_t>(file.gcount()));
    return start;
}

enum class Inside { NoPicture, Picture, Tiff, Unsupported };

Inside what_begins(std::span<const std::uint8_t> bytes) {
    try {
        return picture_detail::identify(bytes) == picture_detail::Format::Tiff ? Inside::Tiff
                                                                               : Inside::Picture;
    } catch (const PictureError& error) {
        return error.failure().code == failure_codes::kUnsupported ? Inside::Unsupported
                                                                   : Inside::NoPicture;
    }
}

class Search {
  public:
    Search(bool recursive, LeftOutPictures* left_out)
        : recursive_(recursive), left_out_(left_out) {}

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
        const std::string extension = extension_of(name);
        if (is_one_of(kExtensions, extension)) {
            if (file || unknown)
                files.emplace(key(), entry.path());
        } else if (file && left_out_ != nullptr) {
            leave_out(entry.path(), extension);
        }
    }

    void leave_out(const fs::path& path, const std::string& extension) {
        const Inside inside = what_begins(start_of(path));
        const bool raw = is_one_of(kCameraRaw, extension);
        if (inside == Inside::Picture || (inside == Inside::Tiff && !raw))
            left_out_->misnamed.push_back(path);
        else if (inside == Inside::Unsupported || raw || is_one_of(kUnsupported, extension))
            left_out_->unsupported.push_back(path);
    }

    bool recursive_;
    LeftOutPictures* left_out_;
};

}  // namespace

bool begins_as_picture(std::span<const std::uint8_t> bytes) {
    return what_begins(bytes) != Inside::NoPicture;
}

bool begins_as_picture(const fs::path& file) {
    return begins_as_picture(start_of(file));
}

std::vector<fs::path> find_pictures(const fs::path& path, bool recursive,
                                    LeftOutPictures* left_out) {
    std::error_code error;
    if (!fs::is_directory(fs::status(path, error)))
        return {path};  // also when it is missing: reading it then reports the error
    Search search(recursive, left_out);
    search.collect(path);
    if (left_out != nullptr) {
        std::ranges::sort(left_out->misnamed);
        std::ranges::sort(left_out->unsupported);
    }
    return std::move(search.found);
}

}  // namespace dfd
