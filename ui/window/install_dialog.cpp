#include "ui/window/install_dialog.h"

#include <QDragEnterEvent>
#include <QFileInfo>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QProgressBar>
#include <QPushButton>
#include <QTabWidget>
#include <QUrl>
#include <QVBoxLayout>
#include <utility>

#include "ui/look/appearance.h"
#include "ui/look/wording.h"
#include "ui/window/commands/installable_names.h"
#include "ui/window/expert_page.h"
#include "ui/window/file_row.h"
#include "ui/window/help_commands.h"

namespace dfd::ui {
namespace {

bool is_ema_name(const QString& name) {
    return name.contains(QLatin1String("ema"), Qt::CaseInsensitive);
}

}  // namespace

InstallDialog::InstallDialog(Backend backend, BackgroundThreads& threads, QWidget* parent)
    : QDialog(parent),
      backend_(std::move(backend)),
      installing_(threads, tr("There is not enough memory to install this panel. Close other "
                              "programs and try again; nothing was installed.")) {
    setWindowTitle(tr("Install"));
    setAcceptDrops(true);
    setMinimumWidth(76 * kGrid);
    pages_ = new QTabWidget(this);
    published_ = new QWidget(pages_);
    experts_ = new ExpertPage(backend_, threads, pages_);
    pages_->addTab(published_, tr("Published &panel"));
    pages_->addTab(experts_, tr("Other people's &expert"));

    auto* const intro = make_label(published_, TextSize::Body);
    intro->setWordWrap(true);
    intro->setText(
        tr("The seven published experts come as two files, weight.pth and ema.state, which their "
           "authors license under CC BY-NC 4.0. Download both files first, then choose them or "
           "drop them here. Every tensor is checked before anything is installed."));

    auto* const grid = new QGridLayout;
    grid->setHorizontalSpacing(kGrid);
    grid->setVerticalSpacing(kGrid);
    const auto chosen = [this](const QString& file) { offer_file(file); };
    weights_ = add_file_row(published_, grid, 0,
                            {tr("&Weights"), QStringLiteral("weight.pth"), QString()}, chosen);
    ema_ = add_file_row(published_, grid, 1,
                        {tr("Moving &averages"), QStringLiteral("ema.state"), QString()}, chosen);
    name_ = new QLineEdit(published_);
    name_->setPlaceholderText(QStringLiteral("published"));
    name_->setAcceptDrops(false);
    add_form_row(published_, grid, 2, tr("&Name"), name_);
    for (QLineEdit* const edit : {weights_, ema_, name_})
        connect(edit, &QLineEdit::textChanged, this, &InstallDialog::refresh);

    problem_ = make_label(published_, TextSize::Body);
    problem_->setWordWrap(true);
    problem_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    problem_->setAccessibleName(tr("Problem"));
    problem_->setObjectName(QStringLiteral("problem"));
    problem_->setProperty("problem", true);
    problem_->setContentsMargins(kGrid, kGrid, kGrid, kGrid);
    problem_->hide();
    step_ = make_label(published_, TextSize::Caption, false, true);
    progress_ = new QProgressBar(published_);
    progress_->setTextVisible(false);
    progress_->setAccessibleName(tr("Progress of the installation"));

    install_ = new QPushButton(tr("Install"), published_);
    install_->setProperty("primary", true);
    install_->setDefault(true);
    cancel_ = new QPushButton(tr("Cancel"), this);
    connect(install_, &QPushButton::clicked, this, &InstallDialog::install);
    connect(cancel_, &QPushButton::clicked, this, &InstallDialog::reject);
    auto* const help = new QPushButton(tr("Where to &get them"), published_);
    help->setAutoDefault(false);
    help->setToolTip(tr("Opens the manual's page about panels"));
    // Its own manual: this dialog is modal.
    connect(help, &QPushButton::clicked, this, [this] {
        show_manual(this, QStringLiteral("panels.md"), QStringLiteral("the-published-panel"));
    });
    auto* const buttons = new QHBoxLayout;
    buttons->addWidget(help);
    buttons->addStretch();
    buttons->addWidget(install_);
    auto* const column = new QVBoxLayout(published_);
    column->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, 2 * kGrid);
    column->setSpacing(2 * kGrid);
    column->addWidget(intro);
    column->addLayout(grid);
    column->addWidget(problem_);
    column->addStretch();
    column->addWidget(step_);
    column->addWidget(progress_);
    column->addLayout(buttons);

