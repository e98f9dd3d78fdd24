#include "ui/verdict/facts_panel.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QTreeWidgetItemIterator>

#include "core/base/language.h"
#include "ui/look/appearance.h"
#include "ui/look/icons.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

constexpr int kValueRole = Qt::UserRole + 1;     ///< the exact value behind a formatted one
constexpr int kSentenceRole = Qt::UserRole + 2;  ///< true: a sentence that spans both columns
constexpr int kDeclaresRole = Qt::UserRole + 3;  ///< true: an emphasized sentence

/// Wraps sentences to the width of the view; otherwise like the base class.
class SentenceDelegate : public QStyledItemDelegate {
  public:
    explicit SentenceDelegate(QTreeWidget* tree) : QStyledItemDelegate(tree), tree_(tree) {}

    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option,
                                 const QModelIndex& index) const override {
        const QModelIndex first = index.siblingAtColumn(0);
        if (!first.data(kSentenceRole).toBool())
            return QStyledItemDelegate::sizeHint(option, index);
        QStyleOptionViewItem styled = option;
        initStyleOption(&styled, first);
        const int width = tree_->viewport()->width() - tree_->indentation() - 2 * kMargin;
        const QRect text = QFontMetrics(styled.font)
                               .boundingRect(QRect(0, 0, std::max(width, 10 * kGrid), 1 << 16),
                                             Qt::TextWordWrap, first.data().toString());
        return {0, text.height() + kGrid};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        if (!index.data(kSentenceRole).toBool()) {
            QStyledItemDelegate::paint(painter, option, index);
            return;
        }
        QStyleOptionViewItem styled = option;
        initStyleOption(&styled, index);
        styled.text.clear();
        tree_->style()->drawControl(QStyle::CE_ItemViewItem, &styled, painter, tree_);
        painter->save();
        painter->setFont(styled.font);
        painter->setPen(index.data(kDeclaresRole).toBool() ? look().text : look().quiet);
        painter->drawText(option.rect.adjusted(kMargin - 1, kGrid / 2, -kMargin, 0),
                          Qt::TextWordWrap, index.data().toString());
        painter->restore();
    }

  private:
    static constexpr int kMargin = kGrid / 2;
    QTreeWidget* tree_;
};

QString text_of(const std::string& text) {
    return QString::fromStdString(text);
}

/// Groups of eight digits, two groups per line, for reading aloud and comparing.
QString grouped_digits(const QString& digest) {
    QString grouped;
    for (int i = 0; i < digest.size(); i += 8)
        grouped += (i == 0        ? QString()
                    : i % 16 == 0 ? QStringLiteral("\n")
                                  : QStringLiteral(" ")) +
                   digest.mid(i, 8);
    return grouped;
}

QString orientation_text(int orientation) {
    return orientation == 1 ? FactsPanel::tr("upright")
                            : FactsPanel::tr("EXIF %1, turned upright").arg(orientation);
}

void prepare(QTreeWidget* tree) {
    tree->setColumnCount(2);
    tree->setFont(text_font(TextSize::Caption));
    tree->setTextElideMode(Qt::ElideMiddle);
    tree->setUniformRowHeights(false);
    tree->setSelectionMode(QAbstractItemView::ExtendedSelection);
    tree->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    tree->header()->setStretchLastSection(true);
    tree->setFrameShape(QFrame::NoFrame);
}

/// Uses the secondary text colour; must be called again when the palette changes.
void colour_first_column(QTreeWidget* tree) {
    for (QTreeWidgetItemIterator item(tree); *item != nullptr; ++item)
        if ((*item)->data(1, kValueRole).isValid())
            (*item)->setForeground(0, look().quiet);
}

}  // namespace

FactsPanel::FactsPanel(QWidget* parent) : QTreeWidget(parent) {
    prepare(this);
    setHeaderHidden(true);
    setIndentation(kGrid);
    setRootIsDecorated(false);
    setColumnWidth(0, 15 * kGrid);
    setItemDelegate(new SentenceDelegate(this));
    setAccessibleName(tr("Facts about the file"));
}

