// Tests of the files that the window writes of one picture or of the list, and of opening them.
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QFile>
#include <QFileDialog>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QListView>
#include <QProcess>
#include <QUrl>

#include "core/casework/report/picture_report.h"
#include "tests/ui/window_driving.h"
#include "ui/list/image_convert.h"
#include "ui/look/banner.h"
#include "ui/look/wording.h"
#include "ui/pdf/pdf_report.h"

using namespace dfd;
using namespace dfd::ui;
using namespace dfd::test;

namespace {

/// The text of each page of a PDF.
QStringList pages_of(const QString& file) {
    QProcess reading;
    reading.start(text("pdftotext"), {file, text("-")});
    if (!reading.waitForFinished())
        qFatal("pdftotext, of poppler-utils, is missing");
    QStringList pages = QString::fromUtf8(reading.readAllStandardOutput()).split(QLatin1Char('\f'));
    for (QString& page : pages)
        page = page.normalized(QString::NormalizationForm_KC).simplified();  // no ligatures
    pages.removeAll(QString());
    return pages;
}

}  // namespace
/// The other program.
class Opener : public QObject {
    Q_OBJECT

  public:
    QStringList opened;

  public Q_SLOTS:
    void open(const QUrl& url) { opened.append(url.toLocalFile()); }
};

class ResultFilesTest : public WindowTest {
    Q_OBJECT

  private Q_SLOTS:
    void exports_are_written_and_read_back();
    void a_report_of_one_picture();
    void two_answers_fit_on_a_reports_first_page();
    void export_that_cannot_be_written();
    void what_no_program_opens_is_said();
    void each_kind_of_file_has_its_last_folder();
};

void ResultFilesTest::exports_are_written_and_read_back() {
    MainWindow& window = window_with({paint("red.png", Qt::red), paint("blue.png", Qt::blue)});
    window.exhibits().make_current(exhibit(window, "red.png").id);
    const Exhibit& red = exhibit(window, "red.png");
    const QDir folder(fixture_->folder.path());

    // Through the file dialog, like a user.
    const QString json_file = folder.filePath(text("result.json"));
    window.action("export_json")->trigger();
    QTRY_VERIFY(window.findChild<QFileDialog*>() != nullptr);
    auto* const dialog = window.findChild<QFileDialog*>();
    dialog->selectFile(json_file);
    QMetaObject::invokeMethod(dialog, "accept");
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(json_file), kPatience);
    QFile json(json_file);
    QVERIFY(json.open(QIODevice::ReadOnly));
    const QJsonObject object = QJsonDocument::fromJson(json.readAll()).object();
    QCOMPARE(object[text("score")].toDouble(), red.opinion()->score);
    QCOMPARE(object[text("sha256")].toString(),
             QString::fromStdString(red.examination->facts.sha256));
    QCOMPARE(object[text("experts")].toArray().size(), 3);
    QVERIFY(object[text("panel")].toObject()[text("starter")].toBool());

    const QString csv_file = folder.filePath(text("list.csv"));
    window.results().export_list(ExportKind::Csv, csv_file);
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(csv_file), kPatience);
    QFile csv(csv_file);
    QVERIFY(csv.open(QIODevice::ReadOnly));
    const QByteArray table = csv.readAll();
    QCOMPARE(table.count("\r\n"), 3);
    QVERIFY(table.contains("blue.png"));

    const QString png_file = folder.filePath(text("heatmap.png"));
    window.results().export_current(ExportKind::OverlayPng, png_file);
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(png_file), kPatience);
    // Picture and heatmap side by side with a caption, and the same in the file's text.
    const QImage sheet(png_file);
    QVERIFY(sheet.width() > 2 * 480 && sheet.height() > 64);
    QCOMPARE(sheet.text(text("Source SHA-256")),
             QString::fromStdString(red.examination->facts.sha256));
    QVERIFY(sheet.text(text("Description")).contains(text("looks fake")));
    QVERIFY(sheet.text(text("Comment")).contains(text("not a photograph")));
    QCOMPARE(sheet.text(text("Panel")), text("Starter panel"));
    QCOMPARE(QImage(folder.filePath(text("red.png"))).pixelColor(48, 32), QColor(Qt::red));

    window.action("copy")->trigger();
    QVERIFY(QApplication::clipboard()->text().contains(
        text("bundled trial panel. It is often wrong, both ways.")));
    QVERIFY(QApplication::clipboard()->text().contains(
        QString::fromStdString(red.examination->facts.sha256)));
}

