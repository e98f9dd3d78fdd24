#include "app/dfd/scoring.h"

#include <algorithm>
#include <iostream>
#include <span>

#include "app/dfd/commands.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/base/wording.h"

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
    LeftOutPictures left_out;
    for (const auto& path : options.paths) {
        auto found = find_pictures(path, options.recursive, &left_out);
        std::error_code ignored;
        if (found.empty() && fs::is_directory(path, ignored))
            report_empty_folder(path, options.recursive);
        pictures.insert(pictures.end(), found.begin(), found.end());
    }
    report_left_out(left_out);
    return pictures;
}

namespace {

void report_files(const std::vector<fs::path>& files, const char* one, const char* several,
                  const char* advice) {
    constexpr std::size_t kNamed = 20;
    if (files.empty())
        return;
    std::cerr << "dfd: " << files.size() << (files.size() == 1 ? one : several) << advice << '\n';
    for (const auto& file : std::span(files).first(std::min(files.size(), kNamed)))
        std::cerr << "  " << visible(file.native()) << '\n';
    if (files.size() > kNamed)
        std::cerr << "  and " << files.size() - kNamed << " more\n";
}

}  // namespace

void report_left_out(const LeftOutPictures& left_out) {
    report_files(left_out.misnamed, " file is a picture", " files are pictures",
                 " by content, but not by name, and left out; name a file itself to include it:");
    report_files(left_out.unsupported, " file is a picture of a kind that is not supported",
                 " files are pictures of kinds that are not supported",
                 ", and left out; export as PNG, TIFF or JPEG first:");
}

void report_empty_folder(const fs::path& folder, bool recursive) {
    std::cerr << "dfd: The folder " << quoted(folder) << " contains no pictures"
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
    if (!evaluator->panel().left_out.empty())
        std::cerr << "dfd: " << evaluator->panel().left_out_because << '\n';
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
    std::cerr << "dfd: " << visible(examination.source.path.native()) << ": "
              << say_again(examination.failure.message) << '\n';
}

}  // namespace dfd
