// Tests of the window with a case: opening, viewing, filtering, scanning.
#include <QAction>
#include <QApplication>
#include <QContextMenuEvent>
#include <QFile>
#include <QFileDialog>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <algorithm>

#include "tests/ui/case_driving.h"
#include "ui/case/case_filter_bar.h"
#include "ui/case/review_panel.h"
#include "ui/case/thresholds_dialog.h"
#include "ui/charts/score_histogram.h"
#include "ui/charts/score_scatter.h"
#include "ui/look/banner.h"
#include "ui/look/message_page.h"
#include "ui/look/wording.h"
#include "ui/picture/map_strip.h"
#include "ui/picture/picture_pane.h"
#include "ui/verdict/expert_bars.h"
#include "ui/verdict/facts_panel.h"
#include "ui/verdict/verdict_pane.h"

using namespace dfd;
using namespace dfd::ui;
using namespace dfd::test;

class CaseWindowTest : public CaseTest {
    Q_OBJECT

  private Q_SLOTS:
    void new_case_is_filled_by_a_drop();
    void exhibit_is_shown_from_the_record();
    void the_first_of_the_list_is_not_the_first_of_the_case();
    void missing_or_changed_picture();
    void filters_and_saved_filters();
    void brushing_a_chart_selects();
    void the_histogram_counts_pictures_without_an_assessment();
    void look_alikes();
    void thresholds_change_the_bands();
    void another_writer_makes_it_read_only();
    void files_that_are_not_cases();
    void closing_goes_back_to_the_list();
    void a_right_click_offers_the_exhibits_commands();
    void outputs_are_kept_beside_the_case();
};

void CaseWindowTest::new_case_is_filled_by_a_drop() {
    MainWindow& window = window_with_case();
    QVERIFY(std::filesystem::exists(case_path()));
    const CaseCounts& counts = window.case_controller().summary().counts;
    QCOMPARE(counts.scored, 3);
    QCOMPARE(counts.failed, 1);
    QCOMPARE(counts.looks_fake, 1);
    QVERIFY(says(window, "4 pictures scanned: 3 scored, 1 failed"));
    QVERIFY(window.case_pane().isVisible());
    QVERIFY(!window.exhibits().isVisible());
    QCOMPARE(window.case_pane().count_text(), text("Exhibits: 4"));
    // Dropped again: nothing is scored a second time.
    const int scored = static_cast<int>(counts.scored);
    drop_files(&window, {folder().filePath(text("pictures"))});
    QTRY_VERIFY_WITH_TIMEOUT(says(window, "4 pictures scanned: 0 scored"), kPatience);
    QCOMPARE(static_cast<int>(window.case_controller().summary().counts.scored), scored);
    // By score, highest first; exhibits without a score come last.
    ExhibitIds ids = window.case_controller().model().ids();
    QCOMPARE(ids.front(), id_of(window, "red.png"));
    QCOMPARE(ids.back(), id_of(window, "damaged.png"));
}

void CaseWindowTest::exhibit_is_shown_from_the_record() {
    MainWindow& window = window_with_case();
    show(window, "red.png");
    QCOMPARE(window.windowTitle(), text("review.dfdcase – red.png – DeepFakeDefenders"));
    QVERIFY(window.verdict().review()->isVisible());
    const ExhibitRecord red = record(window, id_of(window, "red.png"));
    QCOMPARE(window.verdict().card()->score(), QString::number(red.row.score, 'f', 2));
    QCOMPARE(window.verdict().card()->band(), text("looks fake"));
    QVERIFY(window.verdict().card()->marked_starter());
    QCOMPARE(window.verdict().bars()->bar_count(), 3);
    QCOMPARE(window.picture().strip()->tile_count(), 4);
    QVERIFY(window.picture().drawn().scale_max > 0);
    QVERIFY(window.verdict().facts()->all_text().contains(QString::fromStdString(red.row.sha256)));
    QTRY_VERIFY_WITH_TIMEOUT(window.picture().view()->has_full_resolution(), kPatience);
    QCOMPARE(window.picture().view()->picture_size(), QSize(96, 64));

    const QString file = folder().filePath(text("red.json"));
    window.results().export_current(ExportKind::Json, file);
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(file), kPatience);
    QFile json(file);
    QVERIFY(json.open(QIODevice::ReadOnly));
    QCOMPARE(QJsonDocument::fromJson(json.readAll()).object()[text("score")].toDouble(),
             red.row.score);

    show(window, "damaged.png");
    QVERIFY(window.picture().failure()->isVisible());
    QVERIFY(!window.picture().failure()->sentence().isEmpty());
    QVERIFY(window.verdict().card()->score().isEmpty());
}

