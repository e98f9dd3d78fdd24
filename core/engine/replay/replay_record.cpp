#include "core/engine/replay/replay_record.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <optional>

#include "core/base/digest.h"
#include "core/base/hexadecimal.h"
#include "core/engine/results/json_paths.h"
#include "core/engine/scoring/input_tensors.h"
#include "core/networks/hardware/score_tolerance.h"
#include "core/panel/foreign_experts.h"
#include "core/panel/json_line.h"

namespace dfd {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr int kFormat = 1;
constexpr const char* kType = "DeepFakeDefenders replay record";
constexpr std::size_t kLargestRecord = std::size_t{16} << 20;

Json to_json(const ReplayRecord::Input& input) {
    const bool stretched = input.policy.resize == Resize::Stretch;
    Json object{{"sha256", input.sha256},
                {"shape", {1, 3, input.height, input.width}},
                {"resize", stretched ? "stretch" : "native"},
                {"mean", input.policy.mean},
                {"std", input.policy.std},
                {"samples", input.samples},
                {"experts", input.experts}};
    if (stretched)
        object["size"] = input.policy.size;
    if (const auto& windows = input.policy.windows)
        object["windows"] = {{"size", windows->size}, {"most", windows->most}};
    return object;
}

/// Reads members. Errors name the member that is missing or wrong.
class Members {
  public:
    Members(const Json& object, const fs::path& file, std::string where)
        : object_(object), file_(file), where_(std::move(where)) {
        if (!object.is_object())
            fail(where_.empty() ? "it is not a JSON object"
                                : "\"" + where_ + "\" is not an object");
    }

    template <class T>
    [[nodiscard]] T get(const char* name) const try {
        return object_.at(name).get<T>();
    } catch (const nlohmann::json::exception&) {
        fail("its member \"" + full_name(name) + "\" is missing or has the wrong type");
    }
    [[nodiscard]] int integer(const char* name, int least, int most) const {
        const auto value = get<double>(name);
        if (!(value >= least && value <= most) || value != std::floor(value))
            fail("its member \"" + full_name(name) + "\" is out of range");
        return static_cast<int>(value);
    }
    [[nodiscard]] double finite(const char* name) const {
        const auto value = get<double>(name);
        if (!std::isfinite(value))
            fail("its member \"" + full_name(name) + "\" is not a finite number");
        return value;
    }
    [[nodiscard]] std::string digest(const char* name) const {
        auto text = get<std::string>(name);
        if (!is_sha256_hex(text))
            fail("its member \"" + full_name(name) + "\" is not a SHA-256 digest");
        return text;
    }
    [[nodiscard]] Members object(const char* name) const {
        if (!object_.contains(name))
            fail("its member \"" + full_name(name) + "\" is missing");
        return {object_.at(name), file_, full_name(name)};
    }
    [[nodiscard]] std::vector<Members> list(const char* name, bool may_be_empty = false) const {
        if (!object_.contains(name) || !object_.at(name).is_array() ||
            (object_.at(name).empty() && !may_be_empty))
            fail("its list \"" + full_name(name) + "\" is missing or empty");
        std::vector<Members> items;
        for (const auto& item : object_.at(name))
            items.push_back({item, file_, full_name(name) + "[]"});
        return items;
    }
    [[nodiscard]] const Json& json() const { return object_; }

    [[noreturn]] void fail(const std::string& why) const {
        throw ReplayError("The record " + file_.string() + " cannot be used, because " + why +
                          ". It is damaged, was edited or is another kind of file; write it again "
                          "or get an intact copy.");
    }

  private:
    [[nodiscard]] std::string full_name(const char* name) const {
        return where_.empty() ? name : where_ + "." + name;
    }
    const Json& object_;
    const fs::path& file_;
    std::string where_;
};

ReplayRecord::Input read_input(const Members& members) {
    ReplayRecord::Input input;
    const auto resize = members.get<std::string>("resize");
    if (resize != "stretch" && resize != "native")
        members.fail("its resize method \"" + resize + "\" is unknown");
    input.policy.resize = resize == "stretch" ? Resize::Stretch : Resize::Native;
    if (input.policy.resize == Resize::Stretch)
        input.policy.size = members.integer("size", 1, 4096);
    if (input.policy.resize == Resize::Native && members.json().contains("windows")) {
        const auto windows = members.object("windows");
        input.policy.windows = {windows.integer("size", kSmallestWindow, kLargestWindow),
                                windows.integer("most", 1, kMostWindows)};
    }
    input.policy.mean = members.get<std::array<float, 3>>("mean");
    input.policy.std = members.get<std::array<float, 3>>("std");
    if (std::ranges::any_of(input.policy.std, [](float value) { return !(value > 0); }))
        members.fail("a standard deviation is not positive");
    const auto shape = members.get<std::vector<double>>("shape");
    if (shape.size() != 4 || !(shape[2] >= 1 && shape[2] <= 1e6) ||
        !(shape[3] >= 1 && shape[3] <= 1e6))
        members.fail("the shape of an input is invalid");
    input.height = static_cast<int>(shape[2]);
    input.width = static_cast<int>(shape[3]);
    input.sha256 = members.digest("sha256");
    input.samples = members.get<std::vector<float>>("samples");
    input.experts = members.get<std::vector<std::string>>("experts");
    return input;
}

Precision read_precision(const Members& members) {
    const auto name = members.get<std::string>("precision");
    for (const auto precision : {Precision::Float32, Precision::BFloat16, Precision::Float16})
        if (name == precision_name(precision))
            return precision;
    members.fail("its precision \"" + name + "\" is unknown");
}

/// Unknown when the program's manifest cannot be read. A recorded panel has no folder; then the
/// installed panel of its name may have that manifest, whose digest is checked.
std::optional<bool> is_reproducible(const PanelRecord& panel, const ExpertRecord& expert) {
    if (expert.kind != ExpertKind::Program)
        return true;
    try {
        return manifest_of(panel.folder.empty() ? find_panel(panel.name) : panel, expert)
            .reproducible();
    } catch (const PanelError&) {
        return std::nullopt;
    }
}

std::optional<bool> read_reproducible(const Members& expert) {
    const auto found = expert.json().find("reproducible");
    if (found == expert.json().end())
        return true;
    if (found->is_null())
        return std::nullopt;
    return expert.get<bool>("reproducible");
}

}  // namespace

