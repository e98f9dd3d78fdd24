// What the window does with results: maps, exports, looks, and what it remembers.
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QFileDialog>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QListView>

#include "tests/ui/window_driving.h"
#include "ui/banner.h"
#include "ui/expert_bars.h"
#include "ui/facts_panel.h"
#include "ui/map_strip.h"
#include "ui/picture_pane.h"
#include "ui/verdict_pane.h"

using namespace dfd;
using namespace dfd::ui;
using namespace dfd::test;

class MainWindowResultsTest : public WindowTest {
    Q_OBJECT

  private Q_SLOTS:
    void exports_are_written_and_read_back();
    void export_that_cannot_be_written();
    void maps_by_strip_bars_and_keys();
    void what_the_file_declares_stands_beside_the_score();
    void light_and_dark();
    void settings_survive();
};

void MainWindowResultsTest::exports_are_written_and_read_back() {
    MainWindow& window = ready_window();
    drop_files(&window, {paint("red.png", Qt::red), paint("blue.png", Qt::blue)});
    wait_until_idle(window, 2);
    window.exhibits().make_current(exhibit(window, "red.png").id);
    const Exhibit& red = exhibit(window, "red.png");
    const QDir folder(fixture_->folder.path());

    // Through the dialog, as a person does it.
    const QString json_file = folder.filePath(text("result.json"));
    QTest::keyClick(window.exhibits().list(), Qt::Key_S, Qt::ControlModifier);
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
    window.export_list(ExportKind::Csv, csv_file);
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(csv_file), kPatience);
    QFile csv(csv_file);
    QVERIFY(csv.open(QIODevice::ReadOnly));
    const QByteArray table = csv.readAll();
    QCOMPARE(table.count("\r\n"), 3);
    QVERIFY(table.contains("blue.png"));

    const QString png_file = folder.filePath(text("heatmap.png"));
    window.export_current(ExportKind::OverlayPng, png_file);
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(png_file), kPatience);
    const QImage drawn(png_file);
    QCOMPARE(drawn.size(), QSize(96, 64));
    QVERIFY(drawn.pixelColor(48, 32) != QColor(Qt::red));
    QCOMPARE(QImage(folder.filePath(text("red.png"))).pixelColor(48, 32), QColor(Qt::red));

    window.action("copy")->trigger();
    QVERIFY(QApplication::clipboard()->text().contains(text("starter panel")));
    QVERIFY(QApplication::clipboard()->text().contains(
        QString::fromStdString(red.examination->facts.sha256)));
}

void MainWindowResultsTest::export_that_cannot_be_written() {
    MainWindow& window = ready_window();
    drop_files(&window, {paint("red.png", Qt::red)});
    wait_until_idle(window, 1);
    window.export_current(ExportKind::Json, text("/no/such/folder/result.json"));
    QTRY_COMPARE_WITH_TIMEOUT(window.banners().messages().size(), 1, kPatience);
    QVERIFY(window.banners().messages().first().contains(text("/no/such/folder/result.json")));
}

void MainWindowResultsTest::maps_by_strip_bars_and_keys() {
    MainWindow& window = ready_window();
    drop_files(&window, {paint("red.png", Qt::red)});
    wait_until_idle(window, 1);
    OverlayControls* const controls = window.picture().controls();
    QCOMPARE(controls->choice().map, kMeanMap);
    const auto tiles = window.picture().strip()->findChildren<MapTile*>();
    QCOMPARE(tiles.size(), 4);
    QTest::mouseClick(tiles[2], Qt::LeftButton);
    QCOMPARE(controls->choice().map, 1);
    tiles[2]->setFocus();
    QTest::keyClick(tiles[2], Qt::Key_Right);
    QCOMPARE(controls->choice().map, 2);
    const auto bars = window.verdict().bars()->findChildren<ExpertBar*>();
    QVERIFY(bars[2]->isChecked());
    QTest::mouseClick(bars[0], Qt::LeftButton);
    QCOMPARE(controls->choice().map, 0);
    QVERIFY(tiles[1]->isChecked());
    const PicturePane::Drawn common = window.picture().drawn();
    QCOMPARE(common.map.values, exhibit(window, "red.png").opinion()->experts[0].map->values);
    QTest::keyClick(window.exhibits().list(), Qt::Key_H, Qt::ControlModifier);
    QCOMPARE(controls->choice().map, kNoMap);
    QVERIFY(window.picture().drawn().map.values.empty());
    window.action("toggle_map")->trigger();
    QCOMPARE(controls->choice().map, 0);
    window.action("previous_map")->trigger();
    QCOMPARE(controls->choice().map, kMeanMap);
    window.action("side_by_side")->trigger();
    QCOMPARE(window.picture().view()->mode(), CompareMode::SideBySide);
    window.action("blink")->trigger();
    QCOMPARE(window.picture().view()->mode(), CompareMode::Blink);
    window.action("blink")->trigger();
    QCOMPARE(window.picture().view()->mode(), CompareMode::Overlay);
}

void MainWindowResultsTest::what_the_file_declares_stands_beside_the_score() {
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
    const QString figure = window.verdict().card()->figure();

    window.exhibits().make_current(exhibit(window, "generated.png").id);
    const QString declared = window.verdict().card()->declared();
    QVERIFY(declared.startsWith(text("The file itself declares")));
    QVERIFY(declared.contains(text("<b>fox</b>")));
    // A fact beside the score: the same pixels keep their score, and it is no warning.
    QCOMPARE(window.verdict().card()->figure(), figure);
    QVERIFY(window.verdict().card()->warnings().isEmpty());
    const QString facts = window.verdict().facts()->all_text();
    QVERIFY(facts.contains(declared));
    QVERIFY(facts.contains(text("Model: dream")));
    QVERIFY(facts.contains(text("Sampler: Euler a")));

    window.exhibits().make_current(exhibit(window, "red.png").id);
    QVERIFY(window.verdict().card()->declared().isEmpty());
}

void MainWindowResultsTest::light_and_dark() {
    MainWindow& window = ready_window();
    drop_files(&window, {paint("red.png", Qt::red)});
    wait_until_idle(window, 1);
    fixture_->appearance->choose(Appearance::Choice::Dark);
    QVERIFY(look().dark);
    const QColor dark = window.grab().toImage().pixelColor(4, 4);
    fixture_->appearance->choose(Appearance::Choice::Light);
    const QColor light = window.grab().toImage().pixelColor(4, 4);
    QVERIFY(dark.lightness() < 80);
    QVERIFY(light.lightness() > 180);
    QCOMPARE(light.red(), light.blue());  // A neutral surround.
}

void MainWindowResultsTest::settings_survive() {
    {
        MainWindow& window = ready_window();
        window.exhibits().set_order(OrderBy::Disagreement, Qt::DescendingOrder);
        OverlayChoice choice = window.picture().controls()->choice();
        choice.opacity = 0.35;
        choice.colours = ColourMap::Cividis;
        window.picture().controls()->set_choice(choice);
        QVERIFY(window.close());
        fixture_->window.reset();
    }
    MainWindow& again = ready_window();
    QCOMPARE(again.exhibits().order_key(), OrderBy::Disagreement);
    QCOMPARE(again.exhibits().order_direction(), Qt::DescendingOrder);
    QCOMPARE(again.picture().controls()->choice().opacity, 0.35);
    QCOMPARE(again.picture().controls()->choice().colours, ColourMap::Cividis);
}

QTEST_MAIN(MainWindowResultsTest)
#include "main_window_results_test.moc"
