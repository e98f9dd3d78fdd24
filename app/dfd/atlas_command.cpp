#include <iostream>
#include <memory>

#include "app/dfd/scoring.h"
#include "app/dfd/single_picture.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/engine/results/map_text.h"
#include "core/engine/studies/atlas_report.h"

namespace dfd {
namespace {

struct AtlasArguments {
    SinglePictureOptions scoring;
    AtlasOptions options;
    bool no_faces = false;
    std::string out;
    std::string format = "text";
};

int atlas(AtlasArguments& arguments, const std::stop_token& stop) {
    const auto panel = chosen_panel(arguments.scoring);
    const auto picture = read_single_picture(arguments.scoring.path);
    if (!picture)
        return kSomeFailed;
    arguments.options.batch = arguments.scoring.batch;
    arguments.options.faces = !arguments.no_faces;
    const auto evaluator = open_for_scoring(panel, arguments.scoring, stop);
    Atlas result;
    {
        ProgressLine progress;
        result = atlas_of(
            picture->pixels, *evaluator, arguments.options, {},
            [&](const Atlas& so_far) {
                const auto done = so_far.windows.size(), total = so_far.planned.size();
                progress.show(static_cast<double>(done), static_cast<double>(total),
                              std::to_string(done) + " of " + std::to_string(total) + " windows");
            },
            stop);
    }
    for (const auto& warning : picture->warnings)
        std::cerr << "  note: " << visible(say_again(warning)) << '\n';
    if (arguments.options.faces && !result.faces_sought)
        std::cerr << "dfd: Faces were not searched for, because the face detector's data (package "
                     "opencv-data) is missing.\n";
    const PictureName name{arguments.scoring.path, picture->facts.sha256};
    const auto by = scored_by(*evaluator);
    if (arguments.format == "json")
        std::cout << atlas_json(result, name, by) << '\n';
    else if (arguments.format == "csv")
        std::cout << atlas_csv_header(by.panel) << '\n' << atlas_csv(result, name);
    else
        std::cout << atlas_text(result, name, by);
    if (!arguments.out.empty())
        write_png(arguments.out, result.width, result.height, atlas_rows(picture->pixels, result),
                  map_text(std::filesystem::path(name.path).filename().native(),
                           "Score atlas: the mean score of the windows at each place", name.sha256,
                           by, today()));
    return kAllDone;
}

}  // namespace

void add_atlas_command(CLI::App& app, Chosen& chosen) {
    auto arguments = std::make_shared<AtlasArguments>();
    auto* command = app.add_subcommand(
        "atlas", "Score overlapping windows of a picture, and a window around each face");
    add_single_picture_options(*command, arguments->scoring);
    auto& options = arguments->options;
    command
        ->add_option("--scales", options.scales,
                     "Scales of the picture, separated by commas; each gives a grid of windows")
        ->delimiter(',')
        ->check(CLI::Range(0.01, 4.0))
        ->default_str("1");
    command->add_option("--side", options.side, "Side of a window, in pixels of the scaled picture")
        ->check(CLI::Range(16, 4096))
        ->capture_default_str();
    command
        ->add_option("--overlap", options.overlap,
                     "Overlap of neighbouring windows, as a share of their side")
        ->check(CLI::Range(0.0, 0.9))
        ->capture_default_str();
    command->add_flag("--no-faces", arguments->no_faces, "Do not look for faces");
    command->add_option("--out", arguments->out,
                        "Write the picture with its atlas to this PNG file");
    add_format_option(*command, arguments->format, {"text", "json", "csv"},
                      "text, json (one object) or csv");
    set_action(*command, chosen, arguments, atlas);
}

}  // namespace dfd
