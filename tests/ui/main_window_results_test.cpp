// Tests of results in the window: maps, exports, appearance and stored settings.
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QDoubleSpinBox>
#include <QFile>
#include <QFileDialog>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QListView>
#include <QMenu>
#include <QProcess>
#include <QRegularExpression>
#include <QToolButton>
#include <QUrl>

#include "core/casework/report/picture_report.h"
#include "core/opinion/limits.h"
#include "core/opinion/story.h"
#include "tests/ui/window_driving.h"
#include "ui/list/image_convert.h"
#include "ui/look/banner.h"
#include "ui/look/wording.h"
#include "ui/pdf/pdf_report.h"
#include "ui/picture/map_strip.h"
#include "ui/picture/picture_pane.h"
#include "ui/verdict/answer_block.h"
#include "ui/verdict/expert_bars.h"
#include "ui/verdict/expert_weight.h"
#include "ui/verdict/facts_panel.h"
#include "ui/verdict/verdict_pane.h"

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

class MainWindowResultsTest : public WindowTest {
    Q_OBJECT

  private Q_SLOTS:
    void exports_are_written_and_read_back();
    void a_report_of_one_picture();
    void two_answers_fit_on_a_reports_first_page();
    void export_that_cannot_be_written();
    void what_no_program_opens_is_said();
    void each_kind_of_file_has_its_last_folder();
    void maps_are_selected_by_strip_bars_and_keys();
    void declarations_of_the_file_are_shown_next_to_the_score();
    void weights_are_applied_and_reset();
    void an_uncalibrated_panel_gives_numbers_without_words();
    void the_last_unmuted_expert_cannot_be_muted();
    void an_experts_bar_has_a_menu();
    void the_score_without_an_expert_waits_under_details();
    void light_and_dark();
    void settings_survive();
};

