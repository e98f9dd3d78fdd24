#include "core/panel/panel_record.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>

#include "core/base/atomic_file.h"
#include "core/base/digest.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/base/wording.h"
#include "core/networks/experts/expert_network.h"
#include "core/panel/calibration_json.h"
#include "core/panel/json/json_fields.h"
#include "core/panel/json_line.h"
#include "core/panel/panel_folders.h"
#include "core/panel/usable_calibrations.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using json = nlohmann::ordered_json;
using Fields = JsonFields;

constexpr int kFormat = 1;
constexpr std::size_t kLargestRecord = 4u << 20;
constexpr std::size_t kMostExperts = 64;
constexpr std::size_t kMostQuestions = 8;
constexpr std::size_t kLongestId = 32;
constexpr int kSmallestInput = 32, kLargestInput = 4096;

constexpr std::size_t kNoQuestion = static_cast<std::size_t>(-1);
constexpr const char* kStretch = "stretch";
constexpr const char* kNative = "native";

/// The windows of a native expert's input.
WindowPolicy read_windows(const Fields& input) {
    if (input.text("resize") != kNative)
        input.refuse("windows", "needs the resize method \"native\"");
    const auto fields = input.object("windows");
    WindowPolicy windows;
    windows.size = fields.integer("size", kSmallestWindow, kLargestWindow);
    if (windows.size % 8 != 0)
        fields.refuse("size", "is " + std::to_string(windows.size) + ", not a multiple of 8");
    windows.most = fields.integer("most", 1, kMostWindows);
    return windows;
}

InputPolicy read_input(const Fields& fields) {
    InputPolicy input;
    const auto resize = fields.text("resize");
    if (resize != kStretch && resize != kNative)
        fields.refuse("resize",
                      "is " + quoted_name(resize) + "; supported values: \"stretch\", \"native\"");
    input.resize = resize == kNative ? Resize::Native : Resize::Stretch;
    if (input.resize == Resize::Stretch || fields.has("size"))
        input.size = fields.integer("size", kSmallestInput, kLargestInput);
    if (const auto colour = fields.text("colour"); colour != "RGB")
        fields.refuse("colour",
                      "is " + quoted_name(colour) + "; the only supported value is \"RGB\"");
    input.mean = fields.colour("mean", false);
    input.std = fields.colour("std", true);
    if (fields.has("windows"))
        input.windows = read_windows(fields);
    return input;
}

/// The file of an expert must stay inside its panel's folder, links included.
void check_file(const Fields& fields, const char* key, const std::string& file,
                const fs::path& folder) {
    const fs::path path(file);
    const bool climbs = std::ranges::any_of(path, [](const auto& part) { return part == ".."; });
    if (path.is_absolute() || climbs || !path.has_filename() || file.find('\0') != file.npos)
        fields.refuse(key, "is " + quoted_name(file) +
                               ", which is not the name of a file inside the panel's folder");
    std::error_code missing, error;
    const auto target = fs::canonical(folder / path, missing);
    if (missing)
        return;  // loading reports this with a better message
    const auto relative = target.lexically_relative(fs::canonical(folder, error));
    if (relative.empty() || *relative.begin() == "..")
        fields.refuse(key, "is " + quoted_name(file) + ", a link that leaves the panel's folder");
}

/// An expert that is no network of ours: its manifest says all else.
void read_foreign(const Fields& fields, const fs::path& file, ExpertRecord& expert) {
    const auto kind = fields.text("kind");
    if (kind == kind_name(ExpertKind::Onnx))
        expert.kind = ExpertKind::Onnx;
    else if (kind == kind_name(ExpertKind::Program))
        expert.kind = ExpertKind::Program;
    else
        fields.refuse("kind", "is " + quoted_name(kind) +
                                  "; supported values: \"onnx\", \"program\", or no kind for a "
                                  "network of this program");
    expert.architecture = kind;
    expert.gradcam_layer = fields.has("map") ? fields.word("map", {kOwnMap}) : kOcclusion;
    expert.file = fields.text("manifest");
    check_file(fields, "manifest", expert.file, file.parent_path());
    expert.sha256 = fields.sha256("sha256");
}

