#include "ui/verdict/verdict_pane.h"

#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

#include "ui/case/review_panel.h"
#include "ui/look/appearance.h"
#include "ui/verdict/expert_bars.h"
#include "ui/verdict/facts_panel.h"

namespace dfd::ui {

VerdictPane::VerdictPane(QWidget* parent)
    : ScrollPane(parent),
      card_(new VerdictCard(this)),
      bars_(new ExpertBars(this)),
      tabs_(new QTabWidget(this)),
      facts_(new FactsPanel(this)),
      history_(new HistoryPanel(this)),
      review_(new ReviewPanel(this)) {
    review_->hide();
    tabs_->addTab(facts_, tr("File"));
    tabs_->addTab(history_, tr("History"));
    tabs_->setDocumentMode(true);
    tabs_->tabBar()->setDrawBase(false);
    tabs_->setMinimumHeight(22 * kGrid);

    column()->addWidget(card_);
    column()->addWidget(bars_);
    column()->addWidget(tabs_, 1);
    column()->addStretch();
    connect(tabs_, &QTabWidget::currentChanged, this, &VerdictPane::tab_changed);
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
}

bool VerdictPane::tab_is_shown(QWidget* panel) const {
    return tabs_->currentWidget() == panel;
}

void VerdictPane::set_review_visible(bool visible) {
    const int tab = tabs_->indexOf(review_);
    if (visible && tab < 0)
        tabs_->insertTab(0, review_, tr("Review"));
    else if (!visible && tab >= 0)
        tabs_->removeTab(tab);
    if (visible)
        show_review();
    else
        review_->hide();
}

void VerdictPane::show_review() {
    tabs_->setCurrentWidget(review_);
}

}  // namespace dfd::ui
