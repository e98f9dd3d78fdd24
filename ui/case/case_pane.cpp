#include "ui/case/case_pane.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QLabel>
#include <QListView>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/case/case_filter_bar.h"
#include "ui/charts/score_histogram.h"
#include "ui/charts/score_scatter.h"
#include "ui/list/list_form.h"
#include "ui/list/question_choice.h"
#include "ui/look/appearance.h"
#include "ui/look/icons.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

/// Default direction: highest scores first, newest files first.
bool starts_descending(ExhibitOrder order) {
    return order != ExhibitOrder::Name && order != ExhibitOrder::Added;
}

}  // namespace

CasePane::CasePane(CaseController& controller, QWidget* parent)
    : QWidget(parent),
      case_(controller),
      name_(make_label(this, TextSize::Body, true)),
      counts_(make_label(this, TextSize::Caption, false, true)),
      charts_button_(new QToolButton(this)),
      filter_(new CaseFilterBar(this)),
      question_(new QuestionChoice(this)),
      charts_(new QWidget(this)),
      histogram_(new ScoreHistogram(charts_)),
      scatter_(new ScoreScatter(charts_)),
      order_(new QComboBox(this)),
      direction_(new QToolButton(this)),
      list_(new QListView(this)),
      forms_(nullptr),
      shown_(make_label(this, TextSize::Caption, false, true)),
      note_(make_label(this, TextSize::Caption, true, true)),
      help_(make_label(this, TextSize::Caption, false, true)) {
    setProperty("pane", true);
    setAttribute(Qt::WA_StyledBackground);
    name_->setMinimumWidth(8 * kGrid);
    counts_->setWordWrap(true);
    help_->setWordWrap(true);
    help_->hide();

    charts_button_->setIcon(icon(QStringLiteral("chart")));
    charts_button_->setIconSize(QSize(20, 20));
    charts_button_->setCheckable(true);
    charts_button_->setFocusPolicy(Qt::StrongFocus);
    charts_button_->setToolTip(tr("Show or hide the score charts"));
    charts_button_->setAccessibleName(charts_button_->toolTip());
    auto* const chart_column = new QVBoxLayout(charts_);
    chart_column->setContentsMargins(0, 0, 0, 0);
    chart_column->setSpacing(kGrid / 2);
    chart_column->addWidget(histogram_);
    chart_column->addWidget(scatter_);

    using Order = ExhibitOrder;
    for (const auto& [label, order] :
         {std::pair{tr("By name"), Order::Name}, std::pair{tr("By score"), Order::Score},
          std::pair{tr("By disagreement"), Order::Spread},
          std::pair{tr("By time added"), Order::Added},
          std::pair{tr("By file date"), Order::Modified}, std::pair{tr("By size"), Order::Size}})
        order_->addItem(label, static_cast<int>(order));
    name_box(order_, tr("Order of the exhibits"));
    direction_->setIconSize(QSize(20, 20));
    direction_->setFocusPolicy(Qt::StrongFocus);

    list_->setModel(&case_.model());
    forms_ = new ListForms(list_, this, true);
    list_->setUniformItemSizes(true);
    list_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    list_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setMouseTracking(true);
    list_->setAccessibleName(tr("Exhibits"));
    list_->setAccessibleDescription(tr("Exhibits of the case, with their mark, score and spread"));

    filter_->add_button(charts_button_);
    histogram_->set_axis_labels(false);
    auto* const order_row = new QHBoxLayout;
    order_row->setSpacing(kGrid / 2);
    order_row->addWidget(order_, 1);
    order_row->addWidget(direction_);
    order_row->addWidget(forms_);
    auto* const head = new QVBoxLayout;
    head->setContentsMargins(kGrid, kGrid, kGrid, kGrid);
    head->setSpacing(kGrid);
    auto* const title = new QVBoxLayout;
    title->setContentsMargins(kGrid, kGrid / 2, kGrid, 0);
    title->setSpacing(2);
    title->addWidget(name_);
    title->addWidget(counts_);
    head->addLayout(title);
    head->addWidget(filter_);
    head->addWidget(question_);
    head->addWidget(charts_);
    head->addLayout(order_row);
    auto* const foot = new QHBoxLayout;
    foot->setContentsMargins(2 * kGrid, kGrid / 2, 2 * kGrid, kGrid / 2);
    foot->addWidget(shown_, 1);
    foot->addWidget(note_);
    auto* const all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addLayout(head);
    all->addWidget(forms_->head());
    all->addWidget(list_, 1);
    all->addLayout(foot);
    help_->setContentsMargins(2 * kGrid, 0, 2 * kGrid, kGrid / 2);
    all->addWidget(help_);

    connect(charts_button_, &QToolButton::toggled, this, &CasePane::set_charts_open);
    // Filter fields and charts both choose a range; showing one at a time leaves room for the list.
    connect(filter_, &CaseFilterBar::open_changed, this, [this](bool open) {
        if (open)
            set_charts_open(false);
    });
    connect(filter_, &CaseFilterBar::changed, this, &CasePane::apply_view);
    for (RangeChart* const chart : std::initializer_list<RangeChart*>{histogram_, scatter_}) {
        connect(chart, &RangeChart::range_changed, this, &CasePane::brush);
        connect(chart, &RangeChart::range_settled, this, &CasePane::select_all_shown);
    }
    connect(order_, &QComboBox::currentIndexChanged, this,
            [this] { set_order(order(), starts_descending(order())); });
    connect(direction_, &QToolButton::clicked, this, [this] { set_order(order(), !descending_); });
    // A column's head orders by it, and turns the order when it does so already.
    for (const auto& [signal, by] : {std::pair{&TableHead::name_clicked, Order::Name},
                                     std::pair{&TableHead::score_clicked, Order::Score},
                                     std::pair{&TableHead::spread_clicked, Order::Spread}})
        connect(forms_->head(), signal, this, [this, by = by] {
            set_order(by, order() == by ? !descending_ : starts_descending(by));
        });
    connect(forms_->head(), &TableHead::question_clicked, this, [this](std::size_t question) {
        const bool again = question_->chosen() == question && order() == Order::Score;
        question_->choose(question);
        set_order(Order::Score, again ? !descending_ : starts_descending(Order::Score));
    });
    connect(question_, &QuestionChoice::question_changed, this, [this] {
        show_question();
        apply_view();
    });
    connect(list_->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &CasePane::current_changed);
    connect(list_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &CasePane::selection_changed);
    connect(&case_, &CaseController::opened, this, [this] {
        {
            const QSignalBlocker one_view_is_enough(question_);
            question_->set_questions({});
        }
        filter_->set_filter({});
        apply_view();
    });
    connect(&case_, &CaseController::summary_changed, this, &CasePane::show_summary);
    connect(&case_, &CaseController::points_changed, this, &CasePane::show_points);
    connect(&case_, &CaseController::look_alikes_changed, this, [this] {
        if (filter_->alike() != AlikeChoice::Any)
            apply_view();
    });
    connect(&case_.model(), &CaseModel::list_updated, this, &CasePane::list_changed);
    // Qt's views repaint only for roles they know; the delegate also paints this model's own roles.
    connect(&case_.model(), &QAbstractItemModel::dataChanged, list_->viewport(),
            [view = list_->viewport()] { view->update(); });
    connect(filter_, &CaseFilterBar::save_requested, this, [this](const QString& name) {
        case_.review().save_filter(name.toStdString(), wanted());
    });
    connect(filter_, &CaseFilterBar::saved_chosen, this,
            [this](const ExhibitFilter& saved) { question_->choose(saved.question); });
    connect(filter_, &CaseFilterBar::delete_requested, this,
            [this](const QString& name) { case_.review().forget_filter(name.toStdString()); });
    set_charts_open(false);
    refresh_direction();
}

