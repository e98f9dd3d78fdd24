// Base class of the score charts: axes, bands, and a range chosen by mouse or keyboard.
#pragma once

#include <QWidget>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/casework/exhibits/exhibits.h"

namespace dfd::ui {

using PointsPtr = std::shared_ptr<const std::vector<ScorePoint>>;

/// An empty range means everything.
struct ChartRange {
    std::optional<double> score_from, score_to, spread_from, spread_to;
    [[nodiscard]] bool everything() const {
        return !score_from && !score_to && !spread_from && !spread_to;
    }
    bool operator==(const ChartRange&) const = default;
};

/// Scores run from left (real) to right (fake). Dragging chooses a range and a click clears it.
/// Arrow keys move the range, with Shift only its upper end; Escape, Delete or Backspace clear it.
class RangeChart : public QWidget {
    Q_OBJECT

  public:
    /// `unassessed`: pictures that have no point, because they have no assessment.
    void set_points(PointsPtr points, std::int64_t unassessed = 0);
    void set_bands(const QuestionBands& bands);
    /// Whose scores these are, where a panel asks several questions: "Leading answers"; else empty.
    void set_subject(const QString& subject);
    /// Does not emit `range_changed`.
    void set_range(const ChartRange& range);
    /// Captions below the axis; not needed on a chart right above another one.
    void set_axis_labels(bool shown);
    [[nodiscard]] const ChartRange& range() const { return range_; }

    static constexpr double kLargestSpread = 0.5;  ///< highest possible spread of scores

  Q_SIGNALS:
    void range_changed(const dfd::ui::ChartRange& range);
    /// The user has finished choosing: the mouse was released or a key was pressed.
    void range_settled();

  protected:
    /// With `spreads`, the vertical axis is the spread and ranges have two dimensions.
    RangeChart(bool spreads, QWidget* parent);
    [[nodiscard]] QRectF plot() const;
    [[nodiscard]] double x_of(double score) const;
    [[nodiscard]] double y_of(double spread) const;
    [[nodiscard]] const std::vector<ScorePoint>& points() const { return *points_; }
    [[nodiscard]] std::int64_t unassessed() const { return unassessed_; }
    [[nodiscard]] const QString& subject() const { return subject_; }
    [[nodiscard]] Band word_of(const ScorePoint& point) const {
        return band_of(point.score, bands_.of(point.question));
    }
    /// Points, bands, size or style changed: drop cached layout.
    virtual void invalidate_layout() = 0;
    virtual void paint_points(QPainter& painter) = 0;
    /// A word for the upper left corner.
    [[nodiscard]] virtual QString corner_text() const = 0;

    bool event(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    void choose(const ChartRange& range);
    void drag_to(const QPointF& end);
    void describe();
    [[nodiscard]] QRectF chosen_area() const;

    bool spreads_;
    bool axis_labels_ = true;
    PointsPtr points_;
    std::int64_t unassessed_ = 0;
    QuestionBands bands_;
    QString subject_;
    ChartRange range_;
    std::optional<QPointF> drag_;
    bool focus_by_keyboard_ = false;
};

}  // namespace dfd::ui
