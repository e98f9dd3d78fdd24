#include "app/dfd/scoring.h"

#include <iostream>

#include "app/dfd/commands.h"
#include "core/panel/encoders.h"

namespace dfd {

namespace fs = std::filesystem;

void add_scoring_options(CLI::App& command, ScoringOptions& options) {
    command.add_option("paths", options.paths, "Pictures or folders")->required();
    add_scorer_options(command, options);
    command.add_flag("--recursive,-r", options.recursive, "Include sub-folders");
    add_batch_option(command, options.batch, "Pictures scored together");
}

std::vector<fs::path> pictures_of(const ScoringOptions& options) {
    std::vector<fs::path> pictures;
    for (const auto& path : options.paths) {
        auto found = find_pictures(path, options.recursive);
        std::error_code ignored;
        if (found.empty() && fs::is_directory(path, ignored))
            report_empty_folder(path, options.recursive);
        pictures.insert(pictures.end(), found.begin(), found.end());
    }
    return pictures;
}

void report_empty_folder(const fs::path& folder, bool recursive) {
    std::cerr << "dfd: The folder " << folder << " contains no pictures"
              << (recursive ? "." : "; use --recursive to include its sub-folders.") << '\n';
}

std::shared_ptr<Evaluator> open_for_scoring(const PanelRecord& panel, const ScorerOptions& options,
                                            const std::stop_token& stop) {
    std::shared_ptr<Evaluator> evaluator;
    {
        ProgressLine loading;
        evaluator =
            open_evaluator(panel, options.device, options.precision, progress_to(loading), stop);
    }
    if (const auto& missing = evaluator->panel().left_out; !missing.empty())
        std::cerr << "dfd: " << left_out_sentence(missing) << '\n';
    if (panel.starter)
        std::cerr << "dfd: These are scores of the bundled panel " << panel.name
                  << ", a small demonstration (" << panel.title
                  << "); its README.md says what it can and cannot do.\n";
    return evaluator;
}

ScoredBy scored_by(const Evaluator& evaluator) {
    return {evaluator.panel(), evaluator.device().id, evaluator.precision()};
}

void print_failure(const Examination& examination) {
    std::cerr << "dfd: " << examination.source.path.native() << ": " << examination.failure.message
              << '\n';
}

}  // namespace dfd
