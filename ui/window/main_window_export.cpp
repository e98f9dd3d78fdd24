// The main window's exports from the open case.
#include <QAction>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <array>
#include <utility>

#include "core/base/version.h"
#include "core/casework/report/filter_words.h"
#include "ui/case/case_pane.h"
#include "ui/look/banner.h"
#include "ui/look/wording.h"
#include "ui/window/main_window.h"
#include "ui/window/status_strip.h"

namespace dfd::ui {
namespace {

/// File types of the save dialog; the first is the default.
std::array<std::pair<CaseExport, QString>, 4> offers() {
    return {{{CaseExport::Html, MainWindow::tr("Report, one HTML file (*.html)")},
             {CaseExport::Pdf, MainWindow::tr("Report, PDF pages (*.pdf)")},
             {CaseExport::Csv, MainWindow::tr("Comma-separated values (*.csv)")},
             {CaseExport::JsonLines, MainWindow::tr("JSON Lines (*.jsonl)")}}};
}

}  // namespace

void MainWindow::add_case_exports(QMenu* menu) {
    add_action(menu, "export_case", QStringLiteral("export"), tr("E&xport the listed exhibits…"),
               tr("Ctrl+E"), [this] { choose_case_export(false); });
    add_action(menu, "export_case_selection", {}, tr("Export the se&lection…"), tr("Ctrl+Shift+E"),
               [this] { choose_case_export(true); });
}

void MainWindow::connect_case_exports() {
    CaseExporter& exporting = case_->exporting();
    connect(&exporting, &CaseExporter::progressed, this, [this] {
        refresh_progress();
        refresh_actions();
    });
    connect(&exporting, &CaseExporter::ended, this,
            [this](const QString& sentence, CaseExporter::Outcome outcome) {
                const bool succeeded = outcome == CaseExporter::Outcome::Completed ||
                                       outcome == CaseExporter::Outcome::Stopped;
                const Severity severity =
                    outcome == CaseExporter::Outcome::Failed ? Severity::Error : Severity::Warning;
                banners_->show_message(succeeded ? Severity::Information : severity, sentence);
            });
}

void MainWindow::refresh_case_exports() {
    const bool may = case_->is_open() && !case_->exporting().running();
    action("export_case")->setEnabled(may);
    action("export_case_selection")->setEnabled(may && !case_pane_->selected().empty());
}

void MainWindow::choose_case_export(bool selection) {
    QStringList filters;
    for (const auto& [format, words] : offers())
        filters.append(words);
    auto* const dialog = new QFileDialog(
        this, selection ? tr("Export the selection") : tr("Export the listed exhibits"),
        export_folder());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters(filters);
    const auto suffix_of = [](const QString& filter) {
        for (const auto& [format, words] : offers())
            if (words == filter)
                return QString::fromLatin1(export_name(format));
        return QString();
    };
    dialog->setDefaultSuffix(suffix_of(filters.first()));
    const QString stem = QFileInfo(case_->name()).completeBaseName();
    dialog->selectFile(stem + QLatin1Char('.') + suffix_of(filters.first()));
    connect(dialog, &QFileDialog::filterSelected, dialog,
            [dialog, stem, suffix_of](const QString& filter) {
                dialog->setDefaultSuffix(suffix_of(filter));
                dialog->selectFile(stem + QLatin1Char('.') + suffix_of(filter));
            });
    connect(dialog, &QFileDialog::fileSelected, this, [this, selection](const QString& file) {
        remember_export(file);
        export_case_to(file, selection);
    });
    connect(case_, &CaseController::closed, dialog, &QDialog::reject);
    dialog->open();
}

void MainWindow::export_case_to(const QString& file, bool selection) {
    if (!case_->is_open())
        return;
    const CaseView& view = case_->model().view();
    export_exhibits(file, selection ? case_pane_->selected() : case_->model().ids(),
                    filter_words(view.filter) +
                        (view.among ? "; of a group that looks alike" : "") +
                        (selection ? "; of these, those selected" : "") + "; " +
                        order_words(view.order, view.descending));
}

void MainWindow::export_exhibits(const QString& file, ExhibitIds ids, const std::string& chosen) {
    if (!case_->is_open() || case_->exporting().running()) {
        banners_->show_message(
            Severity::Warning,
            tr("An export is already running. Stop it, or wait until it has finished."));
        return;
    }
    const auto format = export_named(QFileInfo(file).suffix().toLower().toStdString());
    if (!format || *format == CaseExport::Records) {
        banners_->show_message(Severity::Warning, tr("The file type of %1 is not supported. Use "
                                                     "the extension .html, .pdf, .csv or .jsonl.")
                                                      .arg(QFileInfo(file).fileName()));
        return;
    }
    ExportRequest request;
    request.format = *format;
    request.out = to_path(file);
    request.ids = std::move(ids);
    request.chosen = chosen;
    request.by = case_->review().name();
    request.program = "DeepFakeDefenders " + program_version();
    request.maps = *format != CaseExport::JsonLines;
    case_->export_to(request);
}

}  // namespace dfd::ui
