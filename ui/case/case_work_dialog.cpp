#include "ui/case/case_work_dialog.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>
#include <utility>

#include "ui/look/appearance.h"
#include "ui/look/dialog_buttons.h"

namespace dfd::ui {

CaseWorkDialog::CaseWorkDialog(BackgroundThreads& threads, const QString& title,
                               const QString& explanation, const QString& start_label,
                               QWidget* parent)
    : QDialog(parent),
      task_(threads),
      options_(new QVBoxLayout),
      busy_(new QProgressBar(this)),
      step_(make_label(this, TextSize::Caption, false, true)),
      heading_(make_label(this, TextSize::Body, true)),
      details_(new QPlainTextEdit(this)),
      start_(new QPushButton(start_label, this)),
      stop_(new QPushButton(tr("Stop"), this)) {
    setWindowTitle(title);
    auto* const words = make_label(this, TextSize::Body);
    words->setText(explanation);
    words->setMinimumWidth(60 * kGrid);
    for (QLabel* const label : {words, step_, heading_})
        label->setWordWrap(true);
    heading_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    details_->setReadOnly(true);
    details_->setAccessibleName(tr("Details"));
    details_->setMinimumHeight(16 * kGrid);
    details_->setTabChangesFocus(true);
    busy_->setTextVisible(false);
    busy_->setAccessibleName(title);
    start_->setProperty("primary", true);
    start_->setDefault(true);
    for (QWidget* const later : std::initializer_list<QWidget*>{busy_, step_, heading_, details_})
        later->hide();
    auto* const buttons = new QDialogButtonBox(this);
    buttons->addButton(start_, QDialogButtonBox::ActionRole);
    buttons->addButton(stop_, QDialogButtonBox::ActionRole);
    buttons->addButton(QDialogButtonBox::Close);
    stop_->hide();
    auto* const column = new QVBoxLayout(this);
    column->setContentsMargins(3 * kGrid, 3 * kGrid, 3 * kGrid, 2 * kGrid);
    column->setSpacing(kGrid + kGrid / 2);
    column->addWidget(words);
    column->addLayout(options_);
    column->addWidget(busy_);
    column->addWidget(step_);
    column->addWidget(heading_);
    column->addWidget(details_, 1);
    column->addWidget(buttons);
    order_buttons(*buttons);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(start_, &QPushButton::clicked, this, &CaseWorkDialog::start_requested);
    connect(stop_, &QPushButton::clicked, this, [this] { task_.request_stop(); });
}

QString CaseWorkDialog::heading() const {
    return heading_->text();
}

QString CaseWorkDialog::details() const {
    return details_->toPlainText();
}

void CaseWorkDialog::start(Work work) {
    busy_->setRange(0, 0);
    busy_->show();
    step_->setText({});
    step_->show();
    heading_->hide();
    details_->hide();
    start_->hide();
    stop_->show();
    task_.start(
        [this, work = std::move(work)](const Task::Run& run) -> Task::Then {
            const Outcome outcome = work(
                [&](double done, double total, const std::string& what) {
                    run.post_latest([this, done, total, what = QString::fromStdString(what)] {
                        constexpr int kSteps = 1000;
                        busy_->setRange(0, total > 0 ? kSteps : 0);
                        busy_->setValue(total > 0 ? static_cast<int>(kSteps * done / total) : 0);
                        step_->setText(what);
                    });
                },
                run.stop_token());
            return [this, outcome] { show_outcome(outcome); };
        },
        [this](const Task::Problem& problem) {
            show_outcome(problem.stopped ? Outcome{tr("Stopped."), {}}
                                         : Outcome{problem.sentence, {}});
        });
}

void CaseWorkDialog::show_outcome(const Outcome& outcome) {
    busy_->hide();
    step_->hide();
    stop_->hide();
    start_->show();
    heading_->setText(outcome.heading);
    heading_->show();
    details_->setPlainText(outcome.details);
    details_->setVisible(!outcome.details.isEmpty());
    Q_EMIT ended();
}

}  // namespace dfd::ui
