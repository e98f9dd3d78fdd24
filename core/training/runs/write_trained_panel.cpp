#include "core/training/runs/write_trained_panel.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/networks/experts/head_tensors.h"
#include "core/panel/json_line.h"
#include "core/panel/safetensors.h"
#include "core/training/experts/encoder_file.h"

namespace dfd {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json json_of(const LearnedExpert& expert) {
    Json epochs = Json::array();
    for (const auto& epoch : expert.epochs)
        epochs.push_back({{"loss", number(epoch.losses.total)},
                          {"ce", number(epoch.losses.ce)},
                          {"nce", number(epoch.losses.nce)},
                          {"kl", number(epoch.losses.kl)},
                          {"validation_auc", number(epoch.validation_auc)},
                          {"validation_loss", number(epoch.validation_loss)}});
    const auto& requested = expert.requested;
    Json training_json{{"name", requested.name},
                       {"architecture", requested.architecture},
                       {"fold", requested.fold == kNoFold ? Json(nullptr) : Json(requested.fold)},
                       {"init", requested.init},
                       {"validation_auc", number(expert.validation.auc)},
                       {"validation_loss", number(expert.validation.loss)},
                       {"epochs", epochs}};
    if (expert.validation.calibrated) {
        const auto& calibration = expert.validation.calibration;
        training_json["calibration"] = {{"strongest", calibration.strongest},
                                        {"overall", calibration.overall},
                                        {"bias", calibration.bias}};
    }
    return training_json;
}

}  // namespace

StateDict weights_of(ExpertNetwork& network, bool half, bool only_head) {
    StateDict tensors;
    for (const auto& item : named_tensors(network)) {
        if (only_head && !in_head(item.name))
            continue;
        const auto whole = item.tensor.detach().to(torch::kFloat32).contiguous();
        const auto small = whole.to(torch::kFloat16);
        tensors.emplace_back(item.name,
                             half && small.isfinite().all().item<bool>() ? small : whole);
    }
    return tensors;
}

PanelRecord write_trained_panel(const TrainOptions& options, const LearningOptions& learning,
                                const TrainingFacts& facts, const Learned& learned) {
    PanelRecord record;
    record.name = options.panel.name;
    record.title = options.panel.title.empty() ? options.panel.name : options.panel.title;
    record.licence = options.panel.licence;
    record.origin = options.panel.origin.empty()
                        ? "Trained by this program from a manifest of real and fake pictures."
                        : options.panel.origin;
    record.starter = options.panel.starter;
    Json experts = Json::array();
    for (const auto& expert : learned.experts) {
        const auto& architecture = find_architecture(expert.requested.architecture);
        ExpertRecord line;
        line.name = expert.requested.name;
        line.architecture = architecture.name;
        line.file = line.name + ".safetensors";
        line.input = expert.input;
        line.gradcam_layer = architecture.gradcam_layer;
        line.encoder = known_encoder(*expert.network, architecture.name);
        line.sha256 = write_safetensors(
            options.out / line.file,
            weights_of(*expert.network, architecture.native_resolution, !line.encoder.empty()),
            {{"architecture", architecture.name}, {"licence", record.licence}});
        record.experts.push_back(line);
        experts.push_back(json_of(expert));
    }
    const Json training{{"manifest", options.manifest.filename().native()},
                        {"manifest_sha256", facts.manifest_digest},
                        {"fakes", facts.fakes},
                        {"reals", facts.reals},
                        {"joint", learned.experts.size() > 1},
                        {"options", Json::parse(options_json(learning))},
                        {"steps", learned.steps},
                        {"minutes", std::round(learned.seconds / 6) / 10},
                        {"experts", experts},
                        {"identity", facts.identity}};
    const Json training_json{{"trainings", Json::array({training})}};
    write_atomically(options.out / "training.json", json_lines(training_json));
    return write_panel(options.out, record);
}

}  // namespace dfd