/// Both number their pictures from 1.
void CaseWindowTest::the_first_of_the_list_is_not_the_first_of_the_case() {
    folder().mkpath(text("pictures"));
    const QDir pictures(folder().filePath(text("pictures")));
    save_picture(pictures, text("kept.png"), plain_picture(Qt::red, {128, 80}));
    MainWindow& window = window_with({paint("listed.png", Qt::blue)});
    const ListedId first = exhibit(window, "listed.png").id;
    window.exhibits().make_current(first);
    QTRY_VERIFY_WITH_TIMEOUT(window.picture().view()->has_full_resolution(), kPatience);
    QVERIFY(window.picture().shown() == (PictureKey{false, first}));

    open(window, true);
    drop_files(&window, {pictures.path()});
    wait_for_exhibits(window, 1);
    QCOMPARE(id_of(window, "kept.png"), static_cast<ExhibitId>(first));
    show(window, "kept.png");
    QVERIFY(window.picture().shown() == (PictureKey{true, first}));
    QTRY_VERIFY_WITH_TIMEOUT(window.picture().view()->has_full_resolution(), kPatience);
    QCOMPARE(window.picture().view()->picture_size(), QSize(128, 80));
    QVERIFY(window.verdict().facts()->all_text().contains(text("kept.png")));

    window.case_controller().close();
    QTRY_VERIFY_WITH_TIMEOUT(window.picture().shown() == (PictureKey{false, first}), kPatience);
    QTRY_COMPARE_WITH_TIMEOUT(window.picture().view()->picture_size(), QSize(96, 64), kPatience);
    QVERIFY(window.verdict().facts()->all_text().contains(text("listed.png")));
}

void CaseWindowTest::missing_or_changed_picture() {
    MainWindow& window = window_with_case();
    QVERIFY(QFile::remove(folder().filePath(text("pictures/red.png"))));
    save_picture(folder(), text("pictures/blue.png"), plain_picture(Qt::green));
    show(window, "grey.png");
    QTRY_VERIFY_WITH_TIMEOUT(window.picture().view()->has_full_resolution(), kPatience);
    show(window, "red.png");
    QTRY_VERIFY_WITH_TIMEOUT(says(window, "red.png is shown as the small copy"), kPatience);
    QVERIFY(!window.picture().view()->has_full_resolution());
    QCOMPARE(window.verdict().card()->band(), text("looks fake"));  // As recorded in the case.
    show(window, "blue.png");
    QTRY_VERIFY_WITH_TIMEOUT(says(window, "has changed since it was examined"), kPatience);
    QVERIFY(!window.picture().view()->has_full_resolution());
    QVERIFY(!says(window, "red.png"));
    show(window, "grey.png");
    QVERIFY(!says(window, "small copy"));
}

void CaseWindowTest::filters_and_saved_filters() {
    MainWindow& window = window_with_case();
    CaseFilterBar* const bar = window.case_pane().filter_bar();
    QTest::keyClick(window.case_pane().list(), Qt::Key_F, Qt::ControlModifier);
    QVERIFY(bar->words()->hasFocus());
    QTest::keyClicks(bar->words(), text("RED"));
    QTRY_COMPARE_WITH_TIMEOUT(window.case_controller().model().rowCount(), 1, kPatience);
    QCOMPARE(window.case_pane().count_text(), text("Exhibits: 1 of 4"));
    ExhibitFilter failed;
    failed.state = ExhibitState::Failed;
    bar->set_filter(failed);
    QTRY_VERIFY_WITH_TIMEOUT(
        window.case_controller().model().ids() == ExhibitIds{id_of(window, "damaged.png")},
        kPatience);
    QCOMPARE(bar->active_text(), text("Failed"));
    Q_EMIT bar->save_requested(text("cannot be read"));
    QTRY_COMPARE_WITH_TIMEOUT(window.case_controller().summary().filters.size(), std::size_t{1},
                              kPatience);
    QVERIFY(window.case_controller().summary().filters.at("cannot be read").state ==
            ExhibitState::Failed);
    ExhibitFilter fake;
    fake.word = Band::LooksFake;
    bar->set_filter(fake);
    QTRY_VERIFY_WITH_TIMEOUT(
        window.case_controller().model().ids() == ExhibitIds{id_of(window, "red.png")}, kPatience);
    QCOMPARE(bar->active_text(), text("Looks fake"));
    QVERIFY(bar->filter().word == Band::LooksFake);
    bar->clear();
    QTRY_COMPARE_WITH_TIMEOUT(window.case_controller().model().rowCount(), 4, kPatience);
    QVERIFY(bar->active_text().isEmpty());
    Q_EMIT bar->delete_requested(text("cannot be read"));
    QTRY_VERIFY_WITH_TIMEOUT(window.case_controller().summary().filters.empty(), kPatience);
}

