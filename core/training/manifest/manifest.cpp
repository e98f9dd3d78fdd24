#include "core/training/manifest/manifest.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "core/base/atomic_file.h"
#include "core/base/csv_line.h"
#include "core/base/text.h"
#include "core/training/manifest/csv.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

enum Column { kPath, kLabel, kSource, kGroup, kOperation, kParameters, kMask, kCluster, kFold };
constexpr std::array kColumns{"path",       "label", "source",  "group", "operation",
                              "parameters", "mask",  "cluster", "fold"};

fs::path absolute_in(const fs::path& folder, const fs::path& written) {
    if (written.empty() || written.is_absolute())
        return written.lexically_normal();
    return (folder / written).lexically_normal();
}

fs::path folder_of(const fs::path& file) {
    return fs::absolute(file).parent_path();
}

// Paths are bytes: encoding and case stay unchanged.
std::string written_path(const fs::path& folder, const fs::path& path) {
    if (path.empty())
        return {};
    const auto relative = path.lexically_relative(folder);
    const bool inside = !relative.empty() && *relative.begin() != "..";
    return (inside ? relative : path).native();
}

/// Returns `parameters` with `change` applied to the path in its member "twin". Unchanged when
/// there is none, or when the new path cannot be stored in JSON (the relative path then still
/// resolves).
template <class Change>
std::string with_twin(const std::string& parameters, const Change& change) {
    auto json = nlohmann::ordered_json::parse(parameters, nullptr, false);
    if (!json.is_object())
        return parameters;
    const auto twin = json.find("twin");
    if (twin == json.end() || !twin->is_string() || twin->get_ref<const std::string&>().empty())
        return parameters;
    const auto old = twin->get<std::string>();
    const std::string changed = change(fs::path(old));
    if (changed == old)
        return parameters;
    *twin = changed;
    try {
        return json.dump();
    } catch (const nlohmann::json::exception&) {
        return parameters;
    }
}

class Reader {
  public:
    explicit Reader(const fs::path& file) : file_(file), folder_(folder_of(file)) {}

    void header(const std::vector<std::string>& names) {
        columns_.fill(-1);
        for (std::size_t i = 0; i < names.size(); ++i) {
            const auto* known = std::find(kColumns.begin(), kColumns.end(), names[i]);
            if (known == kColumns.end())
                fail(1, "unknown column \"" + names[i] +
                            "\"; a manifest has path, label, source, group, operation, "
                            "parameters, mask, cluster and fold");
            auto& column = columns_[static_cast<std::size_t>(known - kColumns.begin())];
            if (column >= 0)
                fail(1, "the column \"" + names[i] + "\" appears twice");
            column = static_cast<int>(i);
        }
        for (const auto needed : {kPath, kLabel})
            if (columns_[needed] < 0)
                fail(1, std::string("the column \"") + kColumns[needed] + "\" is missing");
        width_ = names.size();
    }

    ManifestRow row(std::size_t line, const std::vector<std::string>& fields) const {
        if (fields.size() != width_)
            fail(line, "it has " + std::to_string(fields.size()) + " fields instead of " +
                           std::to_string(width_));
        const auto field = [&](Column column) {
            return columns_[column] < 0 ? std::string()
                                        : fields[static_cast<std::size_t>(columns_[column])];
        };
        ManifestRow row;
        row.path = absolute_in(folder_, field(kPath));
        if (row.path.empty())
            fail(line, "its path is empty");
        const auto label = field(kLabel);
        row.fake = label == "fake" || label == "1";
        if (!row.fake && label != "real" && label != "0")
            fail(line, "its label is \"" + label + "\"; it must be real or fake");
        row.source = field(kSource);
        row.group = field(kGroup);
        row.operation = field(kOperation);
        row.parameters = field(kParameters);
        if (!row.parameters.empty() &&
            !nlohmann::json::parse(row.parameters, nullptr, false).is_object())
            fail(line, "its parameters are not a JSON object");
        row.parameters = with_twin(row.parameters, [&](const fs::path& twin) {
            return absolute_in(folder_, twin).native();
        });
        row.mask = absolute_in(folder_, field(kMask));
        row.cluster = number(line, field(kCluster), "cluster");
        row.fold = field(kFold) == "test" ? kTestFold : number(line, field(kFold), "fold");
        return row;
    }

