#include "core/panel/panel_calibration.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <numbers>
#include <set>
#include <system_error>

#include "core/base/atomic_file.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/base/wording.h"
#include "core/panel/calibration_json.h"
#include "core/panel/panel_record.h"
#include "core/panel/usable_calibrations.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

/// What is wrong with the files of models that it names; else empty.
std::string models_problem(const fs::path& folder, const PanelCalibration& calibration) {
    for (const auto& answer : calibration.answers)
        if (!answer.features.empty())
            if (auto problem = feature_file_problem(folder, answer.features); !problem.empty())
                return problem;
    return {};
}

/// The file alone, without the models' files.
std::vector<PanelCalibration> calibrations_in(const fs::path& folder) {
    const auto file = folder / kCalibrationFile;
    std::error_code error;
    if (!fs::is_regular_file(file, error))
        return {};
    constexpr std::uintmax_t kLargest = 4u << 20;
    if (fs::file_size(file, error) > kLargest)
        throw PanelError(quoted(file) + " is larger than the limit of a calibration (" +
                         size_text(kLargest) + ").");
    std::ifstream stream(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (!stream.is_open() || stream.bad())
        throw PanelError(quoted(file) + " cannot be read. Check its permissions.");
    return parse_calibrations(text);
}

}  // namespace

double MeasuredExpert::log_ratio(double score) const {
    AnswerCalibration line;
    line.slope = slope;
    line.bias = bias;
    return std::clamp(dfd::log_ratio(score, line), -bound_real * std::numbers::ln10,
                      bound_fake * std::numbers::ln10);
}

UsableCalibrations usable_calibrations(const fs::path& folder) {
    const InEnglish english;  // the problem becomes a warning, which is kept with scores
    UsableCalibrations usable;
    for (auto& each : calibrations_in(folder)) {
        const auto problem = models_problem(folder, each);
        if (problem.empty())
            usable.calibrations.push_back(std::move(each));
        else if (usable.problem.empty())
            usable.problem = each.name.empty()
                                 ? say("The calibration cannot be used: %1", {problem})
                                 : say("The calibration %1 cannot be used: %2",
                                       {quoted_name(each.name), problem});
    }
    return usable;
}

std::vector<PanelCalibration> read_calibrations(const fs::path& folder) {
    auto usable = usable_calibrations(folder);
    if (!usable.problem.empty())
        throw PanelError(usable.problem);
    return std::move(usable.calibrations);
}

void check_calibration_name(const std::string& name) {
    constexpr std::size_t kLongest = 32;
    if (name.empty() || name.size() > kLongest ||
        name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") != std::string::npos)
        throw PanelError(quoted_name(name) +
                         " cannot be the name of a calibration: it has 1 to 32 lower-case letters, "
                         "digits, - and _.");
}

void check_description(const std::string& text) {
    if (text.size() > kLongestDescription || !is_utf8(text) || visible(text) != text)
        throw PanelError(
            "The description of a calibration's pictures is text on one line of at "
            "most " +
            std::to_string(kLongestDescription) + " bytes.");
}

void write_calibration(const fs::path& folder, PanelCalibration added,
                       const FeatureModels& models) {
    const auto panel = read_panel(folder);
    if (!models.empty())
        added.answers.at(0).features = write_feature_models(folder, models);
    std::vector<PanelCalibration> kept;
    auto files = std::set<std::string>();  // that nothing will name any more
    for (auto& each : calibrations_in(folder)) {
        for (const auto& answer : each.answers)
            files.insert(answer.features);
        if (each.digest == digest_of_experts(panel, each.experts) &&
            each.preprocessing == kPreprocessingVersion && models_problem(folder, each).empty())
            kept.push_back(std::move(each));
    }
    auto same = std::ranges::find_if(kept, [&](const PanelCalibration& each) {
        return each.name == added.name && each.precision == added.precision &&
               each.experts == added.experts;
    });
    if (same == kept.end()) {
        auto empty = added;
        empty.answers.clear();
        same = kept.insert(kept.end(), std::move(empty));
    }
    for (const auto& answer : added.answers) {
        std::erase_if(same->answers, [&](const MeasuredAnswer& known) {
            return known.answer.question == answer.answer.question;
        });
        same->answers.push_back(answer);
    }
    const auto text = calibrations_json(kept).dump(1) + "\n";
    try {
        write_file_atomically(folder / kCalibrationFile, as_bytes(text));
    } catch (const std::system_error& failure) {
        throw PanelError(quoted(folder / kCalibrationFile) +
                         " could not be written: " + failure.code().message() +
                         ". Check the folder's permissions and the free space.");
    }
    for (const auto& each : kept)
        for (const auto& answer : each.answers)
            files.erase(answer.features);
    files.erase("");
    for (const auto& digest : files) {
        std::error_code stays;  // an unused file does no harm
        fs::remove(folder / feature_file_name(digest), stays);
    }
}

std::vector<std::string> calibration_names(const PanelRecord& panel) {
    std::vector<std::string> names;
    for (const auto& each : panel.calibrations)
        if (std::ranges::find(names, each.name) == names.end())
            names.push_back(each.name);
    return names;
}

PanelRecord with_calibration(PanelRecord panel, const std::string& name) {
    const auto names = calibration_names(panel);
    if (!name.empty() && std::ranges::find(names, name) == names.end()) {
        std::vector<std::string> known;
        std::ranges::copy_if(names, std::back_inserter(known),
                             [](const auto& each) { return !each.empty(); });
        throw PanelError(
            "The panel " + quoted_name(panel.name) + " has no calibration named " +
            quoted_name(name) +
            (known.empty() ? ". It has none with a name."
                           : ". It has: " + joined(known, ", ") + ".") +
            (panel.calibration_problem.empty() ? "" : ' ' + panel.calibration_problem));
    }
    panel.calibration = name;
    return panel;
}

std::vector<PanelCalibration> chosen_calibrations(const PanelRecord& panel) {
    std::vector<PanelCalibration> chosen;
    std::ranges::copy_if(panel.calibrations, std::back_inserter(chosen),
                         [&](const auto& each) { return each.name == panel.calibration; });
    return chosen;
}

const MeasuredAnswer* find_chosen_answer(const PanelRecord& panel,
                                         const std::function<bool(const MeasuredAnswer&)>& asked) {
    for (const auto& calibration : panel.calibrations) {
        if (calibration.name != panel.calibration)
            continue;
        const auto found = std::ranges::find_if(calibration.answers, asked);
        if (found != calibration.answers.end())
            return &*found;
    }
    return nullptr;
}

const PanelCalibration* matching_calibration(const PanelRecord& panel,
                                             const std::string& precision) {
    const auto experts = expert_names(panel);
    const auto found = std::ranges::find_if(panel.calibrations, [&](const PanelCalibration& each) {
        return each.name == panel.calibration && each.digest == panel.digest &&
               each.precision == precision && each.experts == experts;
    });
    return found == panel.calibrations.end() ? nullptr : &*found;
}

AnswerCalibrations calibration_for(const PanelRecord& panel, const std::string& precision) {
    const auto* found = matching_calibration(panel, precision);
    if (!found)
        return nullptr;
    std::vector<AnswerCalibration> answers(std::max<std::size_t>(panel.questions.size(), 1));
    for (std::size_t q = 0; q < answers.size(); ++q) {
        const auto id = panel.questions.empty() ? std::string() : panel.questions[q].id;
        for (const auto& measured : found->answers)
            if (measured.answer.question == id)
                answers[q] = measured.answer;
    }
    return std::make_shared<const std::vector<AnswerCalibration>>(std::move(answers));
}

}  // namespace dfd
