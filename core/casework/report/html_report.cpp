#include "core/casework/report/html_report.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/base64.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/casework/report/html_style.h"
#include "core/casework/report/report_text.h"
#include "core/picture/pixels/heatmap_overlay.h"

namespace dfd {
namespace {

std::string escaped(std::string_view text) {
    std::string html;
    for (const char c : text) {
        switch (c) {
            case '<':
                html += "&lt;";
                break;
            case '>':
                html += "&gt;";
                break;
            case '&':
                html += "&amp;";
                break;
            case '"':
                html += "&quot;";
                break;
            case '\'':
                html += "&#39;";
                break;
            default:
                html += c;
        }
    }
    return html;
}

const char* class_of(ReportTone tone) {
    switch (tone) {
        case ReportTone::Quiet:
            return "quiet";
        case ReportTone::Real:
            return "real";
        case ReportTone::Undecided:
            return "undecided";
        case ReportTone::Fake:
            return "fake";
        case ReportTone::Warning:
            return "warning";
        case ReportTone::Plain:
            break;
    }
    return "";
}

/// ` class="..."`, or nothing.
std::string classes(const std::string& first, const std::string& second = {}) {
    const auto both = first + (first.empty() || second.empty() ? "" : " ") + second;
    return both.empty() ? "" : " class=\"" + both + "\"";
}

std::string tag(const char* name, const std::string& attributes, const std::string& text) {
    return "<" + std::string(name) + attributes + ">" + escaped(text) + "</" + name + ">";
}

// --- blocks

std::string html_of(const ReportHeading& heading) {
    return tag("h3", "", heading.text) + "\n";
}

std::string html_of(const ReportParagraph& paragraph) {
    return tag("p", classes(class_of(paragraph.tone)), paragraph.text) + "\n";
}

std::string html_of(const ReportList& list) {
    std::string html = "<ul" + classes(class_of(list.tone)) + ">\n";
    for (const auto& item : list.items)
        html += tag("li", "", item) + "\n";
    return html + "</ul>\n";
}

std::string html_of(const ReportFacts& facts) {
    std::string html = "<table class=\"facts\">\n";
    for (const auto& [name, value, code] : facts.facts)
        html += "<tr>" + tag("th", " scope=\"row\"", name) +
                tag("td", classes(code ? "code" : ""), value) + "</tr>\n";
    return html + "</table>\n";
}

std::string table_start(const std::vector<ReportColumn>& columns) {
    double all = 0;
    for (const auto& column : columns)
        all += column.share;
    std::string html = "<table>\n<colgroup>";
    for (const auto& column : columns)
        html += "<col style=\"width:" + fixed_text(100 * column.share / all, 2) + "%\"/>";
    html += "</colgroup>\n<thead><tr>";
    for (const auto& column : columns)
        html += tag("th", " scope=\"col\"" + classes(column.number ? "number" : ""), column.title);
    return html + "</tr></thead>\n<tbody>\n";
}

std::string row_html(const ReportRow& row, const std::vector<ReportColumn>& columns) {
    std::string html = "<tr>";
    for (std::size_t i = 0; i < row.cells.size() && i < columns.size(); ++i) {
        const auto& column = columns[i];
        const auto kinds = std::string(column.number ? "number" : column.code ? "code" : "");
        const auto start = "<td" + classes(kinds, i == row.toned ? class_of(row.tone) : "") + ">";
        const bool is_link = i == 1 && !row.target.empty();
        if (column.picture && !row.jpeg.empty()) {
            html += start + "<img class=\"small\" alt=\"\" src=\"data:image/jpeg;base64," +
                    encode_base64(row.jpeg) + "\"/></td>";
            continue;
        }
        html += start +
                (is_link ? tag("a", " href=\"#" + escaped(row.target) + "\"", row.cells[i])
                         : escaped(row.cells[i])) +
                "</td>";
    }
    return html + "</tr>\n";
}

constexpr const char* kTableEnd = "</tbody>\n</table>\n";

std::string html_of(const ReportTable& table) {
    auto html = table_start(table.columns);
    for (const auto& row : table.rows)
        html += row_html(row, table.columns);
    return html + kTableEnd;
}

std::string html_of(const ReportPictures& pictures) {
    std::string html = "<div" + classes("pictures", pictures.large ? "large" : "") + ">\n";
    for (const auto& picture : pictures.pictures)
        html += "<figure><img alt=\"" + escaped(picture.caption) + "\" width=\"" +
                std::to_string(picture.width) + "\" height=\"" + std::to_string(picture.height) +
                "\" style=\"width:auto;height:auto\" src=\"data:image/jpeg;base64," +
                encode_base64(picture.jpeg) + "\"/><figcaption>" + escaped(picture.caption) +
                tag("i", "", picture.note) + "</figcaption></figure>\n";
    return html + "</div>\n";
}

/// The colours of the heatmaps, as an invisible gradient that the scales refer to.
std::string gradient() {
    constexpr std::size_t kStops = 8;
    std::string stops;
    for (std::size_t i = 0; i <= kStops; ++i) {
        const auto& colour = colour_table(ColourMap::Inferno)[i * 255 / kStops];
        char text[16];
        std::snprintf(text, sizeof text, "#%02x%02x%02x", colour[0], colour[1], colour[2]);
        stops += "<stop offset=\"" + fixed_text(static_cast<double>(i) / kStops, 3) +
                 "\" stop-color=\"" + text + "\"/>";
    }
    return "<svg width=\"0\" height=\"0\" style=\"position:absolute\" aria-hidden=\"true\"><defs>"
           "<linearGradient id=\"inferno\">" +
           stops + "</linearGradient></defs></svg>\n";
}

std::string html_of(const ReportScale& scale) {
    return "<div class=\"scale\">" + tag("span", "", say("weak")) +
           "<svg viewBox=\"0 0 240 12\" preserveAspectRatio=\"none\" role=\"img\" "
           "aria-label=\"" +
           escaped(say("colour scale")) +
           "\"><rect width=\"240\" height=\"12\" fill=\"url(#inferno)\"/></svg>" +
           tag("span", "", say("strong")) + "</div>\n" + tag("p", " class=\"quiet\"", scale.words) +
           "\n";
}

/// Bands as a line, experts as rings, the panel as a disc.
std::string scale_of(const ReportVerdict& verdict) {
    constexpr double kLeft = 8, kWidth = 384, kLine = 18;
    const auto at = [](double value) { return kLeft + kWidth * std::clamp(value, 0.0, 1.0); };
    const auto& bands = verdict.thresholds;
    std::string svg =
        "<svg viewBox=\"0 0 400 44\" role=\"img\" aria-label=\"" +
        escaped(say("The panel and its experts between 0, looks real, and 1, looks fake")) + "\">";
    const auto line = [&](double from, double to, const char* colour) {
        svg += "<line x1=\"" + fixed_text(at(from), 1) + "\" x2=\"" + fixed_text(at(to), 1) +
               "\" y1=\"" + fixed_text(kLine, 1) + "\" y2=\"" + fixed_text(kLine, 1) +
               "\" style=\"stroke:var(--" + colour + ");stroke-width:3\"/>";
    };
    const double real = bands.real_edge().value_or(0), fake = bands.fake_edge().value_or(1);
    line(0, real, "real");
    line(real, fake, "line");
    line(fake, 1, "fake");
    const auto label = [&](double where, const std::string& text, const char* anchor) {
        svg += "<text x=\"" + fixed_text(at(where), 1) + "\" y=\"40\" text-anchor=\"" + anchor +
               "\">" + escaped(text) + "</text>";
    };
    label(0, "0", "start");
    label(1, "1", "end");
    const bool close = fake - real < 0.1;  // then each figure stands on its own side
    if (real > 0.05 && real < 0.95)
        label(real, exact_text(real), close ? "end" : "middle");
    if (fake > 0.05 && fake < 0.95)
        label(fake, exact_text(fake), close ? "start" : "middle");
    for (const double expert : verdict.experts)
        svg += "<circle cx=\"" + fixed_text(at(expert), 1) + "\" cy=\"" + fixed_text(kLine, 1) +
               "\" r=\"4\" style=\"fill:var(--soft);stroke:var(--text);stroke-width:1.2\"/>";
    svg += "<circle cx=\"" + fixed_text(at(verdict.score), 1) + "\" cy=\"" + fixed_text(kLine, 1) +
           "\" r=\"7\" style=\"fill:var(--text)\"/>";
    return svg + "</svg>";
}

std::string html_of(const ReportVerdict& verdict) {
    std::string html =
        "<div" + classes("verdict", verdict.question.empty() ? "" : "low") + ">" +
        (verdict.question.empty() ? "" : tag("p", " class=\"beside\"", verdict.question)) +
        "<div>" + tag("p", classes("word", class_of(verdict.tone)), verdict.word);
    if (!verdict.figure.empty())
        html += tag("p", " class=\"figure\"", verdict.figure);
    html += "</div>";
    if (!verdict.figure.empty())
        html += scale_of(verdict);
    if (!verdict.beside.empty())
        html += tag("p", " class=\"beside\"", verdict.beside);
    return html + "</div>\n";
}

class HtmlReport : public ReportWriter {
  public:
    explicit HtmlReport(ReportSink sink) : sink_(std::move(sink)) {}