QTreeWidgetItem* FactsPanel::add_group(const QString& title) {
    auto* const group = new QTreeWidgetItem(this, {title});
    group->setFont(0, text_font(TextSize::Caption, true));
    group->setFirstColumnSpanned(true);
    group->setFlags(Qt::ItemIsEnabled);
    group->setExpanded(true);
    return group;
}

void FactsPanel::add_fact(QTreeWidgetItem* group, const QString& name, const QString& value,
                          const QString& shown) {
    if (value.isEmpty())
        return;
    auto* const item = new QTreeWidgetItem(group, {name, shown.isEmpty() ? value : shown});
    item->setData(1, kValueRole, value);
    item->setToolTip(1, tool_tip_text(value));
    item->setToolTip(0, name);
    item->setTextAlignment(0, Qt::AlignLeft | Qt::AlignTop);
    item->setTextAlignment(1, Qt::AlignLeft | Qt::AlignTop);
}

void FactsPanel::add_provenance(const std::vector<ProvenanceHint>& hints) {
    QTreeWidgetItem* const group = add_group(tr("What the file says about its origin"));
    group->setToolTip(0, tr("For information only: scores do not use these statements. Anyone can "
                            "add, change or remove them in a file."));
    for (const ProvenanceHint& kept : hints) {
        const ProvenanceHint hint = translated(kept);
        auto* const item = new QTreeWidgetItem(group, {text_of(hint.sentence)});
        item->setFirstColumnSpanned(true);
        item->setData(0, kSentenceRole, true);
        item->setData(1, kValueRole, text_of(hint.sentence));
        item->setToolTip(0, tool_tip_text(text_of(hint.evidence)));
        item->setData(0, kDeclaresRole, hint.declares_generated);
        const bool sentence_is_all = hint.kind != ProvenanceKind::GenerationParameters &&
                                     hint.kind != ProvenanceKind::ContentCredentials;
        for (const auto& [name, value] : hint.details)
            if (!sentence_is_all)
                add_fact(group, text_of(name), text_of(value));
    }
    if (hints.empty())
        group->setText(0, tr("The file says nothing about its origin"));
}

void FactsPanel::show_exhibit(const Exhibit* exhibit) {
    const Examination* const now = exhibit == nullptr ? nullptr : exhibit->examination.get();
    const PictureKey wanted = exhibit == nullptr ? PictureKey() : exhibit->key();
    // Later steps have the same facts: keep selection and scroll position.
    if (wanted == shown_key_ && now != nullptr && topLevelItemCount() > 1)
        return;
    shown_key_ = wanted;
    clear();
    if (exhibit == nullptr)
        return;
    QTreeWidgetItem* const file = add_group(tr("File"));
    add_fact(file, tr("Name"), exhibit->name);
    add_fact(file, tr("Folder"), exhibit->folder);
    if (now == nullptr || now->facts.sha256.empty())
        return;
    const FileFacts& facts = now->facts;
    add_fact(file, tr("Size"), tr("%1 bytes").arg(facts.bytes),
             facts.bytes < 1000
                 ? QString()
                 : tr("%1 (%2 bytes)").arg(bytes_text(facts.bytes)).arg(facts.bytes));
    add_fact(file, tr("SHA-256"), text_of(facts.sha256), grouped_digits(text_of(facts.sha256)));

    QTreeWidgetItem* const picture = add_group(tr("Picture"));
    add_fact(picture, tr("Format"), text_of(facts.format));
    add_fact(picture, tr("Size"), tr("%1 × %2 pixels").arg(now->width).arg(now->height));
    if (facts.orientation != 1)
        add_fact(picture, tr("Stored"),
                 tr("%1 × %2 pixels").arg(facts.stored_width).arg(facts.stored_height));
    add_fact(picture, tr("Orientation"), orientation_text(facts.orientation));
    add_fact(picture, tr("Colours"),
             tr("%1, %2 bits per channel")
                 .arg(text_of(say(facts.colour_model)))
                 .arg(facts.bits_per_channel));
    add_fact(picture, tr("Transparency"), facts.alpha ? tr("present, ignored") : tr("none"));
    if (facts.frames > 1)
        add_fact(picture, tr("Frames"), tr("%1, only the first was examined").arg(facts.frames));
    add_fact(
        picture, tr("Colour profile"),
        facts.profile.empty() ? tr("none") : tr("%1, not applied").arg(text_of(facts.profile)));
    add_fact(picture, tr("Decoder"), text_of(facts.decoder));

    add_provenance(facts.provenance);

    QTreeWidgetItem* const metadata = add_group(tr("Metadata"));
    for (const auto& [key, value] : facts.metadata) {
        // Show only the last part of keys such as "Exif.Photo.DateTimeOriginal".
        const QString full = text_of(key);
        add_fact(metadata, full.section(QLatin1Char('.'), -1), text_of(value));
        if (metadata->childCount() > 0)
            metadata->child(metadata->childCount() - 1)->setToolTip(0, full);
    }
    if (metadata->childCount() == 0)
        metadata->setText(0, tr("No metadata (EXIF, XMP or IPTC)"));
    colour_first_column(this);
}

