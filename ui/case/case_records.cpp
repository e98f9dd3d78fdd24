#include "ui/case/case_records.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QVBoxLayout>
#include <utility>

#include "core/base/text.h"
#include "core/casework/report/case_text.h"
#include "core/casework/scan/merge_cases.h"
#include "core/casework/verify/verify_case.h"
#include "ui/case/case_log_dialog.h"
#include "ui/case/case_work_dialog.h"
#include "ui/look/appearance.h"
#include "ui/look/dialog_body.h"
#include "ui/look/dialog_buttons.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

QString shown(const std::string& text) {
    return QString::fromStdString(visible(text));
}

/// With digests and ids in groups of eight digits, which can be compared, and wrapped.
QString with_groups(QString text) {
    static const QRegularExpression digest(QStringLiteral("\\b(?:[0-9a-f]{32}){1,2}\\b"));
    for (auto found = digest.match(text); found.hasMatch(); found = digest.match(text)) {
        QStringList groups;
        for (qsizetype i = 0; i < found.capturedLength(); i += 8)
            groups.append(found.captured().mid(i, 8));
        text.replace(found.capturedStart(), found.capturedLength(), groups.join(QLatin1Char(' ')));
    }
    return text;
}

CaseWorkDialog::Outcome outcome_of(const CaseCheck& check, const QString& name, bool files) {
    QStringList details;
    for (const std::string& problem : check.problems)
        details.append(CaseRecords::tr("Problem: %1").arg(shown(problem)));
    for (const std::string& note : check.notes)
        details.append(CaseRecords::tr("Note: %1").arg(shown(note)));
    details.append(
        CaseRecords::tr("Log entries checked: %1, rows: %2.").arg(check.entries).arg(check.rows));
    if (files)
        details.append(CaseRecords::tr("Picture files as recorded: %1, not reachable now: %2.")
                           .arg(check.files)
                           .arg(check.unreachable));
    details.append(CaseRecords::tr("Head: %1").arg(QString::fromStdString(check.head)));
    return {check.problems.empty() ? CaseRecords::tr("%1 is intact.").arg(name)
                                   : CaseRecords::tr("%1 is not intact. Problems: %2.")
                                         .arg(name)
                                         .arg(check.problems.size()),
            details.join(QLatin1Char('\n'))};
}

}  // namespace

CaseRecords::CaseRecords(CaseController& controller, BackgroundThreads& threads, QWidget* parent)
    : QObject(parent), case_(controller), threads_(threads), window_(parent), reading_(threads) {}

void CaseRecords::present(QDialog* dialog) {
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(&case_, &CaseController::closed, dialog, &QDialog::reject);
    dialog->show();
}

void CaseRecords::show_properties() {
    reading_.start(
        [this, path = case_.path()](const Task::Run&) -> Task::Then {
            const CaseFile file(path, CaseAccess::Read);
            return [this, facts = case_facts(file), all = case_info_text(file),
                    head = last_entry(file).digest] { show_info(facts, all, head); };
        },
        [this](const Task::Problem& problem) { Q_EMIT case_.problem(problem.sentence); });
}

void CaseRecords::show_info(const std::vector<CaseFact>& facts, const std::string& all,
                            const std::string& head) {
    if (!case_.is_open())
        return;
    auto* const dialog = new QDialog(window_);
    dialog->setObjectName(QStringLiteral("case_properties"));
    dialog->setWindowTitle(tr("Properties of %1").arg(case_.name()));
    auto* const body = new DialogBody(96 * kGrid, dialog);
    auto* const form = new QFormLayout;
    form->setHorizontalSpacing(2 * kGrid);
    form->setVerticalSpacing(kGrid);
    QLabel* last = nullptr;
    for (const auto& fact : facts) {
        const QString text = QString::fromStdString(fact.value);
        if (fact.name.empty() && last != nullptr) {
            last->setText(last->text() + QLatin1Char('\n') + text);
            continue;
        }
        auto* const value = last = make_label(body->content(), TextSize::Body);
        value->setText(text.startsWith(QLatin1Char('/')) ? text : with_groups(text));
        value->setWordWrap(true);
        value->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        auto* const name = make_label(body->content(), TextSize::Body, false, true);
        const QString words = QString::fromStdString(fact.name);
        name->setText(words.left(1).toUpper() + words.mid(1));
        name->setBuddy(value);
        form->addRow(name, value);
    }
    auto* const buttons = new QDialogButtonBox(dialog);
    auto* const copy_head = buttons->addButton(tr("Copy the &head"), QDialogButtonBox::ActionRole);
    copy_head->setToolTip(
        tr("The digest of the log's last entry. Note it elsewhere, to show later "
           "that nothing before it was changed."));
    auto* const copy_all = buttons->addButton(tr("&Copy all"), QDialogButtonBox::ActionRole);
    buttons->addButton(QDialogButtonBox::Close);
    connect(copy_head, &QPushButton::clicked, dialog,
            [head] { QApplication::clipboard()->setText(QString::fromStdString(head)); });
    connect(copy_all, &QPushButton::clicked, dialog,
            [all] { QApplication::clipboard()->setText(QString::fromStdString(all)); });
    connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    auto* const column = new QVBoxLayout(dialog);
    column->setContentsMargins(3 * kGrid, 3 * kGrid, 3 * kGrid, 2 * kGrid);
    column->setSpacing(2 * kGrid);
    body->column()->addLayout(form);
    body->column()->addStretch(1);
    column->addWidget(body, 1);
    column->addWidget(buttons);
    order_buttons(*buttons);
    body->fit_dialog();
    present(dialog);
}

