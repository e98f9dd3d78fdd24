#include "ui/pdf/pdf_report.h"

#include <QGuiApplication>
#include <QImage>
#include <QLinearGradient>
#include <algorithm>
#include <clocale>
#include <cmath>
#include <cstdio>
#include <utility>

#include "core/base/language.h"
#include "core/picture/pixels/heatmap_overlay.h"
#include "ui/pdf/page_flow.h"

namespace dfd::ui {
namespace {

const QColor kText(0x1a, 0x1a, 0x1a), kQuiet(0x5a, 0x5a, 0x5a), kSoft(0xf3, 0xf3, 0xf3),
    kLine(0xd4, 0xd4, 0xd4), kMatte(0xa8, 0xa8, 0xa8);
const QColor kReal(0x1a, 0x62, 0xa8), kFake(0xa8, 0x4b, 0x00), kUndecided(0x5f, 0x5f, 0x5f),
    kWarning(0x7a, 0x55, 0x00);

QColor colour_of(ReportTone tone) {
    switch (tone) {
        case ReportTone::Quiet:
            return kQuiet;
        case ReportTone::Real:
            return kReal;
        case ReportTone::Undecided:
            return kUndecided;
        case ReportTone::Fake:
            return kFake;
        case ReportTone::Warning:
            return kWarning;
        case ReportTone::Plain:
            break;
    }
    return kText;
}

QString words(const std::string& text) {
    return QString::fromStdString(text);
}

TextStyle style(double points, const QColor& colour = kText, QFont::Weight weight = QFont::Normal,
                bool code = false) {
    return {points, colour, weight, code};
}

constexpr double kBody = 9, kSmall = 8, kReadable = 150;  // points; and millimetres for paragraphs

class PdfReport : public ReportWriter {
  public:
    explicit PdfReport(ReportSink sink) : sink_(std::move(sink)) {}

    void begin(const std::string& title, const std::string& head) override {
        flow_ = std::make_unique<PageFlow>(std::move(sink_), words(title));
        flow_->set_header(words(head));
    }

    void add(const ReportSection& section) override {
        open(section);
        for (const auto& block : section.blocks)
            std::visit([this](const auto& each) { draw(each); }, block);
        flow_->check();
    }

    void begin_table(const ReportSection& section,
                     const std::vector<ReportColumn>& columns) override {
        add(section);
        begin_columns(columns);
    }
    void add_row(const ReportRow& row) override { draw(row); }
    void end_table() override { end_columns(); }

    void end() override { flow_->end(); }

  private:
    void open(const ReportSection& section) {
        const bool cover = std::exchange(first_, false);
        if (section.own_page)
            flow_->start_new_page();
        if (!section.above.empty())
            flow_->text(words(section.above), style(kSmall, kQuiet), PageFlow::kWidth, 0.6);
        flow_->text(words(section.title), style(cover ? 22 : 15, kText, QFont::DemiBold),
                    PageFlow::kWidth, 0.6);
        if (!section.below.empty())
            flow_->text(words(section.below), style(kSmall, kQuiet));
        flow_->skip(cover ? 8 : 5);
    }

    // --- blocks

    void draw(const ReportHeading& heading) {
        flow_->ensure_room(24);  // keep with the content that follows
        flow_->skip(flow_->y() > 0 ? 5 : 0);
        flow_->text(words(heading.text), style(10, kText, QFont::DemiBold), PageFlow::kWidth, 1.5);
    }

    void draw(const ReportParagraph& paragraph) {
        flow_->text(words(paragraph.text), style(kBody, colour_of(paragraph.tone)), kReadable, 2);
    }

    void draw(const ReportList& list) {
        for (const std::string& item : list.items)
            flow_->row({{QStringLiteral("\u2013"), style(kBody, colour_of(list.tone)), 0, 4, false},
                        {words(item), style(kBody, colour_of(list.tone)), 4, kReadable, false}},
                       1.6);
        flow_->skip(1);
    }

