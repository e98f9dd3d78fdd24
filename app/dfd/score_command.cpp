#include <condition_variable>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "app/dfd/commands.h"
#include "app/dfd/precision_option.h"
#include "core/engine/examiner.h"
#include "core/engine/replay_record.h"
#include "core/engine/result_export.h"
#include "core/engine/signing_key.h"
#include "core/picture/atomic_file.h"

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
    std::string record;
    std::string sign;
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

std::span<const std::uint8_t> bytes_of(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Writes one replay record a picture, signed if there is a key.
class Recorder {
  public:
    Recorder(const fs::path& folder, const std::string& key) : folder_(folder) {
        fs::create_directories(folder_);
        if (!key.empty())
            key_.emplace(key);
    }
    void write(const Examination& examination, const Picture& picture,
               const Evaluator& evaluator) const {
        const auto record = make_replay_record(examination, picture, evaluator);
        const auto text = replay_record_json(record);
        const auto file = folder_ / replay_record_name(record);
        const auto signature_file = fs::path(file) += ".sig";
        // An older record's signature must never stand beside a newer record.
        fs::remove(signature_file);
        write_file_atomically(file, bytes_of(text));
        if (key_)
            write_file_atomically(signature_file, key_->sign(bytes_of(text)));
    }

  private:
    fs::path folder_;
    std::optional<SigningKey> key_;
};

/// Prints results in the order of submission as they become available.
class Printer {
  public:
    Printer(const ScoreOptions& options, const Evaluator& evaluator, std::size_t total,
            const Recorder* recorder)
        : options_(options),
          evaluator_(evaluator),
          by_{evaluator.panel(), evaluator.device().id, evaluator.precision()},
          total_(total),
          recorder_(recorder) {
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
        if (!failed && (!options_.heatmaps.empty() || recorder_ != nullptr))
            write_files(examination);
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
        for (const auto& hint : examination.facts.provenance)
            std::printf("  %s: %s\n", hint.declares_generated ? "declared" : "file",
                        hint.sentence.c_str());
        std::fflush(stdout);
    }

    /// Decodes again: keeping every picture's pixels would not stay bounded.
    void write_files(const Examination& examination) {
        const char* what = "record";
        try {
            const auto picture = read_picture(examination.source.path);
            if (picture.facts.sha256 != examination.facts.sha256)
                throw PictureError(
                    {failure_codes::kUnreadable, "The file changed while it was being examined."});
            if (recorder_ != nullptr)
                recorder_->write(examination, picture, evaluator_);
            what = "heatmaps";
            if (!options_.heatmaps.empty())
                write_heatmaps(options_.heatmaps, picture.pixels, examination);
        } catch (const std::exception& error) {
            some_failed_ = true;
            std::cerr << "dfd: " << examination.source.path.native() << ": The " << what
                      << " could not be written: " << error.what() << '\n';
        }
    }

    const ScoreOptions& options_;
    const Evaluator& evaluator_;
    ScoredBy by_;
    std::size_t total_;
    const Recorder* recorder_;  ///< null: no records are wanted
    ExaminationId next_ = 1;
    std::map<ExaminationId, ExaminationPtr> ready_;
    ProgressLine progress_;
    bool some_failed_ = false;
};

int score(const ScoreOptions& options, const std::stop_token& stop) {
    std::optional<Recorder> recorder;
    try {
        if (!options.record.empty())
            recorder.emplace(options.record, options.sign);
    } catch (const SigningError& error) {
        std::cerr << "dfd: " << error.what() << '\n';
        return kUsage;
    }
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
    Printer printer(options, *evaluator, pictures.size(), recorder ? &*recorder : nullptr);
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
    auto* record = command->add_option("--record", options->record,
                                       "Write a replay record a picture into this folder");
    command
        ->add_option("--sign", options->sign,
                     "Sign each record with this Ed25519 key (PEM) into RECORD.sig")
        ->needs(record);
    command->add_flag("--recursive,-r", options->recursive, "Look into sub-folders");
    command->add_flag("--verbose,-v", options->verbose,
                      "A table of the experts, and what the file says of its origin (text)");
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
