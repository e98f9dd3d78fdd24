// Tests of results in the window: maps, weights, appearance and stored settings.
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDoubleSpinBox>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QListView>
#include <QMenu>
#include <QRegularExpression>
#include <QToolButton>

#include "core/opinion/limits.h"
#include "core/opinion/story.h"
#include "tests/ui/window_driving.h"
#include "ui/list/image_convert.h"
#include "ui/look/banner.h"
#include "ui/look/wording.h"
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

class MainWindowResultsTest : public WindowTest {
    Q_OBJECT

  private Q_SLOTS:
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