void CaseWindowTest::brushing_a_chart_selects() {
    MainWindow& window = window_with_case();
    window.case_pane().set_charts_open(true);
    ScoreHistogram* const chart = window.case_pane().histogram();
    QTRY_VERIFY_WITH_TIMEOUT(chart->accessibleDescription().startsWith(text("3 scored pictures")),
                             kPatience);
    show(window, "blue.png");
    // The right third, from 0.65 on: only red.png.
    const QPoint from(chart->width() * 66 / 100, chart->height() / 2);
    const QPoint to(chart->width() - 1, chart->height() / 2);
    QTest::mousePress(chart, Qt::LeftButton, {}, from);
    QTest::mouseMove(chart, to);
    QTest::mouseRelease(chart, Qt::LeftButton, {}, to);
    QTRY_VERIFY_WITH_TIMEOUT(window.case_pane().selected() == ExhibitIds{id_of(window, "red.png")},
                             kPatience);
    QTRY_COMPARE_WITH_TIMEOUT(window.case_controller().model().rowCount(), 1, kPatience);
    QVERIFY(window.case_pane().filter_bar()->active_text().startsWith(text("Score from 0.6")));
    // By keyboard: Escape clears the range, an arrow key chooses a new one.
    chart->setFocus(Qt::TabFocusReason);
    QTest::keyClick(chart, Qt::Key_Escape);
    QTRY_COMPARE_WITH_TIMEOUT(window.case_controller().model().rowCount(), 4, kPatience);
    QTest::keyClick(chart, Qt::Key_Right);
    QTRY_COMPARE_WITH_TIMEOUT(window.case_controller().model().rowCount(), 1, kPatience);
    QCOMPARE(*chart->range().score_from, BandThresholds{}.fake_from);
    QTest::keyClick(chart, Qt::Key_Escape);
    QTRY_COMPARE_WITH_TIMEOUT(window.case_controller().model().rowCount(), 4, kPatience);
    // The scatter plot chooses in both directions: low spreads of low scores.
    ScoreScatter* const scatter = window.case_pane().scatter();
    scatter->setFocus(Qt::TabFocusReason);
    QTest::keyClick(scatter, Qt::Key_Up);
    QVERIFY(scatter->range().spread_from.has_value());
    QTRY_VERIFY_WITH_TIMEOUT(window.case_controller().model().view().filter.spread_from.has_value(),
                             kPatience);
}

void CaseWindowTest::the_histogram_counts_pictures_without_an_assessment() {
    ScoreHistogram chart;
    const auto points = std::make_shared<const std::vector<ScorePoint>>(
        std::vector<ScorePoint>{{1, 0.2, 0.1, 0}, {2, 0.2, 0.1, 0}});
    chart.set_points(points);
    QCOMPARE(chart.corner_text(), text("Pictures by score, up to 2 per bar"));
    chart.set_points(points, 4);
    QCOMPARE(chart.corner_text(), text("Up to 2 pictures per bar; 4 without an assessment"));
    QCOMPARE(chart.accessibleDescription(),
             text("2 scored pictures. 4 more without an assessment."));
    chart.set_points(std::make_shared<const std::vector<ScorePoint>>(), 1);
    QCOMPARE(chart.corner_text(), text("Pictures by score: 1 without an assessment"));
}

