#include "ui/window/panel_dialog.h"

#include <QDesktopServices>
#include <QDialogButtonBox>
#include <QFile>
#include <QTextBrowser>
#include <QTextDocument>
#include <QTextFrame>
#include <QTextTable>
#include <QUrl>
#include <QVBoxLayout>

#include "core/base/language.h"
#include "core/opinion/expert_words.h"
#include "core/panel/calibration_words.h"
#include "ui/look/appearance.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

/// Text from a panel's record, so that Markdown takes it literally.
QString literal(const std::string& text) {
    QString safe;
    for (const QChar letter : QString::fromStdString(text)) {
        if (QStringLiteral("\\`*_{}[]<>()#+-.!|~&").contains(letter))
            safe += QLatin1Char('\\');
        safe += letter.isSpace() ? QLatin1Char(' ') : letter;
    }
    return safe;
}

/// What scores are worth by one calibration, and where it ends.
QStringList calibration_lines(const PanelRecord& panel, const PanelCalibration& calibration,
                              const MeasuredAnswer& measured) {
    QStringList lines{PanelDialog::tr("**What its scores are worth**, calibration %1 (%2)")
                          .arg(calibration.name.empty() ? PanelDialog::tr("without a name")
                                                        : literal(calibration.name),
                               literal(calibration.precision)),
                      {}};
    for (const Question& question : panel.questions)
        if (question.id == measured.answer.question)
            lines << literal(say(question.text)) << QString();
    for (const auto& [name, value] : calibration_facts(measured))
        lines << QStringLiteral("- %1: %2").arg(literal(name), literal(value));
    lines << QString();
    return lines;
}

QString record_page(const PanelRecord& panel) {
    QStringList lines{
        QStringLiteral("# ") + literal(panel.title.empty() ? panel.name : say(panel.title)), {}};
    if (panel.starter)
        lines << PanelDialog::tr(
                     "This small panel comes with the program, to try it. Its scores "
                     "are hints, not evidence.")
              << QString();
    for (const Question& question : panel.questions)
        lines << PanelDialog::tr("**%1** A high score supports: %2 A low score supports: %3")
                     .arg(literal(say(question.text)), literal(say(question.fake)),
                          literal(say(question.real)))
              << QString();
    lines << PanelDialog::tr("| Expert | What it looks at | Architecture |")
          << QStringLiteral("| --- | --- | --- |");
    const std::vector<ExpertWords> words = words_for(panel.experts);
    for (std::size_t i = 0; i < words.size(); ++i)
        lines << QStringLiteral("| %1 | %2 | %3 |")
                     .arg(literal(words[i].title), literal(words[i].looks_at),
                          literal(panel.experts[i].architecture));
    lines << QString();
    for (const PanelCalibration& calibration : panel.calibrations)
        for (const MeasuredAnswer& measured : calibration.answers)
            lines << calibration_lines(panel, calibration, measured);
    const auto fact = [&](const QString& name, const std::string& value) {
        if (!value.empty())
            lines << name.arg(literal(value)) << QString();
    };
    fact(PanelDialog::tr("Made for: %1"), say(panel.subject));
    fact(PanelDialog::tr("Licence: %1"), panel.licence);
    fact(PanelDialog::tr("Origin: %1"), say(panel.origin));
    fact(PanelDialog::tr("Digest: %1"), panel.digest);
    fact(PanelDialog::tr("Folder: %1"), path_text(panel.folder).toStdString());
    return lines.join(QLatin1Char('\n'));
}

void style_tables(QTextBrowser& page) {
    for (QTextFrame* const frame : page.document()->rootFrame()->childFrames())
        if (auto* const table = qobject_cast<QTextTable*>(frame)) {
            QTextTableFormat format = table->format();
            format.setCellPadding(0.75 * kGrid);
            format.setCellSpacing(0);
            format.setBorderCollapse(true);
            format.setBorder(1);
            format.setBorderBrush(page.palette().mid());
            table->setFormat(format);
        }
}

}  // namespace

PanelDialog::PanelDialog(const PanelRecord& panel, QWidget* parent)
    : QDialog(parent), page_(new QTextBrowser(this)) {
    setWindowTitle(tr("About this panel"));
    page_->setAccessibleName(tr("About this panel"));
    page_->setOpenLinks(false);
    page_->document()->setDocumentMargin(2 * kGrid);
    QString text = record_page(panel);
    QFile card(path_text(panel.folder / "README.md"));
    if (card.open(QIODevice::ReadOnly))
        text += QStringLiteral("\n\n---\n\n") + QString::fromUtf8(card.readAll());
    page_->setMarkdown(text);
    style_tables(*page_);
    connect(page_, &QTextBrowser::anchorClicked, this, [](const QUrl& link) {
        if (link.scheme() == QLatin1String("https"))
            QDesktopServices::openUrl(link);
    });
    auto* const buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* const column = new QVBoxLayout(this);
    column->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, 2 * kGrid);
    column->setSpacing(2 * kGrid);
    column->addWidget(page_, 1);
    column->addWidget(buttons);
    resize(104 * kGrid, 80 * kGrid);
}

QString PanelDialog::text() const {
    return page_->toPlainText();
}

}  // namespace dfd::ui
