#include <iostream>
#include <memory>

#include "app/dfd/commands.h"
#include "app/dfd/evaluated.h"
#include "core/training/measuring/file_leaks.h"

namespace dfd {
namespace {

struct LeakArguments {
    LeakOptions options;
    std::filesystem::path manifest;
    std::string format = "text";
};

int run(const LeakArguments& arguments, const std::stop_token& stop) {
    LeakReport report;
    {
        ProgressLine line;
        report = find_leaks(read_manifest(arguments.manifest), arguments.options, progress_to(line),
                            stop);
    }
    std::cout << (arguments.format == "json" ? leaks_json(report) : leaks_text(report));
    report_unread(report.unread);
    return report.unread.empty() ? kAllDone : kSomeFailed;
}

}  // namespace

void add_prepare_leaks(CLI::App& prepare, Chosen& chosen) {
    auto arguments = std::make_shared<LeakArguments>();
    auto* command = prepare.add_subcommand(
        "leaks", "Check whether size, compression or resolution of the files give fakes away");
    command->add_option("manifest", arguments->manifest, "CSV with path, label, group …")
        ->required();
    command
        ->add_option("--seed", arguments->options.seed,
                     "Seed of the cross-validation's parts and the intervals")
        ->capture_default_str();
    add_format_option(*command, arguments->format, {"text", "json"}, "Output format: text or json");
    set_action(*command, chosen, arguments, run);
}

}  // namespace dfd
