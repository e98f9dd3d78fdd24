#include "core/panel/foreign/manifest.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/base/wording.h"
#include "core/panel/json/json_fields.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using json = nlohmann::ordered_json;
using Fields = JsonFields;

constexpr std::size_t kLargestManifest = 2u << 20;
constexpr std::size_t kMostCanaries = 64;
constexpr std::size_t kMostFiles = 1000;
constexpr std::size_t kMostNumbers = 65536;
constexpr int kSmallestSide = 16, kLargestSide = 4096;
constexpr int kMostViews = 64;
constexpr double kLargestNumber = 1e6;
constexpr double kLargestTolerance = 0.1, kLargestValueTolerance = 1;
/// Canaries that all have about the same score would not show that something is wrong.
constexpr double kLeastRange = 0.1;

void only(const Fields& fields, const char* kind) {
    fields.only(manifest_members().at(kind));
}

std::string file_name(const Fields& fields, const char* key) {
    auto file = fields.text(key);
    if (!stays_inside(file))
        fields.refuse(key, "is " + quoted_name(file) +
                               ", which is not the name of a file beside the manifest");
    return file;
}

std::vector<double> numbers(const Fields& fields, const char* key) {
    const auto& list = fields.list(key);
    std::vector<double> values;
    if (list.empty() || list.size() > kMostNumbers)
        fields.refuse(key, "has " + std::to_string(list.size()) + " entries; 1 to " +
                               std::to_string(kMostNumbers) + " are supported");
    for (const auto& each : list) {
        if (!each.is_number() || !(std::abs(each.get<double>()) <= kLargestNumber))
            fields.refuse(key, "has an entry that is not a number within a million");
        values.push_back(each.get<double>());
    }
    return values;
}

void read_size(const Fields& fields, ForeignInput& input) {
    const auto& size = fields.at("size");
    if (!size.is_array()) {
        input.width = input.height = fields.integer("size", kSmallestSide, kLargestSide);
        return;
    }
    const auto usable = [](const json& side) {
        return side.is_number_integer() && side.get<double>() >= kSmallestSide &&
               side.get<double>() <= kLargestSide;
    };
    if (size.size() != 2 || !std::all_of(size.begin(), size.end(), usable))
        fields.refuse("size", "is neither one length nor width and height, from " +
                                  std::to_string(kSmallestSide) + " to " +
                                  std::to_string(kLargestSide));
    input.width = size[0].get<int>();
    input.height = size[1].get<int>();
}

void read_fit(const Fields& fields, ForeignInput& input) {
    static const std::map<std::string, Fit> kFits{{"stretch", Fit::Stretch},
                                                  {"shorter_side", Fit::ShorterSide},
                                                  {"crops", Fit::Crops},
                                                  {"tiles", Fit::Tiles}};
    static const std::map<std::string, Kernel> kKernels{{"nearest", Kernel::Nearest},
                                                        {"box", Kernel::Box},
                                                        {"bilinear", Kernel::Bilinear},
                                                        {"bicubic", Kernel::Bicubic},
                                                        {"lanczos", Kernel::Lanczos}};
    input.fit = kFits.at(fields.word("fit", {"stretch", "shorter_side", "crops", "tiles"}));
    if (input.fit == Fit::ShorterSide) {
        input.shorter_side = fields.integer("shorter_side", kSmallestSide, kLargestSide);
        if (input.shorter_side < std::max(input.width, input.height))
            fields.refuse("shorter_side", "is less than the size that is cut out of it");
        input.side_rounded_down = fields.word("side_rounding", {"down", "nearest"}) == "down";
        input.crop_rounded_down = fields.word("crop_rounding", {"down", "nearest"}) == "down";
    }
    if (input.fit == Fit::Crops || input.fit == Fit::Tiles) {
        input.most = fields.integer("most", 1, kMostViews);
        if (input.width != input.height || input.width % 8 != 0)
            fields.refuse("size", "of crops and tiles is one length, a multiple of 8");
        return;  // nothing is resized
    }
    input.kernel =
        kKernels.at(fields.word("kernel", {"nearest", "box", "bilinear", "bicubic", "lanczos"}));
    input.antialias = fields.boolean("antialias");
    input.rounded = fields.boolean("rounded");
}

