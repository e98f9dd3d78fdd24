// Tests of exporting a case from the window: the list or the selection, in the background.
#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QProcess>
#include <QPushButton>
#include <QSignalSpy>

#include "core/casework/store/audit_log.h"
#include "tests/ui/case_driving.h"
#include "ui/case/case_filter_bar.h"
#include "ui/case/export_dialog.h"
#include "ui/window/status_strip.h"

using namespace dfd;
using namespace dfd::ui;
using namespace dfd::test;

class CaseExportTest : public CaseTest {
    Q_OBJECT

  private Q_SLOTS:
    void exports_the_listed_exhibits_and_the_selection();
    void pdf_text_is_read_back();
    void read_only_case();
    void unsupported_format_and_unwritable_file();
    void the_dialog_offers_every_format();
    void an_export_is_signed_with_a_key();
    void stopping_leaves_a_complete_file_or_none();

  private:
    [[nodiscard]] QString place(const char* name) const { return folder().filePath(text(name)); }
    /// Exports, waits for the end and returns the banner's text.
    QString exported(MainWindow& window, const QString& file, bool selection) {
        QSignalSpy ended(&window.case_controller().exporting(), &CaseExporter::ended);
        window.cases().exports().export_to(file, selection);
        if (ended.isEmpty() && !ended.wait(kPatience))
            qFatal("The export did not end.");
        return ended.first().first().toString();
    }
    static QList<QByteArray> lines(const QString& path) {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly))
            return {};
        QList<QByteArray> all = file.readAll().split('\n');
        all.removeLast();
        return all;
    }
};

void CaseExportTest::exports_the_listed_exhibits_and_the_selection() {
    MainWindow& window = window_with_case();
    QVERIFY(window.action("export_case")->isEnabled());
    const QString said = exported(window, place("all.jsonl"), false);
    button_named(&window.banners(), "Copy its SHA-256")->click();
    const QString digest = QApplication::clipboard()->text();
    QVERIFY2(digest.size() == 64 && said.contains(digest), qPrintable(digest));
    QVERIFY2(said.contains(text("exhibits: 4")), qPrintable(said));
    QVERIFY(window.banners().messages().contains(said));
    // It stays, with buttons for the file and for its folder.
    QStringList offers;
    for (const Banner* const banner : window.banners().findChildren<Banner*>())
        if (banner->text() == said) {
            QVERIFY(banner->stays());
            // Beside two buttons the text has most of the width.
            const auto* const words = banner->findChild<QLabel*>(text("banner_text"));
            QVERIFY(words != nullptr);
            QVERIFY2(words->width() > banner->width() / 3,
                     qPrintable(QString::number(words->width())));
            for (const QPushButton* const button : banner->findChildren<QPushButton*>())
                offers.append(button->text());
        }
    QCOMPARE(offers,
             (QStringList{text("Open"), text("Show in its folder"), text("Copy its SHA-256")}));
    QVERIFY(window.status().queue_text().isEmpty());
    QCOMPARE(lines(place("all.jsonl")).size(), 4);

    const CaseFile file(window.case_controller().path(), CaseAccess::Read);
    const LogEntry entry = last_entry(file);
    QCOMPARE(entry.action, std::string("exported"));
    const QJsonObject details = QJsonDocument::fromJson(entry.details.c_str()).object();
    QCOMPARE(details[text("exhibits")].toInt(), 4);
    QVERIFY(said.contains(details[text("sha256")].toString()));

    const ExhibitId first = window.case_controller().model().ids().front();
    window.case_pane().make_current(first);
    QTRY_VERIFY_WITH_TIMEOUT(window.action("export_case_selection")->isEnabled(), kPatience);
    exported(window, place("one.jsonl"), true);
    const auto one = lines(place("one.jsonl"));
    QCOMPARE(one.size(), 1);
    QCOMPARE(QJsonDocument::fromJson(one.front()).object()[text("path")].toString(),
             path_text(exhibit_rows(file, {&first, 1}).at(0).path));
}

void CaseExportTest::pdf_text_is_read_back() {
    MainWindow& window = window_with_case();
    exported(window, place("case.pdf"), false);
    QProcess reading;
    reading.start(text("pdftotext"), {text("-layout"), place("case.pdf"), text("-")});
    QVERIFY2(reading.waitForFinished(), "pdftotext, of poppler-utils, is missing");
    const QString words = QString::fromUtf8(reading.readAllStandardOutput());
    for (const char* part : {"Report on a case", "review.dfdcase", "Exhibit 4 of 4", "red.png",
                             "could not be examined", "What this report can and cannot say"})
        QVERIFY2(words.contains(text(part)), part);
}

