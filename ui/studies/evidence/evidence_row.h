// One expert's evidence: the result of its deletion test and the curves behind it. Choosing the row
// shows its map over the picture.
#pragma once

#include <optional>

#include "core/engine/scoring/explanation.h"
#include "ui/look/row_button.h"

class QPainter;

namespace dfd::ui {

/// "supported", "weak", "not supported", translated.
[[nodiscard]] QString support_text(Support support);

/// Legend for the curves of all rows: most important first, least important first, displaced
/// copies.
class DeletionLegend : public QWidget {
    Q_OBJECT

  public:
    explicit DeletionLegend(QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
};

/// Shows the name, the verdict as a word and a mark (full, half or empty), and a chart of the
/// explained logit against the removed share of the picture: a thick line removes the most
/// important places first, a dashed line the least important first; a band shows the range of
/// displaced copies of the map. Each row has its own vertical axis, in logits. The test's summary
/// is the tool tip and the description for screen readers.
class EvidenceRow : public RowButton {
    Q_OBJECT

  public:
    explicit EvidenceRow(QWidget* parent = nullptr);
    /// `state` is shown in place of the verdict until there is a test: "being tested".
    void show_map(const QString& name, const MapExplanation& map, const QString& state);
    /// There is no map yet: the row cannot be chosen.
    void show_waiting(const QString& name, const QString& state);
    [[nodiscard]] const std::optional<DeletionTest>& test() const { return test_; }
    /// The verdict, or the state if there is none.
    [[nodiscard]] QString word() const;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    void describe(const QString& value);
    void paint_verdict(QPainter& painter, const QRectF& line) const;
    void paint_chart(QPainter& painter, const QRectF& area) const;

    QString state_;
    std::optional<DeletionTest> test_;
};

}  // namespace dfd::ui