ExpertRecord read_expert(const Fields& fields, const fs::path& file) {
    ExpertRecord expert;
    expert.name = fields.text("name");
    if (fields.has("kind")) {
        read_foreign(fields, file, expert);
        return expert;
    }
    expert.architecture = fields.text("architecture");
    const auto& known = architectures();
    const auto architecture = std::ranges::find(known, expert.architecture, &Architecture::name);
    if (architecture == known.end())
        fields.refuse(
            "architecture",
            "is " + quoted_name(expert.architecture) +
                ", which is not supported; a newer version of the program may support it");
    expert.file = fields.text("file");
    check_file(fields, "file", expert.file, file.parent_path());
    expert.sha256 = fields.sha256("sha256");
    if (fields.has("encoder"))
        expert.encoder = fields.sha256("encoder");
    expert.input = read_input(fields.object("input"));
    expert.gradcam_layer = fields.text("gradcam_layer");
    if (expert.gradcam_layer != architecture->gradcam_layer)
        fields.refuse("gradcam_layer", "is " + quoted_name(expert.gradcam_layer) +
                                           ", but the Grad-CAM layer of " + expert.architecture +
                                           " is \"" + architecture->gradcam_layer + "\"");
    return expert;
}

bool is_question_id(const std::string& id) {
    return id.size() <= kLongestId &&
           id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == id.npos;
}

/// Reads one question and gives its experts its number.
Question read_question(const Fields& fields, const std::string& combine,
                       std::vector<ExpertRecord>& experts, std::set<std::string>& taken,
                       std::size_t number) {
    Question question;
    question.id = fields.text("id");
    if (!is_question_id(question.id))
        fields.refuse("id", "is " + quoted_name(question.id) +
                                "; an id has at most 32 lower-case letters, digits, - and _");
    if (!taken.insert(question.id).second)
        fields.refuse("id", "repeats the name " + quoted_name(question.id));
    question.text = fields.text("text");
    question.fake = fields.text("fake");
    question.real = fields.text("real");
    if (const auto own = fields.text("combine"); own != combine)
        fields.refuse("combine", "is " + quoted_name(own) + "; the only supported value is " +
                                     quoted_name(combine));
    const auto& names = fields.list("experts");
    if (names.empty())
        fields.refuse("experts", "is empty; a question has at least one expert");
    for (const auto& each : names) {
        const auto expert = std::ranges::find_if(experts, [&](const ExpertRecord& known) {
            return each.is_string() && known.name == each.get<std::string>();
        });
        if (expert == experts.end())
            fields.refuse("experts", "names " + each.dump() + ", which is no expert of the panel");
        if (expert->question != kNoQuestion)
            fields.refuse("experts", "names " + quoted_name(expert->name) + " a second time");
        expert->question = number;
    }
    return question;
}

void read_questions(const Fields& fields, const fs::path& file, PanelRecord& record) {
    if (!fields.has("questions"))
        return;
    const auto& questions = fields.list("questions");
    if (questions.size() < 2 || questions.size() > kMostQuestions)
        fields.refuse("questions", "has " + std::to_string(questions.size()) +
                                       " entries; a panel with several questions has 2 to " +
                                       std::to_string(kMostQuestions) +
                                       ", and a panel with one leaves them out");
    std::set<std::string> taken;
    for (auto& expert : record.experts) {
        expert.question = kNoQuestion;
        taken.insert(expert.name);
    }
    for (std::size_t i = 0; i < questions.size(); ++i) {
        const Fields entry(questions[i], "questions[" + std::to_string(i) + "]", file);
        record.questions.push_back(read_question(entry, record.combine, record.experts, taken, i));
    }
    for (const auto& expert : record.experts)
        if (expert.question == kNoQuestion)
            fields.refuse("questions",
                          "has no question for the expert " + quoted_name(expert.name));
}

