#include "ui/verdict/verdict_pane.h"

#include <QCoreApplication>
#include <QEvent>
#include <QHBoxLayout>
#include <QTabBar>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "ui/case/review_panel.h"
#include "ui/look/appearance.h"
#include "ui/look/icons.h"
#include "ui/look/scroll_pane.h"
#include "ui/verdict/expert_bars.h"
#include "ui/verdict/facts_panel.h"

namespace dfd::ui {
namespace {

constexpr int kLeastScore = 16 * kGrid;  ///< the score of one question and its word
constexpr int kLeastTabs = 22 * kGrid;
constexpr const char* kMoved = "moved";  ///< property: the user has moved the handle

}  // namespace

VerdictPane::VerdictPane(QWidget* parent)
    : QSplitter(Qt::Vertical, parent),
      upper_(new ScrollPane(this)),
      card_(new VerdictCard(upper_)),
      bars_(new ExpertBars(upper_)),
      tabs_(new QTabWidget(this)),
      pull_out_(add_corner_button(QStringLiteral("pull-out"), tr("Tabs in a window of their own"))),
      raise_(add_corner_button(QStringLiteral("raise"), tr("More room for the tabs"))),
      facts_(new FactsPanel(tabs_)),
      history_(new HistoryPanel(tabs_)),
      review_area_(new ScrollPane(tabs_)),
      review_(new ReviewPanel(review_area_)) {
    review_area_->column()->addWidget(review_);
    review_area_->hide();
    tabs_->addTab(facts_, tr("File"));
    tabs_->addTab(history_, tr("History"));
    tabs_->setDocumentMode(true);
    tabs_->tabBar()->setDrawBase(false);
    tabs_->setMinimumHeight(kLeastTabs);
    tabs_->setProperty("pane", true);
    tabs_->setAttribute(Qt::WA_StyledBackground);
    auto* const corner = new QWidget(tabs_);
    auto* const buttons = new QHBoxLayout(corner);
    buttons->setContentsMargins(0, 0, 0, 0);
    buttons->setSpacing(0);
    buttons->addWidget(pull_out_);
    buttons->addWidget(raise_);
    tabs_->setCornerWidget(corner);

    upper_->column()->addWidget(card_);
    upper_->column()->addWidget(bars_);
    upper_->column()->addStretch();
    upper_->setMinimumHeight(kLeastScore);
    upper_->widget()->installEventFilter(this);
    addWidget(upper_);
    addWidget(tabs_);
    setChildrenCollapsible(false);
    setHandleWidth(kGrid / 2);
    setStretchFactor(0, 3);
    setStretchFactor(1, 2);
    connect(tabs_, &QTabWidget::currentChanged, this, &VerdictPane::tab_changed);
    connect(this, &QSplitter::splitterMoved, this, [this] {
        setProperty(kMoved, true);
        fit_upper();
    });
    connect(card_, &VerdictCard::facts_requested, this, [this] { show_tab(facts_); });
    connect(raise_, &QToolButton::toggled, this, &VerdictPane::set_tabs_raised);
    connect(pull_out_, &QToolButton::toggled, this, &VerdictPane::set_tabs_out);
}

QToolButton* VerdictPane::add_corner_button(const QString& icon_name, const QString& label) {
    auto* const button = new QToolButton(tabs_);
    button->setCheckable(true);
    button->setIcon(icon(icon_name));
    button->setIconSize({2 * kGrid, 2 * kGrid});
    button->setProperty("small", true);
    button->setFocusPolicy(Qt::StrongFocus);
    button->setToolTip(label);
    button->setAccessibleName(label);
    return button;
}

QSize VerdictPane::minimumSizeHint() const {
    // Hidden tabs count, too: the window must not grow when the first picture comes.
    const int tabs = tabs_are_out() ? 0 : tabs_->minimumSizeHint().width();
    return QSplitter::minimumSizeHint().expandedTo({std::max(38 * kGrid, tabs), 0});
}

void VerdictPane::set_tabs_out(bool out) {
    pull_out_->setChecked(out);
    if (out == tabs_are_out())
        return;
    raise_->setVisible(!out);
    if (out) {
        // A tool window keeps the main window's shortcuts.
        outside_ = new QWidget(window(), Qt::Tool);
        outside_->installEventFilter(this);
        outside_->resize(QSize(90, 80) * kGrid);
        auto* const column = new QVBoxLayout(outside_);
        column->setContentsMargins(0, 0, 0, 0);
        column->addWidget(tabs_);
        name_outside();
        outside_->show();
    } else {
        insertWidget(1, tabs_);
        std::exchange(outside_, nullptr)->deleteLater();
        setProperty(kMoved, false);
    }
    tabs_->setVisible(!shown_name_.isEmpty());
    fit_upper();
}

void VerdictPane::name_outside() {
    if (tabs_are_out())
        outside_->setWindowTitle(shown_name_.isEmpty() ? tr("Details")
                                                       : tr("%1: details").arg(shown_name_));
}

void VerdictPane::bring_tabs_forward() {
    if (!tabs_are_out())
        return;
    outside_->raise();
    outside_->activateWindow();
}

void VerdictPane::set_tabs_raised(bool raised) {
    raise_->setChecked(raised);
    setProperty(kMoved, false);
    fit_upper();
    scroll_to_top();
}

void VerdictPane::fit_upper() {
    fit_again_ = true;
    if (std::exchange(fitting_, true))
        return;  // called by what it resizes
    // Sizes and the scroll bar depend on each other: a few rounds, never an endless one.
    for (int round = 0; round < 3 && std::exchange(fit_again_, false); ++round)
        fit_upper_once();
    fitting_ = false;
}

void VerdictPane::fit_upper_once() {
    const bool alone = tabs_are_out() || tabs_->isHidden();
    const bool moved = property(kMoved).toBool();
    QLayout* const column = upper_->column();
    const QMargins around = column->contentsMargins();
    const int width = upper_->viewport()->width();
    const int inner = width - around.left() - around.right();
    // The tabs keep what they need in a low window.
    const int most = std::max(kLeastScore, height() - kLeastTabs);
    // Raised tabs get at least half of the pane, if the card can do with less.
    const bool raised = raise_->isChecked() && !alone && !moved;
    const int half = height() / 2 - handleWidth() - kGrid - around.top();
    const bool brief = raised && card_->pinned_height(inner, false) > half;
    card_->set_brief(brief);
    if (alone) {
        upper_->setMaximumHeight(QWIDGETSIZE_MAX);  // alone, it fills the pane
        return;
    }
    const int whole = column->hasHeightForWidth() ? column->totalHeightForWidth(width)
                                                  : column->totalSizeHint().height();
    upper_->setMaximumHeight(std::max(whole, kLeastScore));
    if (moved)
        return;  // The user has chosen.
    int wanted =
        raised ? around.top() + card_->pinned_height(inner, brief, most - around.top()) : whole;
    if (whole - wanted < 4 * kGrid && whole <= most)
        wanted = whole;  // nothing but its margin would be left to scroll to
    const int upper = std::clamp(wanted, kLeastScore, most);
    setSizes({upper, height() - upper});
}

bool VerdictPane::eventFilter(QObject* watched, QEvent* event) {
    // What nothing in the window of the tabs wants is for the main window, as if they were in it.
    const bool key = event->type() == QEvent::ShortcutOverride || event->type() == QEvent::KeyPress;
    if (watched == outside_ && outside_ != nullptr && key)
        return QCoreApplication::sendEvent(window(), event);
    if (watched == outside_ && event->type() == QEvent::Close)
        set_tabs_out(false);
    else if (event->type() == QEvent::LayoutRequest || event->type() == QEvent::Resize)
        fit_upper();  // its scroll bar may have come or gone
    return QSplitter::eventFilter(watched, event);
}

void VerdictPane::resizeEvent(QResizeEvent* event) {
    QSplitter::resizeEvent(event);
    fit_upper();
}

void VerdictPane::show_exhibit(const Exhibit* exhibit, const VerdictContext& context,
                               const std::vector<std::string>& experts) {
    tabs_->setVisible(exhibit != nullptr);
    fit_upper();
    shown_name_ = exhibit == nullptr ? QString() : exhibit->name;
    name_outside();
    facts_->show_exhibit(exhibit);
    history_->show_exhibit(exhibit);
    if (exhibit == nullptr) {
        card_->show_nothing(context.any);
        bars_->hide();
        bars_->show_waiting({});
        return;
    }
    card_->show_exhibit(*exhibit, context);
    bars_->setVisible(exhibit->state != ExaminationState::Failed);
    if (const PanelOpinion* const opinion = exhibit->opinion())
        bars_->show_opinion(*opinion, context.bands);
    else if (exhibit->state == ExaminationState::Failed)
        bars_->show_waiting({});
    else
        bars_->show_waiting(experts);
}

void VerdictPane::add_tab(QWidget* panel, const QString& title) {
    tabs_->insertTab(tabs_->indexOf(history_), panel, title);
}

void VerdictPane::show_tab(QWidget* panel) {
    tabs_->setCurrentWidget(panel);
    bring_tabs_forward();
    if (!tabs_are_out())
        set_tabs_raised(true);
}

bool VerdictPane::tab_is_shown(QWidget* panel) const {
    return tabs_->currentWidget() == panel;
}

void VerdictPane::set_review_visible(bool visible) {
    const int tab = tabs_->indexOf(review_area_);
    if (visible && tab < 0)
        tabs_->insertTab(0, review_area_, tr("Review"));
    else if (!visible && tab >= 0)
        tabs_->removeTab(tab);
    if (visible)
        show_review();
    else
        review_area_->hide();
}

void VerdictPane::show_review() {
    tabs_->setCurrentWidget(review_area_);
    bring_tabs_forward();
}

void VerdictPane::scroll_to_top() {
    upper_->scroll_to_top();
}

void VerdictPane::reveal_focus() {
    review_area_->reveal(review_area_->window()->focusWidget());
}

}  // namespace dfd::ui