void CaseWindowTest::look_alikes() {
    MainWindow& window = window_with_case();
    const QDir pictures(folder().filePath(text("pictures")));
    // The same landscape twice, once recompressed with a colour cast that changes the scores.
    const QImage scene = landscape(3, 0, QSize(320, 240));
    QVERIFY(scene.save(pictures.filePath(text("scene.png"))));
    QImage warm = scene.convertToFormat(QImage::Format_RGB32);
    for (int y = 0; y < warm.height(); ++y)
        for (int x = 0; x < warm.width(); ++x) {
            const QColor was = warm.pixelColor(x, y);
            warm.setPixelColor(
                x, y,
                QColor(std::min(255, was.red() + 90), was.green(), std::max(0, was.blue() - 90)));
        }
    QVERIFY(warm.save(pictures.filePath(text("scene-warm.jpg")), "JPEG", 92));
    drop_files(&window, {pictures.path()});
    wait_for_exhibits(window, 6);
    QTRY_VERIFY_WITH_TIMEOUT(
        window.case_controller().look_alikes() &&
            window.case_controller().look_alikes()->find(id_of(window, "scene.png")),
        kPatience);
    const LookAlikes* const group =
        window.case_controller().look_alikes()->find(id_of(window, "scene.png"));
    QCOMPARE(group->ids.size(), std::size_t{2});
    QVERIFY(group->judged_differently);
    show(window, "scene.png");
    QVERIFY(window.verdict().review()->alike_line().contains(text("judged differently")));
    Q_EMIT window.verdict().review()->alike_requested();
    QTRY_COMPARE_WITH_TIMEOUT(window.case_controller().model().rowCount(), 2, kPatience);
    QVERIFY(window.case_pane()
                .list()
                ->currentIndex()
                .data(Qt::AccessibleTextRole)
                .toString()
                .contains(text("judged differently")));
}

void CaseWindowTest::thresholds_change_the_bands() {
    MainWindow& window = window_with_case();
    show(window, "grey.png");
    const double score = record(window, id_of(window, "grey.png")).row.score;
    QCOMPARE(window.verdict().card()->band(), text("undecided"));
    window.action("thresholds")->trigger();
    auto* const dialog = window.findChild<ThresholdsDialog*>();
    QVERIFY(dialog != nullptr);
    Q_EMIT dialog->apply_requested({"strict", BandThresholds{0.1, score - 0.01}});
    QTRY_COMPARE_WITH_TIMEOUT(window.verdict().card()->band(), text("looks fake"), kPatience);
    QCOMPARE(window.case_controller().summary().active.name, std::string("strict"));
    QCOMPARE(static_cast<int>(window.case_controller().summary().counts.looks_fake), 2);
    dialog->reject();
    QVERIFY(window.action("undo")->isEnabled());
    window.action("undo")->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(window.verdict().card()->band(), text("undecided"), kPatience);
}

void CaseWindowTest::another_writer_makes_it_read_only() {
    {
        MainWindow& window = window_with_case();
        window.case_controller().close();
    }
    fixture_->window.reset();
    std::unique_ptr<CaseFile> other;
    QTRY_VERIFY_WITH_TIMEOUT(
        [&] {
            try {
                other = std::make_unique<CaseFile>(case_path(), CaseAccess::Write, "bela");
            } catch (const CaseBusy&) {
            }
            return other != nullptr;
        }(),
        kPatience);
    MainWindow& window = ready_window();
    window.open_paths({case_path()});
    QTRY_COMPARE_WITH_TIMEOUT(window.case_controller().model().rowCount(), 4, kPatience);
    QVERIFY(!window.case_controller().review().writable());
    const QString obstacle = window.case_controller().obstacle();
    QVERIFY(window.banners().messages().contains(obstacle));
    QVERIFY(!window.action("mark_suspicious")->isEnabled());
    show(window, "red.png");
    QCOMPARE(window.verdict().card()->band(), text("looks fake"));
    drop_files(&window, {folder().filePath(text("pictures"))});
    QVERIFY(says(window, "read-only"));
    // Changes by another writer appear without a refresh by the user.
    const ExhibitId red = id_of(window, "red.png");
    static_cast<void>(mark_exhibits(*other, {&red, 1}, Mark::Cleared));
    QTRY_COMPARE_WITH_TIMEOUT(static_cast<int>(window.case_controller().summary().counts.cleared),
                              1, kPatience);
    other.reset();
    open(window, false);
    QVERIFY(window.case_controller().review().writable());
    QVERIFY(!window.banners().messages().contains(obstacle));
}

