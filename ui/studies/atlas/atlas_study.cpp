#include "ui/studies/atlas/atlas_study.h"

#include <QAction>
#include <utility>

#include "ui/studies/atlas/atlas_run.h"
#include "ui/studies/subject.h"

namespace dfd::ui {

AtlasStudy::AtlasStudy(StudyHost& host) : Study(host), run_(new AtlasRun(host.threads(), this)) {
    connect(run_, &AtlasRun::changed, this, &AtlasStudy::show_run);
}

void AtlasStudy::add_actions(QMenu* menu) {
    action_ = host().add_action(menu, "atlas", {}, tr("Score at&las of this picture…"),
                                tr("Ctrl+Shift+A"), [this] { open(); });
    action_->setStatusTip(
        tr("Scores overlapping windows of the picture and one around each face."));
}

void AtlasStudy::open() {
    if (dialog_ == nullptr || dialog_->isHidden()) {  // hidden: being deleted
        dialog_ = new AtlasDialog(host().dialog_parent());
        dialog_->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog_, &AtlasDialog::start_requested, run_, &AtlasRun::start);
        connect(dialog_, &AtlasDialog::stop_requested, run_, &AtlasRun::stop);
        connect(dialog_, &AtlasDialog::scales_chosen, run_, &AtlasRun::set_scales);
        connect(dialog_, &QDialog::finished, run_, &AtlasRun::stop);
    }
    shown_.clear();
    refresh();
    dialog_->show();
    dialog_->raise();
    dialog_->activateWindow();
    run_->start();
}

void AtlasStudy::refresh() {
    auto subject = study_subject(collection(), host().evaluator(), obstacle_);
    action_->setEnabled(subject && subject->evaluator);
    const Exhibit* const exhibit = collection().current();
    const std::string now = subject ? subject->scope + subject->sha256 : std::string();
    run_->set_subject(std::move(subject));
    if (dialog_ == nullptr)
        return;
    if (now.empty() || now != shown_) {
        shown_ = now;
        if (now.empty()) {
            dialog_->show_subject({}, {}, {});
        } else {
            dialog_->show_subject(exhibit->name, collection().thumbnail(),
                                  QSize(exhibit->examination->width, exhibit->examination->height));
            show_picture();
        }
    }
    show_run();
}

void AtlasStudy::show_run() {
    if (dialog_ != nullptr)
        dialog_->show_run(*run_, collection().bands(), obstacle_);
}

void AtlasStudy::show_picture() {
    const Exhibit* const exhibit = collection().current();
    if (dialog_ == nullptr || exhibit == nullptr || shown_.empty())
        return;
    if (const PyramidPtr picture = host().opened_picture(exhibit->key()))
        dialog_->show_picture(picture);
}

}  // namespace dfd::ui
