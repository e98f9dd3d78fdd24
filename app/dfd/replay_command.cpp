#include <iostream>
#include <memory>
#include <optional>

#include "app/dfd/commands.h"
#include "app/dfd/scorer_options.h"
#include "core/base/language.h"
#include "core/engine/replay/replay.h"

namespace dfd {
namespace {

struct ReplayOptions {
    std::string record;
    std::string file;
    std::string panel;
    std::string device = "auto";
    Precision precision = Precision::Float32;
    bool other_precision = false;
    std::string format = "text";
};

int run_replay(const ReplayOptions& options, const std::stop_token& stop) {
    const auto record = read_replay_record(options.record);
    RecordedWith with{options.panel, {}};
    if (options.other_precision)
        with.precision = options.precision;
    std::unique_ptr<Evaluator> evaluator;
    {
        ProgressLine loading;
        evaluator = open_recorded(record, with, options.device, progress_to(loading), stop);
    }
    const bool json = options.format == "json";
    std::optional<InEnglish> english;
    if (json)
        english.emplace();
    const auto report = replay(record, options.file, *evaluator, stop);
    if (json)
        std::cout << replay_json(report, record) << '\n';
    else
        std::cout << replay_text(report);
    return report.matches() ? kAllDone : kSomeFailed;
}

}  // namespace

void add_replay_command(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<ReplayOptions>();
    auto* command = app.add_subcommand(
        "replay", "Score a recorded picture again and report the first stage that differs");
    command->add_option("record", options->record, "A record written by `dfd score --record`")
        ->required();
    command->add_option("--file", options->file, "The picture")->required();
    command->add_option("--panel", options->panel,
                        "Panel to use instead of the record's: a name or a path");
    add_device_option(*command, options->device);
    auto* precision = add_precision_option(*command, options->precision);
    precision->default_str("the record's");
    add_format_option(*command, options->format, {"text", "json"}, "text or json");
    command->callback([options, precision, &chosen] {
        options->other_precision = precision->count() > 0;
        chosen = [options](const std::stop_token& stop) { return run_replay(*options, stop); };
    });
}

}  // namespace dfd
