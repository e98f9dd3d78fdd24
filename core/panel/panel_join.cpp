#include "core/panel/panel_join.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>
#include <utility>

#include "core/base/text.h"
#include "core/base/wording.h"
#include "core/panel/file_hash.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using json = nlohmann::json;

[[noreturn]] void refuse(const fs::path& file, const std::string& what) {
    throw PanelError(quoted(file) + " cannot be used: " + what + ".");
}

/// The member of an object of the file, of the type of T.
template <typename T>
T member(const json& object, const char* name, const fs::path& file) {
    try {
        return object.at(name).get<T>();
    } catch (const json::exception&) {
        refuse(file, std::string("the member \"") + name + "\" is missing or of the wrong type");
    }
}

void copy_weights(const ExpertRecord& expert, const fs::path& from, const fs::path& to) {
    const auto target = to / expert.file;
    fs::create_directories(target.parent_path());
    fs::copy_file(from / expert.file, target);
    if (hash_file(target, {}) != expert.sha256)
        throw PanelError(quoted(from / expert.file) +
                         " is not the file that its panel.json names. Make that panel again.");
}

PanelRecord joined_record(const json& plan, const fs::path& file,
                          const std::vector<fs::path>& panels, const fs::path& out) {
    PanelRecord record;
    record.name = member<std::string>(plan, "name", file);
    record.title = member<std::string>(plan, "title", file);
    record.licence = member<std::string>(plan, "licence", file);
    record.origin = member<std::string>(plan, "origin", file);
    record.starter = member<bool>(plan, "starter", file);
    std::set<std::string> names;
    const auto questions = member<json>(plan, "questions", file);
    if (questions.size() != panels.size())
        refuse(file, "it has " + std::to_string(questions.size()) + " questions for " +
                         std::to_string(panels.size()) + " panels; give one panel for each");
    for (const auto& each : questions) {
        const auto panel = read_panel(panels[record.questions.size()]);
        if (!panel.questions.empty())
            refuse(file, "the panel " + quoted_name(panel.name) + " asks several questions");
        for (auto expert : panel.experts) {
            if (!names.insert(expert.name).second)
                refuse(file, "two experts are named " + quoted_name(expert.name));
            copy_weights(expert, panel.folder, out);
            expert.question = record.questions.size();
            record.experts.push_back(std::move(expert));
        }
        record.questions.push_back(
            {member<std::string>(each, "id", file), member<std::string>(each, "text", file),
             member<std::string>(each, "fake", file), member<std::string>(each, "real", file)});
    }
    return record;
}

}  // namespace

PanelRecord join_panels(const fs::path& file, const std::vector<fs::path>& panels,
                        const fs::path& out) try {
    std::ifstream stream(file);
    const auto plan = json::parse(stream, nullptr, false);
    if (!plan.is_object())
        refuse(file, "it does not exist or is not a JSON object");
    if (fs::exists(out) && !fs::is_empty(out))
        throw PanelError(quoted(out) + " is not empty. Choose another folder.");
    fs::create_directories(out);
    return write_panel(out, joined_record(plan, file, panels, out));
} catch (const fs::filesystem_error& error) {
    throw PanelError("The panels could not be joined: " + std::string(error.what()) + ".");
}

}  // namespace dfd
