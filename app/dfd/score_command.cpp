#include <condition_variable>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>

#include "app/dfd/commands.h"
#include "app/dfd/precision_option.h"
#include "core/engine/examiner.h"
#include "core/engine/result_export.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

struct ScoreOptions {
    std::vector<std::string> paths;
    std::string panel;
    std::string device = "auto";
    Precision precision = Precision::Float32;
    std::string format = "text";
    std::string heatmaps;
    bool maps = false;
    bool recursive = false;
    bool verbose = false;
    int batch = 1;
};

std::vector<fs::path> expand(const ScoreOptions& options) {
    std::vector<fs::path> pictures;
    for (const auto& path : options.paths) {
        auto found = find_pictures(path, options.recursive);
        std::error_code ignored;
        if (found.empty() && fs::is_directory(path, ignored))
            std::cerr << "dfd: The folder " << path << " holds no pictures"
                      << (options.recursive ? "." : "; --recursive looks into its sub-folders.")
                      << '\n';
        pictures.insert(pictures.end(), found.begin(), found.end());
    }
    return pictures;
}

/// Prints results in the order of submission as they become available.
class Printer {
  public:
    Printer(const ScoreOptions& options, ScoredBy by, std::size_t total)
        : options_(options), by_(std::move(by)), total_(total) {
        if (options_.format == "csv")
            std::cout << csv_header(by_.panel) << '\n';
    }

    /// From the examiner's notifying thread.
    void take(const ExaminationPtr& examination) {
        const bool with_maps = options_.maps || !options_.heatmaps.empty();
        if (!examination->finished(with_maps))
            return;
        ready_.emplace(examination->id, examination);
        for (auto next = ready_.find(next_); next != ready_.end(); next = ready_.find(++next_)) {
            print(*next->second);
            ready_.erase(next);
        }
        if (total_ > 3)
            progress_.show(static_cast<double>(next_ - 1), static_cast<double>(total_),
                           std::to_string(next_ - 1) + " of " + std::to_string(total_));
    }

    [[nodiscard]] bool some_failed() const { return some_failed_; }

  private:
    void print(const Examination& examination) {
        if (examination.state == ExaminationState::Cancelled)
            return;
        progress_.clear();
        const bool failed = examination.state == ExaminationState::Failed;
        some_failed_ |= failed;
        if (options_.format == "json") {
            std::cout << to_json(examination, by_, options_.maps) << '\n';
        } else if (options_.format == "csv") {
            std::cout << to_csv(examination, by_) << '\n';
        } else if (failed) {
            std::cerr << "dfd: " << examination.source.path.native() << ": "
                      << examination.failure.message << '\n';
        } else {
            print_text(examination);
        }
        std::cout.flush();
        if (!failed && !options_.heatmaps.empty())
            write_maps(examination);
    }

    void print_text(const Examination& examination) {
        std::cout << to_reference_line(examination) << '\n';
        for (const auto& warning : examination.warnings)
            std::cerr << "  note: " << warning << '\n';
        if (!options_.verbose)
            return;
        const auto& opinion = *examination.opinion;
        std::printf("  %-24s %-20s %8s %9s %18s\n", "expert", "architecture", "score", "without",
                    "logits");
        for (const auto& expert : opinion.experts)
            std::printf("  %-24s %-20s %8.4f %9.4f %9.4f %8.4f\n", expert.name.c_str(),
                        expert.architecture.c_str(), expert.score, expert.without, expert.logits[0],
                        expert.logits[1]);
        std::printf("  panel %s: %s (score %.4f, spread %.4f, %.2f s)\n", by_.panel.name.c_str(),
                    band_name(band_of(opinion.score)), opinion.score, opinion.spread,
                    examination.seconds);
        std::fflush(stdout);
    }

    /// Decodes again: keeping every picture's pixels would not stay bounded.
    void write_maps(const Examination& examination) {
        try {
            const auto picture = read_picture(examination.source.path);
            if (picture.facts.sha256 != examination.facts.sha256)
                throw PictureError(
                    {failure_codes::kUnreadable, "The file changed while it was being examined."});
            write_heatmaps(options_.heatmaps, picture.pixels, examination);
        } catch (const std::exception& error) {
            some_failed_ = true;
            std::cerr << "dfd: " << examination.source.path.native()
                      << ": The heatmaps could not be written: " << error.what() << '\n';
        }
    }

