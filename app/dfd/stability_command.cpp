#include <iostream>
#include <memory>

#include "app/dfd/scoring.h"
#include "app/dfd/single_picture.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/engine/studies/stability_report.h"

namespace dfd {
namespace {

struct StabilityArguments {
    SinglePictureOptions scoring;
    std::vector<std::string> operations;
    double threshold = kVoteThreshold;
    std::string format = "text";
};

int stability(const StabilityArguments& arguments, const std::stop_token& stop) {
    StabilityOptions options;
    options.operations = find_operations(arguments.operations);
    options.batch = arguments.scoring.batch;
    const auto panel = chosen_panel(arguments.scoring);
    const auto picture = read_single_picture(arguments.scoring.path);
    if (!picture)
        return kSomeFailed;
    const auto evaluator = open_for_scoring(panel, arguments.scoring, stop);
    const PictureName name{arguments.scoring.path, picture->facts.sha256};
    const auto by = scored_by(*evaluator);
    const bool rows = arguments.format == "csv";
    if (rows)
        std::cout << stability_csv_header(by.panel) << '\n';
    Stability result;
    {
        ProgressLine progress;
        result = stability_of(
            picture->pixels, *evaluator, options, {},
            [&](const Stability& so_far) {
                if (rows) {
                    progress.clear();
                    const auto* newest = so_far.points.empty() ? nullptr : &so_far.points.back();
                    std::cout << stability_csv(so_far, name, newest) << std::endl;
                }
                const auto done = so_far.points.size() + so_far.skipped.size();
                progress.show(
                    static_cast<double>(done), static_cast<double>(so_far.planned()),
                    std::to_string(done) + " of " + std::to_string(so_far.planned()) + " versions");
            },
            stop);
    }
    for (const auto& warning : picture->warnings)
        std::cerr << "  note: " << visible(say_again(warning)) << '\n';
    if (arguments.format == "json")
        std::cout << stability_json(result, name, by, arguments.threshold) << '\n';
    else if (!rows)
        std::cout << stability_text(result, name, by, arguments.threshold);
    return kAllDone;
}

}  // namespace

void add_stability_command(CLI::App& app, Chosen& chosen) {
    auto arguments = std::make_shared<StabilityArguments>();
    auto* command = app.add_subcommand(
        "stability",
        "Measure how far a score holds when the picture is recompressed, scaled or cropped");
    command->footer(
        "The interval covers ordinary re-sharing (marked * in text): what people do to a picture "
        "without\nmeaning to change it, including messaging apps and screenshots. Printing and "
        "scanning are not part\nof it; the score after them is reported beside the interval. `dfd "
        "case stability` does the same\nfor the exhibits of a case and stores the results there.");
    add_single_picture_options(*command, arguments->scoring);
    add_operations_option(*command, arguments->operations);
    command->add_option("--threshold", arguments->threshold, "Score that separates real from fake")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    add_format_option(*command, arguments->format, {"text", "json", "csv"},
                      "text, json (one object) or csv (a row as soon as it is scored)");
    set_action(*command, chosen, arguments, stability);
}

}  // namespace dfd
