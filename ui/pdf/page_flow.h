// Lays out text and drawings on PDF pages from top to bottom.
// Internal to ui/pdf.
#pragma once

#include <QColor>
#include <QFont>
#include <QIODevice>
#include <QPainter>
#include <QPdfWriter>
#include <QString>
#include <exception>
#include <memory>
#include <vector>

#include "core/casework/report/html_report.h"

class QTextLayout;

namespace dfd::ui {

/// Forwards written bytes to a sink. Stores the sink's exception for `rethrow`: exceptions must not
/// pass through Qt's code.
class SinkDevice : public QIODevice {
  public:
    explicit SinkDevice(ReportSink sink);
    void rethrow();
    [[nodiscard]] bool isSequential() const override { return true; }

  protected:
    qint64 readData(char*, qint64) override { return -1; }
    qint64 writeData(const char* bytes, qint64 count) override;

  private:
    ReportSink sink_;
    std::exception_ptr error_;
};

struct TextStyle {
    double points = 9;
    QColor colour = QColor(0x1a, 0x1a, 0x1a);
    QFont::Weight weight = QFont::Normal;
    bool code = false;
};

/// Text of one cell in a row. Positions in millimetres from the left margin.
struct FlowCell {
    QString text;
    TextStyle style;
    double left = 0;
    double width = 0;
    bool right_aligned = false;
};

/// All lengths in millimetres, from the top left corner of the printable area.
class PageFlow {
  public:
    static constexpr double kWidth = 178;

    PageFlow(ReportSink sink, const QString& title);
    ~PageFlow();
    PageFlow(const PageFlow&) = delete;
    PageFlow& operator=(const PageFlow&) = delete;

    void set_header(const QString& head) { header_ = head; }
    /// Called at the top of every page that `ensure_room` starts; may draw.
    void set_continuation(std::function<void()> draw) { continuation_ = std::move(draw); }

    /// Starts a new page unless this one is still empty.
    void start_new_page();
    /// Starts a new page if less than `height` is left, unless the page is empty. True if it did.
    bool ensure_room(double height);
    [[nodiscard]] double y() const { return y_; }
    [[nodiscard]] int page() const { return page_; }
    void skip(double height) { y_ += height; }

    /// One row; a row that does not fit continues on the next page.
    void row(const std::vector<FlowCell>& cells, double below = 0);
    void text(const QString& words, const TextStyle& style, double width = kWidth,
              double below = 0);
    [[nodiscard]] double height_of(const std::vector<FlowCell>& cells);
    /// Draws one line at a fixed place on the page; does not move `y`.
    void draw_text_at(const QString& words, const TextStyle& style, double left, double top,
                      double width, Qt::Alignment alignment = Qt::AlignLeft);
    [[nodiscard]] double width_of(const QString& words, const TextStyle& style) const;
    void rule(double top, const QColor& colour = QColor(0xd4, 0xd4, 0xd4));

    [[nodiscard]] QPainter& painter() { return painter_; }
    [[nodiscard]] QRectF rectangle(double left, double top, double width, double height) const;
    [[nodiscard]] double units(double millimetres) const;
    void check() { device_.rethrow(); }
    void end();

  private:
    struct Lines;
    [[nodiscard]] QFont font(const TextStyle& style) const;
    [[nodiscard]] std::unique_ptr<QTextLayout> make_layout(const FlowCell& cell) const;
    void next_page();
    void draw_header_and_footer();

    SinkDevice device_;
    QPdfWriter pdf_;
    QPainter painter_;
    QString header_;
    std::function<void()> continuation_;
    double y_ = 0;
    int page_ = 0;
    bool ended_ = false;
};

}  // namespace dfd::ui
