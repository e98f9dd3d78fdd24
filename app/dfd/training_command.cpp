#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>

#include "app/dfd/commands.h"
#include "core/base/formatted.h"
#include "core/base/text.h"
#include "core/training/runs/training_plan.h"

namespace dfd {
namespace {

constexpr const char* kOneExpert = "One expert (a plan sets these itself)";

struct TrainArguments {
    TrainOptions training;
    ExpertOptions expert;
    PlanOptions plan;
    std::optional<int> fold;
    std::optional<int> only;
};

const char* phase_name(TrainProgress::Phase phase) {
    switch (phase) {
        case TrainProgress::Phase::Checking:
            return "checking the manifest";
        case TrainProgress::Phase::Learning:
            return "learning";
        case TrainProgress::Phase::Validating:
            return "validating";
        case TrainProgress::Phase::Writing:
            break;
    }
    return "writing the panel";
}

/// Reports progress: a rewritten line on a terminal, occasional lines in a log.
class TrainingReport {
  public:
    void take(const TrainProgress& progress) {
        std::string text = phase_name(progress.phase);
        if (progress.phase == TrainProgress::Phase::Learning) {
            text += formatted(", epoch %d of %d, %.0f samples a second, rate %.2g", progress.epoch,
                              progress.epochs, progress.samples_per_second, progress.learning_rate);
            for (std::size_t i = 0; i < progress.names.size(); ++i) {
                text += ", " + progress.names[i];
                if (i < progress.losses.size())
                    text += formatted(" %.4f", progress.losses[i]);
                if (i < progress.aucs.size() && std::isfinite(progress.aucs[i]))
                    text += formatted(" (AUC %.3f)", progress.aucs[i]);
            }
        }
        if (terminal_)
            line_.show(progress.fraction, 1, text);
        if (!progress.note.empty()) {
            line_.clear();
            std::cout << progress.note << std::endl;
        }
        const bool milestone = progress.phase != phase_ || progress.names != names_ ||
                               progress.epoch != epoch_ || progress.fraction >= logged_ + 0.02 ||
                               progress.fraction < logged_;
        if (!milestone || !progress.note.empty() ||
            progress.phase == TrainProgress::Phase::Validating)
            return;
        phase_ = progress.phase;
        names_ = progress.names;
        epoch_ = progress.epoch;
        logged_ = progress.fraction;
        line_.clear();
        std::cout << static_cast<int>(progress.fraction * 100) << " %  " << text;
        if (progress.seconds_left >= 0)
            std::cout << ", " << static_cast<long>(progress.seconds_left) << " s left";
        std::cout << std::endl;
    }

