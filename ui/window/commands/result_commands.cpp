#include "ui/window/commands/result_commands.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDate>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <utility>

#include "core/engine/results/publication.h"
#include "ui/look/wording.h"
#include "ui/picture/picture_pane.h"
#include "ui/verdict/facts_panel.h"
#include "ui/window/commands/open_elsewhere.h"

namespace dfd::ui {

ResultCommands::ResultCommands(StudyHost& host, FactsPanel& facts)
    : Study(host), facts_(facts), writing_(host.threads(), {}, Task::OnStop::Finish) {}

void ResultCommands::add_actions(QMenu* menu) {
    results_.push_back(host().add_action(menu, "save_report", QStringLiteral("export"),
                                         tr("&Save a report of this picture…"), QKeySequence::Save,
                                         [this] { choose_report(); }));
    QMenu* const result = menu->addMenu(tr("&Export this result"));
    results_.push_back(host().add_action(result, "export_json", {}, tr("As &JSON…"), {},
                                         [this] { choose_export(ExportKind::Json, false); }));
    results_.push_back(host().add_action(result, "export_csv", {}, tr("As &CSV…"), {},
                                         [this] { choose_export(ExportKind::Csv, false); }));
    sheet_ = host().add_action(result, "export_png", {}, tr("Picture and &heatmap as PNG…"),
                               tr("Ctrl+Shift+S"),
                               [this] { choose_export(ExportKind::OverlayPng, false); });
    QMenu* const list = menu->addMenu(tr("Export the &list"));
    lists_.push_back(host().add_action(list, "export_list_json", {}, tr("As &JSON Lines…"), {},
                                       [this] { choose_export(ExportKind::Json, true); }));
    lists_.push_back(host().add_action(list, "export_list_csv", {}, tr("As &CSV…"), {},
                                       [this] { choose_export(ExportKind::Csv, true); }));
}

void ResultCommands::add_copies(QMenu* menu) {
    copies_.push_back(host().add_action(menu, "copy", QStringLiteral("copy"),
                                        tr("&Copy the result"), QKeySequence::Copy,
                                        [this] { copy_result(); }));
    host().add_action(menu, "copy_sentence", {}, tr("Copy a &sentence for publication"),
                      QKeySequence(tr("Ctrl+Alt+C")), [this] { copy_sentence(); });
    copies_.push_back(host().add_action(menu, "copy_picture", {},
                                        tr("Copy the p&icture, with its heatmap"),
                                        tr("Ctrl+Shift+C"), [this] { copy_picture(); }));
    places_.push_back(host().add_action(menu, "copy_path", {}, tr("Copy its pat&h"), {}, [this] {
        QApplication::clipboard()->setText(path_text(collection().current()->source.path));
    }));
}

void ResultCommands::add_places(QMenu* menu) {
    const auto open = [this](const std::filesystem::path& path) {
        open_elsewhere(host(), path_text(path));
    };
    places_.push_back(host().add_action(
        menu, "show_in_folder", {}, tr("Show in its fol&der"), {},
        [this, open] { open(collection().current()->source.path.parent_path()); }));
    places_.push_back(
        host().add_action(menu, "open_elsewhere", {}, tr("Open in another pro&gram"), {},
                          [this, open] { open(collection().current()->source.path); }));
}

void ResultCommands::refresh() {
    const Exhibit* const exhibit = collection().current();
    const auto enable = [](const std::vector<QAction*>& actions, bool on) {
        for (QAction* const action : actions)
            action->setEnabled(on);
    };
    const bool any_result = exhibit != nullptr && exhibit->examination && exhibit->is_finished() &&
                            collection().shown_by();
    enable(results_, any_result);
    enable(lists_, any_result && !collection().is_case());
    enable(copies_, exhibit != nullptr);
    enable(places_, exhibit != nullptr && !exhibit->source.path.empty());
    sheet_->setEnabled(exhibit != nullptr && exhibit->opinion() != nullptr &&
                       host().picture_pane().drawn().scale_max > 0);
}

// --- data

namespace {

Saved saved_as(ExportKind kind) {
    return kind == ExportKind::OverlayPng ? Saved::Picture : Saved::Data;
}

}  // namespace

void ResultCommands::choose_export(ExportKind kind, bool whole_list) {
    const Exhibit* const exhibit = collection().current();
    QString stem = whole_list || exhibit == nullptr ? tr("results")
                                                    : QFileInfo(exhibit->name).completeBaseName();
    if (kind == ExportKind::OverlayPng)
        stem += tr("-heatmap");
    auto* const dialog = new QFileDialog(
        host().dialog_parent(), whole_list ? tr("Export the list") : tr("Export this result"),
        host().export_folder(saved_as(kind)), export_filter(kind));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(export_suffix(kind).mid(1));
    dialog->selectFile(stem + export_suffix(kind));
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, kind, whole_list](const QString& file) {
                host().remember_export(file, saved_as(kind));
                if (whole_list)
                    export_list(kind, file);
                else
                    export_current(kind, file);
            });
    dialog->open();
}