void ResultFilesTest::a_report_of_one_picture() {
    const QDir folder(fixture_->folder.path());
    const QString broken = save_bytes(folder, text("broken.png"), "\x89PNG\r\n\x1a\nshort");
    MainWindow& window = window_with({paint("red.png", Qt::red), broken});
    window.exhibits().make_current(exhibit(window, "red.png").id);
    const auto saved = [&](const char* name) {
        const QString file = folder.filePath(text(name));
        window.results().save_report(file);
        [&] { QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(file), kPatience); }();
        QFile read(file);
        return read.open(QIODevice::ReadOnly) ? read.readAll() : QByteArray();
    };
    QTest::keyClick(window.exhibits().list(), Qt::Key_S, Qt::ControlModifier);
    auto* const dialog = window.findChild<QFileDialog*>();
    QVERIFY(dialog != nullptr && dialog->selectedFiles().first().endsWith(text("red-report.html")));
    delete dialog;
    const QByteArray page = saved("red.html");
    for (const char* const words : {"red.png", "looks fake", "What this report can and cannot say",
                                    "The panel", "Fine traces", "trace_network-0",
                                    exhibit(window, "red.png").examination->facts.sha256.c_str()})
        QVERIFY2(page.contains(words), words);
    for (const char* const words : {"Marks and notes", "Added to the case", "on the cover"})
        QVERIFY2(!page.contains(words), words);
    QVERIFY(saved("red.pdf").startsWith("%PDF-"));
    const QStringList pages = pages_of(folder.filePath(text("red.pdf")));
    QVERIFY(pages.size() > 1);
    for (const char* const words : {"red.png", "looks fake", "bundled trial panel", "Fine traces",
                                    "What this page cannot say", "not the probability",
                                    "can also make real pictures look fake"})
        QVERIFY2(pages[0].contains(text(words)), qPrintable(pages[0]));
    QVERIFY2(!pages[0].contains(text("SHA-256")), qPrintable(pages[0]));
    QVERIFY2(pages[1].contains(text("The whole examination, to check it")), qPrintable(pages[1]));
    window.results().save_report(folder.filePath(text("red.doc")));
    QVERIFY(window.banners().messages().first().contains(text("not supported")));

    window.exhibits().make_current(exhibit(window, "broken.png").id);
    QVERIFY(saved("broken.html").contains("could not be examined"));

    // Not about a file that has changed since.
    window.exhibits().make_current(exhibit(window, "red.png").id);
    QVERIFY(plain_picture(Qt::blue).save(folder.filePath(text("red.png"))));
    window.results().save_report(folder.filePath(text("late.html")));
    QTRY_VERIFY_WITH_TIMEOUT(window.banners().messages().first().contains(text("has changed")),
                             kPatience);
    QVERIFY(!QFile::exists(folder.filePath(text("late.html"))));
}

void ResultFilesTest::two_answers_fit_on_a_reports_first_page() {
    PanelRecord panel = fake_panel_of_questions("starter", true);
    panel.questions[0].text = "Made by a generator?";
    panel.questions[1].text = "Edited in places?";
    const QImage picture = landscape(3, 0.8);
    PictureReport report;
    Examination& examination = report.examination;
    examination.state = ExaminationState::Explained;
    examination.source.path = "/pictures/a-photograph-from-a-newsroom.jpeg";
    examination.width = picture.width();
    examination.height = picture.height();
    examination.opinion = FakeEvaluator(panel).opinion_of(to_pixels(picture), true);
    examination.warnings = {
        "The picture is smaller than what the experts look at in one go (64 pixels); their scores "
        "say little."};
    ProvenanceHint hint;
    hint.sentence =
        "The file itself declares that a generative model made it: its metadata name a digital "
        "source type of trained algorithmic media.";
    hint.declares_generated = true;
    examination.facts.provenance = {hint};
    report.by.panel = panel;
    report.thumbnail = report_thumbnail(to_pixels(picture));
    report.program = "DeepFakeDefenders 0.0.0";
    const QString file = fixture_->folder.filePath(text("two.pdf"));
    write_picture_report(report, to_path(file), pdf_report);
    const QString first = pages_of(file).value(0);
    for (const char* const words :
         {"The file itself declares", "Made by a generator?", "Edited in places?",
          "bundled trial panel", "smaller than what the experts look at", "A heatmap shows",
          "What this page cannot say", "can also make real pictures look fake"})
        QVERIFY2(first.contains(text(words)), qPrintable(first));
}