ForeignInput read_input(const Fields& fields) {
    only(fields, "input");
    ForeignInput input;
    if (fields.has("tensor"))
        input.tensor = fields.text("tensor");
    input.channels_last = fields.word("layout", {"NCHW", "NHWC"}) == "NHWC";
    input.bgr = fields.word("colour", {"RGB", "BGR"}) == "BGR";
    const auto& scale = fields.at("scale");
    if (scale.is_string()) {
        (void)fields.word("scale", {"1/255"});
    } else {
        input.scale = fields.number("scale", -1000, 1000);
        if (input.scale == 0)
            fields.refuse("scale", "is 0");
    }
    input.mean = fields.colour("mean", false);
    input.std = fields.colour("std", true);
    read_size(fields, input);
    read_fit(fields, input);
    return input;
}

void read_reading(const Fields& fields, std::initializer_list<const char*> kinds,
                  Reading& reading) {
    static const std::map<std::string, OutputKind> kKinds{
        {"logit", OutputKind::Logit},
        {"probability", OutputKind::Probability},
        {"logits", OutputKind::Logits},
        {"probabilities", OutputKind::Probabilities},
        {"embedding", OutputKind::Embedding}};
    reading.kind = kKinds.at(fields.word("kind", kinds));
    reading.fake = reading.pair()
                       ? fields.integer("fake", 0, 1)
                       : static_cast<int>(fields.word("fake", {"high", "low"}) == "high");
    if (fields.has("offset"))
        reading.offset = fields.number("offset", -100, 100);
}

ForeignMap read_map(const Fields& fields, bool program) {
    only(fields, "map");
    ForeignMap map;
    if (program) {
        read_reading(fields, {"logit", "probability"}, map);
        for (const auto* key : {"tensor", "reliability"})
            if (fields.has(key))
                fields.refuse(key,
                              "is of a model; a program gives its map with its score, and "
                              "null for a place that it does not judge");
        return map;
    }
    read_reading(fields, {"logit", "probability", "logits", "probabilities"}, map);
    map.tensor = fields.text("tensor");
    if (fields.has("reliability")) {
        const auto reliability = fields.object("reliability");
        only(reliability, "reliability");
        map.reliability = reliability.text("tensor");
        map.reliability_is_logit = reliability.word("kind", {"logit", "probability"}) == "logit";
        map.reliable_from = reliability.number("from", 0, 1);
    }
    return map;
}

ForeignOutput read_output(const Fields& fields, bool program) {
    only(fields, "output");
    ForeignOutput output;
    if (program) {
        read_reading(fields, {"logit", "probability"}, output);
    } else {
        read_reading(fields, {"logit", "probability", "logits", "probabilities", "embedding"},
                     output);
        if (fields.has("tensor"))
            output.tensor = fields.text("tensor");
    }
    if (fields.has("pool"))
        output.pool = fields.word("pool", {"mean", "max"}) == "max" ? Pool::Max : Pool::Mean;
    if (output.kind == OutputKind::Embedding) {
        const auto head = fields.object("head");
        only(head, "head");
        output.head = {numbers(head, "weights"),
                       head.number("bias", -kLargestNumber, kLargestNumber),
                       head.boolean("normalised")};
    } else if (fields.has("head")) {
        fields.refuse("head", "needs the kind \"embedding\"");
    }
    if (fields.has("map"))
        output.map = read_map(fields.object("map"), program);
    return output;
}

std::array<double, 4> read_place(const Fields& fields) {
    const auto place = numbers(fields, "strongest");
    if (place.size() != 4 || !(0 <= place[0] && place[0] < place[2] && place[2] <= 1) ||
        !(0 <= place[1] && place[1] < place[3] && place[3] <= 1))
        fields.refuse("strongest", "is not left, top, right and bottom, in shares of the picture");
    return {place[0], place[1], place[2], place[3]};
}

Canary read_canary(const Fields& fields) {
    only(fields, "canary");
    Canary canary{
        file_name(fields, "file"), fields.sha256("sha256"), fields.number("probability", 0, 1), {}};
    if (fields.has("values"))
        canary.values = numbers(fields, "values");
    if (fields.has("strongest"))
        canary.strongest = read_place(fields);
    return canary;
}