void ResultCommands::export_current(ExportKind kind, const QString& file) {
    const Exhibit* const exhibit = collection().current();
    const auto by = collection().shown_by();
    if (exhibit == nullptr || !exhibit->examination || !by) {
        host().tell(Severity::Warning, tr("There are no results to export yet."));
        return;
    }
    const auto sheet = map_sheet();
    if (kind == ExportKind::OverlayPng && !sheet) {
        host().tell(Severity::Warning, tr("No heatmap is shown that could be saved."));
        return;
    }
    in_background(file, [kind, file, sheet, result = exhibit->examination, source = exhibit->source,
                         by = *by, bands = collection().bands(), firmness = host().firmness()] {
        if (kind == ExportKind::OverlayPng)
            export_map_sheet(to_path(file), source, *sheet, result->facts.sha256);
        else
            export_results(to_path(file), kind, {result}, by, bands, firmness);
        return tr("Saved to %1").arg(file);
    });
}

void ResultCommands::export_list(ExportKind kind, const QString& file) {
    in_background(file, [kind, file, read = collection().read(collection().ids())] {
        std::vector<ExaminationPtr> results;
        std::optional<ScoredBy> by;
        for (const Collection::Listed& each : read({}))
            if (each.examination->state == ExaminationState::Explained ||
                each.examination->state == ExaminationState::Failed) {
                results.push_back(each.examination);
                by = each.by;
            }
        if (results.empty() || by->panel.experts.empty())
            throw std::runtime_error(tr("There are no results to export yet.").toStdString());
        export_results(to_path(file), kind, results, *by);
        return tr("Saved to %1 (results: %2)").arg(file).arg(results.size());
    });
}

void ResultCommands::in_background(const QString& file, std::function<QString()> write) {
    writing_.add(
        [this, file, write = std::move(write)](const Task::Run&) -> Task::Then {
            const QString written = write();
            return
                [this, file, written] { host().tell_saved(Severity::Information, written, file); };
        },
        [this](const Task::Problem& problem) { host().tell(Severity::Error, problem.sentence); });
}

// --- reports

void ResultCommands::choose_report() {
    const Exhibit* const exhibit = collection().current();
    if (exhibit == nullptr)
        return;
    const QStringList filters{tr("One HTML file (*.html)"), tr("PDF pages (*.pdf)")};
    auto* const dialog =
        new QFileDialog(host().dialog_parent(), tr("Save a report of this picture"),
                        host().export_folder(Saved::Report));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters(filters);
    dialog->setDefaultSuffix(QStringLiteral("html"));
    const QString stem = QFileInfo(exhibit->name).completeBaseName() + tr("-report");
    dialog->selectFile(stem + QStringLiteral(".html"));
    connect(dialog, &QFileDialog::filterSelected, dialog, [=](const QString& filter) {
        const QString suffix =
            filter == filters.last() ? QStringLiteral("pdf") : QStringLiteral("html");
        dialog->setDefaultSuffix(suffix);
        dialog->selectFile(stem + QLatin1Char('.') + suffix);
    });
    connect(dialog, &QFileDialog::fileSelected, this, &ResultCommands::save_report);
    dialog->open();
}