    void draw(const ReportFacts& facts) {
        constexpr double kName = 42, kGap = 4;
        for (const auto& fact : facts.facts)
            flow_->row({{words(fact.name), style(kSmall, kQuiet), 0, kName, false},
                        {words(fact.value),
                         style(fact.code ? kSmall - 0.5 : kSmall, kText, QFont::Normal, fact.code),
                         kName + kGap, PageFlow::kWidth - kName - kGap, false}},
                       0.7);
        flow_->skip(2.5);
    }

    void begin_columns(const std::vector<ReportColumn>& columns) {
        columns_ = columns;
        draw_titles();
        flow_->set_continuation([this] { draw_titles(); });
    }
    void end_columns() {
        flow_->set_continuation({});
        flow_->skip(4);
    }

    [[nodiscard]] std::vector<FlowCell> cells_of(const std::vector<QString>& texts) const {
        constexpr double kGap = 4;
        double all = 0, left = 0;
        for (const ReportColumn& column : columns_)
            all += column.share;
        const double room = PageFlow::kWidth - kGap * (static_cast<double>(columns_.size()) - 1);
        std::vector<FlowCell> cells;
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            const double width = room * columns_[i].share / all;
            cells.push_back({i < texts.size() ? texts[i] : QString(), style(kSmall), left, width,
                             columns_[i].number});
            if (columns_[i].code)
                cells.back().style = style(kSmall - 0.5, kText, QFont::Normal, true);
            left += width + kGap;
        }
        return cells;
    }

    void draw_titles() {
        std::vector<QString> titles;
        for (const ReportColumn& column : columns_)
            titles.push_back(words(column.title));
        auto cells = cells_of(titles);
        for (FlowCell& cell : cells)
            cell.style = style(kSmall, kQuiet);
        flow_->row(cells, 0.8);
        flow_->rule(flow_->y(), kQuiet);
        flow_->skip(1);
    }

    void draw(const ReportRow& row) {
        std::vector<QString> texts;
        for (const std::string& cell : row.cells)
            texts.push_back(words(cell));
        auto cells = cells_of(texts);
        if (row.toned < cells.size())
            cells[row.toned].style.colour = colour_of(row.tone);
        draw_small(row, cells);
        flow_->row(cells, 0.8);
        flow_->skip(std::max(0.0, bottom_ - flow_->y()));
        flow_->rule(flow_->y());
        flow_->skip(0.9);
    }

    /// The row's picture, with room for it and the row.
    void draw_small(const ReportRow& row, const std::vector<FlowCell>& cells) {
        bottom_ = 0;
        const auto column =
            std::ranges::find_if(columns_, [](const ReportColumn& each) { return each.picture; });
        if (column == columns_.end() || row.jpeg.empty())
            return;
        const QImage image =
            QImage::fromData(row.jpeg.data(), static_cast<int>(row.jpeg.size()), "JPEG");
        if (image.isNull())
            return;
        const FlowCell& cell = cells[static_cast<std::size_t>(column - columns_.begin())];
        const double most = std::min(cell.width, 10.0);
        const QSizeF size = QSizeF(image.size()) * (most / std::max(image.width(), image.height()));
        flow_->ensure_room(std::max(size.height() + 0.8, flow_->height_of(cells)) + 1);
        flow_->painter().drawImage(
            flow_->rectangle(cell.left, flow_->y() + 0.4, size.width(), size.height()), image);
        bottom_ = flow_->y() + size.height() + 0.8;
    }

    void draw(const ReportTable& table) {
        flow_->ensure_room(16);
        begin_columns(table.columns);
        for (const ReportRow& row : table.rows)
            draw(row);
        end_columns();
    }

