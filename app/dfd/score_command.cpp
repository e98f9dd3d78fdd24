#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>

#include "app/dfd/commands.h"
#include "app/dfd/scoring.h"
#include "app/dfd/single_picture.h"
#include "core/base/formatted.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/engine/devices/cards.h"
#include "core/engine/examine/score_stream.h"
#include "core/engine/examine/time_left.h"
#include "core/engine/replay/replay_record.h"
#include "core/engine/replay/signed_file.h"
#include "core/engine/results/explanation_export.h"
#include "core/engine/results/publication.h"
#include "core/engine/studies/stability.h"
#include "core/opinion/disagreement.h"
#include "core/opinion/story.h"
#include "core/panel/weights.h"
#include "core/picture/sample_pictures.h"

namespace dfd {
namespace {

struct ScoreOptions {
    ScoringOptions scoring;
    std::string weights;
    std::string format = "text";
    std::string heatmaps;
    std::string record;
    std::string sign;
    bool maps = false;
    bool verbose = false;
    bool explain = false;
    bool stability = false;
    bool everywhere = false;
    std::vector<std::string> operations;  ///< operations of --stability; empty: all
    std::string method = method_name(AttributionMethod::Exact);
    std::string target = target_name(AttributionTarget::LogOdds);
    std::string layer = kLastLayer;

    [[nodiscard]] ExplainOptions explaining() const {
        ExplainOptions how;
        how.method = method_of(method).value();
        how.target = target_of(target).value();
        how.layer = layer;
        how.everywhere = everywhere;
        return how;
    }
    [[nodiscard]] bool wants_maps() const { return maps || !heatmaps.empty(); }
    [[nodiscard]] bool needs_picture() const {
        return explain || stability || !heatmaps.empty() || !record.empty();
    }
};

/// Writes one replay record per picture, signed if there is a key.
class Recorder {
  public:
    Recorder(const std::filesystem::path& folder, const std::string& key) : folder_(folder) {
        std::filesystem::create_directories(folder_);
        if (!key.empty())
            key_.emplace(key);
    }
    void write(const Examination& examination, const Picture& picture,
               const Evaluator& evaluator) const {
        const InEnglish english;
        const auto record = make_replay_record(examination, picture, evaluator);
        const auto text = replay_record_json(record);
        write_signed_file(folder_ / replay_record_name(record), as_bytes(text),
                          key_ ? &*key_ : nullptr);
    }

  private:
    std::filesystem::path folder_;
    std::optional<SigningKey> key_;
};

/// Prints results as they come, in order.
class Printer {
  public:
    Printer(const ScoreOptions& options, Evaluator& evaluator, std::vector<double> weights,
            const std::vector<std::filesystem::path>& pictures, const Recorder* recorder,
            const std::stop_token& stop)
        : options_(options),
          evaluator_(evaluator),
          by_(scored_by(evaluator)),
          weights_(std::move(weights)),
          total_(pictures.size()),
          recorder_(recorder),
          stop_(stop) {
        for (const auto& picture : pictures) {
            std::error_code unknown;
            const auto size = std::filesystem::file_size(picture, unknown);
            bytes_left_ += unknown ? 0 : size;
        }
        if (options_.format == "csv")
            std::cout << csv_header(by_.panel)
                      << (options_.stability ? ',' + firmness_csv_header() : "") << '\n';
    }

    void take(const Examination& examination, std::size_t done) {
        const auto pixels = static_cast<std::uint64_t>(examination.width) *
                            static_cast<std::uint64_t>(examination.height);
        std::error_code unknown;
        const auto size = std::filesystem::file_size(examination.source.path, unknown);
        if (!unknown) {
            time_left_.examined(size, pixels);
            bytes_left_ -= std::min<std::uint64_t>(bytes_left_, size);
        }
        if (weights_.empty())
            print(examination);
        else
            print(reweighed(examination, weights_));
        if (total_ > 3)
            progress_.show(static_cast<double>(done), static_cast<double>(total_),
                           std::to_string(done) + " of " + std::to_string(total_),
                           time_left_.seconds(bytes_left_));
    }

    [[nodiscard]] bool some_failed() const { return some_failed_; }

  private:
    /// Those that were measured for how this picture was read.
    static QuestionBands bands_of(const Examination& examination) {
        return measured_bands(examination.opinion ? examination.opinion->calibration.get()
                                                  : nullptr);
    }

