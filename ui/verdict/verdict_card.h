// The panel's verdict on one picture: score, band, votes, a short story, and warnings for the
// reviewer.
#pragma once

#include <QFrame>
#include <vector>

#include "core/opinion/firmness.h"
#include "ui/list/exhibit_model.h"

class QLabel;
class QToolButton;
class QProgressBar;
class QVBoxLayout;

namespace dfd::ui {

class AnswerBlock;

/// Context that the card needs besides the exhibit.
struct VerdictContext {
    bool starter = false;
    QString panel;      ///< title; empty if there is none
    QString precision;  ///< "fp32"
    QString device;
    QString waiting;  ///< text for a picture without a result: what happens and how long it takes
    bool any = true;  ///< whether there is a picture to select
    QuestionBands bands;
};

class VerdictCard : public QFrame {
    Q_OBJECT

  public:
    explicit VerdictCard(QWidget* parent = nullptr);
    /// `any`: whether there is a picture to select.
    void show_nothing(bool any = true);
    void show_exhibit(const Exhibit& exhibit, const VerdictContext& context);
    /// Of the question that leads; empty without a score.
    [[nodiscard]] QString score() const;
    [[nodiscard]] QString band() const;
    [[nodiscard]] QString spread() const;
    /// One block per question while a score is shown.
    [[nodiscard]] std::vector<const AnswerBlock*> answers() const;
    [[nodiscard]] bool marked_starter() const;
    /// Whether the badge for weighted experts is shown.
    [[nodiscard]] bool marked_weighted() const;
    [[nodiscard]] QString story() const;
    /// Firmness of the shown verdict; null if unknown. The interval has its own line. The sentences
    /// are added to the story once the result is `complete`.
    void show_firmness(const Firmness* firmness, bool complete);
    /// "0.71 to 0.93 over ordinary re-sharing"; empty for none.
    [[nodiscard]] QString firmness() const;
    [[nodiscard]] QStringList warnings() const { return warnings_; }
    /// What the file declares about being generated, shown separately from the score; may be empty.
    [[nodiscard]] QString declared() const { return declared_sentence_; }
    /// Where there is little room, the answers are only scores and words, or why there is none.
    void set_brief(bool brief);
    /// Height of what must stay in sight at this width, were the card `brief` or not: what the file
    /// declares, what a sample is, every score, and the caution. At `most`, less whole blocks of
    /// them.
    [[nodiscard]] int pinned_height(int width, bool brief, int most = QWIDGETSIZE_MAX) const;

  Q_SIGNALS:
    /// The user wants the panel's own combination.
    void reference_requested();
    /// The user wants to know how a result is to be read.
    void help_requested();
    /// The user opened or closed the details.
    void details_toggled(bool open);
    /// The user wants to read all that the file declares.
    void facts_requested();

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void show_story();
    void show_details();
    void set_warnings(const QStringList& warnings);
    void set_declared(const std::vector<ProvenanceHint>& hints);
    void set_sample(const std::string& words);
    void show_answers(const PanelOpinion& opinion);
    void hide_answers();
    [[nodiscard]] const AnswerBlock* leading_answer() const;

    QLabel* badge_;
    QLabel* sample_;  ///< what one of the program's own sample pictures is
    QVBoxLayout* answer_column_;
    std::vector<AnswerBlock*> answers_;  ///< at least one; the first has the badge
    std::size_t shown_answers_ = 0;
    bool brief_ = false;
    QLabel* caution_;
    QToolButton* details_button_;  ///< checked: how the experts voted and what they looked at
    QToolButton* help_button_;     ///< opens the manual
    QLabel* firmness_;
    QLabel* story_;
    QLabel* details_;  ///< the story without the verdict
    QWidget* weighted_;
    QLabel* state_;
    QProgressBar* busy_;
    QWidget* warning_box_;
    QVBoxLayout* warning_lines_;
    QWidget* declared_box_;
    QLabel* declared_mark_;
    QLabel* declared_;
    QToolButton* declared_more_;  ///< shows the rest in the File tab
    QString declared_sentence_;
    QStringList warnings_;
    ExaminationPtr shown_;  ///< whose score is shown; null if none
    QuestionBands bands_;
    std::optional<Firmness> known_firmness_;
    bool firmness_complete_ = false;
};

}  // namespace dfd::ui