double score_tolerance(const std::string& device_id, Precision precision) {
    return rounding_tolerance(device_id == "cpu", precision_name(precision));
}

ReplayRecord make_replay_record(const Examination& examination, const Picture& picture,
                                const Evaluator& evaluator) {
    return make_replay_record(
        examination, picture,
        {evaluator.panel(), evaluator.precision(), evaluator.device(), library_versions()});
}

ReplayRecord make_replay_record(const Examination& examination, const Picture& picture,
                                const ReplayScorer& by) {
    const auto& panel = by.panel;
    const auto& opinion = examination.opinion.value();
    if (picture.facts.sha256 != examination.facts.sha256)
        throw ReplayError("The file " + examination.source.path.string() +
                          " changed while it was being examined, so no record of it was written. "
                          "Score it again.");
    ReplayRecord record;
    record.path =
        examination.source.bytes ? examination.source.label : examination.source.path.native();
    record.bytes = picture.facts.bytes;
    record.sha256 = picture.facts.sha256;
    record.format = picture.facts.format;
    record.decoder = picture.facts.decoder;
    record.width = picture.pixels.width;
    record.height = picture.pixels.height;
    record.pixels_sha256 = sha256_hex(picture.pixels.rgb);
    record.preprocessing = kPreprocessingVersion;
    record.panel = panel.name;
    record.panel_digest = panel.digest;
    record.starter = panel.starter;
    record.calibration = panel.calibration;
    record.precision = by.precision;
    record.device = by.device;
    record.libraries = by.libraries;
    record.score = opinion.score;
    record.spread = opinion.spread;
    record.tolerance = score_tolerance(record.device.id, record.precision);

    std::map<InputKey, std::size_t> known;
    for (std::size_t i = 0; i < panel.experts.size(); ++i) {
        const auto& expert = panel.experts[i];
        const auto& expert_opinion = opinion.experts.at(i);
        record.experts.push_back({expert.name, expert.architecture, expert.sha256,
                                  expert_opinion.logits, expert_opinion.score,
                                  expert_opinion.failure, is_reproducible(panel, expert),
                                  expert_opinion.left});
        if (expert.kind != ExpertKind::Network)
            continue;  // what it reads follows from the pixels and its manifest
        auto policy = expert.input;
        if (!expert_opinion.looked_at)  // it read everything
            policy.windows.reset();
        const auto [at, fresh] = known.emplace(input_key(policy), record.inputs.size());
        if (fresh) {
            auto summary = summarise_input(picture.pixels, policy, record.device.id);
            record.inputs.push_back({policy,
                                     summary.width,
                                     summary.height,
                                     summary.sha256,
                                     std::move(summary.samples),
                                     {}});
        }
        record.inputs[at->second].experts.push_back(expert.name);
    }
    return record;
}

std::string replay_record_json(const ReplayRecord& record) {
    Json object{{"what", kType}, {"format", kFormat}};
    Json& file = object["file"] = Json::object();
    set_path(file, record.path);
    file["bytes"] = record.bytes;
    file["sha256"] = record.sha256;
    file["format"] = record.format;
    file["decoder"] = record.decoder;
    object["pixels"] = {
        {"width", record.width}, {"height", record.height}, {"sha256", record.pixels_sha256}};
    object["preprocessing"] = record.preprocessing;
    object["inputs"] = Json::array();
    for (const auto& input : record.inputs)
        object["inputs"].push_back(to_json(input));
    object["panel"] = {
        {"name", record.panel}, {"digest", record.panel_digest}, {"starter", record.starter}};
    if (!record.calibration.empty())
        object["panel"]["calibration"] = record.calibration;
    object["precision"] = precision_name(record.precision);
    object["device"] = {
        {"id", record.device.id}, {"name", record.device.name}, {"detail", record.device.detail}};
    object["threads"] = record.device.threads;
    object["libraries"] = Json::object();
    for (const auto& [name, version] : record.libraries)
        object["libraries"][name] = version;
    object["experts"] = Json::array();
    for (const auto& expert : record.experts) {
        Json entry{{"name", expert.name},
                   {"architecture", expert.architecture},
                   {"weights", expert.weights_sha256}};
        if (expert.failure.empty()) {
            entry["logits"] = expert.logits;
            entry["score"] = expert.score;
        } else {
            entry["no_opinion"] = expert.failure;
        }
        if (expert.reproducible != true)
            entry["reproducible"] = expert.reproducible ? Json(false) : Json();
        if (expert.left)
            entry["left"] = true;
        object["experts"].push_back(std::move(entry));
    }
    object["score"] = record.score;
    object["spread"] = record.spread;
    object["tolerance"] = record.tolerance;
    return json_lines(object);
}

