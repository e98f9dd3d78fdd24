#include "ui/case/case_log_dialog.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "core/base/text.h"
#include "ui/look/appearance.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

QString shown(const std::string& text) {
    return QString::fromStdString(visible(text));
}

}  // namespace

CaseLogDialog::CaseLogDialog(BackgroundThreads& threads, const std::filesystem::path& path,
                             QWidget* parent)
    : QDialog(parent),
      reading_(threads),
      filter_(new QLineEdit(this)),
      entries_(new QTreeWidget(this)),
      state_(make_label(this, TextSize::Caption, false, true)) {
    setWindowTitle(tr("Log of %1").arg(path_text(path.filename())));
    filter_->setPlaceholderText(tr("Filter by words in any column"));
    filter_->setAccessibleName(tr("Filter the log"));
    filter_->setClearButtonEnabled(true);
    entries_->setHeaderLabels(
        {tr("No."), tr("When"), tr("Who"), tr("Action"), tr("Details"), tr("Digest")});
    entries_->setRootIsDecorated(false);
    entries_->setUniformRowHeights(true);
    entries_->setTextElideMode(Qt::ElideRight);
    entries_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    entries_->setAccessibleName(tr("Entries, newest first"));
    state_->setWordWrap(true);
    state_->setText(tr("Reading the log…"));
    auto* const buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    auto* const column = new QVBoxLayout(this);
    column->setContentsMargins(3 * kGrid, 2 * kGrid, 3 * kGrid, 2 * kGrid);
    column->setSpacing(kGrid);
    column->addWidget(filter_);
    column->addWidget(entries_, 1);
    column->addWidget(state_);
    column->addWidget(buttons);
    resize(120 * kGrid, 70 * kGrid);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(filter_, &QLineEdit::textChanged, this, &CaseLogDialog::apply_filter);
    reading_.start(
        [this, path](const Task::Run&) -> Task::Then {
            const CaseFile file(path, CaseAccess::Read);
            const std::int64_t all = last_entry(file).number;
            auto found = read_log(file, std::max<std::int64_t>(1, all - kMost + 1), kMost);
            std::ranges::reverse(found);
            return [this, found = std::move(found), all] { show_entries(found, all); };
        },
        [this](const Task::Problem& problem) { state_->setText(problem.sentence); });
}

QString CaseLogDialog::state() const {
    return state_->text();
}

void CaseLogDialog::show_entries(const std::vector<LogEntry>& newest_first, std::int64_t all) {
    QList<QTreeWidgetItem*> items;
    for (const LogEntry& entry : newest_first) {
        auto* const item = new QTreeWidgetItem(
            {QString::number(entry.number), QString::fromStdString(iso_time(entry.at)),
             shown(entry.by + "@" + entry.host), shown(entry.action), shown(entry.details),
             QString::fromStdString(entry.digest)});
        item->setTextAlignment(0, Qt::AlignRight | Qt::AlignVCenter);
        item->setToolTip(4, tool_tip_text(item->text(4)));
        item->setToolTip(5, item->text(5));
        items.append(item);
    }
    entries_->addTopLevelItems(items);
    for (const int column : {0, 1, 2, 3})
        entries_->resizeColumnToContents(column);
    entries_->setColumnWidth(4, 38 * kGrid);
    const QString head =
        tr("The head is the digest of the last entry. Whoever notes it elsewhere can show later "
           "that nothing before it was changed.");
    state_->setText(all > kMost ? tr("The newest %1 of %2 entries; dfd case log shows all. %3")
                                      .arg(kMost)
                                      .arg(all)
                                      .arg(head)
                                : tr("Entries: %1. %2").arg(all).arg(head));
    apply_filter(filter_->text());
}

void CaseLogDialog::apply_filter(const QString& words) {
    for (int row = 0; row < entries_->topLevelItemCount(); ++row) {
        QTreeWidgetItem* const item = entries_->topLevelItem(row);
        bool found = words.isEmpty();
        for (int column = 0; column < entries_->columnCount() && !found; ++column)
            found = item->text(column).contains(words, Qt::CaseInsensitive);
        item->setHidden(!found);
    }
}

}  // namespace dfd::ui
