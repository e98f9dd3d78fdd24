#include "ui/verdict_pane.h"

#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

#include "ui/appearance.h"
#include "ui/expert_bars.h"
#include "ui/facts_panel.h"
#include "ui/review_panel.h"

namespace dfd::ui {

VerdictPane::VerdictPane(QWidget* parent)
    : QScrollArea(parent),
      card_(new VerdictCard(this)),
      bars_(new ExpertBars(this)),
      tabs_(new QTabWidget(this)),
      facts_(new FactsPanel(this)),
      history_(new HistoryPanel(this)),
      review_(new ReviewPanel(this)) {
    auto* const content = new QWidget(this);
    content->setProperty("pane", true);
    content->setAttribute(Qt::WA_StyledBackground);
    tabs_->addTab(review_, tr("Review"));
    tabs_->setTabVisible(0, false);
    tabs_->addTab(facts_, tr("File"));
    tabs_->addTab(history_, tr("History"));
    tabs_->setDocumentMode(true);
    tabs_->tabBar()->setDrawBase(false);
    tabs_->setMinimumHeight(22 * kGrid);

    auto* const column = new QVBoxLayout(content);
    column->setContentsMargins(kGrid, kGrid, kGrid, kGrid);
    column->setSpacing(kGrid);
    column->addWidget(card_);
    column->addWidget(bars_);
    column->addWidget(tabs_, 1);
    column->addStretch();
    setWidget(content);
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
}

void VerdictPane::show_exhibit(const Exhibit* exhibit, const VerdictContext& context,
                               const std::vector<std::string>& experts) {
    tabs_->setVisible(exhibit != nullptr);
    facts_->show_exhibit(exhibit);
    history_->show_exhibit(exhibit);
    if (exhibit == nullptr) {
        card_->show_nothing();
        bars_->hide();
        bars_->show_waiting({});
        return;
    }
    card_->show_exhibit(*exhibit, context);
    bars_->setVisible(exhibit->state != ExaminationState::Failed);
    if (const PanelOpinion* const opinion = exhibit->opinion())
        bars_->show_opinion(*opinion, context.thresholds);
    else if (exhibit->state == ExaminationState::Failed)
        bars_->show_waiting({});
    else
        bars_->show_waiting(experts);
}

void VerdictPane::set_review_visible(bool visible) {
    tabs_->setTabVisible(0, visible);
    if (visible)
        show_review();
}

void VerdictPane::show_review() {
    tabs_->setCurrentWidget(review_);
}

}  // namespace dfd::ui