    auto* const last = new QHBoxLayout;
    last->addStretch();
    last->addWidget(cancel_);
    auto* const whole = new QVBoxLayout(this);
    whole->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, 2 * kGrid);
    whole->setSpacing(2 * kGrid);
    whole->addWidget(pages_);
    whole->addLayout(last);
    connect(experts_, &ExpertPage::working_changed, this, &InstallDialog::refresh);
    connect(experts_, &ExpertPage::added, this, [this](const QString& folder) {
        Q_EMIT expert_added(folder);
        accept();
    });
    refresh();
}

void InstallDialog::offer_file(const QString& path) {
    const QFileInfo info(path);
    const bool of_expert = is_expert_name(info.fileName());
    pages_->setCurrentWidget(of_expert ? experts_ : published_);
    if (of_expert) {
        experts_->offer_file(path);
        return;
    }
    const bool ema = is_ema_name(info.fileName());
    (ema ? ema_ : weights_)->setText(path);
    QLineEdit* const other = ema ? weights_ : ema_;
    const QFileInfo beside(
        info.dir().filePath(ema ? QStringLiteral("weight.pth") : QStringLiteral("ema.state")));
    if (other->text().isEmpty() && beside.exists())
        other->setText(beside.filePath());
}

QString InstallDialog::problem() const {
    return problem_->isHidden() ? QString() : problem_->text();
}

void InstallDialog::install() {
    if (installing())
        return;
    InstallRequest request;
    request.weights = to_path(weights_->text());
    request.ema = to_path(ema_->text());
    request.name = name_->text().trimmed().toStdString();
    problem_->hide();
    progress_->setRange(0, 0);
    step_->setText(tr("Reading the files…"));
    installing_.start(
        [this, request, run_install = backend_.install_panel](const Task::Run& run) -> Task::Then {
            const Progress progress = [&](double done, double total, const std::string& what) {
                run.post_latest([this,
                                 permille = total > 0 ? static_cast<int>(1000 * done / total) : 0,
                                 text = QString::fromStdString(what)] {
                    progress_->setRange(0, 1000);
                    progress_->setValue(permille);
                    step_->setText(text);
                });
            };
            const QString folder =
                path_text(run_install(request, progress, run.stop_token()).folder);
            return [this, folder] {
                Q_EMIT installed(folder);
                accept();
            };
        },
        [this](const Task::Problem& problem) {
            show_problem(problem.stopped
                             ? tr("The installation was cancelled; nothing was installed.")
                             : problem.sentence);
            refresh();
        });
    refresh();
}

void InstallDialog::show_problem(const QString& sentence) {
    problem_->setText(sentence);
    problem_->show();
}

void InstallDialog::reject() {
    if (!installing() && !experts_->working()) {
        QDialog::reject();
        return;
    }
    if (experts_->working())
        experts_->request_stop();
    if (installing()) {
        installing_.request_stop();
        step_->setText(tr("Cancelling…"));
    }
    cancel_->setEnabled(false);
}

void InstallDialog::refresh() {
    const bool complete = !weights_->text().isEmpty() && !ema_->text().isEmpty();
    install_->setEnabled(complete && !installing());
    cancel_->setEnabled(true);
    cancel_->setText(installing() || experts_->working() ? tr("Cancel") : tr("Close"));
    for (QLineEdit* const edit : {weights_, ema_, name_})
        edit->setEnabled(!installing());
    progress_->setVisible(installing());
    step_->setVisible(installing());
}

void InstallDialog::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls() && !installing())
        event->acceptProposedAction();
}

void InstallDialog::dropEvent(QDropEvent* event) {
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile())
            offer_file(url.toLocalFile());
    event->acceptProposedAction();
}

}  // namespace dfd::ui