void read_canaries(const Fields& fields, const fs::path& file, ForeignManifest& manifest) {
    const auto& list = fields.list("canaries");
    if (list.size() < kFewestCanaries || list.size() > kMostCanaries)
        fields.refuse("canaries", "has " + std::to_string(list.size()) +
                                      " entries; an expert has " + std::to_string(kFewestCanaries) +
                                      " to " + std::to_string(kMostCanaries));
    for (std::size_t i = 0; i < list.size(); ++i) {
        const Fields entry(list[i], "canaries[" + std::to_string(i) + "]", file);
        manifest.canaries.push_back(read_canary(entry));
        if (manifest.program && !manifest.canaries.back().values.empty())
            entry.refuse("values", "are of a tensor, which a program does not have");
        if (!manifest.output.map && manifest.canaries.back().strongest)
            entry.refuse("strongest", "is of a map, and \"output\" has none");
    }
    const auto has_place = [](const Canary& each) { return each.strongest.has_value(); };
    if (manifest.output.map && std::ranges::none_of(manifest.canaries, has_place))
        fields.refuse("canaries",
                      "say nothing about the map; give at least one of them \"strongest\", where "
                      "the author's own map has its highest value");
    const auto [low, high] =
        std::ranges::minmax_element(manifest.canaries, {}, &Canary::probability);
    if (high->probability - low->probability < kLeastRange)
        fields.refuse("canaries",
                      "have probabilities that differ by less than 0.1, so that they would not "
                      "show a wrong preprocessing; choose pictures on which the expert differs "
                      "more");
}

Program read_program(const Fields& fields, const fs::path& file) {
    Program run;
    run.command = fields.texts("command", 64);
    if (run.command.empty())
        fields.refuse("command", "is empty");
    if (fields.has("files")) {
        const auto& list = fields.list("files");
        if (list.size() > kMostFiles)
            fields.refuse("files", "has more than " + std::to_string(kMostFiles) + " entries");
        for (std::size_t i = 0; i < list.size(); ++i) {
            const Fields entry(list[i], "files[" + std::to_string(i) + "]", file);
            only(entry, "file");
            run.files.push_back({file_name(entry, "file"), entry.sha256("sha256")});
        }
    }
    if (fields.has("reads"))
        run.reads = fields.texts("reads", 64);
    for (const auto& path : run.reads)
        if (path.front() != '/' || path.find('\0') != std::string::npos ||
            fs::path(path).lexically_normal() != path)
            fields.refuse("reads", "has the entry " + quoted_name(path) +
                                       ", which is not an absolute path without \"..\"");
    if (fields.has("limits")) {
        const auto limits = fields.object("limits");
        only(limits, "program_limits");
        run.limits.memory_mb = limits.integer("memory_mb", 64, 1 << 20);
        run.limits.seconds = limits.integer("seconds", 1, 3600);
        run.limits.start_seconds = limits.integer("start_seconds", 1, 3600);
    }
    return run;
}

void require_distinct_files(const Fields& fields, const ForeignManifest& manifest) {
    std::set<fs::path> names{"manifest.json"};
    for (const auto& each : manifest.files())
        if (!names.insert(fs::path(each.file).lexically_normal()).second)
            fields.refuse(manifest.program ? "files" : "canaries",
                          "name the file " + quoted_name(each.file) +
                              " twice, or by the manifest's own name");
}

json parsed(std::string_view text, const fs::path& file) {
    auto root = json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (root.is_discarded())
        Fields::fail(file, "it is not valid JSON");
    return root;
}

}  // namespace