PanelRecord parse_record(const json& root, const fs::path& file) {
    const Fields fields(root, "", file);
    const auto& format = fields.at("format");
    if (!format.is_number_integer() || format.get<double>() != kFormat)
        fields.refuse("format", "is " + format.dump() + ", but this version reads only format " +
                                    std::to_string(kFormat) +
                                    "; a newer version of the program may read it");
    PanelRecord record;
    record.name = fields.text("name");
    if (const auto problem = panel_name_problem(record.name); !problem.empty())
        fields.refuse("name", "is not valid. " + problem.substr(0, problem.size() - 1));
    record.title = fields.text("title", true);
    record.licence = fields.text("licence", true);
    record.origin = fields.text("origin", true);
    record.starter = fields.boolean("starter");
    record.ema = fields.boolean("ema");
    if (fields.has("subject"))
        record.subject = fields.text("subject", true);
    if (!record.subject.empty() && record.subject != kFaces)
        fields.refuse("subject", "is " + quoted_name(record.subject) +
                                     "; supported values: \"faces\", or no subject");
    record.combine = fields.text("combine");
    if (record.combine != kMean && record.combine != kLogOdds)
        fields.refuse("combine", "is " + quoted_name(record.combine) +
                                     "; supported values: \"mean\", \"log_odds\"");
    const auto& classes = fields.list("classes");
    if (classes.size() != 2 || classes[0] != "real" || classes[1] != "deepfake")
        fields.refuse("classes",
                      "is not [\"real\", \"deepfake\"], the order of the experts' outputs");

    const auto& experts = fields.list("experts");
    const bool may_be_empty = record.combine == kLogOdds && !fields.has("questions");
    if ((experts.empty() && !may_be_empty) || experts.size() > kMostExperts)
        fields.refuse("experts", "has " + std::to_string(experts.size()) +
                                     " entries; a panel has 1 to " + std::to_string(kMostExperts));
    std::set<std::string> names;
    std::set<fs::path> files;
    for (std::size_t i = 0; i < experts.size(); ++i) {
        const auto path = "experts[" + std::to_string(i) + "]";
        const Fields entry(experts[i], path, file);
        auto expert = read_expert(entry, file);
        if (!names.insert(expert.name).second)
            entry.refuse("name", "repeats " + quoted_name(expert.name));
        if (!files.insert(fs::path(expert.file).lexically_normal()).second)
            entry.refuse("file", "repeats " + quoted_name(expert.file));
        record.experts.push_back(std::move(expert));
    }
    read_questions(fields, file, record);
    return record;
}

/// A float as the shortest decimal that reads back as the same float (0.485, not 0.48500001...).
double shortest(float value) {
    for (int digits = 1; digits < 10; ++digits) {
        std::array<char, 32> text{};
        std::snprintf(text.data(), text.size(), "%.*g", digits, static_cast<double>(value));
        const double decimal = std::strtod(text.data(), nullptr);
        if (static_cast<float>(decimal) == value)
            return decimal;
    }
    return value;
}

json to_json(const PanelRecord& record) {
    const auto colour = [](const std::array<float, 3>& rgb) {
        return json{shortest(rgb[0]), shortest(rgb[1]), shortest(rgb[2])};
    };
    json experts = json::array();
    for (const auto& expert : record.experts) {
        if (expert.kind != ExpertKind::Network) {
            experts.push_back({{"name", expert.name},
                               {"kind", kind_name(expert.kind)},
                               {"manifest", expert.file},
                               {"sha256", expert.sha256}});
            if (expert.gradcam_layer == kOwnMap)
                experts.back()["map"] = kOwnMap;
            continue;
        }
        const auto& input = expert.input;
        json policy{{"resize", input.resize == Resize::Native ? kNative : kStretch}};
        if (input.resize == Resize::Stretch)
            policy["size"] = input.size;
        policy["colour"] = "RGB";
        policy["mean"] = colour(input.mean);
        policy["std"] = colour(input.std);
        if (input.windows)
            policy["windows"] = {{"size", input.windows->size}, {"most", input.windows->most}};
        experts.push_back({{"name", expert.name},
                           {"architecture", expert.architecture},
                           {"file", expert.file},
                           {"sha256", expert.sha256},
                           {"input", policy},
                           {"gradcam_layer", expert.gradcam_layer}});
        if (!expert.encoder.empty())
            experts.back()["encoder"] = expert.encoder;
    }
    json result{{"format", record.format},   {"name", record.name},
                {"title", record.title},     {"licence", record.licence},
                {"origin", record.origin},   {"starter", record.starter},
                {"combine", record.combine}, {"classes", record.classes},
                {"ema", record.ema},         {"experts", experts}};
    if (!record.subject.empty())
        result["subject"] = record.subject;
    for (std::size_t q = 0; q < record.questions.size(); ++q) {
        const auto& question = record.questions[q];
        json names = json::array();
        for (const auto& expert : record.experts)
            if (expert.question == q)
                names.push_back(expert.name);
        result["questions"].push_back({{"id", question.id},
                                       {"text", question.text},
                                       {"fake", question.fake},
                                       {"real", question.real},
                                       {"combine", record.combine},
                                       {"experts", names}});
    }
    return result;
}