    void begin(const std::string& title, const std::string&) override {
        // Nothing may be loaded or run, whatever a name or a note holds.
        put("<!DOCTYPE html>\n<html lang=\"" + escaped(language()) +
            "\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n"
            "<meta charset=\"utf-8\"/>\n<meta http-equiv=\"Content-Security-Policy\" "
            "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\"/>\n"
            "<meta name=\"viewport\" content=\"width=device-width\"/>\n" +
            tag("title", "", title) + "\n<style>" + kReportStyle + "</style>\n</head>\n<body>\n" +
            gradient());
    }

    void add(const ReportSection& section) override {
        open(section);
        for (const auto& block : section.blocks)
            put(std::visit([](const auto& each) { return html_of(each); }, block));
        put("</section>\n");
    }

    void begin_table(const ReportSection& section,
                     const std::vector<ReportColumn>& columns) override {
        open(section);
        for (const auto& block : section.blocks)
            put(std::visit([](const auto& each) { return html_of(each); }, block));
        columns_ = columns;
        put(table_start(columns_));
    }
    void add_row(const ReportRow& row) override { put(row_html(row, columns_)); }
    void end_table() override { put(std::string(kTableEnd) + "</section>\n"); }

    void end() override { put("</body>\n</html>\n"); }

  private:
    void open(const ReportSection& section) {
        const bool cover = std::exchange(first_, false);
        const auto id = section.anchor.empty() ? "" : " id=\"" + escaped(section.anchor) + "\"";
        put("<section" + id +
            classes(cover              ? "cover"
                    : section.own_page ? "page"
                                       : "",
                    section.below.empty() || cover ? "" : "exhibit") +
            ">\n");
        if (!section.above.empty())
            put(tag("p", " class=\"above\"", section.above) + "\n");
        put(tag(cover ? "h1" : "h2", "", section.title) + "\n");
        if (!section.below.empty())
            put(tag("p", " class=\"below\"", section.below) + "\n");
        if (section.links.empty())
            return;
        std::string links;
        for (const auto& [anchor, words] : section.links)
            links += tag("a", " href=\"#" + escaped(anchor) + "\"", words);
        put("<nav>" + links + "</nav>\n");
    }

    void put(const std::string& text) { sink_(as_bytes(text)); }

    ReportSink sink_;
    std::vector<ReportColumn> columns_;
    bool first_ = true;
};

}  // namespace

std::unique_ptr<ReportWriter> html_report(ReportSink sink) {
    return std::make_unique<HtmlReport>(std::move(sink));
}

}  // namespace dfd