ReplayRecord read_replay_record(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::string text;
    if (stream) {
        text.resize(kLargestRecord + 1);
        stream.read(text.data(), static_cast<std::streamsize>(text.size()));
        text.resize(static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
    }
    if (!stream.is_open() || stream.bad())
        throw ReplayError("The record " + file.string() +
                          " cannot be read. Check the path and its permissions.");
    const Json json = text.size() > kLargestRecord ? Json() : Json::parse(text, nullptr, false);
    const Members root(json, file, {});
    if (root.get<std::string>("what") != kType)
        root.fail("it is not a replay record");
    if (const int format = root.integer("format", 1, 1'000'000); format != kFormat)
        throw ReplayError("The record " + file.string() + " has format " + std::to_string(format) +
                          ", and this program reads format " + std::to_string(kFormat) +
                          ". Use the version of the program that wrote it.");
    ReplayRecord record;
    const Members source = root.object("file");
    (void)source.get<std::string>(source.json().contains("path_bytes") ? "path_bytes" : "path");
    record.path = path_in(source.json());
    record.bytes = source.get<std::uint64_t>("bytes");
    record.sha256 = source.digest("sha256");
    record.format = source.get<std::string>("format");
    record.decoder = source.get<std::string>("decoder");
    const Members pixels = root.object("pixels");
    record.width = pixels.integer("width", 1, 1 << 24);
    record.height = pixels.integer("height", 1, 1 << 24);
    record.pixels_sha256 = pixels.digest("sha256");
    record.preprocessing = root.integer("preprocessing", 0, 1'000'000);
    // Experts of other people have no input here: what they read follows from the pixels.
    for (const Members& input : root.list("inputs", /*may_be_empty=*/true))
        record.inputs.push_back(read_input(input));
    const Members panel = root.object("panel");
    record.panel = panel.get<std::string>("name");
    record.panel_digest = panel.digest("digest");
    record.starter = panel.get<bool>("starter");
    if (panel.json().contains("calibration"))
        record.calibration = panel.get<std::string>("calibration");
    record.precision = read_precision(root);
    const Members device = root.object("device");
    record.device.id = device.get<std::string>("id");
    record.device.name = device.get<std::string>("name");
    record.device.detail = device.get<std::string>("detail");
    record.device.threads = root.integer("threads", 0, 1'000'000);
    const Members libraries = root.object("libraries");
    for (const auto& [name, version] : libraries.json().items())
        record.libraries.emplace_back(name, libraries.get<std::string>(name.c_str()));
    for (const Members& expert : root.list("experts")) {
        const auto reproducible = read_reproducible(expert);
        if (expert.json().contains("no_opinion")) {
            constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
            record.experts.push_back({expert.get<std::string>("name"),
                                      expert.get<std::string>("architecture"),
                                      expert.digest("weights"),
                                      {kNone, kNone},
                                      kNone,
                                      expert.get<std::string>("no_opinion"),
                                      reproducible});
            continue;
        }
        const auto logits = expert.get<std::array<double, 2>>("logits");
        if (!std::isfinite(logits[0]) || !std::isfinite(logits[1]))
            expert.fail("a logit is not a finite number");
        record.experts.push_back({expert.get<std::string>("name"),
                                  expert.get<std::string>("architecture"),
                                  expert.digest("weights"),
                                  logits,
                                  expert.finite("score"),
                                  {},
                                  reproducible,
                                  expert.json().contains("left") && expert.get<bool>("left")});
    }
    const auto foreign = [](const ReplayRecord::Expert& expert) {
        return expert.architecture == "onnx" || expert.architecture == "program";
    };
    if (record.inputs.empty() && !std::ranges::all_of(record.experts, foreign))
        root.fail("\"inputs\" is empty");
    record.score = root.finite("score");
    record.spread = root.finite("spread");
    record.tolerance = root.finite("tolerance");
    if (record.tolerance < 0 || record.tolerance > 1)
        root.fail("its tolerance is not between 0 and 1");
    return record;
}

std::string replay_record_name(const ReplayRecord& record) {
    // File systems allow 255 bytes per name; the digest keeps shortened names distinct.
    return fs::path(record.path).stem().native().substr(0, 160) + "-" +
           record.sha256.substr(0, 16) + ".json";
}

}  // namespace dfd
