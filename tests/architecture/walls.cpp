#include "tests/architecture/walls.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>

namespace dfd::walls {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLargestFile = 20'000'000;

// Core's layers, low to high: a layer includes itself and the layers before it.
constexpr std::array<std::string_view, 9> kLayers{"base",       "opinion",  "networks",
                                                  "checkpoint", "picture",  "panel",
                                                  "engine",     "casework", "training"};

constexpr std::array<std::string_view, 10> kTopLevel{
    "CMakeLists.txt", "CMakePresets.json", "app",       "ui",     "core", "resources",
    "models",         "packaging",         "README.md", "LICENSE"};

// Headers that window and command line depend on: always public, whoever includes them.
constexpr std::array<std::string_view, 12> kContracts{
    "core/picture/picture.h",
    "core/picture/pixels/pixels.h",
    "core/picture/pixels/heatmap_overlay.h",
    "core/picture/provenance/provenance.h",
    "core/picture/formats/jpeg_facts.h",
    "core/panel/panel_record.h",
    "core/engine/scoring/evaluator.h",
    "core/engine/examine/examiner.h",
    "core/engine/results/result_export.h",
    "core/engine/replay/replay_record.h",
    "core/engine/replay/replay.h",
    "core/engine/replay/signing_key.h",
};

enum class Library { None, Qt, Torch, OpenCv, Json, OpenSsl, Pictures, Sqlite, CommandLine, Http };

const char* name_of(Library library) {
    constexpr std::array kNames{
        "the standard library", "Qt",     "LibTorch", "OpenCV",         "nlohmann-json", "OpenSSL",
        "a picture library",    "SQLite", "CLI11",    "an HTTP library"};
    return kNames.at(static_cast<std::size_t>(library));
}

/// <QString>, <QtWidgets/QLabel>, <QtMath>, <qt6/...>, <qglobal.h>.
bool is_qt(std::string_view header) {
    if (header.starts_with("qt6/") || header.starts_with("qt5/") || header.starts_with("qt/") ||
        header == "Qt" || header == "qglobal.h")
        return true;
    return header.size() > 1 && header[0] == 'Q' &&
           ((header[1] >= 'A' && header[1] <= 'Z') || header[1] == 't');
}

/// The library of an included header, by its spelling.
Library library_of(std::string_view header) {
    constexpr std::pair<std::string_view, Library> kStarts[] = {
        {"torch/", Library::Torch},     {"ATen/", Library::Torch},
        {"c10/", Library::Torch},       {"caffe2/", Library::Torch},
        {"opencv/", Library::OpenCv},   {"opencv2/", Library::OpenCv},
        {"opencv4/", Library::OpenCv},  {"nlohmann/", Library::Json},
        {"openssl/", Library::OpenSsl}, {"libheif/", Library::Pictures},
        {"avif/", Library::Pictures},   {"exiv2/", Library::Pictures},
        {"lcms2.h", Library::Pictures}, {"libexif/", Library::Pictures},
        {"webp/", Library::Pictures},   {"jpeglib.h", Library::Pictures},
        {"png.h", Library::Pictures},   {"tiffio.h", Library::Pictures},
        {"sqlite3.h", Library::Sqlite}, {"SQLiteCpp/", Library::Sqlite},
        {"CLI/", Library::CommandLine}, {"curl/", Library::Http},
        {"httplib.h", Library::Http},
    };
    if (is_qt(header))
        return Library::Qt;
    for (const auto& [start, library] : kStarts)
        if (header.starts_with(start))
            return library;
    return Library::None;
}

/// The content of a preprocessor line after '#', "include" first; empty for other lines.
std::string_view directive(std::string_view line) {
    const auto skip = [&line] {
        const std::size_t start = line.find_first_not_of(" \t");
        line.remove_prefix(std::min(start, line.size()));
    };
    skip();
    if (line.empty() || line[0] != '#')
        return {};
    line.remove_prefix(1);
    skip();
    return line;
}

/// `"core/x.h"` or `<torch/y.h>` of an include line, with delimiters; otherwise empty.
std::string_view included_header(std::string_view words) {
    if (!words.starts_with("include") && !words.starts_with("import"))
        return {};
    const std::size_t open = words.find_first_of("<\"");
    if (open == std::string_view::npos)
        return {};
    const std::size_t close = words.find(words[open] == '<' ? '>' : '"', open + 1);
    if (close == std::string_view::npos)
        return {};
    return words.substr(open, close - open + 1);
}

/// The line of a header's opening comment that restricts who may include it.
constexpr std::string_view kInternal = "// Internal to ";

struct Source {
    std::string path;
    std::string internal_to;  ///< the folder that may include it; empty: no restriction
    bool unclear = false;     ///< mentions "internal" in other words
    bool pragma_once = false;
    std::vector<std::string> ours;                             ///< files of the repository
    std::vector<std::pair<std::string, Library>> third_party;  ///< spelling and library
};

bool is_header(std::string_view path) {
    return path.ends_with(".h") || path.ends_with(".hpp");
}

bool is_source(std::string_view path) {
    return is_header(path) || path.ends_with(".cpp") || path.ends_with(".cc") ||
           path.ends_with(".inc");
}

std::string folder_of(const std::string& path) {
    return fs::path(path).parent_path().generic_string();
}

/// "core/panel/weights.h" -> "panel"; empty outside of core.
std::string layer_of(const std::string& path) {
    if (!path.starts_with("core/"))
        return {};
    const std::size_t end = path.find('/', 5);
    return end == std::string::npos ? std::string() : path.substr(5, end - 5);
}

/// The layer's folder that a path belongs to: "core/picture", "ui" or "app"; otherwise empty.
std::string house_of(const std::string& path) {
    const std::string layer = layer_of(path);
    return !layer.empty()             ? "core/" + layer
           : path.starts_with("ui/")  ? "ui"
           : path.starts_with("app/") ? "app"
                                      : "";
}

/// Whether `path` lies in `folder` or below it.
bool is_within(const std::string& path, const std::string& folder) {
    return path.starts_with(folder + "/");
}

/// Reads a file's includes. Resolves paths like the compiler: relative to the file, then to the
/// root, so that no spelling bypasses a wall.
Source read_source(const fs::path& root, const std::string& path,
                   const std::set<std::string>& files) {
    Source source;
    source.path = path;
    std::ifstream stream(root / path);
    bool opening = is_header(path);
    for (std::string line; std::getline(stream, line);) {
        opening = opening && line.starts_with("//");
        if (opening && line.starts_with(kInternal) && line.ends_with('.')) {
            source.internal_to = line.substr(kInternal.size());
            source.internal_to.pop_back();
        } else if (opening && line.find("nternal to") != std::string::npos) {
            source.unclear = true;
        }
        const std::string_view words = directive(line);
        const std::string_view included = included_header(words);
        if (words.starts_with("pragma") && words.find("once") != std::string_view::npos) {
            source.pragma_once = true;
        } else if (!included.empty()) {
            const std::string header(included.substr(1, included.size() - 2));
            const std::string beside =
                (fs::path(path).parent_path() / header).lexically_normal().generic_string();
            const std::string from_root = fs::path(header).lexically_normal().generic_string();
            if (included[0] == '"' && files.contains(beside))
                source.ours.push_back(beside);
            else if (files.contains(from_root))
                source.ours.push_back(from_root);
            else
                source.third_party.emplace_back(header, library_of(header));
        }
    }
    return source;
}

class Checker {
  public:
    Checker(const fs::path& root, const std::vector<std::string>& files,
            std::span<const Room> rooms)
        : root_(root), rooms_(rooms) {
        const std::set<std::string> known(files.begin(), files.end());
        for (const std::string& file : files)
            if (is_source(file))
                sources_.emplace(file, read_source(root, file, known));
    }

