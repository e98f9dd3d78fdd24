// Right pane: verdict card, experts, and tabs for file facts, stability, evidence, history and
// review.
#pragma once

#include "ui/list/exhibit_model.h"
#include "ui/look/scroll_pane.h"
#include "ui/verdict/verdict_card.h"

class QTabWidget;

namespace dfd::ui {

class EvidencePanel;
class ExpertBars;
class FactsPanel;
class HistoryPanel;
class ReviewPanel;
class StabilityPanel;

class VerdictPane : public ScrollPane {
    Q_OBJECT

  public:
    explicit VerdictPane(QWidget* parent = nullptr);
    /// Null for no selection. `experts` are the panel's experts, shown while there is no opinion.
    void show_exhibit(const Exhibit* exhibit, const VerdictContext& context,
                      const std::vector<std::string>& experts);
    [[nodiscard]] VerdictCard* card() const { return card_; }
    [[nodiscard]] ExpertBars* bars() const { return bars_; }
    [[nodiscard]] FactsPanel* facts() const { return facts_; }
    [[nodiscard]] HistoryPanel* history() const { return history_; }
    [[nodiscard]] StabilityPanel* stability() const { return stability_; }
    void show_stability();
    [[nodiscard]] EvidencePanel* evidence() const { return evidence_; }
    void show_evidence();
    [[nodiscard]] bool evidence_is_shown() const;
    [[nodiscard]] ReviewPanel* review() const { return review_; }
    /// The tab with marks, tags and notes; only for exhibits of a case.
    void set_review_visible(bool visible);
    void show_review();

  Q_SIGNALS:
    void tab_changed();

  private:
    VerdictCard* card_;
    ExpertBars* bars_;
    QTabWidget* tabs_;
    FactsPanel* facts_;
    HistoryPanel* history_;
    StabilityPanel* stability_;
    EvidencePanel* evidence_;
    ReviewPanel* review_;
};

}  // namespace dfd::ui
