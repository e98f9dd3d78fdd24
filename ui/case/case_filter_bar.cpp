#include "ui/case/case_filter_bar.h"

#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QScopedValueRollback>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>
#include <QWidgetAction>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "ui/look/appearance.h"
#include "ui/look/figure_box.h"
#include "ui/look/icons.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

constexpr std::chrono::milliseconds kTypingDelay{150};

QToolButton* tool(QWidget* parent, const QString& icon_name, const QString& label) {
    auto* const button = new QToolButton(parent);
    button->setIcon(icon(icon_name));
    button->setIconSize(QSize(20, 20));
    button->setFocusPolicy(Qt::StrongFocus);
    button->setToolTip(label);
    button->setAccessibleName(label);
    return button;
}

/// Only the first letter: other languages have capitals within a sentence.
QString uncapitalized(QString text) {
    if (!text.isEmpty())
        text[0] = text[0].toLower();
    return text;
}

/// Keeps the current choice when the entries change, even if its value is no longer among them.
void refill(QComboBox* box, const std::vector<std::pair<QString, QVariant>>& entries) {
    const QVariant chosen = box->currentData();
    const QString text = box->currentText();
    while (box->count() > 1)
        box->removeItem(1);
    for (const auto& [label, value] : entries)
        box->addItem(label, value);
    int row = std::max(0, box->findData(chosen));
    if (chosen.isValid() && row == 0) {
        box->addItem(text, chosen);
        row = box->count() - 1;
    }
    box->setCurrentIndex(row);
}

void choose(QComboBox* box, const QVariant& value, const QString& label) {
    int row = value.isValid() ? box->findData(value) : 0;
    if (row < 0) {
        box->addItem(label, value);
        row = box->count() - 1;
    }
    box->setCurrentIndex(row);
}

}  // namespace

