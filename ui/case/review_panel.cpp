#include "ui/case/review_panel.h"

#include <QCompleter>
#include <QEvent>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStringListModel>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/case/case_row.h"
#include "ui/look/appearance.h"
#include "ui/look/icons.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

constexpr Mark kMarks[] = {Mark::Suspicious, Mark::Cleared, Mark::ToCheck};
constexpr int kTagColumns = 2;

QString capitalized(QString text) {
    if (!text.isEmpty())
        text[0] = text[0].toUpper();
    return text;
}

}  // namespace

ReviewPanel::ReviewPanel(QWidget* parent)
    : QWidget(parent),
      mark_line_(make_label(this, TextSize::Caption, false, true)),
      tag_box_(new QWidget(this)),
      tag_grid_(new QGridLayout(tag_box_)),
      tag_(new QLineEdit(this)),
      note_(new QLineEdit(this)),
      reviewer_line_(make_label(this, TextSize::Caption, false, true)),
      reviewer_button_(new QPushButton(tr("Change…"), this)),
      notes_(new QTreeWidget(this)),
      alike_box_(new QWidget(this)),
      alike_line_(make_label(alike_box_, TextSize::Caption)),
      alike_button_(new QPushButton(tr("Show look-alikes"), alike_box_)) {
    auto* const mark_row = new QHBoxLayout;
    mark_row->setSpacing(kGrid / 2);
    for (int i = 0; i < 3; ++i) {
        auto* const button = new QToolButton(this);
        button->setText(capitalized(mark_text(kMarks[i])));
        button->setIcon(icon(mark_icon(kMarks[i])));
        button->setIconSize(QSize(20, 20));
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setCheckable(true);
        button->setFocusPolicy(Qt::StrongFocus);
        button->setProperty("framed", true);
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        connect(button, &QToolButton::clicked, this,
                [this, i](bool on) { Q_EMIT mark_requested(on ? kMarks[i] : Mark::None); });
        marks_[i] = button;
        mark_row->addWidget(button, 1);
    }
    mark_line_->setWordWrap(true);
    alike_line_->setWordWrap(true);
    tag_grid_->setContentsMargins(0, 0, 0, 0);
    tag_grid_->setSpacing(kGrid / 2);
    tag_->setPlaceholderText(tr("Add a tag"));
    tag_->setAccessibleName(tr("Tag to add to the selected exhibits"));
    tag_->setAcceptDrops(false);
    note_->setPlaceholderText(tr("Add a note"));
    note_->setAccessibleName(tr("Note to add to this exhibit"));
    note_->setAcceptDrops(false);
    notes_->setColumnCount(2);
    notes_->setHeaderHidden(true);
    notes_->setRootIsDecorated(false);
    notes_->setIndentation(0);
    notes_->setFont(text_font(TextSize::Caption));
    notes_->setWordWrap(true);
    notes_->setFrameShape(QFrame::NoFrame);
    notes_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    notes_->setColumnWidth(0, 15 * kGrid);
    notes_->header()->setStretchLastSection(true);
    notes_->setAccessibleName(tr("Marks and notes of this exhibit, newest first"));

    auto* const alike_row = new QHBoxLayout(alike_box_);
    alike_row->setContentsMargins(0, 0, 0, 0);
    alike_row->setSpacing(kGrid);
    alike_row->addWidget(alike_line_, 1);
    alike_row->addWidget(alike_button_, 0, Qt::AlignTop);

    reviewer_line_->setTextFormat(Qt::PlainText);
    reviewer_line_->setWordWrap(true);
    reviewer_button_->setToolTip(tr("Change the reviewer's name"));
    reviewer_button_->setAccessibleName(reviewer_button_->toolTip());
    auto* const reviewer_row = new QHBoxLayout;
    reviewer_row->setSpacing(kGrid);
    reviewer_row->addWidget(reviewer_line_, 1);
    reviewer_row->addWidget(reviewer_button_);

    auto* const column = new QVBoxLayout(this);
    column->setContentsMargins(0, kGrid, 0, 0);
    column->setSpacing(kGrid);
    column->addLayout(mark_row);
    column->addWidget(mark_line_);
    column->addWidget(alike_box_);
    column->addWidget(tag_box_);
    column->addWidget(tag_);
    column->addWidget(note_);
    column->addLayout(reviewer_row);
    column->addWidget(notes_, 1);

    // As on the screen. Qt's own order is that of construction.
    QWidget* before = marks_[0];
    for (QWidget* const next : std::initializer_list<QWidget*>{
             marks_[1], marks_[2], alike_button_, tag_, note_, reviewer_button_, notes_}) {
        setTabOrder(before, next);
        before = next;
    }

    connect(tag_, &QLineEdit::returnPressed, this, [this] {
        const QString tag = tag_->text().trimmed();
        tag_->clear();
        if (!tag.isEmpty())
            Q_EMIT tag_requested(tag, true);
    });
    connect(note_, &QLineEdit::returnPressed, this, [this] {
        const QString text = note_->text().trimmed();
        note_->clear();
        if (!text.isEmpty())
            Q_EMIT note_requested(text);
    });
    connect(alike_button_, &QPushButton::clicked, this, &ReviewPanel::alike_requested);
    connect(reviewer_button_, &QPushButton::clicked, this, &ReviewPanel::reviewer_requested);
    show_exhibit(nullptr, nullptr);
}

