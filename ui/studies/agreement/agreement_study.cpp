#include "ui/studies/agreement/agreement_study.h"

#include "ui/studies/agreement/agreement_dialog.h"

namespace dfd::ui {

void AgreementStudy::add_actions(QMenu* menu) {
    host().add_action(menu, "disagreement", {}, tr("&Disagreement of the experts…"),
                      tr("Ctrl+Shift+D"), [this] { open(); });
}

void AgreementStudy::attach(Collection& collection) {
    Study::attach(collection);
    if (dialog_ != nullptr)
        dialog_->reject();
}

void AgreementStudy::open() {
    if (dialog_ == nullptr || dialog_->isHidden()) {  // hidden: being deleted
        dialog_ = new AgreementDialog(host().threads(), host().dialog_parent());
        dialog_->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog_, &AgreementDialog::cell_chosen, this,
                [this](const std::vector<qint64>& ids) { collection().select(ids); });
        connect(dialog_, &AgreementDialog::picture_chosen, this,
                [this](qint64 id) { collection().make_current(id); });
    }
    dialog_->compute(collection().opinions(), collection().words());
    dialog_->show();
    dialog_->raise();
    dialog_->activateWindow();
}

}  // namespace dfd::ui