void MainWindowResultsTest::exports_are_written_and_read_back() {
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

void MainWindowResultsTest::two_answers_fit_on_a_reports_first_page() {
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

void MainWindowResultsTest::a_report_of_one_picture() {
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

void MainWindowResultsTest::export_that_cannot_be_written() {
    MainWindow& window = window_with({paint("red.png", Qt::red)});
    window.results().export_current(ExportKind::Json, text("/no/such/folder/result.json"));
    QTRY_COMPARE_WITH_TIMEOUT(window.banners().messages().size(), 1, kPatience);
    QVERIFY(window.banners().messages().first().contains(text("/no/such/folder/result.json")));
}

void MainWindowResultsTest::what_no_program_opens_is_said() {
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

void MainWindowResultsTest::each_kind_of_file_has_its_last_folder() {
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

void MainWindowResultsTest::maps_are_selected_by_strip_bars_and_keys() {
    MainWindow& window = window_with({paint("red.png", Qt::red)});
    OverlayControls* const controls = window.picture().controls();
    QCOMPARE(controls->settings().map, kMeanMap);
    const auto tiles = window.picture().strip()->findChildren<MapTile*>();
    QCOMPARE(tiles.size(), 4);
    QTest::mouseClick(tiles[2], Qt::LeftButton);
    QCOMPARE(controls->settings().map, 1);
    tiles[2]->setFocus();
    QTest::keyClick(tiles[2], Qt::Key_Right);
    QCOMPARE(controls->settings().map, 2);
    const auto bars = window.verdict().bars()->findChildren<ExpertBar*>();
    QVERIFY(bars[2]->isChecked());
    QTest::mouseClick(bars[0], Qt::LeftButton);
    QCOMPARE(controls->settings().map, 0);
    QVERIFY(tiles[1]->isChecked());
    const PicturePane::Drawn common = window.picture().drawn();
    QCOMPARE(common.map.values, exhibit(window, "red.png").opinion()->experts[0].map->values);
    QTest::keyClick(window.exhibits().list(), Qt::Key_H, Qt::ControlModifier);
    QCOMPARE(controls->settings().map, kNoMap);
    QVERIFY(window.picture().drawn().map.values.empty());
    window.action("toggle_map")->trigger();
    QCOMPARE(controls->settings().map, 0);
    window.action("previous_map")->trigger();
    QCOMPARE(controls->settings().map, kMeanMap);
    window.action("side_by_side")->trigger();
    QCOMPARE(window.picture().view()->mode(), CompareMode::SideBySide);
    window.action("blink")->trigger();
    QCOMPARE(window.picture().view()->mode(), CompareMode::Blink);
    window.action("blink")->trigger();
    QCOMPARE(window.picture().view()->mode(), CompareMode::Overlay);
}

void MainWindowResultsTest::declarations_of_the_file_are_shown_next_to_the_score() {
    MainWindow& window = ready_window();
    QImage generated = plain_picture(Qt::red);
    generated.setText(text("parameters"),
                      text("<b>fox</b>\nSteps: 20, Sampler: Euler a, Seed: 1, Model: dream"));
    const QString file =
        save_picture(QDir(fixture_->folder.path()), text("generated.png"), generated);
    drop_files(&window, {paint("red.png", Qt::red), file});
    wait_until_idle(window, 2);

    window.exhibits().make_current(exhibit(window, "red.png").id);
    QVERIFY(window.verdict().card()->declared().isEmpty());
    QVERIFY(!window.verdict().facts()->all_text().contains(text("declares")));
    const QString figure = window.verdict().card()->score();

    window.exhibits().make_current(exhibit(window, "generated.png").id);
    const QString declared = window.verdict().card()->declared();
    QVERIFY(declared.startsWith(text("The file itself declares")));
    QVERIFY(declared.contains(text("<b>fox</b>")));
    // A fact next to the score: the same pixels keep their score, and it is not a warning.
    QCOMPARE(window.verdict().card()->score(), figure);
    QVERIFY(window.verdict().card()->warnings().isEmpty());
    const QString facts = window.verdict().facts()->all_text();
    QVERIFY(facts.contains(declared));
    QVERIFY(facts.contains(text("Model: dream")));
    QVERIFY(facts.contains(text("Sampler: Euler a")));

    // The copied text has it before any score, and ends with what a score is.
    window.action("copy")->trigger();
    const QString copied = QApplication::clipboard()->text();
    QVERIFY2(copied.indexOf(declared) >= 0 && copied.indexOf(declared) < copied.indexOf(figure),
             qPrintable(copied));
    QVERIFY(copied.endsWith(QString::fromStdString(method_limits().front())));
    // In names for people and with the figures that are shown.
    QVERIFY2(!copied.contains(text("tf_efficientnet")), qPrintable(copied));
    QVERIFY2(!copied.contains(QRegularExpression(text("0[.][0-9]{3}"))), qPrintable(copied));

    window.exhibits().make_current(exhibit(window, "red.png").id);
    QVERIFY(window.verdict().card()->declared().isEmpty());
}

void MainWindowResultsTest::an_uncalibrated_panel_gives_numbers_without_words() {
    for (auto& [folder, panel] : fixture_->panels.panels)
        panel.calibrations.clear();
    MainWindow& window = window_with({paint("red.png", Qt::red)});
    const Exhibit& red = exhibit(window, "red.png");
    window.exhibits().make_current(red.id);
    const VerdictCard* const card = window.verdict().card();
    QCOMPARE(card->score(), score_text(red.opinion()->score));
    QCOMPARE(card->band(), text("not calibrated"));
    QVERIFY(!card->story().contains(text("looks")));
    window.findChild<QAction*>(text("copy_sentence"))->trigger();
    QVERIFY(QApplication::clipboard()->text().contains(text("was not measured")));
}

void MainWindowResultsTest::weights_are_applied_and_reset() {
    MainWindow& window =
        window_with({paint("red.png", QColor(140, 120, 110)), paint("blue.png", Qt::blue)});
    window.exhibits().make_current(exhibit(window, "red.png").id);
    const PanelOpinion reference = *exhibit(window, "red.png").opinion();
    const double blue_reference = exhibit(window, "blue.png").opinion()->score;
    VerdictCard* const card = window.verdict().card();
    ExpertBars* const bars = window.verdict().bars();
    // The card says what the score is worth in a line of its own.
    QString sentences = QString::fromStdString(
        summary_of(reference, exhibit(window, "red.png").examination->warnings));
    const QString worth = card->answers().front()->worth();
    QVERIFY(sentences.contains(worth));
    QCOMPARE(card->story(), sentences.remove(worth + QLatin1Char(' ')));
    QVERIFY(!card->marked_weighted());
    QVERIFY(!bars->weighing());

    // Muted by keyboard: every result follows and is labelled.
    const auto rows = bars->findChildren<ExpertBar*>();
    QCOMPARE(rows.size(), 3);
    QTest::keyClick(rows[0], Qt::Key_M);
    QVERIFY(bars->weighing());
    QCOMPARE(exhibit(window, "red.png").opinion()->score,
             (reference.experts[1].score + reference.experts[2].score) / 2);
    QCOMPARE(card->score(), score_text(exhibit(window, "red.png").opinion()->score));
    QVERIFY(exhibit(window, "blue.png").opinion()->score != blue_reference);
    QVERIFY(card->marked_weighted());
    QVERIFY(card->story().contains(text("is muted")));
    QVERIFY(rows[0]->accessibleName().contains(text("muted")));
    const auto weights = bars->findChildren<ExpertWeight*>();
    auto* const value = weights[1]->findChild<QDoubleSpinBox*>();
    QVERIFY(value->isVisible());
    value->setFocus();
    QTest::keyClick(value, Qt::Key_Up);  // 1.25
    QCOMPARE(exhibit(window, "red.png").opinion()->experts[1].weight, 1.25);

    // Later pictures get the same weights, and exports contain them.
    drop_files(&window, {paint("later.png", Qt::red)});
    wait_until_idle(window, 3);
    QVERIFY(!is_reference_combination(*exhibit(window, "later.png").opinion()));
    window.exhibits().make_current(exhibit(window, "red.png").id);
    const QString file = QDir(fixture_->folder.path()).filePath(text("weighed.json"));
    window.results().export_current(ExportKind::Json, file);
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(file), kPatience);
    QFile json(file);
    QVERIFY(json.open(QIODevice::ReadOnly));
    const QJsonObject combination =
        QJsonDocument::fromJson(json.readAll()).object()[text("combination")].toObject();
    QCOMPARE(combination[text("reference")].toBool(true), false);
    const std::string second = exhibit(window, "red.png").opinion()->experts[1].name;
    QCOMPARE(combination[text("weights")].toObject()[QString::fromStdString(second)].toDouble(),
             1.25);

    auto* const back = card->findChild<QToolButton*>(text("reference"));
    QVERIFY(back->isVisible());
    QTest::mouseClick(back, Qt::LeftButton);
    QCOMPARE(exhibit(window, "red.png").opinion()->score, reference.score);
    QCOMPARE(exhibit(window, "blue.png").opinion()->score, blue_reference);
    QVERIFY(!card->marked_weighted());
}

void MainWindowResultsTest::the_last_unmuted_expert_cannot_be_muted() {
    MainWindow& window = window_with({paint("red.png", Qt::red)});
    const auto rows = window.verdict().bars()->findChildren<ExpertBar*>();
    for (ExpertBar* const row : rows)
        QTest::keyClick(row, Qt::Key_M);
    const PanelOpinion* opinion = exhibit(window, "red.png").opinion();
    QCOMPARE(opinion->experts[0].weight, 0.0);
    QCOMPARE(opinion->experts[1].weight, 0.0);
    QCOMPARE(opinion->experts[2].weight, 1.0);
    QCOMPARE(opinion->score, opinion->experts[2].score);
    QTest::keyClick(rows[1], Qt::Key_M);
    opinion = exhibit(window, "red.png").opinion();
    QCOMPARE(opinion->experts[1].weight, 1.0);

    // Another panel has other experts and starts with its own combination.
    fixture_->panels.add(fake_panel("other", 3, false));
    window.session().open_panel({"/panels/other"});
    QTRY_VERIFY_WITH_TIMEOUT(window.session().reference_combination(), kPatience);
    wait_until_idle(window, 1);
    QVERIFY(is_reference_combination(*exhibit(window, "red.png").opinion()));
}

void MainWindowResultsTest::the_score_without_an_expert_waits_under_details() {
    MainWindow& window = window_with({paint("red.png", Qt::red)});
    ExpertBars& bars = *window.verdict().bars();
    auto* const details = window.verdict().card()->findChild<QToolButton*>(text("details"));
    QVERIFY(details != nullptr && !bars.effects_shown());
    const QImage before = bars.findChild<ExpertBar*>()->grab().toImage();
    details->click();
    QVERIFY(bars.effects_shown());
    QVERIFY(bars.findChild<ExpertBar*>()->grab().toImage() != before);
    bars.set_weighing(true);  // in its place
    QVERIFY(!bars.effects_shown());
    bars.set_weighing(false);
    QVERIFY(bars.effects_shown());
    details->click();
    QVERIFY(!bars.effects_shown());
}

void MainWindowResultsTest::an_experts_bar_has_a_menu() {
    MainWindow& window = window_with({paint("red.png", Qt::red)});
    ExpertBars* const bars = window.verdict().bars();
    const auto rows = bars->findChildren<ExpertBar*>();
    const auto opened = [&](qsizetype row) {
        QContextMenuEvent click(QContextMenuEvent::Keyboard, {5, 5},
                                rows[row]->mapToGlobal(QPoint(5, 5)));
        QApplication::sendEvent(rows[row], &click);
        return qobject_cast<QMenu*>(QApplication::activePopupWidget());
    };
    const auto choose = [&](qsizetype row, qsizetype entry) {
        QMenu* const menu = opened(row);
        QVERIFY(menu != nullptr);
        QCOMPARE(menu->actions().size(), 3);
        menu->actions()[entry]->trigger();
        menu->close();
        QTRY_VERIFY(QApplication::activePopupWidget() == nullptr);
    };
    choose(1, 0);
    QCOMPARE(window.picture().controls()->settings().map, 1);
    choose(1, 2);
    const PanelOpinion before = *exhibit(window, "red.png").opinion();
    QCOMPARE(QApplication::clipboard()->text(),
             rows[1]->text() + text(": ") + score_text(before.experts[1].score));
    choose(1, 1);
    QCOMPARE(exhibit(window, "red.png").opinion()->experts[1].weight, 0.0);
    choose(1, 1);
    QCOMPARE(exhibit(window, "red.png").opinion()->score, before.score);
    // What is shown adds up: the effect is the difference of the two figures.
    const BandThresholds bands = measured_bands(before.calibration.get()).of(0);
    const double without = score_text(before.experts[0].without, bands).toDouble();
    const QString effect = signed_text(without - score_text(before.score, bands).toDouble());
    QVERIFY2(rows[0]->toolTip().contains(text("(") + effect + text(")")),
             qPrintable(rows[0]->toolTip()));
    QCOMPARE(difference_text(text("0.28"), text("0.25")), text("+0.03"));
    QCOMPARE(difference_text(text("n/a"), text("0.25")), text("–"));
}

void MainWindowResultsTest::light_and_dark() {
    MainWindow& window = window_with({paint("red.png", Qt::red)});
    fixture_->appearance->choose(Appearance::Choice::Dark);
    QVERIFY(look().dark);
    const QColor dark = window.grab().toImage().pixelColor(4, 4);
    fixture_->appearance->choose(Appearance::Choice::Light);
    const QColor light = window.grab().toImage().pixelColor(4, 4);
    QVERIFY(dark.lightness() < 80);
    QVERIFY(light.lightness() > 180);
    QCOMPARE(light.red(), light.blue());  // Neutral grey.
}

void MainWindowResultsTest::settings_survive() {
    {
        MainWindow& window = ready_window();
        window.exhibits().set_order(OrderBy::Disagreement, Qt::DescendingOrder);
        OverlaySettings choice = window.picture().controls()->settings();
        choice.opacity = 0.35;
        choice.colours = ColourMap::Cividis;
        window.picture().controls()->set_settings(choice);
        QVERIFY(window.close());
        fixture_->window.reset();
    }
    MainWindow& again = ready_window();
    QCOMPARE(again.exhibits().order_key(), OrderBy::Disagreement);
    QCOMPARE(again.exhibits().order_direction(), Qt::DescendingOrder);
    QCOMPARE(again.picture().controls()->settings().opacity, 0.35);
    QCOMPARE(again.picture().controls()->settings().colours, ColourMap::Cividis);
}

QTEST_MAIN(MainWindowResultsTest)
#include "main_window_results_test.moc"