void ResultFilesTest::export_that_cannot_be_written() {
    MainWindow& window = window_with({paint("red.png", Qt::red)});
    window.results().export_current(ExportKind::Json, text("/no/such/folder/result.json"));
    QTRY_COMPARE_WITH_TIMEOUT(window.banners().messages().size(), 1, kPatience);
    QVERIFY(window.banners().messages().first().contains(text("/no/such/folder/result.json")));
}

void ResultFilesTest::what_no_program_opens_is_said() {
    MainWindow& window = window_with({paint("red.png", Qt::red)});
    const QString scheme = text("file");
    const QDir folder(fixture_->folder.path());
    Opener opener;
    QDesktopServices::setUrlHandler(scheme, &opener, "open");
    window.action("open_elsewhere")->trigger();
    window.action("show_in_folder")->trigger();
    QCOMPARE(opener.opened, (QStringList{folder.filePath(text("red.png")), folder.path()}));
    QVERIFY(window.banners().messages().filter(text("No program")).isEmpty());
    // Nothing answers to this name.
    QDesktopServices::setUrlHandler(scheme, &opener, "no_such_method");
    window.action("open_elsewhere")->trigger();
    QVERIFY(window.banners().messages().contains(
        text("No program opens %1.").arg(folder.filePath(text("red.png")))));
    window.action("show_in_folder")->trigger();
    QVERIFY(window.banners().messages().contains(text("No program opens %1.").arg(folder.path())));
    QDesktopServices::unsetUrlHandler(scheme);
}

void ResultFilesTest::each_kind_of_file_has_its_last_folder() {
    const QDir folder(fixture_->folder.path());
    const QString reports = folder.filePath(text("reports")), data = folder.filePath(text("data"));
    for (const QString& each : {reports, data})
        QVERIFY(folder.mkpath(each));
    const auto offered = [&](const char* action) {
        fixture_->window->action(action)->trigger();
        auto* const dialog = fixture_->window->findChild<QFileDialog*>();
        const QString place = dialog == nullptr ? QString() : dialog->directory().path();
        delete dialog;
        return place;
    };
    MainWindow& window = window_with({paint("red.png", Qt::red)});
    const QString first = offered("save_report");  // Documents
    QVERIFY(!first.isEmpty());
    for (const char* const action : {"export_json", "export_png", "keep_as_case"})
        QCOMPARE(offered(action), first);

    const QString report = QDir(reports).filePath(text("red.html"));
    window.results().save_report(report);
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(report), kPatience);
    QCOMPARE(offered("save_report"), reports);
    QCOMPARE(offered("export_json"), first);
    window.action("export_csv")->trigger();
    auto* const dialog = window.findChild<QFileDialog*>();
    const QString table = QDir(data).filePath(text("red.csv"));
    dialog->selectFile(table);
    QMetaObject::invokeMethod(dialog, "accept");
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(table), kPatience);
    QTRY_VERIFY(window.findChild<QFileDialog*>() == nullptr);

    QVERIFY(window.close());  // and for the next time
    fixture_->window.reset();
    window_with({folder.filePath(text("red.png"))});
    QCOMPARE(offered("save_report"), reports);
    QCOMPARE(offered("export_json"), data);
    QCOMPARE(offered("export_png"), first);
}

QTEST_MAIN(ResultFilesTest)
#include "result_files_test.moc"