    std::vector<Violation> run(const std::vector<std::string>& files) {
        for (const std::string& file : files)
            check_place_and_size(file);
        check_rooms();
        for (const auto& [path, source] : sources_) {
            if (is_header(path) && !source.pragma_once)
                report("pragma-once", path, " has no #pragma once.");
            check_libraries(source);
            check_direction(source);
            check_room(source);
            check_internal(source);
        }
        check_public_headers();
        return std::move(violations_);
    }

  private:
    /// `what` follows the file's name in the message.
    void report(const std::string& rule, const std::string& file, const std::string& what) {
        violations_.push_back({rule, file, file + what});
    }

    void check_place_and_size(const std::string& file) {
        const std::string top = file.substr(0, file.find('/'));
        if (!top.starts_with(".") && top != "tests" &&
            std::find(kTopLevel.begin(), kTopLevel.end(), top) == kTopLevel.end())
            report("top-level", file,
                   ": '" + top + "' is not part of the fixed layout of the top level.");
        std::error_code error;
        const std::uintmax_t size = fs::file_size(root_ / file, error);
        if (!error && size > kLargestFile)
            report("file-size", file,
                   " has " + std::to_string(size) + " bytes; the most is " +
                       std::to_string(kLargestFile) + ".");
    }

    void forbid(const Source& source, const std::string& rule, const std::set<Library>& libraries,
                const std::string& who) {
        for (const auto& [header, library] : source.third_party) {
            if (libraries.contains(library))
                report(rule, source.path,
                       " includes <" + header + ">, but " + who + " does not know " +
                           name_of(library) + ".");
        }
    }

