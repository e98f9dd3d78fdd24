// A panel's answer to one question: score, band, scale and votes.
#pragma once

#include <QWidget>
#include <optional>
#include <vector>

#include "core/opinion/bands.h"

class QHBoxLayout;
class QLabel;

namespace dfd::ui {

class ScoreScale;

/// At this width.
[[nodiscard]] int needed_height(const QWidget& part, int width);

class AnswerBlock : public QWidget {
    Q_OBJECT

  public:
    explicit AnswerBlock(QWidget* parent);
    /// The opinion's answer to a question, which is named if the panel asks several. Without
    /// experts that count, "not answered" takes the place of the score.
    void show_answer(const PanelOpinion& opinion, std::size_t asked,
                     const BandThresholds& thresholds);
    /// The line with the score, for things that belong at its right.
    [[nodiscard]] QHBoxLayout* head() const { return head_; }
    [[nodiscard]] QString question() const;
    [[nodiscard]] QString score() const;   ///< empty when not answered
    [[nodiscard]] QString band() const;    ///< or "not answered"
    [[nodiscard]] QString spread() const;  ///< votes, spread and mutual information
    /// What the score is worth, or that nobody measured it.
    [[nodiscard]] QString worth() const;
    void refresh_colours();
    /// Whether the line with votes and spread is shown.
    void show_details(bool shown);
    /// Only the question, the score and its word, or why there is none: there is little room. What
    /// the score is worth is in their tool tips.
    void set_brief(bool brief);
    /// Where each of its parts ends at this width, were it `brief` or not.
    [[nodiscard]] std::vector<int> ends(int width, bool brief) const;

  private:
    void show_parts();
    [[nodiscard]] bool shows_scale(bool brief) const { return assessed_ && !brief; }
    [[nodiscard]] bool shows_worth(bool brief) const { return answered_ && !(assessed_ && brief); }
    [[nodiscard]] bool shows_spread(bool brief) const {
        return details_shown_ && !brief && (assessed_ || !answered_);
    }

    QHBoxLayout* head_;
    QLabel* question_;
    QLabel* score_;
    QLabel* band_;
    ScoreScale* scale_;
    QLabel* spread_;
    QLabel* worth_;
    std::optional<Band> shown_band_;
    bool details_shown_ = false;
    bool brief_ = false;
    bool answered_ = false;
    bool assessed_ = false;  ///< answered, and not out of scope
};

}  // namespace dfd::ui
