#include "ui/pdf/page_flow.h"

#include <QFontMetricsF>
#include <QPageSize>
#include <QTextLayout>
#include <algorithm>
#include <new>
#include <stdexcept>
#include <utility>

#include "core/base/language.h"
#include "ui/pdf/page_metadata.h"

namespace dfd::ui {
namespace {

constexpr int kResolution = 1200;  // dots per inch: fine enough to place letters accurately
constexpr double kInch = 25.4;
constexpr double kLeft = 16, kTop = 24, kBottom = 275;  // millimetres, on A4 (210 x 297)

const QColor kQuiet(0x5a, 0x5a, 0x5a);

}  // namespace

// --- output device

SinkDevice::SinkDevice(ReportSink sink) : sink_(std::move(sink)) {
    open(QIODevice::WriteOnly);
}

qint64 SinkDevice::writeData(const char* bytes, qint64 count) {
    if (error_)
        return -1;
    try {
        sink_({reinterpret_cast<const std::uint8_t*>(bytes), static_cast<std::size_t>(count)});
        return count;
    } catch (...) {
        error_ = std::current_exception();
        return -1;
    }
}

void SinkDevice::rethrow() {
    if (error_)
        std::rethrow_exception(error_);
}

// --- pages

PageFlow::PageFlow(ReportSink sink, const QString& title)
    : device_(std::move(sink)), pdf_(&device_) {
    pdf_.setPdfVersion(QPagedPaintDevice::PdfVersion_A1b);
    pdf_.setResolution(kResolution);
    pdf_.setPageSize(QPageSize(QPageSize::A4));
    pdf_.setPageMargins(QMarginsF(0, 0, 0, 0));
    describe_pages(pdf_, title);
    if (!painter_.begin(&pdf_)) {
        check();
        throw std::runtime_error(say("Qt could not start the PDF file."));
    }
    painter_.setRenderHint(QPainter::Antialiasing);
    painter_.setRenderHint(QPainter::SmoothPixmapTransform);
    page_ = 1;
}

PageFlow::~PageFlow() {
    if (!ended_)
        painter_.end();
}

void PageFlow::end() {
    draw_header_and_footer();
    ended_ = true;
    if (!painter_.end()) {
        check();
        throw std::runtime_error(say("Qt could not finish the PDF file."));
    }
    check();
}

double PageFlow::units(double millimetres) const {
    return millimetres * kResolution / kInch;
}

QRectF PageFlow::rectangle(double left, double top, double width, double height) const {
    return {units(kLeft + left), units(kTop + top), units(width), units(height)};
}

/// Header and footer of the page that is complete.
void PageFlow::draw_header_and_footer() {
    const TextStyle quiet{7.5, kQuiet};
    if (page_ > 1) {
        draw_text_at(header_, quiet, 0, -11, kWidth);
        rule(-5.5);
    }
    draw_text_at(QStringLiteral("%1").arg(page_), quiet, 0, kBottom - kTop + 6, kWidth,
                 Qt::AlignRight);
}

void PageFlow::next_page() {
    draw_header_and_footer();
    pdf_.newPage();
    check();
    ++page_;
    y_ = 0;
}

void PageFlow::start_new_page() {
    if (y_ > 0)
        next_page();
}

bool PageFlow::ensure_room(double height) {
    if (y_ + height <= kBottom - kTop || y_ == 0)
        return false;
    next_page();
    if (continuation_)
        continuation_();
    return true;
}

// --- text

QFont PageFlow::font(const TextStyle& style) const {
    QFont font;
    font.setFamilies(
        style.code ? QStringList{QStringLiteral("DejaVu Sans Mono"), QStringLiteral("monospace")}
                   : QStringList{QStringLiteral("DejaVu Sans"), QStringLiteral("sans-serif")});
    font.setPixelSize(static_cast<int>(style.points * kResolution / 72));
    font.setWeight(style.weight);
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

std::unique_ptr<QTextLayout> PageFlow::make_layout(const FlowCell& cell) const {
    QString words = cell.text;
    words.replace(QLatin1Char('\n'), QChar::LineSeparator);
    auto layout = std::make_unique<QTextLayout>(words, font(cell.style));
    QTextOption option(cell.right_aligned ? Qt::AlignRight : Qt::AlignLeft);
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    layout->setTextOption(option);
    layout->beginLayout();
    for (QTextLine line = layout->createLine(); line.isValid(); line = layout->createLine()) {
        line.setLineWidth(units(cell.width));
        line.setPosition(QPointF(0, 0));
    }
    layout->endLayout();
    return layout;
}

namespace {

/// Line height in millimetres.
double line_height(const FlowCell& cell) {
    return cell.style.points * 1.42 * kInch / 72;
}

double tallest(const std::vector<FlowCell>& cells) {
    double most = 0;
    for (const FlowCell& cell : cells)
        most = std::max(most, line_height(cell));
    return most;
}

}  // namespace

double PageFlow::height_of(const std::vector<FlowCell>& cells) {
    int lines = 0;
    for (const FlowCell& cell : cells)
        lines = std::max(lines, make_layout(cell)->lineCount());
    return lines * tallest(cells);
}

void PageFlow::row(const std::vector<FlowCell>& cells, double below) {
    std::vector<std::unique_ptr<QTextLayout>> layouts;
    int lines = 0;
    for (const FlowCell& cell : cells) {
        layouts.push_back(make_layout(cell));
        lines = std::max(lines, layouts.back()->lineCount());
    }
    const double height = tallest(cells);
    if (lines * height < (kBottom - kTop) / 3)
        ensure_room(lines * height);  // short rows are not split
    for (int line = 0; line < lines; ++line) {
        ensure_room(height);
        double ascent = 0;  // common baseline of the row
        for (const auto& layout : layouts)
            if (line < layout->lineCount())
                ascent = std::max(ascent, layout->lineAt(line).ascent());
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (line >= layouts[i]->lineCount())
                continue;
            const QTextLine piece = layouts[i]->lineAt(line);
            painter_.setPen(cells[i].style.colour);
            piece.draw(&painter_, QPointF(units(kLeft + cells[i].left),
                                          units(kTop + y_) + ascent - piece.ascent()));
        }
        y_ += height;
    }
    y_ += below;
    check();
}

void PageFlow::text(const QString& words, const TextStyle& style, double width, double below) {
    row({{words, style, 0, width, false}}, below);
}

void PageFlow::draw_text_at(const QString& words, const TextStyle& style, double left, double top,
                            double width, Qt::Alignment alignment) {
    painter_.setFont(font(style));
    painter_.setPen(style.colour);
    const QRectF where = rectangle(left, top, width, style.points * 1.42 * kInch / 72);
    painter_.drawText(
        where, static_cast<int>(alignment) | Qt::AlignTop | Qt::TextSingleLine,
        painter_.fontMetrics().elidedText(words, Qt::ElideMiddle, static_cast<int>(where.width())));
}

double PageFlow::width_of(const QString& words, const TextStyle& style) const {
    return QFontMetricsF(font(style), painter_.device()).horizontalAdvance(words) / units(1);
}

void PageFlow::rule(double top, const QColor& colour) {
    painter_.fillRect(rectangle(0, top, kWidth, 0.12), colour);
}

}  // namespace dfd::ui
