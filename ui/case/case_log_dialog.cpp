#include "ui/case/case_log_dialog.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "core/base/text.h"
#include "core/casework/report/case_text.h"
#include "core/casework/report/log_words.h"
#include "ui/look/appearance.h"
#include "ui/look/dialog_buttons.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

constexpr int kWhat = 3, kDigest = 4;     // columns
constexpr int kRecorded = Qt::UserRole;   // the entry in JSON
constexpr int kSearched = kRecorded + 1;  // what the filter finds besides the columns

QString shown(const std::string& text) {
    return QString::fromStdString(visible(text));
}

QString shown_lines(const std::string& text) {
    QStringList lines;
    for (const QString& line : QString::fromStdString(text).split(QLatin1Char('\n')))
        lines.append(shown(line.toStdString()));
    return lines.join(QLatin1Char('\n'));
}

}  // namespace

CaseLogDialog::CaseLogDialog(BackgroundThreads& threads, const std::filesystem::path& path,
                             QWidget* parent)
    : QDialog(parent),
      reading_(threads),
      filter_(new QLineEdit(this)),
      entries_(new QTreeWidget(this)),
      details_(new QPlainTextEdit(this)),
      state_(make_label(this, TextSize::Caption, false, true)) {
    setWindowTitle(tr("Log of %1").arg(path_text(path.filename())));
    filter_->setPlaceholderText(tr("Filter by words of an entry"));
    filter_->setAccessibleName(tr("Filter the log"));
    filter_->setClearButtonEnabled(true);
    entries_->setHeaderLabels({tr("No."), tr("When"), tr("Who"), tr("What"), tr("Digest")});
    entries_->setRootIsDecorated(false);
    entries_->setUniformRowHeights(true);
    entries_->setTextElideMode(Qt::ElideRight);
    entries_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    entries_->setAccessibleName(tr("Entries, newest first"));
    details_->setReadOnly(true);
    details_->setTabChangesFocus(true);
    details_->setAccessibleName(tr("Details"));
    details_->setMinimumHeight(16 * kGrid);
    details_->hide();
    state_->setWordWrap(true);
    state_->setText(tr("Reading the log…"));
    auto* const buttons = new QDialogButtonBox(this);
    details_button_ = buttons->addButton(tr("&Details"), QDialogButtonBox::ActionRole);
    details_button_->setCheckable(true);
    details_button_->setToolTip(tr("Show the selected entry as it was recorded, in JSON"));
    buttons->addButton(QDialogButtonBox::Close);
    auto* const column = new QVBoxLayout(this);
    column->setContentsMargins(3 * kGrid, 2 * kGrid, 3 * kGrid, 2 * kGrid);
    column->setSpacing(kGrid);
    column->addWidget(filter_);
    column->addWidget(entries_, 2);
    column->addWidget(details_, 1);
    column->addWidget(state_);
    column->addWidget(buttons);
    order_buttons(*buttons);
    resize(120 * kGrid, 70 * kGrid);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(filter_, &QLineEdit::textChanged, this, &CaseLogDialog::apply_filter);
    connect(details_button_, &QPushButton::toggled, this, &CaseLogDialog::show_details);
    connect(entries_, &QTreeWidget::currentItemChanged, this, &CaseLogDialog::show_details);
    reading_.start(
        [this, path](const Task::Run&) -> Task::Then {
            const CaseFile file(path, CaseAccess::Read);
            const std::int64_t all = last_entry(file).number;
            auto found = read_log(file, std::max<std::int64_t>(1, all - kMost + 1), kMost);
            std::ranges::reverse(found);
            auto sentences = log_sentences(file, found);
            return [this, sentences = std::move(sentences), found = std::move(found), all] {
                show_entries(found, sentences, all);
            };
        },
        [this](const Task::Problem& problem) { state_->setText(problem.sentence); });
}

QString CaseLogDialog::state() const {
    return state_->text();
}

void CaseLogDialog::show_entries(const std::vector<LogEntry>& newest_first,
                                 const std::vector<std::string>& sentences, std::int64_t all) {
    QList<QTreeWidgetItem*> items;
    for (std::size_t i = 0; i < newest_first.size(); ++i) {
        const LogEntry& entry = newest_first[i];
        auto* const item = new QTreeWidgetItem(
            {QString::number(entry.number), QString::fromStdString(iso_time(entry.at)),
             shown(entry.by + "@" + entry.host), QString::fromStdString(sentences[i]),
             QString::fromStdString(entry.digest)});
        item->setTextAlignment(0, Qt::AlignRight | Qt::AlignVCenter);
        item->setToolTip(kWhat, tool_tip_text(item->text(kWhat)));
        item->setToolTip(kDigest, item->text(kDigest));
        item->setData(0, kRecorded, shown_lines(log_json(entry, 2)));
        item->setData(0, kSearched,
                      shown(iso_time(entry.at) + ' ' + entry.action + ' ' + entry.details));
        items.append(item);
    }
    entries_->addTopLevelItems(items);
    for (const int column : {0, 1, 2})
        entries_->resizeColumnToContents(column);
    entries_->setColumnWidth(kWhat, 60 * kGrid);
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

void CaseLogDialog::show_details() {
    const QTreeWidgetItem* const item = entries_->currentItem();
    details_->setVisible(details_button_->isChecked());
    details_->setPlainText(item == nullptr ? QString() : item->data(0, kRecorded).toString());
}

void CaseLogDialog::apply_filter(const QString& words) {
    QTreeWidgetItem* first = nullptr;
    for (int row = 0; row < entries_->topLevelItemCount(); ++row) {
        QTreeWidgetItem* const item = entries_->topLevelItem(row);
        bool found = words.isEmpty() ||
                     item->data(0, kSearched).toString().contains(words, Qt::CaseInsensitive);
        for (int column = 0; column < entries_->columnCount() && !found; ++column)
            found = item->text(column).contains(words, Qt::CaseInsensitive);
        item->setHidden(!found);
        if (found && first == nullptr)
            first = item;
    }
    if (entries_->currentItem() == nullptr || entries_->currentItem()->isHidden())
        entries_->setCurrentItem(first);  // else the details would be of an entry out of sight
}

}  // namespace dfd::ui
