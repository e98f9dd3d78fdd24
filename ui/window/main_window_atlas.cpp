// The main window's score atlas: the selected picture in overlapping windows.
#include <QAction>
#include <QMenu>

#include "ui/studies/atlas_dialog.h"
#include "ui/studies/atlas_run.h"
#include "ui/window/main_window.h"

namespace dfd::ui {

void MainWindow::build_atlas_action(QMenu* menu) {
    add_action(menu, "atlas", {}, tr("Score at&las of this picture…"), tr("Ctrl+Shift+A"), [this] {
        open_atlas();
    })->setStatusTip(tr("Scores overlapping windows of the picture and one around each face."));
}

void MainWindow::connect_atlas() {
    connect(atlas_, &AtlasRun::changed, this, &MainWindow::show_atlas_run);
}

AtlasDialog* MainWindow::atlas_dialog() const {
    return atlas_dialog_;
}

void MainWindow::open_atlas() {
    if (atlas_dialog_ == nullptr || atlas_dialog_->isHidden()) {  // hidden: being deleted
        atlas_dialog_ = new AtlasDialog(this);
        atlas_dialog_->setAttribute(Qt::WA_DeleteOnClose);
        connect(atlas_dialog_, &AtlasDialog::start_requested, atlas_, &AtlasRun::start);
        connect(atlas_dialog_, &AtlasDialog::stop_requested, atlas_, &AtlasRun::stop);
        connect(atlas_dialog_, &AtlasDialog::scales_chosen, atlas_, &AtlasRun::set_scales);
        connect(atlas_dialog_, &QDialog::finished, atlas_, &AtlasRun::stop);
    }
    atlas_shown_.clear();
    refresh_atlas();
    atlas_dialog_->show();
    atlas_dialog_->raise();
    atlas_dialog_->activateWindow();
    atlas_->start();
}

void MainWindow::refresh_atlas() {
    auto subject = study_subject(atlas_obstacle_);
    action("atlas")->setEnabled(subject && subject->evaluator);
    const Exhibit* const exhibit = current();
    const std::string now = subject ? subject->scope + subject->sha256 : std::string();
    atlas_->set_subject(std::move(subject));
    if (atlas_dialog_ == nullptr)
        return;
    if (now.empty() || now != atlas_shown_) {
        atlas_shown_ = now;
        if (now.empty()) {
            atlas_dialog_->show_subject({}, {}, {});
        } else {
            atlas_dialog_->show_subject(
                exhibit->name, shown().thumbnail(),
                QSize(exhibit->examination->width, exhibit->examination->height));
            show_atlas_picture();
        }
    }
    show_atlas_run();
}

void MainWindow::show_atlas_run() {
    if (atlas_dialog_ != nullptr)
        atlas_dialog_->show_run(*atlas_, shown().thresholds(), atlas_obstacle_);
}

void MainWindow::show_atlas_picture() {
    const Exhibit* const exhibit = current();
    if (atlas_dialog_ != nullptr && exhibit != nullptr && loaded_id_ == exhibit->id && loaded_ &&
        !atlas_shown_.empty())
        atlas_dialog_->show_picture(loaded_);
}

}  // namespace dfd::ui
