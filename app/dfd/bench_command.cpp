#include "app/dfd/bench_command.h"

#include <filesystem>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <utility>

#include "app/bench/foreign_speed.h"
#include "app/bench/speed.h"
#include "app/bench/stream_speed.h"
#include "app/dfd/scoring.h"
#include "core/base/cancelled.h"
#include "core/base/text.h"
#include "core/engine/devices/devices.h"
#include "core/panel/panel_record.h"

namespace dfd {
namespace {

struct BenchOptions {
    SpeedOptions speed;
    std::string panel;
    std::vector<int> experts;
    std::vector<std::string> pictures, stream;
    std::string format = "text";
};

std::vector<std::filesystem::path> pictures_at(const std::vector<std::string>& paths) {
    ScoringOptions options;
    options.paths = paths;
    return pictures_of(options);
}

/// Measures the panel's own weights, loaded as by `dfd score`.
int run_stream(const BenchOptions& options, const std::stop_token& stop) {
    const auto& precisions = options.speed.precisions;
    if (precisions.size() != 1 || options.speed.batches.size() != 1) {
        std::cerr << "dfd: --stream takes one precision and one batch.\n";
        return kUsage;
    }
    const auto precision = precisions.front() == "bf16"   ? Precision::BFloat16
                           : precisions.front() == "fp16" ? Precision::Float16
                                                          : Precision::Float32;
    const std::shared_ptr<Evaluator> evaluator =
        open_for_scoring(find_panel(options.panel), {{}, options.speed.device, precision}, stop);
    ProgressLine line;
    const auto speed =
        measure_stream(evaluator, pictures_at(options.stream), options.speed.batches.front(),
                       options.speed.maps, options.speed.rounds, progress_to(line), stop);
    line.clear();
    std::cout << (options.format == "json" ? stream_json(speed) : stream_table(speed));
    return kAllDone;
}

void read_pictures(const std::vector<std::string>& paths, SpeedOptions& speed) {
    for (const auto& path : pictures_at(paths)) {
        try {
            auto pixels = read_picture(path).pixels;
            speed.pictures.push_back({std::move(pixels.rgb), pixels.width, pixels.height});
        } catch (const PictureError& error) {
            std::cerr << "dfd: " << visible(path.native()) << ": " << error.what() << '\n';
        }
    }
    if (speed.pictures.empty())
        throw std::invalid_argument("There is no picture to compare the scores on.");
}

/// The panel that is measured when none is named.
PanelRecord published_panel() {
    PanelRecord panel;
    for (const auto& expert : published_experts()) {
        auto& record = panel.experts.emplace_back();
        record.name = expert.name;
        record.architecture = expert.architecture;
    }
    return panel;
}

/// The experts with these numbers, or all where there are none.
std::vector<ExpertRecord> chosen_of(const PanelRecord& panel, const std::vector<int>& numbers) {
    if (numbers.empty())
        return panel.experts;
    std::vector<ExpertRecord> chosen;
    for (const int number : numbers)
        chosen.push_back(panel.experts[static_cast<std::size_t>(number)]);
    return chosen;
}

int run_bench(const BenchOptions& options, const std::stop_token& stop) try {
    if (!options.stream.empty())
        return run_stream(options, stop);
    auto speed = options.speed;
    const auto panel = options.panel.empty() ? published_panel() : find_panel(options.panel);
    for (const int index : options.experts)
        if (index < 0 || static_cast<std::size_t>(index) >= panel.experts.size()) {
            std::cerr << "dfd: There is no expert " << index << "; they are numbered 0 to "
                      << panel.experts.size() - 1 << ".\n";
            return kUsage;
        }
    std::vector<ExpertRecord> foreign;
    speed.experts.clear();
    for (const auto& expert : chosen_of(panel, options.experts))
        if (expert.kind == ExpertKind::Network)
            speed.experts.push_back({expert.name, expert.architecture});
        else
            foreign.push_back(expert);
    // Sets the processor's threads as for scoring, and reports a missing device.
    speed.device = find_device(speed.device).id;
    SpeedReport report;
    {
        if (!options.pictures.empty())
            read_pictures(options.pictures, speed);
        ProgressLine line;
        if (!speed.experts.empty() || foreign.empty())
            report = measure_speed(speed, progress_to(line), stop);
        check_stop(stop);
        report.foreign = measure_foreign(panel, foreign, speed, progress_to(line), stop);
    }
    std::cout << (options.format == "json" ? speed_json(report) : speed_table(report));
    const auto too_large = too_large_deviations(report);
    for (const auto& sentence : too_large)
        std::cerr << "dfd: " << sentence << '\n';
    bool measured = !report.variants.empty();
    for (const auto& expert : report.foreign) {
        measured = measured || expert.problem.empty();
        if (!expert.problem.empty())
            std::cerr << "dfd: The expert " << visible(expert.name) << " was not measured. "
                      << visible(expert.problem) << '\n';
    }
    return too_large.empty() && measured ? kAllDone : kSomeFailed;
} catch (const std::invalid_argument& error) {
    std::cerr << "dfd: " << error.what() << '\n';
    return kUsage;
}

}  // namespace

void add_bench_command(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<BenchOptions>();
    auto* command = app.add_subcommand(
        "bench", "Measure how fast experts score here, compared with the reference's method");
    auto& speed = options->speed;
    command->add_option("--panel", options->panel,
                        "Panel whose experts are measured: a name or a path; default: the "
                        "published seven. Networks' weights are made by a formula; other "
                        "people's experts are asked as they are");
    command->add_option("--experts", options->experts, "Measure only these experts, counted from 0")
        ->delimiter(',');
    add_device_option(*command, speed.device);
    command
        ->add_option("--precision", speed.precisions,
                     "fp32, bf16, fp16 (CUDA only); separated by commas")
        ->delimiter(',')
        ->check(CLI::IsMember({"fp32", "bf16", "fp16"}))
        ->capture_default_str();
    command->add_option("--batch", speed.batches, "Batch sizes, separated by commas")
        ->delimiter(',')
        ->check(CLI::Range(1, 1024))
        ->capture_default_str();
    command->add_option("--rounds", speed.rounds, "Number of rounds; each runs every variant once")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    command->add_option("--size", speed.side, "Side of the square picture, in pixels")
        ->check(CLI::Range(32, 4096))
        ->capture_default_str();
    command->add_flag("!--no-maps", speed.maps, "Measure scores only, without heatmaps");
    command->add_flag("!--no-memory", speed.memory, "Do not measure each variant's peak memory");
    command->add_flag("--profile", speed.profile, "Also time the executor's operations");
    command
        ->add_option("--pictures", options->pictures,
                     "Compare the variants' scores on these pictures or folders")
        ->check(CLI::ExistingPath);
    command
        ->add_option("--stream", options->stream,
                     "Measure instead how fast these pictures or folders are scored from files, "
                     "compared with the engine alone, with the panel's own weights")
        ->check(CLI::ExistingPath);
    add_format_option(*command, options->format, {"text", "json"}, "text or json");
    set_action(*command, chosen, options, run_bench);
}

}  // namespace dfd
