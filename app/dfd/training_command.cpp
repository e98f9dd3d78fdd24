#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>

#include "app/dfd/commands.h"
#include "core/training/evaluation.h"
#include "core/training/trainer.h"

namespace dfd {
namespace {

const char* phase_name(TrainProgress::Phase phase) {
    switch (phase) {
        case TrainProgress::Phase::Reading:
            return "reading photographs";
        case TrainProgress::Phase::Learning:
            return "learning";
        case TrainProgress::Phase::Calibrating:
            return "calibrating";
        case TrainProgress::Phase::Writing:
            break;
    }
    return "writing the panel";
}

/// A rewritten line on a terminal, else a line now and then for a log.
class TrainingReport {
  public:
    explicit TrainingReport(std::vector<std::string> architectures)
        : architectures_(std::move(architectures)) {}

    void take(const TrainProgress& progress) {
        const bool new_phase = !begun_ || progress.phase != phase_;
        begun_ = true;
        phase_ = progress.phase;
        std::string text = phase_name(progress.phase);
        if (progress.phase == TrainProgress::Phase::Learning) {
            char figures[96];
            std::snprintf(figures, sizeof figures, ", %lld patches, %.0f a second, rate %.2g",
                          static_cast<long long>(progress.patches), progress.patches_per_second,
                          progress.learning_rate);
            text += figures;
            for (size_t i = 0; i < progress.losses.size() && i < architectures_.size(); ++i) {
                std::snprintf(figures, sizeof figures, ", %s %.4f", architectures_[i].c_str(),
                              progress.losses[i]);
                text += figures;
            }
        }
        line_.show(progress.fraction, 1, text);
        if (!new_phase && progress.fraction < logged_ + 0.02)
            return;
        logged_ = progress.fraction;
        line_.clear();
        std::cout << static_cast<int>(progress.fraction * 100) << " %  " << text;
        if (progress.seconds_left >= 0)
            std::cout << ", " << static_cast<long>(progress.seconds_left) << " s left";
        std::cout << std::endl;
    }

  private:
    std::vector<std::string> architectures_;
    ProgressLine line_;
    bool begun_ = false;
    TrainProgress::Phase phase_ = TrainProgress::Phase::Reading;
    double logged_ = 0;
};

int run_training(const TrainOptions& options, const std::stop_token& stop) {
    TrainingReport report(options.architectures);
    const auto panel = train(
        options, [&](const TrainProgress& seen) { report.take(seen); }, stop);
    std::cout << "The panel " << panel.name << " with " << panel.experts.size() << " experts is in "
              << panel.folder.native() << std::endl;
    return kAllDone;
}

struct EvaluateArguments {
    EvaluationOptions evaluation;
    std::string panel;
    std::string device = "auto";
    std::filesystem::path out;
};

void write_text(const std::filesystem::path& file, const std::string& text) {
    std::ofstream stream(file, std::ios::binary | std::ios::trunc);
    stream << text;
    if (!stream.flush())
        throw TrainingError("The file " + file.native() + " could not be written.");
}

int run_evaluation(const EvaluateArguments& options, const std::stop_token& stop) {
    const auto evaluator =
        open_evaluator(find_panel(options.panel), options.device, Precision::Float32, {}, stop);
    Evaluation evaluation;
    {
        ProgressLine line;
        evaluation = evaluate_panel(
            *evaluator, options.evaluation,
            [&](double fraction) { line.show(fraction, 1, "scoring test pictures"); }, stop);
    }
    std::cout << evaluation_markdown(evaluation);
    if (!options.out.empty()) {
        std::filesystem::create_directories(options.out);
        write_text(options.out / "metrics.json", evaluation_json(evaluation));
        write_text(options.out / "metrics.md", evaluation_markdown(evaluation));
    }
    return kAllDone;
}

void add_evaluate_command(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<EvaluateArguments>();
    auto* command = app.add_subcommand(
        "evaluate", "Measure how well a panel tells edited photographs from untouched ones");
    command->add_option("panel", options->panel, "A panel's name or path")->required();
    command->add_option("--photos", options->evaluation.photos, "Folder of untouched photographs")
        ->required();
    command->add_option("--split", options->evaluation.split,
                        "held-out, calibrate, train or all; default: held-out for a panel that "
                        "says how it was trained");
    command->add_option("--seed", options->evaluation.seed, "Of the division and the edits");
    command->add_option("--side", options->evaluation.side, "Largest side of a crop, in pixels")
        ->capture_default_str();
    command->add_option("--device", options->device, "auto, cpu, cuda or cuda:N")
        ->capture_default_str();
    command->add_option("--out", options->out, "Folder for metrics.json and metrics.md");
    command->callback([options, &chosen] {
        chosen = [options](const std::stop_token& stop) { return run_evaluation(*options, stop); };
    });
}

}  // namespace

void add_training_commands(CLI::App& app, Chosen& chosen) {
    add_evaluate_command(app, chosen);
    auto options = std::make_shared<TrainOptions>();
    auto* command = app.add_subcommand(
        "train", "Train a panel on a folder of untouched photographs and edits made of them");
    command->add_option("--photos", options->photos, "Folder of untouched photographs")->required();
    command->add_option("--out", options->out, "Becomes the panel's folder")->required();
    command->add_option("--architectures", options->architectures, "Experts, trained side by side")
        ->delimiter(',')
        ->capture_default_str();
    auto* minutes =
        command->add_option("--minutes", options->minutes, "Wall time of the learning itself");
    command->add_option("--patches", options->patches, "Or so many patches an expert")
        ->excludes(minutes);
    command->add_option("--seed", options->seed, "Of split, edits and initial weights")
        ->capture_default_str();
    command->add_flag("--resume", options->resume, "Go on from the checkpoint in the out folder");
    command->add_option("--patch", options->patch, "Side of a patch in pixels")
        ->capture_default_str();
    command->add_option("--pairs", options->pairs, "Pairs of edited and untouched a batch")
        ->capture_default_str();
    command->add_option("--learning-rate", options->learning_rate)->capture_default_str();
    command->add_option("--weight-decay", options->weight_decay)->capture_default_str();
    command->add_option("--threads", options->threads, "0: one a processor")->capture_default_str();
    command->add_option("--name", options->name, "The panel's name")->capture_default_str();
    command->add_option("--title", options->title, "The panel's title, for people");
    command->add_option("--licence", options->licence, "Of the weights")->capture_default_str();
    command->add_option("--origin", options->origin, "Where the weights come from, for people");
    command->add_flag("--starter", options->starter, "Label it as the bundled starter panel");
    command->callback([options, &chosen] {
        chosen = [options](const std::stop_token& stop) { return run_training(*options, stop); };
    });
}

}  // namespace dfd