    void draw(const ReportPictures& pictures) {
        const std::size_t across = pictures.large ? 4 : 5;
        constexpr double kGap = 4;
        const double side = (PageFlow::kWidth - kGap * static_cast<double>(across - 1)) /
                            static_cast<double>(across);
        const auto& all = pictures.pictures;
        for (std::size_t from = 0; from < all.size(); from += across) {
            const auto count = std::min(across, all.size() - from);
            std::vector<FlowCell> captions, notes;
            for (std::size_t i = 0; i < count; ++i) {
                const double left = static_cast<double>(i) * (side + kGap);
                captions.push_back({words(all[from + i].caption), style(7.5), left, side, false});
                notes.push_back({words(all[from + i].note), style(7.5, kQuiet), left, side, false});
            }
            double height = 0;  // of the tallest cell in the row
            for (std::size_t i = 0; i < count; ++i)
                height = std::max(height, size_in(all[from + i], side).height());
            flow_->ensure_room(height + 1.2 + flow_->height_of(captions) + flow_->height_of(notes) +
                               3);
            for (std::size_t i = 0; i < count; ++i)
                draw_picture(all[from + i], captions[i].left, side);
            flow_->skip(height + 1.2);
            flow_->row(captions);
            flow_->row(notes, 3);
        }
    }

    /// Size in millimetres, scaled to fit a square of that side.
    [[nodiscard]] static QSizeF size_in(const ReportPictures::Picture& picture, double side) {
        const int longest = std::max({picture.width, picture.height, 1});
        return QSizeF(picture.width, picture.height) * (side / longest);
    }

    void draw_picture(const ReportPictures::Picture& picture, double left, double side) {
        const QImage image =
            QImage::fromData(picture.jpeg.data(), static_cast<int>(picture.jpeg.size()), "JPEG");
        const QSizeF size = size_in(picture, side);
        if (!image.isNull())
            flow_->painter().drawImage(
                flow_->rectangle(left, flow_->y(), size.width(), size.height()), image);
    }

    void draw(const ReportScale& scale) {
        constexpr double kBar = 60, kHeight = 2.6, kShortest = 8, kGap = 0.9;
        const QString low = words(say("weak"));
        const double left = std::max(kShortest, flow_->width_of(low, style(7.5, kQuiet)) + kGap);
        flow_->ensure_room(12);
        flow_->draw_text_at(low, style(7.5, kQuiet), 0, flow_->y() - 0.4, left);
        const QRectF bar = flow_->rectangle(left, flow_->y(), kBar, kHeight);
        QLinearGradient gradient(bar.topLeft(), bar.topRight());
        const auto& table = colour_table(ColourMap::Inferno);
        for (std::size_t stop = 0; stop <= 16; ++stop) {
            const auto& colour = table[stop * 255 / 16];
            gradient.setColorAt(static_cast<double>(stop) / 16,
                                QColor(colour[0], colour[1], colour[2]));
        }
        flow_->painter().fillRect(bar, gradient);
        flow_->draw_text_at(words(say("strong")), style(7.5, kQuiet), left + kBar + 2,
                            flow_->y() - 0.4, 30);
        flow_->skip(kHeight + 1.8);
        flow_->text(words(scale.words), style(7.5, kQuiet), kReadable, 1);
    }

    void draw(const ReportVerdict& verdict) {
        constexpr double kInset = 6, kScale = 92, kInside = PageFlow::kWidth - 2 * kInset;
        const bool scored = !verdict.figure.empty(), low = !verdict.question.empty();
        const FlowCell beside{words(verdict.beside), style(7.5, kQuiet), kInset, kInside, false};
        const double foot = verdict.beside.empty() ? 0 : flow_->height_of({beside}) + 1;
        const double height = (low ? 17.5 : scored ? 24 : 14) + foot;
        flow_->ensure_room(height + 4);
        const double top = flow_->y();
        flow_->painter().fillRect(flow_->rectangle(0, top, PageFlow::kWidth, height), kSoft);
        const auto word = [&](double points, double left, double down, double width) {
            flow_->draw_text_at(words(verdict.word),
                                style(points, colour_of(verdict.tone), QFont::DemiBold), left,
                                top + down, width);
        };
        const double scale = PageFlow::kWidth - kInset - kScale;
        if (low) {
            constexpr double kFigure = 20;
            flow_->draw_text_at(words(verdict.question), style(kSmall, kQuiet), kInset, top + 2,
                                kInside);
            if (scored)
                flow_->draw_text_at(words(verdict.figure), style(18, kText), kInset, top + 6,
                                    kFigure);
            const double left = kInset + (scored ? kFigure : 0);
            word(11, left, 8.4, scored ? scale - left - 2 : kInside);
        } else {
            word(13, kInset, 4, scored ? 64 : kInside);
            if (scored)
                flow_->draw_text_at(words(verdict.figure), style(24, kText), kInset, top + 10, 60);
        }
        if (scored)
            draw_scale(verdict, scale, top + (low ? 9.5 : 11), kScale);
        flow_->skip(height - foot - (foot > 0 ? 1.5 : 0));
        if (foot > 0)
            flow_->row({beside});
        flow_->skip(top + height - flow_->y() + (low ? 2.5 : 4));
    }

