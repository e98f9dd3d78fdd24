#include <algorithm>
#include <iostream>
#include <memory>

#include "app/dfd/commands.h"
#include "app/dfd/scoring.h"
#include "app/dfd/shard_option.h"
#include "core/base/text.h"
#include "core/casework/exhibits/exhibit_record.h"
#include "core/casework/scan/scan.h"
#include "core/picture/picture.h"

namespace dfd {
namespace {

struct ScanArguments : ScorerOptions {
    ScanOptions scan;
    std::filesystem::path file;
    std::string by;
    double poll = 2;
};

std::string summary(const ScanArguments& arguments, const ScanProgress& done) {
    const auto number = [](std::int64_t value, const char* what) {
        return ", " + std::to_string(value) + ' ' + what;
    };
    std::string text = visible(arguments.file.native()) + ": " + std::to_string(done.found) +
                       " files" + number(done.scored, "scored") + number(done.failed, "failed") +
                       number(done.known, "already scored") + number(done.unchanged, "unchanged");
    if (done.elsewhere > 0)
        text += number(done.elsewhere, "in other shards");
    if (done.gone > 0)
        text += number(done.gone, "missing");
    if (!done.left_out.misnamed.empty())
        text += number(std::ssize(done.left_out.misnamed), "left out because of the name");
    if (!done.left_out.unsupported.empty())
        text += number(std::ssize(done.left_out.unsupported), "of kinds that are not supported");
    return text;
}

void explain_empty(const ScanOptions& options) {
    for (const auto& path : options.paths) {
        std::error_code ignored;
        if (std::filesystem::is_directory(path, ignored) &&
            find_pictures(path, options.recursive).empty())
            report_empty_folder(path, options.recursive);
    }
}

/// Keeps the case's own choice if the panel still has that calibration.
void use_calibration_of(const PanelRecord& recorded, PanelRecord& panel) {
    const auto names = calibration_names(panel);
    if (recorded.name == panel.name &&
        std::ranges::find(names, recorded.calibration) != names.end())
        panel.calibration = recorded.calibration;
}

int run_scan(const ScanArguments& arguments, const std::stop_token& stop) {
    auto panel = chosen_panel(arguments);
    CaseFile file(arguments.file, CaseAccess::Create, arguments.by);
    if (const auto shown = shown_scorer(file); shown != 0 && arguments.calibration.empty())
        use_calibration_of(recorded_scorer(file, shown).panel, panel);
    const auto evaluator = open_for_scoring(panel, arguments, stop);
    ScanProgress done;
    {
        ProgressLine line;
        bool waiting = false;
        done = scan(
            file, evaluator, arguments.scan,
            [&](const ScanProgress& now) {
                if (now.waiting && !waiting) {
                    line.clear();
                    std::cerr << "dfd: Watching for new pictures; interrupt to stop.\n";
                }
                waiting |= now.waiting;
                if (!now.waiting)
                    line.show(static_cast<double>(now.looked_at), static_cast<double>(now.found),
                              std::to_string(now.scored) + " scored, " +
                                  std::to_string(now.failed) + " failed",
                              now.seconds_left);
            },
            stop);
    }
    report_left_out(done.left_out);
    if (done.found == 0)
        explain_empty(arguments.scan);
    std::cout << summary(arguments, done) << '\n';
    if (done.failed > 0)
        std::cerr << "dfd: `dfd case list --state failed` shows why pictures failed.\n";
    return done.failed > 0 ? kSomeFailed : kAllDone;
}

}  // namespace

void add_scan_command(CLI::App& app, Chosen& chosen) {
    auto arguments = std::make_shared<ScanArguments>();
    auto& options = arguments->scan;
    auto* command = app.add_subcommand(
        "scan", "Score pictures into a case, a file that keeps results and decisions");
    command->add_option("paths", options.paths, "Pictures or folders")->required();
    command->add_option("--case", arguments->file, "The case; created if it does not exist")
        ->required();
    command->add_flag("--recursive,-r", options.recursive, "Include sub-folders");
    command->add_flag("--watch", options.watch,
                      "Keep running, and scan pictures that appear or change");
    command->add_option("--poll", arguments->poll, "Seconds between checks with --watch")
        ->check(CLI::Range(0.01, 86400.0))
        ->capture_default_str();
    add_shard_option(*command, options.shard, options.shards,
                     "I/N: scan only the I-th (from 0) of N parts, which are divided by the "
                     "pictures' digests; `dfd case merge` merges their cases");
    command->add_flag("--rehash", options.rehash,
                      "Read every file again, even if its size and time have not changed");
    add_scorer_options(*command, *arguments);
    add_batch_option(*command, options.batch, "Pictures scored together");
    command->add_flag("!--no-maps", options.maps, "Do not store heatmaps");
    command
        ->add_option("--map-side", options.map_side,
                     "Reduce larger heatmaps to this longest side by averaging; 0 keeps their size")
        ->check(CLI::Range(0, 100'000))
        ->capture_default_str();
    command->add_option("--by", arguments->by, "Name in the audit log; default: the login name");
    command->callback([arguments, &chosen] {
        arguments->scan.poll =
            std::chrono::milliseconds(static_cast<std::int64_t>(arguments->poll * 1000));
        chosen = [arguments](const std::stop_token& stop) { return run_scan(*arguments, stop); };
    });
}

}  // namespace dfd