    const ScoreOptions& options_;
    ScoredBy by_;
    std::size_t total_;
    ExaminationId next_ = 1;
    std::map<ExaminationId, ExaminationPtr> ready_;
    ProgressLine progress_;
    bool some_failed_ = false;
};

int score(const ScoreOptions& options, const std::stop_token& stop) {
    const auto panel = find_panel(options.panel);
    const auto pictures = expand(options);
    if (pictures.empty()) {
        std::cerr << "dfd: There is no picture to score.\n";
        return kSomeFailed;
    }
    if (!options.heatmaps.empty())
        make_heatmap_folder(options.heatmaps);
    std::shared_ptr<Evaluator> evaluator;
    {
        ProgressLine loading;
        evaluator = open_evaluator(
            panel, options.device, options.precision,
            [&](double done, double total, const std::string& what) {
                loading.show(done, total, what);
            },
            stop);
    }
    if (panel.starter)
        std::cerr << "dfd: These are scores of the bundled starter panel, a small demonstration; "
                     "see models/starter/README.md for what it can and cannot do.\n";

    ExaminerOptions how;
    how.maps = options.maps || !options.heatmaps.empty();
    how.batch = options.batch;
    how.thumbnail = 0;
    Printer printer(options, {panel, evaluator->device().id, evaluator->precision()},
                    pictures.size());
    Examiner examiner(evaluator, how, [&](const ExaminationPtr& seen) { printer.take(seen); });
    const std::stop_callback cancelling(stop, [&] { examiner.cancel_all(); });
    const auto window = static_cast<std::size_t>(8 * std::max(options.batch, 1));
    for (const auto& picture : pictures) {
        if (stop.stop_requested())
            break;
        examiner.submit({picture, nullptr, {}});
        examiner.wait_until_pending_at_most(window);
    }
    if (stop.stop_requested())
        examiner.cancel_all();  // a picture submitted beside the request
    examiner.wait_until_pending_at_most(0);
    return printer.some_failed() ? kSomeFailed : kAllDone;
}

}  // namespace

void add_score_command(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<ScoreOptions>();
    auto* command = app.add_subcommand("score", "Score pictures with every expert of a panel");
    command->add_option("paths", options->paths, "Pictures or folders")->required();
    command->add_option("--panel", options->panel, "An installed panel's name, or a path");
    command->add_option("--device", options->device, "auto, cpu, cuda or cuda:N")
        ->capture_default_str();
    add_precision_option(*command, options->precision);
    command->add_option("--format", options->format, "text, json (one object a line) or csv")
        ->check(CLI::IsMember({"text", "json", "csv"}))
        ->capture_default_str();
    command->add_flag("--maps", options->maps, "Add each expert's raw Grad-CAM array (json)");
    command->add_option("--heatmaps", options->heatmaps, "Write overlay PNGs into this folder");
    command->add_flag("--recursive,-r", options->recursive, "Look into sub-folders");
    command->add_flag("--verbose,-v", options->verbose, "A table of the experts (text)");
    command->add_option("--batch", options->batch, "Pictures scored together")
        ->check(CLI::Range(1, 1024))
        ->capture_default_str();
    command->callback([options, &chosen] {
        if (options->maps && options->format != "json")
            throw CLI::ValidationError("--maps",
                                       "arrays are for --format json; --heatmaps FOLDER "
                                       "writes pictures");
        if (options->verbose && options->format != "text")
            throw CLI::ValidationError("--verbose",
                                       "is for --format text; json and csv tell every "
                                       "expert anyway");
        chosen = [options](const std::stop_token& stop) { return score(*options, stop); };
    });
}

void add_devices_command(CLI::App& app, Chosen& chosen) {
    auto* command = app.add_subcommand("devices", "List what can score");
    command->callback([&chosen] {
        chosen = [](const std::stop_token&) {
            for (const auto& device : list_devices())
                std::cout << device.id << '\t' << device.name << '\t' << device.detail << '\n';
            return static_cast<int>(kAllDone);
        };
    });
}

}  // namespace dfd