void CaseWindowTest::files_that_are_not_cases() {
    MainWindow& window = ready_window();
    const QString file = save_bytes(folder(), text("notes.dfdcase"), "Nothing of the kind.");
    window.open_paths({to_path(file)});
    QTRY_VERIFY_WITH_TIMEOUT(says(window, "notes.dfdcase"), kPatience);
    QVERIFY(!window.case_controller().is_open());
    window.open_case(to_path(folder().filePath(text("missing.dfdcase"))));
    QTRY_VERIFY_WITH_TIMEOUT(says(window, "missing.dfdcase"), kPatience);
    QVERIFY(!std::filesystem::exists(to_path(folder().filePath(text("missing.dfdcase")))));
    QVERIFY(window.exhibits().isVisible());
}

void CaseWindowTest::closing_goes_back_to_the_list() {
    MainWindow& window = window_with_case();
    show(window, "red.png");
    QTest::keyClick(&window, Qt::Key_W, Qt::ControlModifier);
    QVERIFY(!window.case_controller().is_open());
    QVERIFY(window.exhibits().isVisible());
    QVERIFY(window.picture().welcome()->isVisible());
    QCOMPARE(window.windowTitle(), text("DeepFakeDefenders"));
    drop_files(&window, {paint("list.png", Qt::red)});
    wait_until_idle(window, 1);
    QCOMPARE(window.verdict().card()->band(), text("looks fake"));
    // Pictures of the examined list have facts, but no review tab.
    QVERIFY(window.verdict().facts()->isVisible());
    QVERIFY(!window.verdict().review()->isVisible());
}

void CaseWindowTest::a_right_click_offers_the_exhibits_commands() {
    MainWindow& window = window_with_case();
    show(window, "red.png");
    for (QWidget* const place :
         {window.case_pane().list()->viewport(), static_cast<QWidget*>(window.picture().view())}) {
        const QPoint where = place->rect().center();
        QContextMenuEvent click(QContextMenuEvent::Mouse, where, place->mapToGlobal(where));
        QApplication::sendEvent(place, &click);
        auto* const menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
        QVERIFY(menu != nullptr);
        for (const char* const name :
             {"copy", "mark_suspicious", "mark_to_check", "add_tag", "save_report", "compare"})
            QVERIFY2(menu->actions().contains(window.action(name)), name);
        QVERIFY(!menu->actions().contains(window.action("remove")));  // an exhibit stays
        menu->close();
        QTRY_VERIFY(QApplication::activePopupWidget() == nullptr);
    }
    const ExhibitId red = id_of(window, "red.png");
    window.action("mark_to_check")->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(record(window, red).row.mark, Mark::ToCheck, kPatience);
}

void CaseWindowTest::outputs_are_kept_beside_the_case() {
    MainWindow& window = window_with_case();
    show(window, "red.png");
    const auto folder_of_dialog = [&] {
        window.action("export_json")->trigger();
        auto* const dialog = window.findChild<QFileDialog*>();
        const QString place = dialog == nullptr ? QString() : dialog->directory().path();
        delete dialog;
        return place;
    };
    QCOMPARE(QDir(folder_of_dialog()), folder());
    window.results().save_report(folder().filePath(text("report.html")));
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(folder().filePath(text("report.html"))), kPatience);
    QVERIFY(!says(window, "lies among the exhibits"));
    // Among the exhibits: the next scan would find it.
    QTRY_VERIFY_WITH_TIMEOUT(!window.case_controller().exporting().running(), kPatience);
    const QString among = folder().filePath(text("pictures/report.html"));
    window.results().save_report(among);
    QVERIFY(says(window, "lies among the exhibits"));
    QTRY_VERIFY_WITH_TIMEOUT(!window.case_controller().exporting().running(), kPatience);
    // The next output is offered beside the case all the same.
    QCOMPARE(QDir(folder_of_dialog()), folder());
}

QTEST_MAIN(CaseWindowTest)
#include "case_window_test.moc"
