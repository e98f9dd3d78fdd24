#include <iostream>
#include <memory>

#include "app/dfd/commands.h"
#include "app/dfd/scoring.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/engine/studies/comparison.h"

namespace dfd {
namespace {

struct CompareOptions : ScorerOptions {
    std::string first, second;
    std::string out;
    std::string format = "text";
    bool score = false;
};

int compare(const CompareOptions& options, const std::stop_token& stop) {
    std::shared_ptr<Evaluator> evaluator;
    if (options.score)
        evaluator = open_for_scoring(chosen_panel(options), options, stop);
    std::vector<ComparedPicture> pair;
    std::vector<Pixels> pixels;
    for (const auto& path : {options.first, options.second}) {
        try {
            auto picture = read_picture(path, {}, Provenance::Sought);
            ComparedPicture side{path, {}, {}, {}};
            side.examination.width = picture.pixels.width;
            side.examination.height = picture.pixels.height;
            side.examination.facts = picture.facts;
            if (evaluator) {
                const auto* const one = &picture.pixels;
                side.examination.opinion = evaluator->evaluate({&one, 1}, {}, stop).front();
                side.by = scored_by(*evaluator);
                side.bands = measured_bands(side.by);
            }
            pixels.push_back(std::move(picture.pixels));
            pair.push_back(std::move(side));
        } catch (const PictureError& error) {
            std::cerr << "dfd: " << visible(path) << ": " << say_again(error.what()) << '\n';
            return kSomeFailed;
        }
    }
    const auto found = register_pictures(pixels[0], pixels[1]);
    if (!options.out.empty())
        write_png(options.out, difference_picture(found));
    if (options.format == "json")
        std::cout << comparison_json(pair[0], pair[1], found) << '\n';
    else
        std::cout << comparison_text(found, compared_lines(pair[0], pair[1]));
    return kAllDone;
}

}  // namespace

void add_compare_command(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<CompareOptions>();
    auto* command = app.add_subcommand(
        "compare", "Lay one picture over another, and show what differs in pixels and files");
    command->add_option("first", options->first, "A picture")->required();
    command->add_option("second", options->second, "A picture that may be a copy of it")
        ->required();
    command->add_flag("--score", options->score, "Score both, and compare the scores, too");
    add_scorer_options(*command, *options);
    command->add_option("--out", options->out, "Write the difference to this PNG file");
    add_format_option(*command, options->format, {"text", "json"}, "text, or json (one object)");
    set_action(*command, chosen, options, compare);
}

}  // namespace dfd