// --- the list

std::optional<ExhibitId> CasePane::current() const {
    const QModelIndex index = list_->selectionModel()->currentIndex();
    if (!index.isValid())
        return std::nullopt;
    return index.data(RowRole::Id).toLongLong();
}

ExhibitIds CasePane::selected() const {
    // Iterate over ranges: thousands of rows may be selected.
    std::vector<std::pair<int, int>> ranges;
    for (const QItemSelectionRange& range : list_->selectionModel()->selection())
        ranges.emplace_back(range.top(), range.bottom());
    std::sort(ranges.begin(), ranges.end());
    const ExhibitIds& all = case_.model().ids();
    ExhibitIds ids;
    for (const auto& [top, bottom] : ranges)
        ids.insert(ids.end(), all.begin() + top, all.begin() + bottom + 1);
    return ids;
}

void CasePane::make_current(ExhibitId id) {
    if (const int row = case_.model().row_of(id); row >= 0)
        select_row(row);
}

void CasePane::select_row(int row) {
    // Not setCurrentIndex: it extends the selection while Ctrl or Shift is held.
    list_->selectionModel()->setCurrentIndex(case_.model().index(row),
                                             QItemSelectionModel::ClearAndSelect);
}

void CasePane::step(int by) {
    const int rows = case_.model().rowCount();
    if (rows == 0)
        return;
    const QModelIndex now = list_->currentIndex();
    select_row(now.isValid() ? std::clamp(now.row() + by, 0, rows - 1) : 0);
}

