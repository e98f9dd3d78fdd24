#include <unistd.h>

#include <iostream>
#include <memory>
#include <optional>

#include "app/dfd/commands.h"
#include "app/dfd/evaluated.h"
#include "app/dfd/scorer_options.h"
#include "core/base/digest.h"
#include "core/base/version.h"
#include "core/engine/studies/stability.h"
#include "core/picture/file_bytes.h"
#include "core/training/measuring/validation_page.h"
#include "ui/pdf/page_pdf.h"
#include "ui/pdf/pdf_report.h"

namespace dfd {
namespace {

struct ValidateArguments {
    EvaluationOptions evaluation;
    std::string panel;
    std::filesystem::path manifest;
    std::string question;
    std::string calibration;
    std::vector<std::string> criteria;
    bool resharing = false;
    std::filesystem::path out;
    std::string device = "auto";
    Precision precision = Precision::Float32;
};

std::string command_line(const ValidateArguments& arguments, const std::string& fold) {
    std::string line = "dfd validate '" + arguments.panel + "' '" +
                       arguments.manifest.filename().native() + "' --fold " + fold;
    if (!arguments.question.empty())
        line += " --question " + arguments.question;
    if (!arguments.calibration.empty())
        line += " --calibration " + arguments.calibration;
    for (const auto& criterion : arguments.criteria)
        line += " --accept '" + criterion + "'";
    if (arguments.resharing)
        line += " --resharing";
    return line + " --seed " + std::to_string(arguments.evaluation.seed) + " --precision " +
           precision_name(arguments.precision);
}

int run_validation(const ValidateArguments& arguments, const std::stop_token& stop) {
    std::vector<Acceptance> acceptance;
    for (const auto& criterion : arguments.criteria)
        acceptance.push_back(parse_acceptance(criterion));
    const auto manifest = read_manifest(arguments.manifest);
    const ScorerOptions how{arguments.panel, arguments.device, arguments.precision,
                            arguments.calibration};
    const auto panel = panel_to_measure(how);
    // Checked first: otherwise it would fail only after a long evaluation.
    static_cast<void>(
        measured_answer_of(panel, precision_name(arguments.precision), arguments.question));
    if (!arguments.out.empty()) {
        const auto folder = std::filesystem::absolute(arguments.out).parent_path();
        if (::access(folder.c_str(), W_OK) != 0)
            throw TrainingError("The page cannot be written to " + folder.native() +
                                ": the folder does not exist or may not be written to.");
    }
    std::vector<ConditionEvaluation> conditions;
    conditions.push_back(
        {"as they are", evaluated(panel, manifest, how, arguments.evaluation, stop)});
    if (arguments.resharing)
        for (const auto& operation : stability_operations()) {
            if (!operation.preset || !operation.variants.front().ordinary)
                continue;
            auto options = arguments.evaluation;
            options.steps = operation.variants.front().steps;
            conditions.push_back({operation.title, evaluated(panel, manifest, how, options, stop)});
        }
    // Only for PDF: fonts need Qt, which takes a moment to start.
    std::optional<ui::PdfSurroundings> qt;
    if (arguments.out.extension() == ".pdf")
        qt.emplace();
    const auto validation = validate_panel(conditions, panel, arguments.question, acceptance,
                                           arguments.evaluation.seed);
    const auto& first = conditions.front().evaluation;
    if (!arguments.out.empty()) {
        auto versions = library_versions();
        versions.insert(versions.begin(), {"DeepFakeDefenders", program_version_with_commit()});
        const auto bytes = read_file_bytes(arguments.manifest, DecodeLimits{}.bytes);
        const auto html = validation_html({validation, panel, first, today(), sha256_hex(bytes),
                                           command_line(arguments, first.fold), versions});
        write_atomically(arguments.out, qt ? ui::page_pdf(html) : html);
    }
    std::cout << validation_text(validation);
    if (!arguments.out.empty())
        std::cout << "\nWritten to " << arguments.out.native() << '\n';
    bool all_read = true;
    for (const auto& [name, evaluation] : conditions) {
        report_unread(evaluation.unread);
        all_read &= evaluation.unread.empty();
    }
    return all_read && validation.accepted() ? kAllDone : kSomeFailed;
}

}  // namespace

void add_validate_command(CLI::App& app, Chosen& chosen) {
    auto arguments = std::make_shared<ValidateArguments>();
    auto* command = app.add_subcommand(
        "validate",
        "Test a panel's calibration on other pictures than it was made on, and write the page that "
        "a laboratory keeps");
    command->add_option("panel", arguments->panel, "A panel's name or path")->required();
    command
        ->add_option("manifest", arguments->manifest,
                     "CSV with path, label, group and operation, of pictures that neither experts "
                     "nor calibration have seen")
        ->required();
    command
        ->add_option("--accept", arguments->criteria,
                     "A criterion chosen beforehand, such as cllr<=0.6 or found>=0.5; can be "
                     "repeated. Exit status 1 if one is not met. Figures: auc, cllr, cllr-min, "
                     "calibration-error, equal-error-rate, misleading-real, misleading-fake, "
                     "false-alarms, found, missed, coverage")
        ->allow_extra_args(false);
    command->add_flag("--resharing", arguments->resharing,
                      "Also score every picture after messaging apps, a social network and a "
                      "screenshot: five times the work");
    add_calibration_option(*command, arguments->calibration);
    command->add_option("--out", arguments->out,
                        "The page: a PDF file if its name ends in .pdf, else HTML");
    add_measuring_options(*command, *arguments, "Seed of the intervals");
    set_action(*command, chosen, arguments, run_validation);
}

}  // namespace dfd
