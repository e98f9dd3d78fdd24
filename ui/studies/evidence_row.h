// One expert's evidence: whether its map holds, and the curves that decide it. Choosing it lays the
// map over the picture.
#pragma once

#include <QAbstractButton>
#include <optional>

#include "core/engine/scoring/explanation.h"

class QPainter;

namespace dfd::ui {

/// "supported", "weak", "not supported", translated.
[[nodiscard]] QString support_text(Support support);

/// The curves' key: important first, unimportant first, displaced copies. Words for all rows.
class DeletionKey : public QWidget {
    Q_OBJECT

  public:
    explicit DeletionKey(QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
};

/// Name, verdict in a word and a mark (full, half or empty), and below them the explained number
/// over the share of the picture that is taken away: a thick line for the most important places
/// first, a dashed one for the least important first, a band for what displaced copies of the map
/// do. The vertical axis is its own, in logits; the test's sentence is its description for screen
/// readers and its tool tip.
class EvidenceRow : public QAbstractButton {
    Q_OBJECT

  public:
    explicit EvidenceRow(QWidget* parent = nullptr);
    /// `state` stands where the verdict will: "being tested"; shown while there is no test.
    void show_map(const QString& name, const MapExplanation& map, const QString& state);
    /// No map yet: it cannot be chosen.
    void show_waiting(const QString& name, const QString& state);
    [[nodiscard]] const std::optional<DeletionTest>& test() const { return test_; }
    /// The verdict, or the state where there is none.
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