void CasePane::list_changed() {
    const int rows = case_.model().rowCount();
    const std::int64_t all = case_.summary().counts.exhibits;
    shown_->setText(count_text());
    shown_->setToolTip(tr("%1 exhibits in the case").arg(all));
    // The current exhibit stays current as long as it is listed. A new view without it starts at
    // the top. Rows that come or go by themselves do not scroll the list.
    const bool lost = new_view_ && previous_ && case_.model().row_of(*previous_) < 0;
    if (rows > 0 && (lost || !list_->currentIndex().isValid()))
        list_->setCurrentIndex(case_.model().index(0));
    if (select_when_listed_) {
        select_when_listed_ = false;
        if (rows > 0) {
            list_->selectionModel()->setCurrentIndex(case_.model().index(0),
                                                     QItemSelectionModel::NoUpdate);
            list_->selectionModel()->select(
                QItemSelection(case_.model().index(0), case_.model().index(rows - 1)),
                QItemSelectionModel::ClearAndSelect);
        }
    } else if (new_view_ && list_->currentIndex().isValid()) {
        list_->scrollTo(list_->currentIndex());
    }
    // If the current row left the list after a decision, select its neighbour.
    auto* const selection = list_->selectionModel();
    if (!selection->hasSelection() && list_->currentIndex().isValid())
        selection->select(list_->currentIndex(), QItemSelectionModel::Select);
    new_view_ = false;
    Q_EMIT selection_changed();
}

QString CasePane::count_text() const {
    const int shown = case_.model().rowCount();
    const std::int64_t all = case_.summary().counts.exhibits;
    return shown == all || all == 0 ? tr("Exhibits: %1").arg(shown)
                                    : tr("Exhibits: %1 of %2").arg(shown).arg(all);
}

void CasePane::apply_view() {
    CaseView view;
    view.filter = wanted();
    view.order = order();
    view.descending = descending_;
    view.among = among();
    const ChartRange range = filter_->range();
    histogram_->set_range({range.score_from, range.score_to, {}, {}});
    scatter_->set_range(range);
    new_view_ = true;
    previous_ = current();
    case_.set_view(view);
}

ExhibitFilter CasePane::wanted() const {
    ExhibitFilter filter = filter_->filter();
    filter.question = question_->chosen();
    return filter;
}

void CasePane::show_question() {
    const CaseSummary& summary = case_.summary();
    const std::optional<std::size_t> chosen = question_->chosen();
    forms_->set_questions(summary.questions, chosen);
    for (RangeChart* const chart : std::initializer_list<RangeChart*>{histogram_, scatter_}) {
        chart->set_bands(chosen ? QuestionBands(summary.active.bands.of(*chosen))
                                : summary.active.bands);
        chart->set_subject(question_->subject());
    }
}