/// A calibration that cannot be used does not make the panel unusable.
void read_calibration(PanelRecord& record) {
    try {
        auto [all, problem] = usable_calibrations(record.folder);
        record.calibration_problem = std::move(problem);
        const bool any = !all.empty();
        const auto foreign = std::erase_if(all, [&](const auto& each) {
            return each.digest != digest_of_experts(record, each.experts);
        });
        const auto outdated = std::erase_if(
            all, [](const auto& each) { return each.preprocessing != kPreprocessingVersion; });
        record.calibrations = std::move(all);
        if (any && record.calibrations.empty())
            record.calibration_problem =
                outdated > foreign
                    ? to_say(
                          "The panel's calibration was made with another version of the "
                          "preprocessing of pictures, so it is not used. Make it again with dfd "
                          "calibrate.")
                    : to_say(
                          "The panel's calibration was made before the panel was changed, so it "
                          "is not used. Make it again with dfd calibrate.");
    } catch (const PanelError& error) {
        record.calibration_problem = error.what();
    }
}

json parse_json(const std::string& bytes, const fs::path& file) {
    try {
        return json::parse(bytes);
    } catch (const json::exception&) {
        Fields::fail(file, "it is not valid JSON. The file is damaged; install the panel again");
    }
}

}  // namespace

PanelRecord read_panel(const fs::path& path) {
    std::error_code error;
    const auto file = fs::is_directory(path, error) ? path / "panel.json" : path;
    const auto bytes = read_small_file(file, kLargestRecord, "a panel record");
    auto record = parse_record(parse_json(bytes, file), file);
    record.folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    record.digest = sha256_hex(as_bytes(bytes));
    read_calibration(record);
    return record;
}

std::vector<std::string> expert_names(const PanelRecord& panel) {
    std::vector<std::string> names;
    for (const auto& expert : panel.experts)
        names.push_back(expert.name);
    return names;
}

std::string digest_of_experts(const PanelRecord& panel, const std::vector<std::string>& experts) {
    auto identity = panel.digest + " without";
    bool whole = true;
    for (const auto& expert : panel.experts)
        if (std::ranges::find(experts, expert.name) == experts.end()) {
            identity += "\n" + expert.name;
            whole = false;
        }
    return whole ? panel.digest : sha256_hex(as_bytes(identity));
}

PanelRecord write_panel(const fs::path& folder, PanelRecord record) {
    const auto file = folder / "panel.json";
    if (!record.left_out.empty())
        Fields::fail(file, "experts of the panel were left out");
    std::string bytes;
    try {
        const auto root = to_json(record);
        bytes = root.dump(2) + "\n";
    } catch (const json::exception&) {
        Fields::fail(file, "a string in the record is not valid UTF-8");
    }
    // Never write a record that cannot be read back.
    (void)parse_record(parse_json(bytes, file), file);
    std::error_code error;
    fs::create_directories(folder, error);
    try {
        write_file_atomically(file, as_bytes(bytes));
    } catch (const std::system_error& failure) {
        throw PanelError(quoted(file) + " could not be written: " + failure.code().message() +
                         ". Check the folder's permissions and the free space.");
    }
    return read_panel(folder);
}

PanelOpinion open_opinion(const PanelRecord& record) {
    PanelOpinion opinion;
    opinion.combination =
        record.combine == kLogOdds ? Combination::MeanOfLogOdds : Combination::MeanOfScores;
    for (const auto& question : record.questions)
        opinion.answers.push_back({.id = question.id,
                                   .text = question.text,
                                   .fake = question.fake,
                                   .real = question.real});
    return opinion;
}

const char* kind_name(ExpertKind kind) {
    switch (kind) {
        case ExpertKind::Onnx:
            return "onnx";
        case ExpertKind::Program:
            return "program";
        case ExpertKind::Network:
            break;
    }
    return "network";
}

std::string panel_text(const PanelRecord& record) {
    auto root = to_json(record);
    if (!record.left_out.empty())
        root["left_out"] = record.left_out;
    if (const auto chosen = chosen_calibrations(record); !chosen.empty())
        root["calibration"] = json::parse(calibrations_text(chosen));
    return json_line(root);
}

}  // namespace dfd
