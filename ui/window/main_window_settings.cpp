// Settings that the main window keeps between runs.
#include <QCloseEvent>
#include <QSettings>
#include <QSplitter>
#include <algorithm>

#include "ui/case/case_pane.h"
#include "ui/list/exhibit_pane.h"
#include "ui/list/list_form.h"
#include "ui/look/wording.h"
#include "ui/picture/picture_pane.h"
#include "ui/window/main_window.h"

namespace dfd::ui {
namespace {

/// The panel with the calibration that was used last, if it still has it.
PanelChoice last_choice(const std::filesystem::path& folder, const std::string& calibration) {
    PanelChoice choice{folder.native()};
    if (calibration.empty())
        return choice;
    try {
        if (std::ranges::count(calibration_names(read_panel(folder)), calibration) > 0)
            choice.calibration = calibration;
    } catch (const PanelError&) {  // opening it says why
    }
    return choice;
}

}  // namespace

void MainWindow::read_settings(const std::string& wanted_panel) {
    restoreGeometry(settings_.value(QStringLiteral("window/geometry")).toByteArray());
    splitter_->restoreState(settings_.value(QStringLiteral("window/panes")).toByteArray());
    const auto bounded = [this](const char* key, int fallback, int last) {
        return std::clamp(settings_.value(QLatin1String(key), fallback).toInt(), 0, last);
    };
    appearance_.choose(static_cast<Appearance::Choice>(bounded("window/appearance", 0, 2)));
    OverlaySettings choice;
    choice.opacity = bounded("heatmap/opacity", 70, 100) / 100.0;
    choice.colours = static_cast<ColourMap>(bounded("heatmap/colours", 0, 1));
    choice.scale = static_cast<MapScale>(bounded("heatmap/scale", 0, 1));
    choice.mode = static_cast<CompareMode>(bounded("heatmap/mode", 0, 1));
    picture_->controls()->set_settings(choice);
    exhibits_->set_order(static_cast<OrderBy>(bounded("list/order", 0, 3)),
                         static_cast<Qt::SortOrder>(bounded("list/direction", 0, 1)));
    for (ListForms* const forms : {exhibits_->forms(), case_pane_->forms()})
        forms->set_form(static_cast<ListForm>(
            bounded(forms == exhibits_->forms() ? "list/form" : "case/form", 0, 2)));
    case_pane_->set_charts_open(settings_.value(QStringLiteral("case/charts"), true).toBool());
    case_pane_->set_order(static_cast<ExhibitOrder>(bounded("case/order", 1, 5)),
                          settings_.value(QStringLiteral("case/descending"), true).toBool());
    cases_->set_reviewer(settings_.value(QStringLiteral("case/reviewer")).toString());
    last_folder_ = settings_.value(QStringLiteral("files/folder")).toString();
    last_export_folder_ = settings_.value(QStringLiteral("files/export_folder")).toString();

    PanelChoice panel{wanted_panel};
    const QString last_panel = settings_.value(QStringLiteral("panel/folder")).toString();
    std::error_code problem;
    if (wanted_panel.empty() && !last_panel.isEmpty() &&
        std::filesystem::exists(to_path(last_panel) / "panel.json", problem))
        panel = last_choice(
            to_path(last_panel),
            settings_.value(QStringLiteral("panel/calibration")).toString().toStdString());
    session_->list_panels();
    session_->open_panel(panel);
}

void MainWindow::write_settings() const {
    settings_.setValue(QStringLiteral("window/geometry"), saveGeometry());
    settings_.setValue(QStringLiteral("window/panes"), splitter_->saveState());
    settings_.setValue(QStringLiteral("window/appearance"), static_cast<int>(appearance_.choice()));
    const OverlaySettings& choice = picture_->controls()->settings();
    settings_.setValue(QStringLiteral("heatmap/opacity"), qRound(choice.opacity * 100));
    settings_.setValue(QStringLiteral("heatmap/colours"), static_cast<int>(choice.colours));
    settings_.setValue(QStringLiteral("heatmap/scale"), static_cast<int>(choice.scale));
    settings_.setValue(QStringLiteral("heatmap/mode"), static_cast<int>(choice.mode));
    settings_.setValue(QStringLiteral("list/order"), static_cast<int>(exhibits_->order_key()));
    settings_.setValue(QStringLiteral("list/direction"),
                       static_cast<int>(exhibits_->order_direction()));
    settings_.setValue(QStringLiteral("list/form"), static_cast<int>(exhibits_->forms()->form()));
    settings_.setValue(QStringLiteral("case/form"), static_cast<int>(case_pane_->forms()->form()));
    settings_.setValue(QStringLiteral("case/charts"), case_pane_->charts_open());
    settings_.setValue(QStringLiteral("case/order"), static_cast<int>(case_pane_->order()));
    settings_.setValue(QStringLiteral("case/descending"), case_pane_->descending());
    settings_.setValue(QStringLiteral("case/reviewer"),
                       QString::fromStdString(case_->review().name()));
    settings_.setValue(QStringLiteral("files/folder"), last_folder_);
    settings_.setValue(QStringLiteral("files/export_folder"), last_export_folder_);
    if (const Evaluator* const evaluator = session_->evaluator()) {
        settings_.setValue(QStringLiteral("panel/folder"), path_text(evaluator->panel().folder));
        settings_.setValue(QStringLiteral("panel/calibration"),
                           QString::fromStdString(evaluator->panel().calibration));
    }
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (files_->ask_about_pasted()) {
        event->ignore();
        return;
    }
    write_settings();
    files_->remember_list();
    event->accept();
}

}  // namespace dfd::ui
