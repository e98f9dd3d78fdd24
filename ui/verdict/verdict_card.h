// The panel's verdict on one picture: score, band, votes, the story in a few sentences, and what a
// reviewer must be told.
#pragma once

#include <QFrame>

#include "core/opinion/firmness.h"
#include "ui/list/exhibit_model.h"

class QLabel;
class QProgressBar;
class QVBoxLayout;

namespace dfd::ui {

class ScoreScale;

/// What the card needs to know besides the exhibit.
struct VerdictContext {
    bool starter = false;
    QString panel;      ///< title; empty while there is none
    QString precision;  ///< "fp32"
    QString device;
    QString waiting;  ///< said of a picture that has no result yet: what happens and how long
    BandThresholds thresholds;
};

class VerdictCard : public QFrame {
    Q_OBJECT

  public:
    explicit VerdictCard(QWidget* parent = nullptr);
    void show_nothing();
    void show_exhibit(const Exhibit& exhibit, const VerdictContext& context);
    [[nodiscard]] QString figure() const;
    [[nodiscard]] QString band() const;
    [[nodiscard]] QString spread() const;
    [[nodiscard]] bool marked_starter() const;
    /// Whether the card says that the experts are weighted.
    [[nodiscard]] bool marked_weighted() const;
    [[nodiscard]] QString story() const;
    /// How firm the verdict of the exhibit shown is, null while nobody knows: the interval in a
    /// line of its own, the sentences in the story once nothing more is coming.
    void show_firmness(const Firmness* firmness, bool complete);
    /// "0.71 to 0.93 over ordinary re-sharing"; empty for none.
    [[nodiscard]] QString firmness() const;
    [[nodiscard]] QStringList warnings() const { return warnings_; }
    /// What the file itself declares about being generated: a fact beside the score, or empty.
    [[nodiscard]] QString declared() const { return declared_sentence_; }

  Q_SIGNALS:
    /// Back to the panel's own combination.
    void reference_wanted();

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void show_story();
    void set_warnings(const QStringList& warnings);
    void set_declared(const std::vector<ProvenanceHint>& hints);
    void refresh_colours();

    QLabel* badge_;
    QLabel* figure_;
    QLabel* band_;
    ScoreScale* scale_;
    QLabel* spread_;
    QLabel* firmness_;
    QLabel* story_;
    QLabel* details_;  ///< the story without its verdict
    QWidget* weighted_;
    QLabel* state_;
    QProgressBar* busy_;
    QWidget* warning_box_;
    QVBoxLayout* warning_lines_;
    QWidget* declared_box_;
    QLabel* declared_mark_;
    QLabel* declared_;
    QString declared_sentence_;
    QStringList warnings_;
    std::optional<Band> shown_band_;
    ExaminationPtr shown_;  ///< whose score is shown; null for none
    BandThresholds thresholds_;
    std::optional<Firmness> known_firmness_;
    bool firmness_complete_ = false;
};

}  // namespace dfd::ui