    /// Bands as a line, experts as rings, the panel as a filled circle.
    void draw_scale(const ReportVerdict& verdict, double left, double top, double width) {
        QPainter& painter = flow_->painter();
        const auto at = [&](double value) { return left + width * std::clamp(value, 0.0, 1.0); };
        const auto band = [&](double from, double to, const QColor& colour) {
            painter.fillRect(flow_->rectangle(at(from), top - 0.35, at(to) - at(from), 0.7),
                             colour);
        };
        const BandThresholds& bands = verdict.thresholds;
        const double real = bands.real_edge().value_or(0), fake = bands.fake_edge().value_or(1);
        band(0, real, kReal);
        band(real, fake, kMatte);
        band(fake, 1, kFake);
        const auto label = [&](double value, Qt::Alignment alignment) {
            const double shift = alignment == Qt::AlignLeft    ? 0
                                 : alignment == Qt::AlignRight ? 20
                                                               : 10;
            flow_->draw_text_at(QString::number(value), style(7, kQuiet), at(value) - shift,
                                top + 3.2, 20, alignment);
        };
        label(0, Qt::AlignLeft);
        label(1, Qt::AlignRight);
        const bool close = fake - real < 0.1;  // then each figure stands on its own side
        if (real > 0.06 && real < 0.94)
            label(real, close ? Qt::AlignRight : Qt::AlignHCenter);
        if (fake > 0.06 && fake < 0.94)
            label(fake, close ? Qt::AlignLeft : Qt::AlignHCenter);
        const auto disc = [&](double value, double radius) {
            const double right = at(value);
            painter.drawEllipse(
                flow_->rectangle(right - radius, top - radius, 2 * radius, 2 * radius));
        };
        painter.setPen(QPen(kText, flow_->units(0.25)));
        painter.setBrush(kSoft);
        for (const double expert : verdict.experts)
            disc(expert, 0.9);
        painter.setPen(Qt::NoPen);
        painter.setBrush(kText);
        disc(verdict.score, 1.6);
        painter.setBrush(Qt::NoBrush);
    }

    ReportSink sink_;
    std::unique_ptr<PageFlow> flow_;
    std::vector<ReportColumn> columns_;
    double bottom_ = 0;  ///< of the picture in the row that is drawn
    bool first_ = true;
};

}  // namespace

std::unique_ptr<ReportWriter> pdf_report(ReportSink sink) {
    return std::make_unique<PdfReport>(std::move(sink));
}

PdfSurroundings::PdfSurroundings() {
    // Qt keeps references to these as long as the application lives.
    static int count = 3;
    static char name[] = "dfd", option[] = "-platform", platform[] = "offscreen";
    static char* arguments[] = {name, option, platform, nullptr};
    // Suppress warnings about folders and displays that are irrelevant here.
    const auto before =
        qInstallMessageHandler([](QtMsgType type, const QMessageLogContext&, const QString& text) {
            if (type == QtCriticalMsg || type == QtFatalMsg)
                std::fprintf(stderr, "dfd: %s\n", qPrintable(text));
        });
    application_ = std::make_unique<QGuiApplication>(count, arguments);
    qInstallMessageHandler(before);
    std::setlocale(LC_NUMERIC, "C");
}

PdfSurroundings::~PdfSurroundings() = default;

}  // namespace dfd::ui
