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

namespace dfd::ui {
namespace {

constexpr int kDotsPerInch = 1200;
/// Width of the text on an A4 page in landscape with these margins, in the document's pixels.
constexpr double kMargin = 15;  // millimetres
constexpr double kPageWidth = 297 - 2 * kMargin;
constexpr double kSharpness = 3;  ///< pixels of a plot for one of the document's

/// Rich text has no inline SVG: every plot becomes a picture of the document, which is as wide as
/// the page at most.
QString with_plots(QString html, QTextDocument& document, double page_width) {
    const QString open = QStringLiteral("<svg"), close = QStringLiteral("</svg>");
    int number = 0;
    for (qsizetype from = html.indexOf(open); from >= 0; from = html.indexOf(open, from)) {
        const auto to = html.indexOf(close, from);
        QSvgRenderer plot;
        if (to < 0 || !plot.load(html.mid(from, to + close.size() - from).toUtf8()))
            throw std::runtime_error("A plot of the page could not be drawn.");
        const QSizeF natural = plot.defaultSize();
        const QSizeF size = natural * std::min(1.0, page_width / natural.width());
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
    pdf.setPageLayout(QPageLayout(QPageSize(QPageSize::A4), QPageLayout::Landscape,
                                  QMarginsF(kMargin, kMargin, kMargin, kMargin),
                                  QPageLayout::Millimeter));
    QTextDocument document;
    document.setDefaultFont(QFont(QStringLiteral("sans-serif"), 9));
    const double page_width = kPageWidth / 25.4 * 72;  // print() lays out at 72 dots per inch
    document.setHtml(with_plots(QString::fromStdString(html), document, page_width));
    pdf.setTitle(document.metaInformation(QTextDocument::DocumentTitle));
    document.print(&pdf);
    buffer.close();
    if (!bytes.startsWith("%PDF"))
        throw std::runtime_error("The page could not be printed as PDF.");
    return bytes.toStdString();
}

}  // namespace dfd::ui