  private:
    const bool terminal_ = isatty(STDERR_FILENO) == 1;
    ProgressLine line_;
    std::optional<TrainProgress::Phase> phase_;
    std::vector<std::string> names_;
    int epoch_ = -1;
    double logged_ = 0;
};

int run_training(TrainArguments arguments, const std::stop_token& stop) {
    TrainingReport report;
    const auto report_progress = [&](const TrainProgress& seen) { report.take(seen); };
    PanelRecord panel;
    if (!arguments.plan.plan.empty()) {
        auto& plan = arguments.plan;
        plan.manifest = arguments.training.manifest;
        plan.out = arguments.training.out;
        plan.run = arguments.training.run;
        plan.only = arguments.only;
        panel = train_plan(plan, report_progress, stop);
    } else {
        arguments.expert.fold = arguments.fold.value_or(kNoFold);
        arguments.training.experts = {arguments.expert};
        panel = train(arguments.training, report_progress, stop);
    }
    std::cout << "The panel " << panel.name << " with " << panel.experts.size()
              << (panel.experts.size() == 1 ? " expert" : " experts") << " is in "
              << visible(panel.folder.native()) << std::endl;
    return kAllDone;
}

/// Options of a single expert; with --plan, the plan sets them instead.
void add_expert_options(CLI::App& command, TrainArguments& arguments) {
    auto& learning = arguments.training.learning;
    auto& panel = arguments.training.panel;
    const auto add = [&](const char* name, auto& value, const std::string& help) {
        return command.add_option(name, value, help)->group(kOneExpert);
    };
    add("--architecture", arguments.expert.architecture,
        "Architecture, such as trace_luma or convnextv2_tiny; an unknown name lists them all");
    add("--fold", arguments.fold, "Fold held out for validation; default: a random share")
        ->check(CLI::NonNegativeNumber);
    add("--init", arguments.expert.init,
        "Starting weights: PANEL:EXPERT, a .safetensors file, a published weight.pth (FILE:N picks "
        "one), or a timm-style state dict .pth");
    add("--epochs", learning.epochs, "Number of epochs; each uses every fake once")
        ->capture_default_str();
    add("--seed", learning.seed, "Seed of all random choices")->capture_default_str();
    add("--batch", learning.batch,
        "Samples per batch, half of them fakes; default: 64 patches or 16 crops");
    add("--learning-rate", learning.learning_rate,
        "Learning rate; default: 2e-3 for patches, 5e-4 for crops, 1e-4 from starting weights");
    add("--weight-decay", learning.weight_decay, "Weight decay of AdamW")->capture_default_str();
    add("--warm-up", learning.warm_up, "Warm-up, as a share of the steps")->capture_default_str();
    add("--nce", learning.nce, "Weight of the contrastive term")->capture_default_str();
    add("--temperature", learning.temperature, "Temperature of the contrastive term")
        ->capture_default_str();
    add("--kl", learning.kl, "Weight of the term for consistency under noise; 0 halves the time")
        ->capture_default_str();
    add("--noise", learning.noise,
        "Sigma of that noise, for pixels from 0 to 1; default: 0.004 or 0.02");
    add("--dropout", learning.dropout, "Dropout before the last layer")->capture_default_str();
    add("--stochastic-depth", learning.stochastic_depth, "Stochastic depth of the deepest block")
        ->capture_default_str();
    add("--frozen", learning.frozen,
        "Beginnings of names of tensors that are not trained, separated by commas");
    add("--ema", learning.ema_decay, "Decay of the moving average")->capture_default_str();
    add("--clip", learning.clip, "Maximum gradient norm")->capture_default_str();
    add("--patch", learning.patch, "Native architectures: side of a patch, a multiple of 8")
        ->capture_default_str();
    add("--input-size", learning.input_size, "Other architectures: side of their input")
        ->capture_default_str();
    add("--samples", learning.samples, "Samples per decoded picture; default: 4 patches or 1 crop");
    add("--augment", learning.augment,
        "Augmentation: none, traces or full; default: traces for patches, full for crops");
    add("--validation", learning.validation, "Largest number of pictures to validate on")
        ->capture_default_str();
    add("--hold-out", learning.hold_out, "Share of the groups to validate on without --fold")
        ->capture_default_str();
    add("--precision", learning.precision, "auto, fp32 or bf16")->capture_default_str();
    add("--name", panel.name, "The panel's name; default: the folder's name");
    add("--title", panel.title, "The panel's title");
    add("--licence", panel.licence, "Licence of the weights")->capture_default_str();
    add("--origin", panel.origin, "Where the weights come from");
}

}  // namespace

void add_training_commands(CLI::App& app, Chosen& chosen) {
    auto arguments = std::make_shared<TrainArguments>();
    arguments->training.panel.name.clear();
    auto* command = app.add_subcommand(
        "train", "Train one expert, or with --plan a whole panel, on the pictures of a manifest");
    auto& training = arguments->training;
    auto& run = training.run;
    command->add_option("manifest", training.manifest, "CSV: path, label, fold, ...")->required();
    command->add_option("--out", training.out, "Folder of the new panel")->required();
    command->add_flag("--resume", run.resume,
                      "Resume from the checkpoint in --out, if there is one; finished experts are "
                      "kept");
    add_device_option(*command, run.device);
    command->add_option("--threads", run.threads, "Compute threads; 0: by the number of processors")
        ->capture_default_str();
    command
        ->add_option("--loaders", run.loaders,
                     "Threads that read pictures; 0: by the number of processors")
        ->capture_default_str();
    command
        ->add_option("--checkpoint-minutes", run.checkpoint_minutes, "Minutes between checkpoints")
        ->capture_default_str();
    add_expert_options(*command, *arguments);
    auto* plan = command->add_option("--plan", arguments->plan.plan,
                                     "JSON file with the experts of a panel, trained one by one");
    command
        ->add_option("--only", arguments->only,
                     "Train only this expert of the plan, counted from 0")
        ->needs(plan);
    command
        ->add_flag("--assemble", arguments->plan.assemble_only,
                   "Train nothing; make the panel from the plan's finished experts")
        ->needs(plan);
    command
        ->add_option("--calibrate-on", arguments->plan.calibrate_on,
                     "Manifest with the same folds: pictures of each expert's held-out fold for "
                     "the plan's calibrate and alarms, instead of the training manifest's")
        ->needs(plan);
    command->callback([arguments, command, &chosen] {
        const bool planned = !arguments->plan.plan.empty();
        if (!planned && arguments->expert.architecture.empty())
            throw CLI::RequiredError("--architecture or --plan");
        for (const auto* option : command->get_options())
            if (planned && option->get_group() == kOneExpert && option->count() > 0)
                throw CLI::ExcludesError("--plan", option->get_name());
        chosen = [arguments](const std::stop_token& stop) {
            return run_training(*arguments, stop);
        };
    });
}

}  // namespace dfd