CaseFilterBar::CaseFilterBar(QWidget* parent)
    : QWidget(parent),
      top_(new QHBoxLayout),
      words_(new QLineEdit(this)),
      saved_(tool(this, QStringLiteral("saved"), tr("Saved filters"))),
      more_(tool(this, QStringLiteral("filter"), tr("More filters"))),
      fields_(new QWidget(this)),
      grid_(new QGridLayout(fields_)),
      active_(new QWidget(this)),
      active_label_(make_label(active_, TextSize::Caption, true)),
      saved_menu_(new QMenu(saved_)),
      typing_timer_(new QTimer(this)) {
    words_->setPlaceholderText(tr("Name, folder or note"));
    words_->setClearButtonEnabled(true);
    words_->setAcceptDrops(false);
    words_->setAccessibleName(tr("Filter the exhibits by text"));
    more_->setCheckable(true);
    saved_->setPopupMode(QToolButton::InstantPopup);
    saved_->setMenu(saved_menu_);

    grid_->setContentsMargins(0, 0, 0, 0);
    grid_->setHorizontalSpacing(kGrid);
    grid_->setVerticalSpacing(kGrid / 2);
    grid_->setColumnStretch(0, 1);
    grid_->setColumnStretch(1, 1);
    score_from_ = add_bound(1, 0, tr("Score from"));
    score_to_ = add_bound(1, 1, tr("Score to"));
    spread_from_ = add_bound(RangeChart::kLargestSpread, 0, tr("Spread from"));
    spread_to_ = add_bound(RangeChart::kLargestSpread, RangeChart::kLargestSpread, tr("Spread to"));
    const auto add_range = [this](const QString& label, QDoubleSpinBox* from, QDoubleSpinBox* to,
                                  int column) {
        auto* const head = make_label(fields_, TextSize::Caption, false, true);
        head->setText(label);
        auto* const row = new QHBoxLayout;
        row->setSpacing(kGrid / 2);
        row->addWidget(from, 1);
        auto* const dash = make_label(fields_, TextSize::Caption, false, true);
        dash->setText(QStringLiteral("–"));
        row->addWidget(dash);
        row->addWidget(to, 1);
        grid_->addWidget(head, 0, column);
        grid_->addLayout(row, 1, column);
    };
    add_range(tr("Score"), score_from_, score_to_, 0);
    add_range(tr("Spread"), spread_from_, spread_to_, 1);
    word_ = add_choice(tr("Verdict"), tr("Verdict"), 2, 0);
    for (const Band word : {Band::LooksFake, Band::Undecided, Band::LooksReal, Band::Unnamed}) {
        QString label = band_text(word);
        label[0] = label[0].toUpper();
        word_->addItem(label, static_cast<int>(word));
    }
    state_ = add_choice(tr("State"), tr("State"), 2, 1);
    for (const auto& [label, state] : {std::pair{tr("Scored"), ExhibitState::Scored},
                                       std::pair{tr("No assessment"), ExhibitState::NoAssessment},
                                       std::pair{tr("Failed"), ExhibitState::Failed},
                                       std::pair{tr("Not scored"), ExhibitState::Unscored}})
        state_->addItem(label, static_cast<int>(state));
    mark_ = add_choice(tr("Mark"), tr("Mark"), 4, 0);
    for (const Mark mark : {Mark::Suspicious, Mark::Cleared, Mark::ToCheck, Mark::None}) {
        QString label = mark_text(mark);
        label[0] = label[0].toUpper();
        mark_->addItem(label, static_cast<int>(mark));
    }
    tag_ = add_choice(tr("Tag"), tr("Tag"), 4, 1);
    warned_ = add_choice(tr("Warnings"), tr("Warnings"), 6, 0);
    warned_->addItem(tr("With warnings"), true);
    warned_->addItem(tr("Without warnings"), false);
    alike_ = add_choice(tr("Look-alikes"), tr("Look-alikes"), 6, 1);
    alike_->addItem(tr("Has look-alikes"), static_cast<int>(AlikeChoice::Grouped));
    alike_->addItem(tr("Judged differently"), static_cast<int>(AlikeChoice::JudgedDifferently));
    folder_ = add_choice(tr("Folder"), tr("Folder"), 8, 0, 2);
    fields_->hide();

    auto* const reset = tool(active_, QStringLiteral("close"), tr("Clear the filter"));
    reset->setIconSize(QSize(16, 16));
    active_label_->setWordWrap(true);
    auto* const active_row = new QHBoxLayout(active_);
    active_row->setContentsMargins(kGrid / 2, 0, 0, 0);
    active_row->setSpacing(kGrid / 2);
    active_row->addWidget(active_label_, 1);
    active_row->addWidget(reset, 0, Qt::AlignTop);

    top_->setSpacing(kGrid / 2);
    for (QWidget* const widget : std::initializer_list<QWidget*>{words_, more_, saved_})
        top_->addWidget(widget);
    top_->setStretch(0, 1);
    auto* const all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(kGrid / 2);
    all->addLayout(top_);
    all->addWidget(fields_);
    all->addWidget(active_);

    typing_timer_->setSingleShot(true);
    typing_timer_->setInterval(kTypingDelay);
    connect(words_, &QLineEdit::textChanged, typing_timer_, qOverload<>(&QTimer::start));
    connect(typing_timer_, &QTimer::timeout, this, &CaseFilterBar::report_change);
    connect(more_, &QToolButton::toggled, this, &CaseFilterBar::set_open);
    connect(reset, &QToolButton::clicked, this, &CaseFilterBar::clear);
    connect(saved_menu_, &QMenu::aboutToShow, this, &CaseFilterBar::fill_saved_menu);
    refresh_active();
}

QComboBox* CaseFilterBar::add_choice(const QString& label, const QString& accessible_name, int row,
                                     int column, int span) {
    auto* const head = make_label(fields_, TextSize::Caption, false, true);
    head->setText(label);
    auto* const box = new QComboBox(fields_);
    box->setAccessibleName(accessible_name);
    head->setBuddy(box);  // On Linux, Qt 6.4 tells a box's name only through its label.
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(6);
    box->addItem(tr("Any"));
    grid_->addWidget(head, row, column, 1, span);
    grid_->addWidget(box, row + 1, column, 1, span);
    connect(box, &QComboBox::currentIndexChanged, this, &CaseFilterBar::report_change);
    return box;
}

QDoubleSpinBox* CaseFilterBar::add_bound(double largest, double empty_value,
                                         const QString& accessible_name) {
    auto* const box = new FigureBox(fields_);
    box->setRange(0, largest);
    box->setDecimals(2);
    box->setSingleStep(0.05);
    box->setValue(empty_value);
    box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    box->setKeyboardTracking(false);
    box->setMinimumWidth(5 * kGrid);
    box->setAccessibleName(accessible_name);
    box->setToolTip(accessible_name);
    connect(box, &QDoubleSpinBox::valueChanged, this, &CaseFilterBar::report_change);
    return box;
}

