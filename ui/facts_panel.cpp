#include "ui/facts_panel.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QTreeWidgetItemIterator>

#include "ui/appearance.h"
#include "ui/icons.h"
#include "ui/wording.h"

namespace dfd::ui {
namespace {

constexpr int kValueRole = Qt::UserRole + 1;  ///< the exact value behind a shortened one

QString text_of(const std::string& text) {
    return QString::fromStdString(text);
}

/// Groups of eight, two a line, so that a digest can be read aloud and compared.
QString in_groups(const QString& digest) {
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

/// Names of facts and times are quiet; the colour must follow the look.
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
    item->setToolTip(1, value);
    item->setToolTip(0, name);
    item->setTextAlignment(0, Qt::AlignLeft | Qt::AlignTop);
    item->setTextAlignment(1, Qt::AlignLeft | Qt::AlignTop);
}

void FactsPanel::show_exhibit(const Exhibit* exhibit) {
    const Examination* const now = exhibit == nullptr ? nullptr : exhibit->examination.get();
    const ExhibitId id = exhibit == nullptr ? 0 : exhibit->id;
    // Later steps bring the same facts: keep the selection and the scroll position.
    if (id == shown_id_ && now != nullptr && topLevelItemCount() > 1)
        return;
    shown_id_ = id;
    clear();
    if (exhibit == nullptr)
        return;
    QTreeWidgetItem* const file = add_group(tr("File"));
    add_fact(file, tr("Name"), exhibit->name);
    add_fact(file, tr("Folder"), exhibit->place);
    if (now == nullptr || now->facts.sha256.empty())
        return;
    const FileFacts& facts = now->facts;
    add_fact(file, tr("Size"), tr("%1 bytes").arg(facts.bytes),
             facts.bytes < 1000
                 ? QString()
                 : tr("%1 (%2 bytes)").arg(bytes_text(facts.bytes)).arg(facts.bytes));
    add_fact(file, tr("SHA-256"), text_of(facts.sha256), in_groups(text_of(facts.sha256)));

    QTreeWidgetItem* const picture = add_group(tr("Picture"));
    add_fact(picture, tr("Format"), text_of(facts.format));
    add_fact(picture, tr("Size"), tr("%1 × %2 pixels").arg(now->width).arg(now->height));
    if (facts.orientation != 1)
        add_fact(picture, tr("Stored"),
                 tr("%1 × %2 pixels").arg(facts.stored_width).arg(facts.stored_height));
    add_fact(picture, tr("Orientation"), orientation_text(facts.orientation));
    add_fact(
        picture, tr("Colours"),
        tr("%1, %2 bits a channel").arg(text_of(facts.colour_model)).arg(facts.bits_per_channel));
    add_fact(picture, tr("Transparency"), facts.alpha ? tr("present, left out") : tr("none"));
    if (facts.frames > 1)
        add_fact(picture, tr("Frames"), tr("%1, the first was examined").arg(facts.frames));
    add_fact(
        picture, tr("Colour profile"),
        facts.profile.empty() ? tr("none") : tr("%1, not applied").arg(text_of(facts.profile)));
    add_fact(picture, tr("Read by"), text_of(facts.decoder));

    QTreeWidgetItem* const metadata = add_group(tr("Metadata"));
    for (const auto& [key, value] : facts.metadata) {
        // "Exif.Photo.DateTimeOriginal" says in its last word what a reader wants to know.
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
            lines.append(item->text(0) + QStringLiteral(": ") +
                         item->data(1, kValueRole).toString());
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
            this, {change.when.toString(today ? QStringLiteral("HH:mm:ss.zzz")
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
