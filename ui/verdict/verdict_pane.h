// Right pane: verdict card and experts; below a handle, tabs for file facts, studies, history and
// review. Either part scrolls by itself, so that what the file declares and every score stay while
// a tab is read.
#pragma once

#include <QSplitter>

#include "ui/list/exhibit_model.h"
#include "ui/verdict/verdict_card.h"

class QTabWidget;
class QToolButton;

namespace dfd::ui {

class ExpertBars;
class FactsPanel;
class HistoryPanel;
class ReviewPanel;
class ScrollPane;

class VerdictPane : public QSplitter {
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
    /// With room to read it.
    void show_tab(QWidget* panel);
    /// The tabs get what room is left by what must stay in sight above: what the file declares, the
    /// scores or why there are none, and the caution.
    void set_tabs_raised(bool raised);
    /// The tabs move into a window of their own, or back. Closing that window moves them back.
    void set_tabs_out(bool out);
    [[nodiscard]] bool tabs_are_out() const { return outside_ != nullptr; }
    [[nodiscard]] bool tab_is_shown(QWidget* panel) const;
    [[nodiscard]] ReviewPanel* review() const { return review_; }
    /// The tab with marks, tags and notes; only for exhibits of a case.
    void set_review_visible(bool visible);
    void show_review();
    /// Back to the score.
    void scroll_to_top();
    /// Scrolls to the field of the review tab that has the focus.
    void reveal_focus();
    [[nodiscard]] ScrollPane* upper() const { return upper_; }
    /// As wide as its widest part needs.
    [[nodiscard]] QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void tab_changed();

  protected:
    /// Closes the window of the tabs, and fits the upper part.
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    /// No room is left empty under the experts; under raised tabs, no block of the card is cut.
    void fit_upper();
    void fit_upper_once();
    QToolButton* add_corner_button(const QString& icon_name, const QString& label);
    void name_outside();
    /// The window of the tabs, when they are out, gets the keys.
    void bring_tabs_forward();

    ScrollPane* upper_;
    VerdictCard* card_;
    ExpertBars* bars_;
    QTabWidget* tabs_;
    QToolButton *pull_out_, *raise_;
    QString shown_name_;          ///< of the exhibit; empty: none
    QWidget* outside_ = nullptr;  ///< the window of the tabs while they are out
    FactsPanel* facts_;
    HistoryPanel* history_;
    ScrollPane* review_area_;
    ReviewPanel* review_;
    bool fitting_ = false, fit_again_ = false;
};

}  // namespace dfd::ui