    /// Checks the third-party headers that a file includes directly.
    void check_libraries(const Source& source) {
        using enum Library;
        const std::string& path = source.path;
        const std::string layer = layer_of(path);
        if (path.starts_with("core/"))
            forbid(source, "core-qt", {Qt}, "core");
        if (layer == "base") {
            forbid(source, "base-alone", {Torch, OpenCv, Json, Pictures, Sqlite, CommandLine},
                   "core/base, which needs the standard library, OpenSSL and zlib alone,");
        }
        if (layer == "networks" || layer == "checkpoint") {
            forbid(source, "torch-alone", {OpenCv, Json, OpenSsl, Pictures, Sqlite, CommandLine},
                   "core/" + layer + ", which builds with LibTorch alone,");
        }
        if ((layer != "training" || is_header(path)) && !path.starts_with("tests/"))
            forbid(source, "network", {Http}, "everything but the sources of core/training");
        if (layer == "picture")
            forbid(source, "picture-torch", {Torch}, "core/picture");
        if (layer == "panel")
            forbid(source, "panel-opencv", {OpenCv, Pictures}, "core/panel");
        if (layer == "opinion") {
            forbid(source, "plain-opinion", {Torch, OpenCv, Json, OpenSsl, Pictures, Sqlite},
                   "core/opinion, which is plain arithmetic,");
        }
        if (path.starts_with("ui/") ||
            (path.starts_with("app/") && !path.starts_with("app/bench/"))) {
            for (const auto& [where, reached] : reach(path, {Torch, OpenCv}))
                report("ui-torch-opencv", path,
                       " sees " + reached + " through " + where +
                           ", but window and command line know core's plain structs only.");
        }
    }

    /// Checks that includes go downwards only.
    void check_direction(const Source& source) {
        const auto height = [](const std::string& path) {
            // Tests, and the tools that generate resources, may use everything.
            for (const auto& [start, above] :
                 {std::pair{"ui/", 100}, {"app/", 101}, {"tests/", 102}, {"resources/", 102}})
                if (path.starts_with(start))
                    return above;
            const auto* const found = std::find(kLayers.begin(), kLayers.end(), layer_of(path));
            return static_cast<int>(found - kLayers.begin());
        };
        for (const std::string& included : source.ours) {
            if (height(included) > height(source.path))
                report("direction", source.path,
                       " includes \"" + included + "\", which lies above it.");
        }
        if (source.path.starts_with("core/")) {
            const std::string layer = layer_of(source.path);
            if (std::find(kLayers.begin(), kLayers.end(), layer) == kLayers.end())
                report("unknown-layer", source.path,
                       " lies in a folder of core that has no place among the "
                       "layers; add it to tests/architecture/walls.cpp.");
        }
    }

    [[nodiscard]] std::span<const Room>::iterator room_of(const std::string& path) const {
        const std::string folder = folder_of(path);
        return std::find_if(rooms_.begin(), rooms_.end(),
                            [&](const Room& room) { return room.folder == folder; });
    }

    /// Name of a room within its layer; "." for the layer's own folder.
    static std::string name_within(const std::string& house, std::string_view folder) {
        return folder == house ? "." : std::string(folder.substr(house.size() + 1));
    }

    static bool lists(std::string_view uses, const std::string& name) {
        return (' ' + std::string(uses) + ' ').find(' ' + name + ' ') != std::string::npos;
    }

    /// Checks the table: a room may only use rooms of its layer that precede it.
    void check_rooms() {
        for (auto room = rooms_.begin(); room != rooms_.end(); ++room) {
            const std::string folder(room->folder);
            const std::string house = house_of(folder + "/");
            std::istringstream words{std::string(room->uses)};
            for (std::string name; words >> name;) {
                if (std::none_of(rooms_.begin(), room, [&](const Room& lower) {
                        return house_of(std::string(lower.folder) + "/") == house &&
                               name_within(house, lower.folder) == name;
                    }))
                    report("room-order", folder,
                           " is said to use '" + name +
                               "', which is no room of its layer that is listed above it.");
            }
        }
    }

    /// Checks that files are in known rooms, and that includes between rooms are in the table.
    void check_room(const Source& source) {
        const std::string house = house_of(source.path);
        if (house.empty())
            return;
        const auto room = room_of(source.path);
        const bool divided = std::any_of(rooms_.begin(), rooms_.end(), [&](const Room& other) {
            return house_of(std::string(other.folder) + "/") == house;
        });
        if (room == rooms_.end()) {
            if (divided || folder_of(source.path) != house)
                report("unknown-room", source.path,
                       " lies in a folder that is no room of its layer; add it to "
                       "tests/architecture/rooms.h.");
            return;
        }
        for (const std::string& included : source.ours) {
            const auto other = room_of(included);
            if (house_of(included) == house && other != rooms_.end() && other != room &&
                !lists(room->uses, name_within(house, other->folder)))
                report("room", source.path,
                       " includes \"" + included + "\", but " + std::string(room->folder) +
                           " does not use that room.");
        }
    }