void ReviewPanel::show_exhibit(const CaseExhibit* exhibit, const LookAlikes* alike) {
    tags_.clear();
    notes_->clear();
    alike_box_->hide();
    mark_line_->clear();
    show_mark(Mark::None);
    if (exhibit != nullptr) {
        const ExhibitRecord& record = exhibit->record;
        show_mark(record.row.mark);
        if (!record.marks.empty()) {
            const MarkEvent& last = record.marks.back();
            mark_line_->setText(last.mark == Mark::None
                                    ? tr("Mark removed by %1, %2")
                                          .arg(QString::fromStdString(last.by), time_text(last.at))
                                    : tr("Marked %1 by %2, %3")
                                          .arg(mark_text(last.mark),
                                               QString::fromStdString(last.by),
                                               time_text(last.at)));
        }
        for (const std::string& tag : record.tags)
            tags_.append(QString::fromStdString(tag));
        fill_notes(record);
        if (alike != nullptr) {
            alike_line_->setText(look_alikes_text(*alike));
            alike_box_->show();
        }
    }
    mark_line_->setVisible(!mark_line_->text().isEmpty());
    fill_tags();
    set_writable(writable_);
}

void ReviewPanel::fill_notes(const ExhibitRecord& record) {
    struct Line {
        CaseTime at;
        QString by, text;
    };
    std::vector<Line> lines;
    for (const MarkEvent& mark : record.marks)
        lines.push_back({mark.at, QString::fromStdString(mark.by),
                         mark.mark == Mark::None ? tr("Mark removed")
                                                 : tr("Marked %1").arg(mark_text(mark.mark))});
    for (const Note& note : record.notes)
        lines.push_back(
            {note.at, QString::fromStdString(note.by), QString::fromStdString(note.text)});
    std::stable_sort(lines.begin(), lines.end(),
                     [](const Line& a, const Line& b) { return a.at > b.at; });
    for (const Line& line : lines) {
        auto* const item = new QTreeWidgetItem(
            notes_, {QStringLiteral("%1\n%2").arg(time_text(line.at), line.by), line.text});
        item->setToolTip(1, line.text);
        item->setTextAlignment(0, Qt::AlignLeft | Qt::AlignTop);
        item->setTextAlignment(1, Qt::AlignLeft | Qt::AlignTop);
    }
    colour_notes();
}

void ReviewPanel::colour_notes() {
    for (int row = 0; row < notes_->topLevelItemCount(); ++row)
        notes_->topLevelItem(row)->setForeground(0, look().quiet);
}

void ReviewPanel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::StyleChange)
        colour_notes();
    QWidget::changeEvent(event);
}

void ReviewPanel::fill_tags() {
    while (QLayoutItem* const item = tag_grid_->takeAt(0)) {
        if (item->widget() != nullptr) {
            item->widget()->hide();
            item->widget()->deleteLater();  // It may be the button whose click is being handled.
        }
        delete item;
    }
    for (int i = 0; i < tags_.size(); ++i) {
        const QString tag = tags_[i];
        auto* const chip = new QToolButton(tag_box_);
        chip->setText(fontMetrics().elidedText(tag, Qt::ElideRight, 16 * kGrid));
        chip->setIcon(icon(QStringLiteral("close")));
        chip->setIconSize(QSize(14, 14));
        chip->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        chip->setLayoutDirection(Qt::RightToLeft);
        chip->setProperty("framed", true);
        chip->setFocusPolicy(Qt::StrongFocus);
        chip->setEnabled(writable_);
        chip->setToolTip(tr("Remove the tag \"%1\"").arg(tag));
        chip->setAccessibleName(chip->toolTip());
        connect(chip, &QToolButton::clicked, this,
                [this, tag] { Q_EMIT tag_requested(tag, false); });
        tag_grid_->addWidget(chip, i / kTagColumns, i % kTagColumns, Qt::AlignLeft);
    }
    tag_grid_->setColumnStretch(kTagColumns, 1);
    tag_box_->setVisible(!tags_.isEmpty());
}

void ReviewPanel::show_mark(Mark mark) {
    for (int i = 0; i < 3; ++i)
        marks_[i]->setChecked(kMarks[i] == mark);
}

void ReviewPanel::set_mark_tooltip(Mark mark, const QString& tooltip) {
    for (int i = 0; i < 3; ++i)
        if (kMarks[i] == mark) {
            marks_[i]->setToolTip(tooltip);
            marks_[i]->setAccessibleName(tooltip);
        }
}

void ReviewPanel::set_known_tags(const QStringList& tags) {
    auto* const completer = new QCompleter(tags, tag_);
    completer->setCaseSensitivity(Qt::CaseInsensitive);
    delete tag_->completer();
    tag_->setCompleter(completer);
}

void ReviewPanel::set_writable(bool writable) {
    writable_ = writable;
    for (QToolButton* const button : marks_)
        button->setEnabled(writable);
    tag_->setEnabled(writable);
    note_->setEnabled(writable);
    for (auto* const chip : tag_box_->findChildren<QToolButton*>())
        chip->setEnabled(writable);
}

void ReviewPanel::set_reviewer(const QString& name) {
    reviewer_line_->setText(tr("Decisions are recorded as by %1").arg(name));
}

QString ReviewPanel::reviewer_line() const {
    return reviewer_line_->text();
}

void ReviewPanel::focus_tag() {
    tag_->setFocus(Qt::ShortcutFocusReason);
}

void ReviewPanel::focus_note() {
    note_->setFocus(Qt::ShortcutFocusReason);
}

QString ReviewPanel::mark_line() const {
    return mark_line_->text();
}
QString ReviewPanel::alike_line() const {
    return alike_box_->isHidden() ? QString() : alike_line_->text();
}

}  // namespace dfd::ui
