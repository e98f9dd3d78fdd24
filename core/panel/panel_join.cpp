#include "core/panel/panel_join.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>
#include <utility>

#include "core/base/text.h"
#include "core/base/wording.h"
#include "core/panel/file_hash.h"
#include "core/panel/foreign_experts.h"

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

PanelRecord single(const fs::path& folder, const fs::path& file) {
    auto panel = read_panel(folder);
    if (!panel.questions.empty())
        refuse(file, "the panel " + quoted_name(panel.name) + " asks several questions");
    if (panel.experts.empty())
        refuse(file, "the panel " + quoted_name(panel.name) + " has no experts");
    for (const auto& expert : panel.experts)
        require_digest(panel.folder / expert.file, expert.sha256,
                       "is not the file that its panel.json names. Make that panel again.");
    return panel;
}

/// Which question each panel answers.
std::vector<std::size_t> answered(const json& questions, std::size_t panels, const fs::path& file) {
    std::vector<std::size_t> of_panels;
    for (std::size_t q = 0; q < questions.size(); ++q) {
        const auto& each = questions[q];
        const auto count = each.is_object() && each.contains("panels")
                               ? member<std::size_t>(each, "panels", file)
                               : 1;
        if (count == 0 || count > panels)
            refuse(file, "the member \"panels\" is the number of panels that answer the question");
        of_panels.insert(of_panels.end(), count, q);
    }
    if (of_panels.size() != panels)
        refuse(file, "its " + std::to_string(questions.size()) + " questions are answered by " +
                         std::to_string(of_panels.size()) + " panels, but " +
                         std::to_string(panels) + " are given");
    return of_panels;
}

/// The new panel's record, checked; each expert's weights are in the folder beside it.
PanelRecord joined_record(const json& plan, const fs::path& file,
                          const std::vector<PanelRecord>& panels,
                          const std::vector<std::size_t>& of_panels,
                          std::vector<fs::path>& folders) {
    PanelRecord record;
    record.name = member<std::string>(plan, "name", file);
    record.title = member<std::string>(plan, "title", file);
    record.licence = member<std::string>(plan, "licence", file);
    record.origin = member<std::string>(plan, "origin", file);
    record.starter = member<bool>(plan, "starter", file);
    record.subject = panels.front().subject;
    record.ema = panels.front().ema;
    record.combine = panels.front().combine;
    std::set<std::string> names, files;
    for (const auto& each : plan.at("questions"))
        record.questions.push_back(
            {member<std::string>(each, "id", file), member<std::string>(each, "text", file),
             member<std::string>(each, "fake", file), member<std::string>(each, "real", file)});
    for (std::size_t p = 0; p < panels.size(); ++p) {
        const auto& panel = panels[p];
        if (panel.subject != record.subject || panel.ema != record.ema ||
            panel.combine != record.combine)
            refuse(file,
                   "the panels differ in their subject, in their moving averages or in how they "
                   "combine their experts");
        for (auto expert : panel.experts) {
            if (!names.insert(expert.name).second)
                refuse(file, "two experts are named " + quoted_name(expert.name));
            if (!files.insert(fs::path(expert.file).lexically_normal()).second)
                refuse(file, "two experts have the file " + quoted_name(expert.file));
            expert.question = of_panels[p];
            record.experts.push_back(std::move(expert));
            folders.push_back(panel.folder);
        }
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
    const auto of_panels = answered(member<json>(plan, "questions", file), panels.size(), file);
    if (fs::exists(out) && !fs::is_empty(out))
        throw PanelError(quoted(out) + " is not empty. Choose another folder.");
    std::vector<PanelRecord> parts;
    for (const auto& panel : panels)
        parts.push_back(single(panel, file));
    if (parts.empty())
        refuse(file, "it asks nothing");
    std::vector<fs::path> folders;
    const auto record = joined_record(plan, file, parts, of_panels, folders);
    // Everything is checked; only now something is written.
    fs::create_directories(out);
    for (std::size_t i = 0; i < folders.size(); ++i) {
        auto part = record;
        part.folder = folders[i];
        for (const auto& each : files_of(part, record.experts[i])) {
            const auto target = out / each.file;
            fs::create_directories(target.parent_path());
            fs::copy_file(folders[i] / each.file, target);
        }
    }
    return write_panel(out, record);
} catch (const fs::filesystem_error& error) {
    throw PanelError("The panels could not be joined: " + std::string(error.what()) + ".");
}

}  // namespace dfd