    /// Checks that internal headers name their folder, and that only it and tests include them.
    void check_internal(const Source& source) {
        if (source.unclear ||
            (!source.internal_to.empty() && !is_within(source.path, source.internal_to)))
            report("internal-words", source.path,
                   " is internal to something; say so in a line of its own, \"" +
                       std::string(kInternal) + "FOLDER.\", with a folder that it lies in.");
        if (source.path.starts_with("tests/"))
            return;
        for (const std::string& included : source.ours) {
            const auto header = sources_.find(included);
            if (header != sources_.end() && !header->second.internal_to.empty() &&
                !is_within(source.path, header->second.internal_to))
                report("internal", source.path,
                       " includes \"" + included + "\", which is internal to " +
                           header->second.internal_to + ".");
        }
    }

    /// Checks that public headers of these layers expose plain C++ only. A header is public when a
    /// file outside its layer includes it (except tests).
    void check_public_headers() {
        using enum Library;
        std::set<std::string> open(kContracts.begin(), kContracts.end());
        for (const auto& [path, source] : sources_) {
            if (path.starts_with("tests/"))
                continue;
            for (const std::string& included : source.ours) {
                const std::string layer = layer_of(included);
                if ((layer == "picture" || layer == "engine" || layer == "training" ||
                     layer == "casework") &&
                    layer != layer_of(path))
                    open.insert(included);
            }
        }
        for (const std::string& path : open) {
            for (const auto& [where, reached] : reach(path, {Torch, OpenCv}))
                report("public-header", path,
                       " sees " + reached + " through " + where +
                           ", but a public header shows plain C++ only.");
        }
    }

    /// {including file, included header} for every forbidden header that `start` reaches through
    /// our own headers.
    std::vector<std::pair<std::string, std::string>> reach(const std::string& start,
                                                           const std::set<Library>& libraries) {
        std::vector<std::pair<std::string, std::string>> found;
        std::set<std::string> seen{start};
        std::vector<std::string> waiting{start};
        while (!waiting.empty()) {
            const auto source = sources_.find(waiting.back());
            waiting.pop_back();
            if (source == sources_.end())
                continue;
            for (const auto& [header, library] : source->second.third_party) {
                if (libraries.contains(library)) {
                    found.emplace_back(source->first,
                                       std::string(name_of(library)) + "'s <" + header + ">");
                }
            }
            for (const std::string& included : source->second.ours)
                if (seen.insert(included).second)
                    waiting.push_back(included);
        }
        return found;
    }

    fs::path root_;
    std::span<const Room> rooms_;
    std::map<std::string, Source> sources_;
    std::vector<Violation> violations_;
};

/// The output of `git ls-files`, or nothing when this is no git checkout.
std::vector<std::string> git_files(const fs::path& root) {
    std::string quoted = "'";
    for (const char c : root.string())
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    quoted += "'";
    const std::string command =
        "git -C " + quoted + " ls-files -z --cached --others --exclude-standard 2>/dev/null";
    const auto close = [](FILE* pipe) { pclose(pipe); };
    const std::unique_ptr<FILE, decltype(close)> pipe(popen(command.c_str(), "r"), close);
    std::string output;
    std::array<char, 65536> buffer{};
    while (pipe) {
        const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe.get());
        if (count == 0)
            break;
        output.append(buffer.data(), count);
    }
    std::vector<std::string> files;
    std::istringstream stream(output);
    for (std::string file; std::getline(stream, file, '\0');)
        if (fs::is_regular_file(root / file))  // deleted files may still be in the index
            files.push_back(file);
    return files;
}

}  // namespace

std::vector<std::string> repository_files(const fs::path& root) {
    // Only when the root itself is a checkout, not a folder inside one.
    if (fs::exists(root / ".git")) {
        std::vector<std::string> files = git_files(root);
        if (!files.empty())
            return files;
    }
    std::vector<std::string> files;
    for (auto entry = fs::recursive_directory_iterator(root);
         entry != fs::recursive_directory_iterator(); ++entry) {
        const std::string name = entry->path().filename().string();
        if (entry->is_directory() && (name.starts_with(".") || name == "build"))
            entry.disable_recursion_pending();
        else if (entry->is_regular_file())
            files.push_back(entry->path().lexically_relative(root).generic_string());
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::vector<Violation> check(const fs::path& root, const std::vector<std::string>& files,
                             std::span<const Room> rooms) {
    return Checker(root, files, rooms).run(files);
}

}  // namespace dfd::walls
