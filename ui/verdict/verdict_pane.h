// Right pane: verdict card, experts, and tabs for file facts, studies, history and review.
#pragma once

#include "ui/list/exhibit_model.h"
#include "ui/look/scroll_pane.h"
#include "ui/verdict/verdict_card.h"

class QTabWidget;

namespace dfd::ui {

class ExpertBars;
class FactsPanel;
class HistoryPanel;
class ReviewPanel;

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
    /// Adds a tab before the history, which takes over the panel.
    void add_tab(QWidget* panel, const QString& title);
    void show_tab(QWidget* panel);
    [[nodiscard]] bool tab_is_shown(QWidget* panel) const;
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
    ReviewPanel* review_;
};

}  // namespace dfd::ui