// --- the filter

ExhibitFilter CaseFilterBar::filter() const {
    ExhibitFilter filter;
    filter.text = words_->text().trimmed().toStdString();
    const ChartRange bounds = range();
    filter.score_from = bounds.score_from;
    filter.score_to = bounds.score_to;
    filter.spread_from = bounds.spread_from;
    filter.spread_to = bounds.spread_to;
    if (word_->currentIndex() > 0)
        filter.word = static_cast<Band>(word_->currentData().toInt());
    if (state_->currentIndex() > 0)
        filter.state = static_cast<ExhibitState>(state_->currentData().toInt());
    if (mark_->currentIndex() > 0)
        filter.mark = static_cast<Mark>(mark_->currentData().toInt());
    if (tag_->currentIndex() > 0)
        filter.tag = tag_->currentData().toString().toStdString();
    if (warned_->currentIndex() > 0)
        filter.warned = warned_->currentData().toBool();
    if (folder_->currentIndex() > 0)
        filter.folder = folder_->currentData().toByteArray().toStdString();
    return filter;
}

ChartRange CaseFilterBar::range() const {
    const auto low = [](const QDoubleSpinBox* box) {
        return box->value() > 0 ? std::optional(box->value()) : std::nullopt;
    };
    const auto high = [](const QDoubleSpinBox* box) {
        return box->value() < box->maximum() ? std::optional(box->value()) : std::nullopt;
    };
    return {low(score_from_), high(score_to_), low(spread_from_), high(spread_to_)};
}

AlikeChoice CaseFilterBar::alike() const {
    return alike_->currentIndex() > 0 ? static_cast<AlikeChoice>(alike_->currentData().toInt())
                                      : AlikeChoice::Any;
}

void CaseFilterBar::set_range(const ChartRange& range) {
    {
        const QScopedValueRollback quiet(updating_, true);
        score_from_->setValue(range.score_from.value_or(0));
        score_to_->setValue(range.score_to.value_or(1));
        spread_from_->setValue(range.spread_from.value_or(0));
        spread_to_->setValue(range.spread_to.value_or(RangeChart::kLargestSpread));
    }
    report_change();
}

void CaseFilterBar::set_filter(const ExhibitFilter& filter) {
    {
        const QScopedValueRollback quiet(updating_, true);
        words_->setText(QString::fromStdString(filter.text));
        typing_timer_->stop();
        const QString tag = QString::fromStdString(filter.tag);
        choose(word_, filter.word ? QVariant(static_cast<int>(*filter.word)) : QVariant(),
               filter.word ? band_text(*filter.word) : QString());
        choose(state_, filter.state ? QVariant(static_cast<int>(*filter.state)) : QVariant(), {});
        choose(mark_, filter.mark ? QVariant(static_cast<int>(*filter.mark)) : QVariant(), {});
        choose(tag_, tag.isEmpty() ? QVariant() : QVariant(tag), tag);
        choose(warned_, filter.warned ? QVariant(*filter.warned) : QVariant(), {});
        choose(folder_,
               filter.folder.empty() ? QVariant()
                                     : QVariant(QByteArray::fromStdString(filter.folder.native())),
               path_text(filter.folder));
        alike_->setCurrentIndex(0);
    }
    set_range({filter.score_from, filter.score_to, filter.spread_from, filter.spread_to});
}

void CaseFilterBar::show_group_of(ExhibitId id) {
    {
        const QScopedValueRollback quiet(updating_, true);
        set_filter({});
        alike_to_ = id;
        choose(alike_, static_cast<int>(AlikeChoice::OneGroup), tr("Look-alikes of one exhibit"));
    }
    report_change();
}

void CaseFilterBar::clear() {
    set_filter({});
    words_->setFocus();
}

void CaseFilterBar::report_change() {
    if (updating_)
        return;
    typing_timer_->stop();
    refresh_active();
    Q_EMIT changed();
}

void CaseFilterBar::refresh_active() {
    const QString text = active_text();
    active_label_->setText(text);
    active_->setVisible(!text.isEmpty());
}