    [[noreturn]] void fail(std::size_t line, const std::string& why) const {
        throw TrainingError("The manifest " + file_.native() + ", row " + std::to_string(line) +
                            ": " + why + ".");
    }

  private:
    [[nodiscard]] int number(std::size_t line, const std::string& text, const char* what) const {
        if (text.empty())
            return -1;
        int value = -1;
        const auto* end = text.data() + text.size();
        const auto parsed = std::from_chars(text.data(), end, value);
        if (parsed.ec != std::errc() || parsed.ptr != end || value < 0)
            fail(line, std::string("its ") + what + " is \"" + text +
                           "\"; it must be a whole number of 0 or more" +
                           (std::string_view(what) == "fold" ? ", \"test\"" : "") + " or empty");
        return value;
    }

    fs::path file_;
    fs::path folder_;
    std::array<int, kColumns.size()> columns_{};
    std::size_t width_ = 0;
};

/// Checks the path first, so that a folder, a pipe or a missing file gets its own message.
std::string read_text(const fs::path& file) {
    const auto refuse = [&](const std::string& why) {
        throw TrainingError("The manifest " + file.native() + " could not be read: " + why + ".");
    };
    std::error_code error;
    const auto status = fs::status(file, error);
    if (status.type() == fs::file_type::not_found)
        refuse("it does not exist");
    if (fs::is_directory(status))
        refuse("it is a folder; give the CSV file");
    if (error || !fs::is_regular_file(status))
        refuse(error ? error.message() : "it is not a file");
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
        refuse(std::system_category().message(errno));
    std::string text(static_cast<std::size_t>(fs::file_size(file)), '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (stream.bad() || stream.gcount() != static_cast<std::streamsize>(text.size()))
        refuse("it could not be read completely");
    return text;
}

}  // namespace

std::string ManifestRow::parameter(const std::string& name) const {
    const auto json = nlohmann::json::parse(parameters, nullptr, false);
    if (!json.is_object())
        return {};
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

fs::path Manifest::resolve(const fs::path& written) const {
    return absolute_in(folder_of(file), written);
}

fs::path Manifest::stored_path(const fs::path& path) const {
    return written_path(folder_of(file), path);
}

Manifest read_manifest(const fs::path& file) {
    const auto text = read_text(file);
    const auto lines = [&] {
        try {
            return parse_csv(text);
        } catch (const TrainingError& error) {
            throw TrainingError("The manifest " + file.native() + ": " + error.what());
        }
    }();
    if (lines.empty())
        throw TrainingError("The manifest " + file.native() + " is empty.");
    Reader reader(file);
    reader.header(lines.front());
    Manifest manifest;
    manifest.file = fs::absolute(file).lexically_normal();
    manifest.rows.reserve(lines.size() - 1);
    for (std::size_t i = 1; i < lines.size(); ++i)
        manifest.rows.push_back(reader.row(i + 1, lines[i]));
    return manifest;
}

void write_manifest(const fs::path& file, const std::vector<ManifestRow>& rows) {
    const auto folder = folder_of(file).lexically_normal();
    const auto number = [](int value) { return value < 0 ? std::string() : std::to_string(value); };
    auto text = csv_line({kColumns.begin(), kColumns.end()}, CsvCells::Raw) + '\n';
    for (const auto& row : rows) {
        text += csv_line({written_path(folder, row.path), std::string(row.fake ? "fake" : "real"),
                          row.source, row.group, row.operation,
                          with_twin(row.parameters,
                                    [&](const fs::path& twin) {
                                        return twin.is_absolute() ? written_path(folder, twin)
                                                                  : twin.native();
                                    }),
                          written_path(folder, row.mask), number(row.cluster),
                          row.fold == kTestFold ? std::string("test") : number(row.fold)},
                         CsvCells::Raw) +
                '\n';
    }
    write_atomically(file, text);
}

void write_atomically(const fs::path& file, const std::string& bytes) try {
    write_file_atomically(file, as_bytes(bytes));
} catch (const std::system_error& error) {
    throw TrainingError("The file " + file.native() +
                        " could not be written: " + error.code().message() + ".");
}

}  // namespace dfd
