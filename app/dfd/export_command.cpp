#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>

#include "app/dfd/commands.h"
#include "app/dfd/filter_options.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/base/version.h"
#include "core/casework/report/export_case.h"
#include "core/casework/report/filter_words.h"
#include "core/engine/replay/signing_key.h"
#include "ui/pdf/pdf_report.h"

namespace dfd {
namespace {

struct ExportArguments {
    std::filesystem::path file, out, key;
    std::string format, by;
    std::vector<std::string> exhibits;
    FilterOptions filter;
    std::optional<bool> maps;
    bool record = false;
};

/// How the exhibits were chosen.
std::string chosen_words(const ExhibitFilter& filter, const std::vector<Question>& questions,
                         const std::string& saved, bool by_name) {
    const auto all = filter_words({});
    auto words = filter_words(filter, questions);
    if (!saved.empty())
        words = say("%1 (the saved filter \u201C%2\u201D)", {words, saved});
    if (!by_name)
        return words;
    return words == all ? say("named one by one")
                        : say("named one by one, and of these: %1", {words});
}

/// The selected exhibits in the requested order, with a description of the selection.
ExportRequest request_of(const CaseFile& file, const ExportArguments& arguments) {
    ExportRequest request;
    const auto filter = wanted_filter(file, arguments.filter);
    request.ids = find_exhibits(file, filter, arguments.filter.order, arguments.filter.descending);
    request.chosen = [filter, questions = shown_questions(file), saved = arguments.filter.saved,
                      order = arguments.filter.order, descending = arguments.filter.descending,
                      by_name = !arguments.exhibits.empty()] {
        return chosen_words(filter, questions, saved, by_name) + "; " +
               order_words(order, descending);
    };
    if (!arguments.exhibits.empty()) {
        std::vector<ExhibitId> named;
        for (const auto& name : arguments.exhibits)
            named.push_back(named_exhibit(file, name));
        std::ranges::sort(named);
        std::erase_if(request.ids,
                      [&](const auto id) { return !std::ranges::binary_search(named, id); });
    }
    request.format = arguments.record ? CaseExport::Records
                                      : export_named(arguments.format).value_or(CaseExport::Html);
    request.out = arguments.out;
    request.key = arguments.key;
    request.by = arguments.by;
    request.program = "DeepFakeDefenders " + program_version();
    request.maps = arguments.maps.value_or(request.format != CaseExport::JsonLines);
    return request;
}

int run_export(const ExportArguments& arguments, const std::stop_token& stop) {
    const auto request = request_of(CaseFile(arguments.file, CaseAccess::Read), arguments);
    // Only for PDF: fonts need Qt, which takes a moment to start.
    std::optional<ui::PdfSurroundings> qt;
    if (request.format == CaseExport::Pdf)
        qt.emplace();
    ExportSummary done;
    try {
        ProgressLine line;
        done = export_case(
            arguments.file, request, ui::pdf_report,
            [&](std::int64_t count, std::int64_t total) {
                line.show(static_cast<double>(count), static_cast<double>(total),
                          std::to_string(count) + " of " + std::to_string(total));
            },
            stop);
    } catch (const SigningError& error) {
        std::cerr << "dfd: " << error.what() << '\n';
        return kUsage;
    }
    const auto unlogged = try_log_export(arguments.file, done);
    for (const auto& left : done.left_out)
        std::cerr << "dfd: No record was written of " << left << '\n';
    if (!unlogged.empty())
        std::cerr << "dfd: " << unlogged << '\n';
    std::cout << visible(arguments.out.native()) << ": " << done.exhibits
              << (done.exhibits == 1 ? " exhibit" : " exhibits") << ", SHA-256 " << done.sha256
              << (arguments.record ? " of the records' digests" : "") << '\n';
    return done.left_out.empty() ? kAllDone : kSomeFailed;
}

}  // namespace

void add_export_command(CLI::App& app, Chosen& chosen) {
    auto arguments = std::make_shared<ExportArguments>();
    auto* command = app.add_subcommand(
        "export", "Export a case as CSV, JSON Lines, an HTML or PDF report, or replay records");
    command
        ->add_option("case", arguments->file,
                     "The case; nothing in it changes, but its audit log records the export")
        ->required();
    command->add_option("exhibits", arguments->exhibits,
                        "Export only these: paths, or SHA-256 digests (8 or more digits)");
    auto* format = command
                       ->add_option("--format", arguments->format,
                                    "csv, jsonl, html or pdf. An exhibit takes about 40 KB in "
                                    "HTML, and two pages and 50 KB in PDF")
                       ->check(CLI::IsMember({"csv", "jsonl", "html", "pdf"}));
    auto* record = command->add_flag("--record", arguments->record,
                                     "Write one replay record per exhibit into the folder --out. "
                                     "Decodes the pictures again; their bytes must be as recorded");
    format->excludes(record);
    command->add_option("--out", arguments->out, "Output file, or the output folder of --record")
        ->required();
    command
        ->add_option(
            "--sign", arguments->key,
            "Sign each file with this Ed25519 key (PEM); the detached signature is FILE.sig")
        ->check(CLI::ExistingFile);
    auto& maps = arguments->maps;
    command->add_flag_callback(
        "--maps", [&maps] { maps = true; }, "Include heatmaps in JSON Lines");
    command->add_flag_callback(
        "--no-maps", [&maps] { maps = false; }, "Leave heatmaps out of reports");
    add_filter_options(*command, arguments->filter);
    command->add_option("--by", arguments->by, "Name in the audit log; default: the login name");
    command->callback([arguments, format, record, &chosen] {
        if (format->count() + record->count() == 0)
            throw CLI::RequiredError("--format or --record");
        chosen = [arguments](const std::stop_token& stop) { return run_export(*arguments, stop); };
    });
}

}  // namespace dfd
