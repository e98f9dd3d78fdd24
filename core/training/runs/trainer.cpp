#include "core/training/runs/trainer.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <stdexcept>
#include <system_error>

#include "core/base/digest.h"
#include "core/networks/experts/expert_network.h"
#include "core/panel/panel_folders.h"
#include "core/training/experts/training_identity.h"
#include "core/training/experts/training_precision.h"
#include "core/training/manifest/folders.h"
#include "core/training/runs/learning.h"
#include "core/training/runs/write_trained_panel.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

// Fills in all names and checks that everything exists.
TrainOptions completed(TrainOptions options) {
    if (options.experts.empty())
        throw TrainingError("There is no expert to train; give --architecture or --plan.");
    std::set<std::string> names;
    bool native = false;
    for (std::size_t i = 0; i < options.experts.size(); ++i) {
        auto& expert = options.experts[i];
        if (expert.name.empty())
            expert.name = expert.architecture;
        if (expert.fold < kNoFold)
            throw TrainingError(
                "The fold that " + expert.name +
                " holds out must be 0 or more; the fold \"test\" is always held out.");
        bool reads_native = false;
        try {
            reads_native = find_architecture(expert.architecture).native_resolution;
        } catch (const std::invalid_argument& unknown) {
            throw TrainingError(unknown.what());
        }
        if (const auto problem = panel_name_problem(expert.name); !problem.empty())
            throw TrainingError("\"" + expert.name + "\" cannot be an expert's name: " + problem);
        if (!names.insert(expert.name).second)
            throw TrainingError("Two experts are called " + expert.name +
                                "; give them different names.");
        if (i > 0 && reads_native != native)
            throw TrainingError(
                "The experts " + options.experts.front().name + " and " + expert.name +
                " cannot learn from the same batches: one reads patches at native resolution, the "
                "other resized pictures. Train them without \"joint\".");
        native = reads_native;
    }
    if (options.panel.name.empty()) {
        options.panel.name =
            fs::absolute(options.out / "").lexically_normal().parent_path().filename().native();
        if (!panel_name_problem(options.panel.name).empty())
            options.panel.name = PanelOptions().name;
    }
    if (const auto problem = panel_name_problem(options.panel.name); !problem.empty())
        throw TrainingError("\"" + options.panel.name +
                            "\" cannot be the panel's name: " + problem);
    return options;
}

// A trace expert's calibration is fitted to its validation pictures, which must contain both
// classes.
void check_validation(const TrainOptions& options, std::size_t expert, const TrainingSet& set) {
    const auto& requested = options.experts[expert];
    if (!find_architecture(requested.architecture).native_resolution)
        return;
    const auto pictures = set.validation(expert, SIZE_MAX);
    const auto fakes = std::ranges::count(pictures, true, &TrainingPicture::fake);
    if (fakes == 0 || fakes == std::ssize(pictures))
        throw TrainingError(
            "The validation pictures of " + requested.name + " (fold " +
            (requested.fold == kNoFold ? "drawn at random" : std::to_string(requested.fold)) +
            " of " + options.manifest.native() + ") are all " + (fakes == 0 ? "real" : "fake") +
            ", but its scores are calibrated on both classes; hold out another fold.");
}

// The panel of a training that is already finished.
std::optional<PanelRecord> finished(const TrainOptions& options, const std::string& identity) {
    if (!fs::exists(options.out / "panel.json") || fs::exists(options.out / "checkpoint.pt"))
        return std::nullopt;
    if (!options.run.resume)
        throw TrainingError("There is already a panel in " + options.out.native() +
                            "; give another --out, or delete it.");
    std::ifstream stream(options.out / "training.json");
    const auto training_json = nlohmann::json::parse(stream, nullptr, false);
    std::string found;
    if (training_json.is_object() && training_json.contains("trainings") &&
        training_json["trainings"].is_array() && !training_json["trainings"].empty())
        found = training_json["trainings"][0].value("identity", "");
    if (const auto differ = identity_difference(found, identity))
        throw TrainingError("The panel in " + options.out.native() + " was trained with " +
                            differ->first + ", but this training has " + differ->second +
                            "; give another --out, or delete it." + difference_advice(*differ));
    return read_panel(options.out);
}

}  // namespace

PanelRecord train(const TrainOptions& requested, const TrainCallback& progress,
                  std::stop_token stop) {
    const auto notify = [&](TrainProgress::Phase phase, double fraction) {
        if (!progress)
            return;
        TrainProgress now;
        now.phase = phase;
        now.fraction = fraction;
        progress(now);
    };
    const auto options = completed(requested);
    auto learning = resolved(
        options.learning, options.experts.front().architecture,
        std::ranges::any_of(options.experts, [](const auto& e) { return !e.init.empty(); }));
    learning.precision = resolved_precision(learning.precision, options.run.device);
    const auto manifest = read_manifest(options.manifest);
    const auto digest = sha256_hex_of_file(options.manifest);
    const auto identity = training_identity(options, learning, digest);
    make_folder(options.out);
    if (auto panel = finished(options, identity))
        return *panel;

    notify(TrainProgress::Phase::Checking, 0);
    std::vector<int> folds;
    for (const auto& expert : options.experts)
        folds.push_back(expert.fold);
    const TrainingSet set(manifest, folds, learning.hold_out, learning.seed);
    for (std::size_t i = 0; i < options.experts.size(); ++i)
        check_validation(options, i, set);
    notify(TrainProgress::Phase::Checking, 1);
    const auto learned = learn(options, learning, identity, set, progress, stop);
    notify(TrainProgress::Phase::Writing, 0);
    auto panel = write_trained_panel(options, learning,
                                     {identity, digest, set.fakes(), set.reals()}, learned);
    std::error_code ignored;
    fs::remove(options.out / "checkpoint.pt", ignored);
    notify(TrainProgress::Phase::Writing, 1);
    return panel;
}

}  // namespace dfd
