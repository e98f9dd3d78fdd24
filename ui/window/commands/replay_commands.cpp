#include "ui/window/commands/replay_commands.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>
#include <utility>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/engine/replay/replay.h"
#include "ui/case/case_work_dialog.h"
#include "ui/look/appearance.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

namespace fs = std::filesystem;

/// The recorded picture: where it was, else beside the record or one folder above it. Empty if it
/// is in none of these.
fs::path picture_of(const ReplayRecord& record, const fs::path& file) {
    const fs::path there = record.path, folder = file.parent_path();
    for (const fs::path& each : {there, folder / there, folder / there.filename(),
                                 folder.parent_path() / there.filename()}) {
        std::error_code unknown;
        if (each.is_absolute() && fs::is_regular_file(each, unknown))
            return each;
    }
    return {};
}

/// Whether the evaluator is what the record names, so that the panel need not be loaded twice.
bool is_recorded(const Evaluator& evaluator, const ReplayRecord& record) {
    return evaluator.panel().digest == record.panel_digest &&
           evaluator.panel().calibration == record.calibration &&
           evaluator.precision() == record.precision;
}

CaseWorkDialog::Outcome outcome_of(const ReplayReport& report) {
    QStringList lines;
    for (const StageCheck& check : report.stages)
        lines.append(ReplayCommands::tr("%1 – %2: %3")
                         .arg(QString::fromStdString(say(replay_stage_name(check.stage))),
                              QString::fromStdString(outcome_words(check.outcome)),
                              QString::fromStdString(visible(check.sentence))));
    return {QString::fromStdString(replay_verdict(report)), lines.join(QLatin1Char('\n'))};
}

}  // namespace

ReplayCommands::ReplayCommands(Shell& shell, Backend backend)
    : shell_(shell), backend_(std::move(backend)), reading_(shell.threads()) {}

CaseWorkDialog* ReplayCommands::dialog() const {
    return dialog_;
}

void ReplayCommands::add_action(QMenu* menu) {
    shell_.add_action(menu, "replay", {}, tr("Repla&y a record…"), {}, [this] { choose(); });
}

void ReplayCommands::choose() {
    auto* const dialog =
        new QFileDialog(shell_.dialog_parent(), tr("Replay a record"), shell_.last_folder(),
                        tr("Replay records (*.json);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
        shell_.last_folder() = QFileInfo(file).path();
        open(to_path(file));
    });
    dialog->open();
}

void ReplayCommands::open(const fs::path& file) {
    reading_.start(
        [this, file](const Task::Run&) -> Task::Then {
            const ReplayRecord record = read_replay_record(file);
            return [this, file, record, picture = picture_of(record, file)] {
                show(file, record, picture);
            };
        },
        [this](const Task::Problem& problem) { shell_.tell(Severity::Error, problem.sentence); });
}

void ReplayCommands::show(const fs::path& file, const ReplayRecord& record,
                          const fs::path& picture) {
    dialog_ = new CaseWorkDialog(
        shell_.threads(), tr("Replay %1").arg(path_text(file.filename())),
        tr("Scores %1 again with the panel %2 at %3, as recorded, and compares every step: the "
           "file, its pixels, what the experts receive, the panel, the precision, and the scores. "
           "Nothing is changed.")
            .arg(path_text(fs::path(record.path).filename()), QString::fromStdString(record.panel),
                 QLatin1String(precision_name(record.precision))),
        tr("Replay"), shell_.dialog_parent());
    CaseWorkDialog* const dialog = dialog_;
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    auto* const path = new QLineEdit(path_text(picture), dialog);
    path->setPlaceholderText(tr("Choose the recorded picture"));
    auto* const label = make_label(dialog, TextSize::Body);
    label->setText(tr("&Picture:"));
    label->setBuddy(path);
    auto* const choose = new QPushButton(tr("C&hoose…"), dialog);
    choose->setAutoDefault(false);
    auto* const row = new QHBoxLayout;
    row->setSpacing(kGrid);
    row->addWidget(label);
    row->addWidget(path, 1);
    row->addWidget(choose);
    dialog->options()->addLayout(row);
    const auto refresh = [dialog, path] {
        dialog->start_button()->setEnabled(QFileInfo(path->text()).isFile());
    };
    connect(path, &QLineEdit::textChanged, dialog, refresh);
    connect(choose, &QPushButton::clicked, dialog, [dialog, path, folder = shell_.last_folder()] {
        auto* const pictures =
            new QFileDialog(dialog, tr("Choose the recorded picture"),
                            path->text().isEmpty() ? folder : QFileInfo(path->text()).path());
        pictures->setAttribute(Qt::WA_DeleteOnClose);
        pictures->setFileMode(QFileDialog::ExistingFile);
        connect(pictures, &QFileDialog::fileSelected, path, &QLineEdit::setText);
        pictures->open();
    });
    connect(dialog, &CaseWorkDialog::start_requested, this, [this, dialog, path, record] {
        std::shared_ptr<Evaluator> ready = shell_.evaluator();
        if (ready && !is_recorded(*ready, record))
            ready = nullptr;
        dialog->start(
            [record, ready, open = backend_.open_recorded, picture = to_path(path->text())](
                const Progress& progress, const std::stop_token& stop) {
                const auto evaluator = ready ? ready : open(record, progress, stop);
                progress(0, 0, tr("Scoring the picture again…").toStdString());
                return outcome_of(replay(record, picture, *evaluator, stop));
            });
    });
    refresh();
    dialog->show();
}

}  // namespace dfd::ui
