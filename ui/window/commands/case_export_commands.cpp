#include "ui/window/commands/case_export_commands.h"

#include <QFileInfo>
#include <QSettings>

#include "core/base/language.h"
#include "core/base/version.h"
#include "core/casework/report/filter_words.h"
#include "ui/case/case_controller.h"
#include "ui/case/case_pane.h"
#include "ui/look/banner.h"
#include "ui/look/wording.h"
#include "ui/window/commands/shell.h"

namespace dfd::ui {

CaseExportCommands::CaseExportCommands(Shell& shell, CaseController& controller, CasePane& pane)
    : shell_(shell), case_(controller), pane_(pane) {
    CaseExporter& exporting = controller.exporting();
    connect(&exporting, &CaseExporter::progressed, this, [this] {
        shell_.refresh_progress();
        shell_.refresh_actions();
    });
    connect(&exporting, &CaseExporter::ended, this,
            [this](const QString& sentence, CaseExporter::Outcome outcome, const QString& file,
                   const QString& digest) {
                const Severity severity = outcome == CaseExporter::Outcome::Failed ? Severity::Error
                                          : outcome == CaseExporter::Outcome::NotLogged
                                              ? Severity::Warning
                                              : Severity::Information;
                if (file.isEmpty())
                    shell_.tell(severity, sentence);
                else
                    shell_.tell_saved(severity, sentence, file, digest);
            });
}

void CaseExportCommands::choose(bool selection) {
    const auto count = selection ? pane_.selected().size() : case_.model().ids().size();
    ExportDialog::Offer offer;
    offer.what = selection ? tr("%1 exhibits: those that are selected").arg(count)
                           : tr("%1 exhibits: all that are listed").arg(count);
    offer.folder = shell_.export_folder(Saved::Case);
    offer.stem = QFileInfo(case_.name()).completeBaseName();
    offer.reviewer = QString::fromStdString(case_.review().name().empty() ? login_name()
                                                                          : case_.review().name());
    offer.key = shell_.settings().value(QStringLiteral("case/key")).toString();
    auto* const dialog = new ExportDialog(offer, shell_.dialog_parent());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ExportDialog::export_requested, this, [this, dialog, selection] {
        const ExportChoices choices = dialog->choices();
        if (!choices.key.empty())
            shell_.settings().setValue(QStringLiteral("case/key"), path_text(choices.key));
        shell_.remember_export(dialog->file(), Saved::Case);
        export_to(dialog->file(), selection, choices);
    });
    connect(&case_, &CaseController::closed, dialog, &QDialog::reject);
    dialog->open();
}

void CaseExportCommands::export_to(const QString& file, bool selection,
                                   const ExportChoices& choices) {
    if (case_.exporting().running()) {
        shell_.tell(Severity::Warning,
                    tr("An export is already running. Stop it, or wait until it has finished."));
        return;
    }
    const auto format = export_named(QFileInfo(file).suffix().toLower().toStdString());
    if (!format || *format == CaseExport::Records) {
        shell_.tell(Severity::Warning, tr("The file type of %1 is not supported. Use "
                                          "the extension .html, .pdf, .csv or .jsonl.")
                                           .arg(QFileInfo(file).fileName()));
        return;
    }
    ExportRequest request;
    request.format = *format;
    request.out = to_path(file);
    request.ids = selection ? pane_.selected() : case_.model().ids();
    const CaseView& view = case_.model().view();
    request.chosen = [filter = view.filter, questions = case_.summary().questions,
                      alike = view.among != nullptr, selection, order = view.order,
                      descending = view.descending] {
        auto words = filter_words(filter, questions);
        if (alike)
            words += "; " + say("of a group that looks alike");
        if (selection)
            words += "; " + say("of these, those selected");
        return words + "; " + order_words(order, descending);
    };
    request.by = case_.review().name();
    request.program = "DeepFakeDefenders " + program_version();
    request.maps = choices.maps.value_or(*format != CaseExport::JsonLines);
    request.key = choices.key;
    case_.export_to(request);
}

}  // namespace dfd::ui
