#include "ui/pdf/page_pdf.h"

#include <QBuffer>
#include <QFont>
#include <QImage>
#include <QPainter>
#include <QPdfWriter>
#include <QSvgRenderer>
#include <QTextDocument>
#include <QUrl>
#include <algorithm>
#include <stdexcept>

#include "core/base/language.h"
#include "ui/pdf/page_metadata.h"

namespace dfd::ui {
namespace {

constexpr int kDotsPerInch = 1200;
/// The text's width in points on an A4 page in landscape: print() adds margins of 20 millimetres.
constexpr double kTextWidth = (297 - 2 * 20) / 25.4 * 72;
constexpr double kSharpness = 3;  ///< pixels of a plot for a point of its width

/// Instead of the page's own sheet, whose lengths are pixels of a screen.
constexpr const char* kSheet =
    "body{font-size:8.5pt;color:#1b1b1b}h1{font-size:15pt}h2{font-size:11pt}"
    "td,th{font-size:8pt;padding:2px 5px;text-align:left}td.n,th.n{text-align:right}"
    "code{font-size:7pt}.met{color:#1d6b2f}.not{color:#aa1111;font-weight:bold}";

QString without_sheet(QString html) {
    const QString end = QStringLiteral("</style>");
    const auto from = html.indexOf(QLatin1String("<style")), to = html.indexOf(end);
    return from < 0 || to < from ? html : html.remove(from, to + end.size() - from);
}

/// Rich text has no inline SVG: every plot becomes a picture of the document, as wide as the text
/// at most.
QString with_plots(QString html, QTextDocument& document) {
    const QString open = QStringLiteral("<svg"), close = QStringLiteral("</svg>");
    int number = 0;
    for (qsizetype from = html.indexOf(open); from >= 0; from = html.indexOf(open, from)) {
        const auto to = html.indexOf(close, from);
        QSvgRenderer plot;
        if (to < 0 || !plot.load(html.mid(from, to + close.size() - from).toUtf8()))
            throw std::runtime_error(say("A plot of the page could not be drawn."));
        const QSizeF natural = plot.defaultSize();
        const QSizeF size = natural * std::min(1.0, kTextWidth / natural.width());
        QImage image((size * kSharpness).toSize(), QImage::Format_RGB32);
        image.fill(Qt::white);
        QPainter painter(&image);
        plot.render(&painter);
        painter.end();
        const QString name = QStringLiteral("plot:%1").arg(number++);
        document.addResource(QTextDocument::ImageResource, QUrl(name), image);
        const QString picture = QStringLiteral("<img src=\"%1\" width=\"%2\" height=\"%3\"/>")
                                    .arg(name)
                                    .arg(qRound(size.width()))
                                    .arg(qRound(size.height()));
        html.replace(from, to + close.size() - from, picture);
        from += picture.size();
    }
    return html;
}

}  // namespace

std::string page_pdf(const std::string& html) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter pdf(&buffer);
    pdf.setPdfVersion(QPagedPaintDevice::PdfVersion_A1b);
    pdf.setResolution(kDotsPerInch);
    pdf.setPageLayout(QPageLayout(QPageSize(QPageSize::A4), QPageLayout::Landscape, QMarginsF(),
                                  QPageLayout::Millimeter));
    QTextDocument document;
    document.setDefaultFont(QFont(QStringLiteral("sans-serif"), 9));
    document.setDefaultStyleSheet(QLatin1String(kSheet));
    document.setHtml(with_plots(without_sheet(QString::fromStdString(html)), document));
    describe_pages(pdf, document.metaInformation(QTextDocument::DocumentTitle));
    document.print(&pdf);
    buffer.close();
    if (!bytes.startsWith("%PDF"))
        throw std::runtime_error(say("The page could not be printed as PDF."));
    return bytes.toStdString();
}

}  // namespace dfd::ui
