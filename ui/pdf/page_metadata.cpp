#include "ui/pdf/page_metadata.h"

#include <QDateTime>
#include <QPdfWriter>
#include <QString>

#include "core/base/language.h"

namespace dfd::ui {
namespace {

/// What Qt would write for PDF/A-1b, and the language, for which Qt has no setting.
constexpr const char* kPacket = R"(<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
  <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
    <rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" rdf:about="">
      <dc:title><rdf:Alt><rdf:li xml:lang="x-default">%1</rdf:li></rdf:Alt></dc:title>
      <dc:language><rdf:Bag><rdf:li>%2</rdf:li></rdf:Bag></dc:language>
    </rdf:Description>
    <rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" rdf:about="" xmp:CreatorTool="%3" xmp:CreateDate="%4" xmp:ModifyDate="%4"/>
    <rdf:Description xmlns:pdf="http://ns.adobe.com/pdf/1.3/" rdf:about="" pdf:Producer="Qt %5"/>
    <rdf:Description xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" rdf:about="" pdfaid:part="1" pdfaid:conformance="B"/>
  </rdf:RDF>
</x:xmpmeta>
<?xpacket end='w'?>
)";

}  // namespace

void describe_pages(QPdfWriter& pdf, const QString& title) {
    const QString program = QStringLiteral("DeepFakeDefenders");
    pdf.setTitle(title);
    pdf.setCreator(program);
    const QDateTime now = QDateTime::currentDateTime();
    pdf.setDocumentXmpMetadata(
        QString::fromUtf8(kPacket)
            .arg(title.toHtmlEscaped(), QString::fromStdString(language()), program,
                 now.toOffsetFromUtc(now.offsetFromUtc()).toString(Qt::ISODate),
                 QLatin1String(qVersion()))
            .toUtf8());
}

}  // namespace dfd::ui