std::shared_ptr<const ExhibitIds> CasePane::among() const {
    const AlikeChoice choice = filter_->alike();
    const auto index = case_.look_alikes();
    if (choice == AlikeChoice::Any)
        return nullptr;
    auto ids = std::make_shared<ExhibitIds>();
    if (index && choice == AlikeChoice::OneGroup) {
        if (const LookAlikes* const group = index->find(filter_->alike_to()))
            *ids = group->ids;
    } else if (index) {
        for (const LookAlikes& group : index->groups)
            if (choice == AlikeChoice::Grouped || group.judged_differently)
                ids->insert(ids->end(), group.ids.begin(), group.ids.end());
    }
    std::sort(ids->begin(), ids->end());
    return ids;
}

// --- order

ExhibitOrder CasePane::order() const {
    return static_cast<ExhibitOrder>(order_->currentData().toInt());
}

void CasePane::set_order(ExhibitOrder order, bool descending) {
    descending_ = descending;
    {
        const QSignalBlocker quiet(order_);
        order_->setCurrentIndex(order_->findData(static_cast<int>(order)));
    }
    refresh_direction();
    apply_view();
}

void CasePane::refresh_direction() {
    direction_->setIcon(
        icon(descending_ ? QStringLiteral("descending") : QStringLiteral("ascending")));
    direction_->setToolTip(descending_ ? tr("Largest first; click for smallest first")
                                       : tr("Smallest first; click for largest first"));
    direction_->setAccessibleName(descending_ ? tr("Largest first") : tr("Smallest first"));
}

// --- charts and counts

void CasePane::set_charts_open(bool open) {
    charts_button_->setChecked(open);
    charts_->setVisible(open);
    if (open)
        filter_->set_open(false);
}

bool CasePane::charts_open() const {
    return charts_button_->isChecked();
}

void CasePane::brush(const ChartRange& range) {
    // The histogram has no spread axis: keep the chosen spread range.
    ChartRange now = range;
    if (sender() == histogram_) {
        now.spread_from = filter_->range().spread_from;
        now.spread_to = filter_->range().spread_to;
    }
    filter_->set_range(now);
}

void CasePane::select_all_shown() {
    if (filter_->range().everything())
        return;
    // A query may still be running; select once the list matches the brushed range.
    select_when_listed_ = true;
    case_.model().refresh();
}

void CasePane::show_points() {
    const auto points = case_.points();
    histogram_->set_points(points, case_.unassessed());
    scatter_->set_points(points, case_.unassessed());
}

void CasePane::show_summary() {
    const CaseSummary& summary = case_.summary();
    const CaseCounts& counts = summary.counts;
    name_->setText(fontMetrics().elidedText(case_.name(), Qt::ElideMiddle, 26 * kGrid));
    name_->setToolTip(path_text(case_.path()));
    QStringList parts;
    const auto add = [&parts](std::int64_t count, const QString& sentence) {
        if (count > 0)
            parts.append(sentence.arg(count));
    };
    add(counts.looks_fake, tr("%1 look fake"));
    add(counts.undecided, tr("%1 undecided"));
    add(counts.looks_real, tr("%1 look real"));
    add(counts.unnamed, tr("%1 not calibrated"));
    add(counts.no_assessment, tr("%1 no assessment"));
    add(counts.failed, tr("%1 failed"));
    add(counts.unscored, tr("%1 not scored"));
    counts_->setText(parts.join(QStringLiteral(" · ")));
    QStringList reviewed;
    for (const auto& [count, mark] :
         {std::pair{counts.suspicious, Mark::Suspicious}, std::pair{counts.cleared, Mark::Cleared},
          std::pair{counts.to_check, Mark::ToCheck}})
        reviewed.append(QStringLiteral("%1 %2").arg(count).arg(mark_text(mark)));
    counts_->setToolTip(
        tr("Marked: %1\nThresholds \"%2\": %3")
            .arg(reviewed.join(QStringLiteral(", ")), QString::fromStdString(summary.active.name),
                 QString::fromStdString(bands_words(summary.active.bands, summary.questions))));
    counts_->setVisible(!parts.isEmpty());
    note_->setText(summary.scorer && summary.scorer->starter ? tr("Starter panel") : QString());
    shown_->setText(count_text());
    question_->set_questions(summary.questions);
    show_question();
    filter_->show_summary(summary, case_.review().writable());
}

void CasePane::set_help(const QString& help) {
    help_->setText(help);
    help_->setVisible(!help.isEmpty());
}

}  // namespace dfd::ui