QString CaseFilterBar::active_text() const {
    QStringList parts;
    const auto bounds = [](const std::optional<double>& from, const std::optional<double>& to,
                           const QString& what) {
        const auto figure = [](double value) { return QString::number(value, 'f', 2); };
        return from && to ? tr("%1 %2 to %3").arg(what, figure(*from), figure(*to))
               : from     ? tr("%1 from %2").arg(what, figure(*from))
                          : tr("%1 up to %2").arg(what, figure(*to));
    };
    const ChartRange now = range();
    if (now.score_from || now.score_to)
        parts.append(bounds(now.score_from, now.score_to, tr("score")));
    if (now.spread_from || now.spread_to)
        parts.append(bounds(now.spread_from, now.spread_to, tr("spread")));
    for (const QComboBox* const box : {word_, state_, mark_, warned_, alike_})
        if (box->currentIndex() > 0)
            parts.append(uncapitalized(box->currentText()));
    if (tag_->currentIndex() > 0)
        parts.append(tr("tag %1").arg(tag_->currentText()));
    if (folder_->currentIndex() > 0)
        parts.append(tr("in %1").arg(folder_->currentText()));
    QString text = parts.join(QStringLiteral(", "));
    if (!text.isEmpty())
        text[0] = text[0].toUpper();
    return text;
}

void CaseFilterBar::focus_words() {
    words_->setFocus(Qt::ShortcutFocusReason);
    words_->selectAll();
}

void CaseFilterBar::set_open(bool open) {
    more_->setChecked(open);
    fields_->setVisible(open);
    Q_EMIT open_changed(open);
}

void CaseFilterBar::add_button(QToolButton* button) {
    top_->insertWidget(1, button);
}

// --- available values

void CaseFilterBar::show_summary(const CaseSummary& summary, bool writable) {
    const QScopedValueRollback quiet(updating_, true);
    may_save_ = writable;
    saved_filters_ = summary.filters;
    std::vector<std::pair<QString, QVariant>> tags;
    for (const auto& [tag, count] : summary.tags) {
        const QString name = QString::fromStdString(tag);
        tags.emplace_back(QStringLiteral("%1 (%2)").arg(name).arg(count), name);
    }
    refill(tag_, tags);
    std::vector<std::pair<QString, QVariant>> folders;
    for (const FolderCount& folder : summary.folders)
        folders.emplace_back(
            QStringLiteral("%1 (%2)").arg(path_text(folder.folder)).arg(folder.exhibits),
            QByteArray::fromStdString(folder.folder.native()));
    refill(folder_, folders);
}

void CaseFilterBar::fill_saved_menu() {
    saved_menu_->clear();
    for (const auto& [name, filter] : saved_filters_) {
        const QString label = QString::fromStdString(name);
        saved_menu_->addAction(label, this, [this, filter = filter] {
            Q_EMIT saved_chosen(filter);
            set_filter(filter);
        });
    }
    if (saved_filters_.empty())
        saved_menu_->addAction(tr("No saved filters"))->setEnabled(false);
    if (!may_save_)
        return;
    saved_menu_->addSeparator();
    auto* const name = new QLineEdit(saved_menu_);
    name->setPlaceholderText(tr("Save this filter as…"));
    name->setAccessibleName(tr("Name of the saved filter"));
    auto* const holder = new QWidget(saved_menu_);
    auto* const row = new QHBoxLayout(holder);
    row->setContentsMargins(kGrid, kGrid / 2, kGrid, kGrid / 2);
    row->addWidget(name);
    auto* const save = new QWidgetAction(saved_menu_);
    save->setDefaultWidget(holder);
    saved_menu_->addAction(save);
    connect(name, &QLineEdit::returnPressed, this, [this, name] {
        const QString text = name->text().trimmed();
        saved_menu_->hide();
        if (!text.isEmpty())
            Q_EMIT save_requested(text);
    });
    if (saved_filters_.empty())
        return;
    QMenu* const forget = saved_menu_->addMenu(tr("Delete"));
    for (const auto& [saved, filter] : saved_filters_) {
        const QString label = QString::fromStdString(saved);
        forget->addAction(label, this, [this, label] { Q_EMIT delete_requested(label); });
    }
}

}  // namespace dfd::ui