    void print(const Examination& examination) {
        const bool failed = examination.state == ExaminationState::Failed;
        std::optional<Explanation> explanation;
        if (options_.explain && !failed)
            explanation = explained(examination);
        std::optional<Firmness> firmness;
        if (options_.stability && !failed)
            firmness = measure_firmness(examination);
        const auto* firm = firmness ? &*firmness : nullptr;
        progress_.clear();
        some_failed_ |= failed;
        if (options_.format == "json") {
            std::cout << (explanation
                              ? explained_json(examination, by_, *explanation, options_.maps, firm)
                              : to_json(examination, by_, options_.maps, bands_of(examination),
                                        firm))
                      << '\n';
        } else if (options_.format == "csv") {
            std::cout << to_csv(examination, by_, bands_of(examination))
                      << (options_.stability ? ',' + firmness_csv(firm, bands_of(examination)) : "")
                      << '\n';
        } else if (failed) {
            print_failure(examination);
        } else if (options_.format == "sentence") {
            std::cout << examination.source.path.native() << ": "
                      << visible(publication_text(examination, by_, today(), bands_of(examination)))
                      << '\n';
        } else {
            print_text(examination, firm);
            if (explanation && options_.verbose)
                std::cout << explanation_text(*explanation);
        }
        std::cout.flush();
        if (!failed && (!options_.heatmaps.empty() || recorder_ != nullptr))
            write_files(examination, explanation);
    }

    /// Empty, with a message, when the picture can no longer be read as it was scored.
    std::optional<Explanation> explained(const Examination& examination) {
        try {
            return explain(evaluator_, examination.picture->pixels, options_.explaining(), stop_,
                           {}, [this](double done, double total, const std::string& what) {
                               progress_.show(done, total, what);
                           });
        } catch (const PictureError& error) {
            progress_.clear();
            some_failed_ = true;
            std::cerr << "dfd: " << visible(examination.source.path.native())
                      << ": Could not be explained: " << say_again(error.what()) << '\n';
        }
        return std::nullopt;
    }

    /// Firmness of the verdict; empty, with a message, as above.
    std::optional<Firmness> measure_firmness(const Examination& examination) {
        StabilityOptions how;
        how.operations = find_operations(options_.operations);
        how.batch = options_.scoring.batch;
        how.everywhere = options_.everywhere;
        try {
            auto stability = stability_of(
                examination.picture->pixels, evaluator_, how, examination.opinion,
                [this](const Stability& so_far) {
                    const auto done = so_far.points.size() + so_far.skipped.size();
                    progress_.show(static_cast<double>(done), static_cast<double>(so_far.planned()),
                                   std::to_string(done) + " of " +
                                       std::to_string(so_far.planned()) + " versions");
                },
                stop_);
            if (!stability.complete)
                throw Cancelled();
            if (!weights_.empty())
                stability = reweighed(std::move(stability), weights_);
            return firmness_of(stability);
        } catch (const PictureError& error) {
            progress_.clear();
            some_failed_ = true;
            std::cerr << "dfd: " << visible(examination.source.path.native())
                      << ": Its stability could not be measured: " << say_again(error.what())
                      << '\n';
        }
        return std::nullopt;
    }

    void print_text(const Examination& examination, const Firmness* firmness) {
        std::cout << to_reference_line(examination) << '\n';
        if (const auto sample = sample_words(examination.facts.sha256, by_.panel.starter);
            !sample.empty())
            std::cerr << "  note: " << sample << '\n';
        for (const auto& each : no_assessment_reasons(*examination.opinion))
            std::cerr << "  note: No assessment. " << each.reason << '\n';
        for (const auto& warning : examination.warnings)
            std::cerr << "  note: " << visible(say_again(warning)) << '\n';
        if (!options_.verbose) {
            if (firmness != nullptr)
                std::cout << "  " << firmness_summary(*firmness, bands_of(examination)) << '\n';
            return;
        }
        const auto& opinion = *examination.opinion;
        std::cout << formatted("  %-24s %-20s %8s %9s %18s\n", "expert", "architecture", "score",
                               "without", "logits");
        for (const auto& expert : opinion.experts)
            if (!expert.available())
                std::cout << formatted("  %-24s %-20s %8s\n", visible(expert.name).c_str(),
                                       visible(expert.architecture).c_str(), "n/a");
            else
                std::cout << formatted("  %-24s %-20s %8.4f %9.4f %9.4f %8.4f%s\n",
                                       visible(expert.name).c_str(),
                                       visible(expert.architecture).c_str(), expert.score,
                                       expert.without, expert.logits[0], expert.logits[1],
                                       beyond_gate(opinion, expert) ? "  out of scope" : "");
        std::cout << formatted("  panel %s: %s (score %.4f, spread %.4f, %.2f s)\n",
                               visible(by_.panel.name + calibration_note(by_.panel)).c_str(),
                               band_name(band_of(opinion, bands_of(examination))), opinion.score,
                               opinion.spread, examination.seconds);
        for (std::size_t q = 0; q < questions_of(opinion); ++q)
            print_answer(opinion, q);
        std::cout << "  "
                  << visible(
                         summary_of(opinion, examination.warnings, bands_of(examination), firmness))
                  << '\n';
        for (const auto& hint : examination.facts.provenance)
            std::cout << (hint.declares_generated ? "  declared: " : "  file: ")
                      << visible(hint.sentence) << '\n';
    }