const std::map<std::string, std::vector<const char*>>& manifest_members() {
    static const std::map<std::string, std::vector<const char*>> members{
        {"onnx",
         {"format", "kind", "name", "title", "origin", "licence", "date", "made_for", "limits",
          "sha256", "model", "input", "output", "calibration", "canaries", "tolerance"}},
        {"program",
         {"format", "kind", "name", "title", "origin", "licence", "date", "made_for", "limits",
          "program", "output", "calibration", "canaries", "tolerance"}},
        {"input",
         {"tensor", "layout", "colour", "scale", "mean", "std", "size", "fit", "shorter_side",
          "side_rounding", "crop_rounding", "most", "kernel", "antialias", "rounded"}},
        {"output", {"tensor", "kind", "fake", "offset", "head", "pool", "map"}},
        {"head", {"weights", "bias", "normalised"}},
        {"map", {"tensor", "kind", "fake", "offset", "reliability"}},
        {"reliability", {"tensor", "kind", "from"}},
        {"calibration", {"slope", "bias"}},
        {"tolerance", {"probability", "values"}},
        {"run", {"command", "files", "reads", "limits"}},
        {"file", {"file", "sha256"}},
        {"program_limits", {"memory_mb", "seconds", "start_seconds"}},
        {"canary", {"file", "sha256", "probability", "values", "strongest"}},
    };
    return members;
}

bool stays_inside(const std::string& file) {
    const fs::path path(file);
    const bool climbs =
        std::ranges::any_of(path, [](const auto& part) { return part == ".." || part == "."; });
    return !path.is_absolute() && !climbs && path.has_filename() &&
           file.find('\0') == std::string::npos && file.size() <= 255;
}

std::vector<BoundFile> ForeignManifest::files() const {
    std::vector<BoundFile> all = run.files;
    if (!program && !model.empty())
        all.push_back({model, model_sha256});
    for (const auto& canary : canaries)
        all.push_back({canary.file, canary.sha256});
    return all;
}

ForeignManifest parse_foreign_manifest(std::string_view text, const fs::path& file) {
    const auto root = parsed(text, file);
    const Fields fields(root, "", file);
    (void)fields.integer("format", 1, 1);
    ForeignManifest manifest;
    manifest.program = fields.word("kind", {"onnx", "program"}) == "program";
    only(fields, manifest.program ? "program" : "onnx");
    manifest.name = fields.text("name");
    manifest.title = fields.text("title");
    manifest.origin = fields.text("origin");
    manifest.licence = fields.text("licence");
    manifest.date = fields.text("date");
    manifest.made_for = fields.texts("made_for", 3);
    for (const auto& each : manifest.made_for)
        if (each != "generated" && each != "edited" && each != "faces")
            fields.refuse("made_for", "has the entry " + quoted_name(each) +
                                          "; known are \"generated\", \"edited\", \"faces\"");
    if (fields.has("limits"))
        manifest.limits = fields.texts("limits", 32);
    if (manifest.program) {
        const auto program = fields.object("program");
        only(program, "run");
        manifest.run = read_program(program, file);
    } else {
        manifest.model_sha256 = fields.sha256("sha256");
        if (fields.has("model"))
            manifest.model = file_name(fields, "model");
        manifest.input = read_input(fields.object("input"));
    }
    manifest.output = read_output(fields.object("output"), manifest.program);
    if (manifest.output.map && manifest.input.fit != Fit::Stretch &&
        manifest.input.fit != Fit::ShorterSide)
        fields.object("output").refuse("map", "needs the \"fit\" \"stretch\" or \"shorter_side\"");
    if (fields.has("calibration")) {
        const auto calibration = fields.object("calibration");
        only(calibration, "calibration");
        manifest.calibration = {calibration.number("slope", 0, 1000),
                                calibration.number("bias", -1000, 1000)};
        if (manifest.calibration.slope == 0)
            fields.refuse("calibration", "has the slope 0, with which nothing is left to say");
    }
    if (fields.has("tolerance")) {
        const auto tolerance = fields.object("tolerance");
        only(tolerance, "tolerance");
        if (tolerance.has("probability"))
            manifest.tolerance = tolerance.number("probability", 0, kLargestTolerance);
        if (tolerance.has("values"))
            manifest.value_tolerance = tolerance.number("values", 0, kLargestValueTolerance);
    }
    read_canaries(fields, file, manifest);
    require_distinct_files(fields, manifest);
    return manifest;
}

ForeignManifest read_manifest_file(const fs::path& file) {
    return parse_foreign_manifest(read_small_file(file, kLargestManifest, "a manifest"), file);
}

std::string with_model_name(std::string_view text, const std::string& model) {
    auto root = parsed(text, "manifest.json");
    root["model"] = model;
    return root.dump(2) + "\n";
}

}  // namespace dfd