QString FactsPanel::all_text() const {
    QStringList lines;
    for (int group = 0; group < topLevelItemCount(); ++group)
        for (int fact = 0; fact < topLevelItem(group)->childCount(); ++fact) {
            const QTreeWidgetItem* const item = topLevelItem(group)->child(fact);
            const QString value = item->data(1, kValueRole).toString();
            lines.append(item->data(0, kSentenceRole).toBool()
                             ? value
                             : item->text(0) + QStringLiteral(": ") + value);
        }
    return lines.join(QLatin1Char('\n'));
}

void FactsPanel::copy_selected() const {
    QStringList values;
    for (const QTreeWidgetItem* const item : selectedItems())
        values.append(item->data(1, kValueRole).toString());
    if (!values.isEmpty())
        QApplication::clipboard()->setText(values.join(QLatin1Char('\n')));
}

void FactsPanel::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy)) {
        copy_selected();
        return;
    }
    QTreeWidget::keyPressEvent(event);
}

void FactsPanel::contextMenuEvent(QContextMenuEvent* event) {
    auto* const menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction* const copy = menu->addAction(icon(QStringLiteral("copy")), tr("Copy value"),
                                          [this] { copy_selected(); });
    copy->setEnabled(!selectedItems().isEmpty());
    menu->addAction(tr("Copy everything"),
                    [this] { QApplication::clipboard()->setText(all_text()); });
    menu->popup(event->globalPos());
}

void FactsPanel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::StyleChange)
        colour_first_column(this);
    QTreeWidget::changeEvent(event);
}

void FactsPanel::resizeEvent(QResizeEvent* event) {
    QTreeWidget::resizeEvent(event);
    scheduleDelayedItemsLayout();  // the wrapping of sentences changes
}

HistoryPanel::HistoryPanel(QWidget* parent) : QTreeWidget(parent) {
    prepare(this);
    setHeaderHidden(true);
    setRootIsDecorated(false);
    setIndentation(0);
    setColumnWidth(0, 12 * kGrid);
    setAccessibleName(tr("History of this picture"));
}

void HistoryPanel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::StyleChange)
        colour_first_column(this);
    QTreeWidget::changeEvent(event);
}

void HistoryPanel::show_exhibit(const Exhibit* exhibit) {
    clear();
    if (exhibit == nullptr)
        return;
    for (const StateChange& change : exhibit->history) {
        const QString what = change.note.isEmpty()
                                 ? state_text(change.state)
                                 : tr("%1: %2").arg(state_text(change.state), change.note);
        const bool today = change.when.date() == QDate::currentDate();
        auto* const item = new QTreeWidgetItem(
            this, {change.when.toString(today ? QStringLiteral("HH:mm:ss")
                                              : QStringLiteral("yyyy-MM-dd HH:mm")),
                   what});
        item->setData(1, kValueRole, what);
        item->setToolTip(0, change.when.toString(Qt::ISODateWithMs));
        item->setToolTip(1, what);
        item->setTextAlignment(0, Qt::AlignLeft | Qt::AlignTop);
        item->setTextAlignment(1, Qt::AlignLeft | Qt::AlignTop);
    }
    colour_first_column(this);
    if (topLevelItemCount() > 0)
        scrollToItem(topLevelItem(topLevelItemCount() - 1));
}

}  // namespace dfd::ui