void CaseExportTest::read_only_case() {
    MainWindow& window = window_with_case();
    window.case_controller().close();
    {
        QTRY_VERIFY_WITH_TIMEOUT(
            !CaseFile(to_path(place("review.dfdcase")), CaseAccess::Read).writer().has_value(),
            kPatience);
        const CaseFile other(to_path(place("review.dfdcase")), CaseAccess::Write);
        QSignalSpy opened(&window.case_controller(), &CaseController::opened);
        window.open_case(to_path(place("review.dfdcase")));
        QVERIFY(opened.wait(kPatience));
        QTRY_COMPARE_WITH_TIMEOUT(window.case_controller().model().rowCount(), 4, kPatience);
        const QString said = exported(window, place("read.csv"), false);
        QVERIFY2(said.contains(text("not in the audit log")), qPrintable(said));
        QCOMPARE(lines(place("read.csv")).size(), 5);
    }
}

void CaseExportTest::unsupported_format_and_unwritable_file() {
    MainWindow& window = window_with_case();
    window.cases().exports().export_to(place("case.doc"), false);
    QVERIFY(window.banners().messages().first().contains(text("case.doc")));
    const QString said = exported(window, place("missing/case.html"), false);
    QVERIFY2(said.contains(text("cannot be written")), qPrintable(said));
    QVERIFY(!window.case_controller().exporting().running());
}

void CaseExportTest::the_dialog_offers_every_format() {
    MainWindow& window = window_with_case();
    window.action("export_case")->trigger();
    auto* const dialog = window.findChild<ExportDialog*>();
    QVERIFY(dialog != nullptr);
    QCOMPARE(dialog->format_box()->count(), 4);
    QVERIFY(dialog->file().endsWith(text("review.html")));
    QSet<QString> contents{dialog->contents()};
    QVERIFY(dialog->contents().contains(text("one section for each exhibit")));
    dialog->format_box()->setCurrentIndex(1);
    QVERIFY(dialog->file().endsWith(text("review.pdf")));
    QCOMPARE(dialog->choices().maps, std::optional(true));
    dialog->format_box()->setCurrentIndex(2);
    QCOMPARE(dialog->choices().maps, std::optional(false));  // a table has none
    contents.insert(dialog->contents());
    dialog->format_box()->setCurrentIndex(3);
    contents.insert(dialog->contents());
    QCOMPARE(contents.size(), 3);
    dialog->reject();
}

void CaseExportTest::an_export_is_signed_with_a_key() {
    MainWindow& window = window_with_case();
    window.action("export_case")->trigger();
    auto* const dialog = window.findChild<ExportDialog*>();
    QVERIFY(dialog != nullptr);
    QAbstractButton* button = nullptr;
    const auto* const box = dialog->findChild<QDialogButtonBox*>();
    for (QAbstractButton* const each : box->buttons())
        if (box->buttonRole(each) == QDialogButtonBox::AcceptRole)
            button = each;
    QVERIFY(button != nullptr);
    QVERIFY(button->isEnabled());
    dialog->file_box()->setText(place("missing/signed.csv"));
    QVERIFY(!button->isEnabled());
    dialog->format_box()->setCurrentIndex(2);
    dialog->file_box()->setText(place("signed.csv"));
    dialog->sign_box()->setChecked(true);
    QVERIFY2(!button->isEnabled(), "there is no key yet");
    QCOMPARE(QProcess::execute(text("openssl"), {text("genpkey"), text("-algorithm"),
                                                 text("ed25519"), text("-out"), place("key.pem")}),
             0);
    dialog->key_box()->setText(place("key.pem"));
    QVERIFY(button->isEnabled());
    QVERIFY2(dialog->note().contains(text("signed.csv.sig")), qPrintable(dialog->note()));
    QSignalSpy ended(&window.case_controller().exporting(), &CaseExporter::ended);
    button->click();
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kPatience);
    QCOMPARE(QFileInfo(place("signed.csv.sig")).size(), 64);
    // The key is offered again.
    window.action("export_case")->trigger();
    QCOMPARE(window.findChildren<ExportDialog*>().last()->key_box()->text(), place("key.pem"));
}

void CaseExportTest::stopping_leaves_a_complete_file_or_none() {
    MainWindow& window = window_with_case();
    QSignalSpy ended(&window.case_controller().exporting(), &CaseExporter::ended);
    window.cases().exports().export_to(place("case.html"), false);
    QVERIFY(window.case_controller().exporting().running());
    QVERIFY(window.action("stop")->isEnabled());
    window.action("stop")->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kPatience);
    QVERIFY(!window.case_controller().exporting().running());
    // The export may have been faster than the stop; then it reports success.
    const bool stopped =
        ended.first().at(1).value<CaseExporter::Outcome>() == CaseExporter::Outcome::Stopped;
    QCOMPARE(QFile::exists(place("case.html")), !stopped);
    QCOMPARE(ended.first().first().toString().contains(text("nothing was written")), stopped);
    QVERIFY(exported(window, place("other.csv"), false).contains(text("exhibits: 4")));
}

QTEST_MAIN(CaseExportTest)
#include "case_export_test.moc"