QPointer<CaseLogDialog> CaseRecords::show_log() {
    auto* const dialog = new CaseLogDialog(threads_, case_.path(), window_);
    present(dialog);
    return dialog;
}

QPointer<CaseWorkDialog> CaseRecords::show_verify() {
    auto* const dialog = new CaseWorkDialog(
        threads_, tr("Verify %1").arg(case_.name()),
        tr("Checks the pages of the case's file, the chain of its log, every row against its log "
           "entry, and the pictures against their recorded digests. Nothing is changed."),
        tr("Verify"), window_);
    auto* const files = new QCheckBox(tr("Read the &pictures, too"), dialog);
    files->setChecked(true);
    auto* const head = new QLineEdit(dialog);
    head->setPlaceholderText(tr("A head that was noted earlier (optional)"));
    head->setAccessibleName(tr("A head that was noted earlier"));
    dialog->options()->addWidget(files);
    dialog->options()->addWidget(head);
    connect(dialog, &CaseWorkDialog::start_requested, dialog,
            [dialog, files, head, path = case_.path(), name = case_.name()] {
                CaseCheckOptions options;
                options.files = files->isChecked();
                options.head = head->text().trimmed().toStdString();
                dialog->start([=](const Progress& progress, const std::stop_token& stop) {
                    return outcome_of(verify_case(path, options, progress, stop), name,
                                      options.files);
                });
            });
    present(dialog);
    return dialog;
}

QPointer<CaseWorkDialog> CaseRecords::show_merge(
    const std::vector<std::filesystem::path>& sources) {
    QStringList names;
    for (const auto& source : sources)
        names.append(path_text(source.filename()));
    auto* const dialog = new CaseWorkDialog(
        threads_, tr("Merge into %1").arg(case_.name()),
        tr("Copies from %1 what this case lacks: exhibits, results, marks, tags and notes. The "
           "merged cases are not changed, and merging twice adds nothing. Of two decisions about "
           "the same exhibit, the merged one counts.")
            .arg(names.join(QStringLiteral(", "))),
        tr("Merge"), window_);
    connect(dialog, &CaseWorkDialog::start_requested, dialog, [this, dialog, sources] {
        const std::weak_ptr<CaseFile> target = case_.writer();
        dialog->start([target, sources](const Progress& progress,
                                        const std::stop_token& stop) -> CaseWorkDialog::Outcome {
            const auto file = target.lock();
            if (!file)
                throw std::runtime_error(
                    tr("This case is read-only, so nothing can be merged into it.").toStdString());
            QStringList details;
            std::int64_t exhibits = 0;
            for (const auto& source : sources) {
                const MergeSummary done = merge_case(*file, source, progress, stop);
                exhibits += done.exhibits;
                QString line = tr("%1: new exhibits %2, files %3, results %4, decisions %5.")
                                   .arg(path_text(source.filename()))
                                   .arg(done.exhibits)
                                   .arg(done.files)
                                   .arg(done.results)
                                   .arg(done.decisions);
                if (done.differing > 0)
                    line += QLatin1Char(' ') +
                            tr("Other scores for the same picture, of which those of this case "
                               "stay: %1.")
                                .arg(done.differing);
                if (done.replaced > 0)
                    line += QLatin1Char(' ') +
                            tr("Marks and tags that now count instead of those in this case: %1.")
                                .arg(done.replaced);
                details.append(line);
            }
            return {tr("Merged. New exhibits: %1.").arg(exhibits), details.join(QLatin1Char('\n'))};
        });
    });
    connect(dialog, &CaseWorkDialog::ended, &case_, &CaseController::refresh);
    present(dialog);
    return dialog;
}

}  // namespace dfd::ui