void ResultCommands::save_report(const QString& file) {
    const Exhibit* const exhibit = collection().current();
    if (exhibit == nullptr || !exhibit->examination || !exhibit->is_finished() ||
        !collection().shown_by()) {
        host().tell(Severity::Warning, tr("There is nothing to report yet."));
        return;
    }
    const QString suffix = QFileInfo(file).suffix().toLower();
    const bool pdf = suffix == QLatin1String("pdf");
    if (!pdf && suffix != QLatin1String("html") && suffix != QLatin1String("htm")) {
        host().tell(Severity::Warning,
                    tr("The file type of %1 is not supported. Use the extension .html or .pdf.")
                        .arg(QFileInfo(file).fileName()));
        return;
    }
    host().remember_export(file, Saved::Report);
    if (auto write = collection().report(to_path(file), pdf))
        in_background(file, [file, write = std::move(write)] {
            write();
            return tr("Saved to %1").arg(file);
        });
}

std::optional<MapSheet> ResultCommands::map_sheet() const {
    const Exhibit* const exhibit = collection().current();
    const auto by = collection().shown_by();
    const PicturePane::Drawn drawn = host().picture_pane().drawn();
    if (exhibit == nullptr || !exhibit->examination || !by || !(drawn.scale_max > 0))
        return std::nullopt;
    const OverlaySettings& choice = host().picture_pane().controls()->settings();
    MapSheet sheet = map_sheet_of(*exhibit->examination, *by, collection().bands());
    sheet.map = drawn.map;
    sheet.scale_max = drawn.scale_max;
    if (!drawn.is_signed)
        sheet.colours = choice.colours;
    sheet.opacity = choice.opacity;
    sheet.map_name = drawn.name;
    sheet.standing = drawn.standing;
    return sheet;
}

// --- the clipboard

void ResultCommands::copy_result() {
    if (facts_.hasFocus()) {
        facts_.copy_selected();
        return;
    }
    const Exhibit* const exhibit = collection().current();
    if (exhibit == nullptr)
        return;
    const auto by = collection().shown_by();
    if (!exhibit->examination || !by) {
        QApplication::clipboard()->setText(exhibit->name);
        return;
    }
    QApplication::clipboard()->setText(
        result_as_text(*exhibit->examination, *by, collection().bands(), host().firmness()));
    host().tell(Severity::Information, tr("The result was copied to the clipboard."));
}

void ResultCommands::copy_sentence() {
    const Exhibit* const exhibit = collection().current();
    const auto by = collection().shown_by();
    const QString text = exhibit != nullptr && exhibit->examination && by
                             ? QString::fromStdString(publication_text(
                                   *exhibit->examination, *by,
                                   collection().scored_on().toString(Qt::ISODate).toStdString(),
                                   collection().bands()))
                             : QString();
    if (text.isEmpty()) {
        host().tell(Severity::Information, tr("Select a picture that has been scored first."));
        return;
    }
    QApplication::clipboard()->setText(text);
    host().tell(Severity::Information,
                tr("A sentence with its caution was copied to the clipboard."));
}

void ResultCommands::copy_picture() {
    const Exhibit* const exhibit = collection().current();
    const PyramidPtr opened = exhibit == nullptr ? nullptr : host().opened_picture(exhibit->key());
    if (!opened) {
        host().tell(Severity::Warning, tr("The picture is not open at full size yet."));
        return;
    }
    const QImage& whole = opened->levels.front();
    const auto sheet = map_sheet();
    QApplication::clipboard()->setImage(sheet ? draw_map_sheet(*sheet, whole) : whole);
    host().tell(Severity::Information,
                sheet ? tr("The picture and its heatmap were copied side by side.")
                      : tr("The picture was copied to the clipboard."));
}

}  // namespace dfd::ui
