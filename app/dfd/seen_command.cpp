#include <iostream>
#include <memory>

#include "app/dfd/commands.h"
#include "app/dfd/scoring.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/engine/studies/seen.h"

namespace dfd {
namespace {

struct SeenCommandOptions : ScorerOptions {
    std::string picture;
    std::string out;
    std::string format = "text";
    bool grey = false;
};

int seen(const SeenCommandOptions& options, const std::stop_token& stop) {
    const auto panel = chosen_panel(options);
    if (!options.out.empty())
        make_heatmap_folder(options.out);
    const auto evaluator = open_for_scoring(panel, options, stop);
    SeenOptions how;
    how.grey = options.grey;
    how.out = options.out;
    try {
        Seen found;
        {
            ProgressLine progress;
            found = look_through(*evaluator, options.picture, how, stop, progress_to(progress));
        }
        if (options.format == "json") {
            std::cout << seen_json(found, scored_by(*evaluator)) << '\n';
        } else {
            std::cout << "What the networks saw of [" << visible(options.picture) << "]\n"
                      << seen_text(found);
            for (const auto& warning : found.warnings)
                std::cerr << "  note: " << visible(say_again(warning)) << '\n';
        }
        return kAllDone;
    } catch (const PictureError& error) {
        std::cerr << "dfd: " << visible(options.picture) << ": " << say_again(error.what()) << '\n';
        return kSomeFailed;
    }
}

}  // namespace

void add_seen_command(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<SeenCommandOptions>();
    auto* command = app.add_subcommand("seen",
                                       "Show what the networks saw of a picture, step by step, and "
                                       "its scores with other decodings");
    command->add_option("picture", options->picture, "A picture")->required();
    add_scorer_options(*command, *options);
    command->add_option("--out", options->out, "Write every step as a PNG into this folder");
    add_format_option(*command, options->format, {"text", "json"}, "text, or json (one object)");
    command->add_flag("--grey", options->grey, "Also score the picture without colour");
    set_action(*command, chosen, options, seen);
}

}  // namespace dfd
