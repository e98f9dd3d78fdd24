#include "core/training/write_trained_panel.h"

#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "core/checkpoint/safetensors.h"
#include "core/training/expert_trainer.h"

namespace dfd {
namespace {

StateDict half_precision(ExpertNetwork& network) {
    StateDict tensors;
    for (const auto& item : named_tensors(network)) {
        const auto half = item.tensor.detach().to(torch::kFloat16).contiguous();
        if (!half.isfinite().all().item<bool>())
            throw TrainingError("The tensor " + item.name +
                                " holds values that float16 cannot; train again with a lower "
                                "learning rate.");
        tensors.emplace_back(item.name, half);
    }
    return tensors;
}

nlohmann::json division(const PhotoLibrary& library) {
    auto splits = nlohmann::json::object();
    auto unseen = nlohmann::json::array();
    for (const auto split : {Split::Train, Split::Calibrate, Split::HeldOut}) {
        std::map<std::string, int> sources;
        for (const auto* photo : library.of(split)) {
            ++sources[photo->source];
            if (photo->unseen_source && sources[photo->source] == 1)
                unseen.push_back(photo->source);
        }
        splits[split_name(split)] = sources;
    }
    return {{"photographs_by_source", splits}, {"sources_held_out_whole", unseen}};
}

}  // namespace

PanelRecord write_trained_panel(const TrainOptions& options, const PhotoLibrary& library,
                                const TrainingState& state,
                                const std::vector<TrainedExpert>& experts) {
    PanelRecord record;
    record.name = options.name;
    record.title = options.title.empty() ? options.name : options.title;
    record.licence = options.licence;
    record.origin = options.origin.empty()
                        ? "Trained by this program on photographs and edited versions of them."
                        : options.origin;
    record.starter = options.starter;
    auto figures = nlohmann::json::array();
    std::map<std::string, int> copies;
    for (const auto& expert : experts) {
        const auto& architecture = find_architecture(expert.architecture);
        ExpertRecord line;
        const int copy = copies[expert.architecture]++;
        line.name = expert.architecture;
        if (copy > 0)
            line.name.append("-").append(std::to_string(copy));
        line.architecture = expert.architecture;
        line.file = line.name + ".safetensors";
        line.input = input_policy(architecture, options.patch);
        line.gradcam_layer = architecture.gradcam_layer;
        line.sha256 = write_safetensors(
            options.out / line.file, half_precision(*expert.network),
            {{"architecture", expert.architecture}, {"licence", options.licence}});
        record.experts.push_back(line);
        figures.push_back({{"name", line.name},
                           {"strongest", expert.calibration.strongest},
                           {"overall", expert.calibration.overall},
                           {"bias", expert.calibration.bias},
                           {"calibration_auc", expert.auc}});
    }
    nlohmann::json story = division(library);
    story["seed"] = options.seed;
    story["patch"] = options.patch;
    story["pairs_per_batch"] = options.pairs;
    story["patches"] = state.batches * 2 * options.pairs;
    story["minutes"] = std::round(state.seconds / 6) / 10;
    story["learning_rate"] = options.learning_rate;
    story["weight_decay"] = options.weight_decay;
    story["ema_decay"] = options.ema_decay;
    story["final_losses"] = state.losses;
    story["experts"] = figures;
    const auto file = options.out / "training.json";
    std::ofstream stream(file);
    stream << story.dump(2) << '\n';
    stream.close();
    if (!stream)
        throw TrainingError("The file " + file.string() +
                            " could not be written; is the disk full?");
    return write_panel(options.out, record);
}

}  // namespace dfd