    /// The experts' votes on one question; for a panel with several, first the question.
    void print_answer(const PanelOpinion& opinion, std::size_t question) const {
        const auto one = part(opinion, question);
        if (!opinion.answers.empty()) {
            const auto& answer = opinion.answers[question];
            std::cout << "  " << visible(answer.text) << ' ';
            if (!answer.answered) {
                std::cout << "not answered: none of its experts counts\n";
                return;
            }
            std::cout << formatted("%s (score %.4f, spread %.4f)\n  ",
                                   band_name(band_of(one, measured_bands(one.calibration.get()))),
                                   answer.score, answer.spread);
        }
        const auto found = disagreement_of(one);
        std::cout << formatted(
                         "  votes %d fake, %d real; range %.4f; mutual information %.4f bit; ",
                         found.fake_votes, found.real_votes, found.range, found.mutual_information)
                  << (found.flipped_by.empty()
                          ? "no single expert turns the side"
                          : visible(say("the side turns without %1",
                                        {listed(found.flipped_by, to_say(" or "))})))
                  << '\n';
    }

    void write_files(const Examination& examination,
                     const std::optional<Explanation>& explanation) {
        const char* what = "record";
        try {
            const auto& picture = *examination.picture;
            if (recorder_ != nullptr)
                recorder_->write(examination, picture, evaluator_);
            what = "heatmaps";
            if (!options_.heatmaps.empty())
                write_heatmaps(options_.heatmaps, picture.pixels, examination, by_, today());
            if (!options_.heatmaps.empty() && explanation)
                write_explanation(options_.heatmaps, picture.pixels, examination, *explanation, by_,
                                  today());
        } catch (const std::exception& error) {
            some_failed_ = true;
            std::cerr << "dfd: " << visible(examination.source.path.native()) << ": The " << what
                      << " could not be written: " << error.what() << '\n';
        }
    }

    const ScoreOptions& options_;
    Evaluator& evaluator_;
    ScoredBy by_;
    std::vector<double> weights_;  ///< empty: the reference combination
    std::size_t total_;
    const Recorder* recorder_;  ///< null: write no records
    std::stop_token stop_;
    ProgressLine progress_;
    TimeLeft time_left_;
    std::uint64_t bytes_left_ = 0;  ///< of files whose pictures were not taken yet
    bool some_failed_ = false;
};

/// Scores pictures one after the other. Explanations and stability use the same evaluator, so it
/// must not be scoring a stream at the same time.
void score_one_by_one(const std::shared_ptr<Evaluator>& evaluator, const ExaminerOptions& how,
                      const std::vector<std::filesystem::path>& pictures, Printer& printer,
                      const std::stop_token& stop) {
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        std::optional<Examination> scored;
        score_stream(
            evaluator, how, {pictures[i]},
            [&](const Examination& examination, std::size_t) { scored = examination; }, stop);
        if (!scored)
            throw Cancelled();
        printer.take(*scored, i + 1);
    }
}

/// The weights, one per expert of `whole`, of the experts that score. Throws PanelError when all of
/// these are muted.
std::vector<double> weights_of(const std::vector<ExpertRecord>& experts, const PanelRecord& whole,
                               const std::vector<double>& weights) {
    std::vector<double> result;
    for (const auto& expert : experts) {
        const auto at = std::ranges::find(whole.experts, expert.name, &ExpertRecord::name);
        result.push_back(weights[static_cast<std::size_t>(at - whole.experts.begin())]);
    }
    if (std::ranges::all_of(result, [](double weight) { return weight == 0; }))
        throw PanelError(
            "Every expert that can be used is muted; the others lack their encoder. Give one a "
            "weight above 0, or fetch the encoder with packaging/setup.sh --encoder.");
    return result;
}

int score(const ScoreOptions& options, const std::stop_token& stop) {
    std::optional<Recorder> recorder;
    try {
        if (!options.record.empty())
            recorder.emplace(options.record, options.sign);
    } catch (const SigningError& error) {
        std::cerr << "dfd: " << error.what() << '\n';
        return kUsage;
    }
    const auto panel = chosen_panel(options.scoring);
    std::vector<double> weights;
    try {
        if (!options.weights.empty())
            weights = parse_weights(options.weights, panel);
    } catch (const std::invalid_argument& error) {
        std::cerr << "dfd: " << error.what() << '\n';
        return kUsage;
    }
    const auto pictures = pictures_of(options.scoring);
    if (pictures.empty()) {
        std::cerr << "dfd: There is no picture to score.\n";
        return kSomeFailed;
    }
    if (!options.heatmaps.empty())
        make_heatmap_folder(options.heatmaps);
    const auto evaluator = open_for_scoring(panel, options.scoring, stop);
    if (!weights.empty())
        weights = weights_of(evaluator->panel().experts, panel, weights);
    if (!weights.empty())
        std::cerr << "dfd: The experts are weighted; these scores are not the panel's reference "
                     "combination.\n";
    ExaminerOptions how;
    how.maps = options.wants_maps();
    how.batch = options.scoring.batch;
    how.thumbnail = 0;
    how.everywhere = options.everywhere;
    how.keep_picture = options.needs_picture();
    Printer printer(options, *evaluator, weights, pictures, recorder ? &*recorder : nullptr, stop);
    if (options.explain || options.stability)
        score_one_by_one(evaluator, how, pictures, printer, stop);
    else
        score_stream(
            evaluator, how, pictures,
            [&](const Examination& examination, std::size_t done) {
                printer.take(examination, done);
            },
            stop);
    return printer.some_failed() ? kSomeFailed : kAllDone;
}

}  // namespace

void add_score_command(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<ScoreOptions>();
    auto* command = app.add_subcommand("score", "Score pictures with every expert of a panel");
    add_scoring_options(*command, options->scoring);
    command->add_option("--weights", options->weights,
                        "Weight or mute experts: NAME=0.5,OTHER=0. The scores are marked as not "
                        "the reference combination");
    add_format_option(*command, options->format, {"text", "json", "csv", "sentence"},
                      "text, json (one object a line) or csv");
    command->add_flag("--maps", options->maps, "Add each expert's raw Grad-CAM array (json)");
    command->add_option("--heatmaps", options->heatmaps, "Write overlay PNGs into this folder");
    auto* record = command->add_option("--record", options->record,
                                       "Write one replay record per picture into this folder");
    command
        ->add_option("--sign", options->sign,
                     "Sign each record with this Ed25519 key (PEM) into RECORD.sig")
        ->needs(record);
    auto* explain = command->add_flag("--explain", options->explain,
                                      "Add signed maps in logits, each with a deletion test: "
                                      "supported, weak or unsupported (json, "
                                      "or text with --verbose; with --heatmaps also overlays)");
    command
        ->add_option("--method", options->method,
                     "gradcam, gradcam++, layercam, or exact (layercam before the last layer)")
        ->check(CLI::IsMember({"gradcam", "gradcam++", "layercam", "exact"}))
        ->capture_default_str()
        ->needs(explain);
    command
        ->add_option(
            "--layer", options->layer,
            "Layer to explain: last, finer, finest (where an expert has one), or a layer's name")
        ->capture_default_str()
        ->needs(explain);
    command->add_option("--target", options->target, "What is explained: log-odds, fake or real")
        ->check(CLI::IsMember({"log-odds", "fake", "real"}))
        ->capture_default_str()
        ->needs(explain);
    std::size_t versions = 0;
    for (const auto& operation : stability_operations())
        versions += operation.variants.size();
    auto* stability =
        command->add_flag("--stability", options->stability,
                          "Measure how firm the verdict is, as `dfd stability` does. Scores " +
                              std::to_string(versions) +
                              " versions of each picture, so it takes that many times as long; "
                              "--operations selects some of them");
    add_operations_option(*command, options->operations)->needs(stability);
    command->add_flag("--everywhere", options->everywhere,
                      "Read every pixel of large pictures, also with experts that otherwise look "
                      "at windows of them; takes longer and more memory");
    command->add_flag("--verbose,-v", options->verbose,
                      "Also print the experts, how far they differ, and what the file says about "
                      "its origin (text)");
    command->callback([options, &chosen] {
        if (options->maps && options->format != "json")
            throw CLI::ValidationError("--maps",
                                       "requires --format json; --heatmaps FOLDER writes pictures");
        if (options->explain && options->format != "json" && !options->verbose &&
            options->heatmaps.empty())
            throw CLI::ValidationError(
                "--explain", "requires --format json, text with --verbose, or --heatmaps FOLDER");
        if (options->verbose && options->format != "text")
            throw CLI::ValidationError(
                "--verbose", "requires --format text; json and csv always list every expert");
        chosen = [options](const std::stop_token& stop) { return score(*options, stop); };
    });
}

void add_devices_command(CLI::App& app, Chosen& chosen) {
    auto* command = app.add_subcommand("devices", "List the devices that can score");
    command->callback([&chosen] {
        chosen = [](const std::stop_token&) {
            for (const auto& device : list_devices())
                std::cout << device.id << '\t' << device.name << '\t' << device.detail << '\n';
            for (const auto& sentence : unusable_cards())
                std::cerr << "dfd: " << sentence << '\n';
            return static_cast<int>(kAllDone);
        };
    });
}

}  // namespace dfd
