// Tests of the window's score atlas: map, list, reference score, stopping, stored results.
#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QHeaderView>
#include <QHelpEvent>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QToolTip>
#include <QTreeView>

#include "tests/ui/case_driving.h"
#include "ui/look/wording.h"
#include "ui/studies/atlas/atlas_dialog.h"
#include "ui/studies/atlas/atlas_map.h"
#include "ui/studies/atlas/atlas_model.h"
#include "ui/studies/atlas/atlas_run.h"
#include "ui/studies/atlas/atlas_study.h"
#include "ui/verdict/verdict_card.h"
#include "ui/verdict/verdict_pane.h"

using namespace dfd;
using namespace dfd::test;
using namespace dfd::ui;

namespace {

/// An AtlasWindow whose single expert gives this score.
AtlasWindow window_of(const AtlasPlace& place, double score) {
    AtlasWindow window{place, {}};
    auto& expert = window.opinion.experts.emplace_back();
    expert.name = "only";
    expert.logits = {0, std::log(score / (1 - score))};
    combine(window.opinion);
    return window;
}

}  // namespace

class AtlasWindowTest : public WindowTest {
    Q_OBJECT

  private:
    /// 1024 × 512, blue on the left and red on the right: three windows at scale 1, one at 0.5.
    QString two_halves(const QDir& folder, const char* name) {
        QImage image(1024, 512, QImage::Format_RGB32);
        image.fill(Qt::blue);
        QPainter(&image).fillRect(512, 0, 512, 512, Qt::red);
        return save_picture(folder, text(name), image);
    }
    QString two_halves(const char* name) { return two_halves(QDir(fixture_->folder.path()), name); }
    static AtlasDialog& opened(MainWindow& window) {
        window.action("atlas")->trigger();
        if (window.study<AtlasStudy>().dialog() == nullptr)
            qFatal("The atlas did not open.");
        return *window.study<AtlasStudy>().dialog();
    }
    static void wait_until_scored(MainWindow& window) {
        QTRY_VERIFY_WITH_TIMEOUT(!window.study<AtlasStudy>().run().running(), kPatience);
        QVERIFY2(window.study<AtlasStudy>().run().problem().isEmpty(),
                 qPrintable(window.study<AtlasStudy>().run().problem()));
        QVERIFY(window.study<AtlasStudy>().run().atlas() != nullptr &&
                window.study<AtlasStudy>().run().atlas()->complete);
    }

  private Q_SLOTS:
    void windows_are_mapped_and_listed_beside_the_reference() {
        MainWindow& window = ready_window();
        QVERIFY(!window.action("atlas")->isEnabled());
        drop_files(&window, {two_halves("halves.png")});
        wait_until_idle(window, 1);
        QVERIFY(window.action("atlas")->isEnabled());
        QCOMPARE(window.action("atlas")->shortcut(), QKeySequence(text("Ctrl+Shift+A")));
        AtlasDialog& dialog = opened(window);
        const QAbstractItemModelTester tester(&dialog.model());
        wait_until_scored(window);
        QCOMPARE(dialog.model().rowCount(), 3);
        QVERIFY2(dialog.state().startsWith(text("3 of 3 windows scored.")),
                 qPrintable(dialog.state()));
        QVERIFY(!dialog.start_button()->isEnabled());
        const Atlas& atlas = *window.study<AtlasStudy>().run().atlas();
        QVERIFY2(dialog.reference().contains(text("reference")) &&
                     dialog.reference().contains(score_text(atlas.whole.score)),
                 qPrintable(dialog.reference()));
        QCOMPARE(atlas.whole.score, exhibit(window, "halves.png").opinion()->score);
        // Highest score first: right half, centre, left half.
        QCOMPARE(dialog.model().window(0).place.x, 512);
        QCOMPARE(dialog.model().window(2).place.x, 0);
        QVERIFY(dialog.model().window(0).opinion.score > 0.9);
        QVERIFY(dialog.model().window(2).opinion.score < 0.1);
        QCOMPARE(dialog.model().index(0, AtlasModel::Difference).data().toString(),
                 difference_text(dialog.model().index(0, AtlasModel::Score).data().toString(),
                                 score_text(atlas.whole.score)));
        QCOMPARE(dialog.model().index(0, AtlasModel::Place).data().toString(), text("Window 3"));
        // A long tip of a row or a head is wrapped.
        const auto tip_at = [](QWidget* viewport, const QPoint& place) {
            QHelpEvent help(QEvent::ToolTip, place, viewport->mapToGlobal(place));
            QApplication::sendEvent(viewport, &help);
            const QString tip = QToolTip::text();
            QToolTip::hideText();
            return tip;
        };
        const QTreeView& list = *dialog.list();
        const QString row =
            tip_at(list.viewport(), list.visualRect(dialog.model().index(0, 0)).center());
        QVERIFY2(row.startsWith(text("<qt>")) && row.contains(text("512 × 512 at 512, 0")),
                 qPrintable(row));
        const QHeaderView& head = *list.header();
        const QString column =
            tip_at(head.viewport(),
                   {head.sectionViewportPosition(AtlasModel::Difference) + 5, head.height() / 2});
        QVERIFY2(column.startsWith(text("<qt>")) && column.contains(text("the reference")),
                 qPrintable(column));
        // Sorted by position.
        dialog.model().sort(AtlasModel::Place, Qt::AscendingOrder);
        QCOMPARE(dialog.model().window(0).place.x, 0);
    }

    void pointer_click_and_keys_select_a_window() {
        MainWindow& window = window_with({two_halves("halves.png")});
        AtlasDialog& dialog = opened(window);
        wait_until_scored(window);
        AtlasMap& map = *dialog.map();
        QCOMPARE(map.active_window(), -1);
        const auto over = [&](double x) { return map.to_view({x, 256}).toPoint(); };
        const auto left_of = [&](int number) {
            return window.study<AtlasStudy>()
                .run()
                .atlas()
                ->windows[static_cast<std::size_t>(number)]
                .place.x;
        };
        const auto point_at = [&](const QPointF& where) {
            QMouseEvent move(QEvent::MouseMove, where, map.mapToGlobal(where), Qt::NoButton,
                             Qt::NoButton, Qt::NoModifier);
            QApplication::sendEvent(&map, &move);
        };
        point_at(over(900));
        QVERIFY(map.active_window() >= 0);
        QCOMPARE(left_of(map.active_window()), 512);
        QVERIFY2(dialog.detail().contains(text("looks fake")), qPrintable(dialog.detail()));
        QCOMPARE(map.accessibleDescription(), dialog.detail());
        point_at(over(500));  // where three windows overlap, the one with the nearest centre
        QCOMPARE(left_of(map.active_window()), 256);
        QEvent leave(QEvent::Leave);
        QApplication::sendEvent(&map, &leave);
        QCOMPARE(map.active_window(), -1);
        // A click chooses the window on the map and in the list.
        QTest::mouseClick(&map, Qt::LeftButton, {}, over(100));
        QCOMPARE(left_of(map.chosen()), 0);
        QCOMPARE(dialog.list()->currentIndex().row(), 2);
        // Keys on the map and in the list both step through the list.
        QTest::keyClick(&map, Qt::Key_PageUp);
        QCOMPARE(dialog.list()->currentIndex().row(), 1);
        QCOMPARE(map.active_window(), map.chosen());
        QTest::keyClick(dialog.list(), Qt::Key_Up);
        QCOMPARE(left_of(map.chosen()), 512);
        QVERIFY(dialog.detail().startsWith(dialog.model().sentence(map.chosen())));
        QTest::keyClick(&map, Qt::Key_PageUp);  // already at the first
        QCOMPARE(dialog.list()->currentIndex().row(), 0);
        // The map zooms like any picture view, together with its windows.
        map.zoom_to_actual_pixels();
        QVERIFY(!map.fits());
        QCOMPARE(map.window_at(map.to_view({1023, 256})), map.chosen());
        QVERIFY(!map.grab().isNull());
    }

    void colours_are_distinguishable_without_red_and_green() {
        QVERIFY(score_colour(0).blue() > score_colour(0).red());
        QVERIFY(score_colour(1).red() > score_colour(1).blue());
        QCOMPARE(score_colour(0.5), look().undecided);
    }

    void faces_come_first_in_every_sort_order() {
        Atlas atlas;
        atlas.width = 1024;
        atlas.height = 512;
        atlas.whole = window_of({}, 0.5).opinion;
        atlas.windows = {window_of({0, 0, 512, 512, 1, false}, 0.9),
                         window_of({512, 0, 512, 512, 1, false}, 0.2),
                         window_of({200, 0, 512, 512, 1, true}, 0.4)};
        AtlasModel model;
        const QAbstractItemModelTester tester(&model);
        model.set_atlas(&atlas, 1, {});
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        QCOMPARE(model.window_number(0), 2);
        QCOMPARE(model.name(2), text("Face 1"));
        QCOMPARE(model.index(0, AtlasModel::Difference).data().toString(), text("−0.10"));
        QVERIFY(model.sentence(2).contains(text("0.40, undecided")));
        QCOMPARE(model.name(1), text("Window 2"));
        QCOMPARE(window_name(atlas.windows, 1, true), text("2"));
        QVERIFY(model.sentence(1).startsWith(text("Window 2, 512 × 512 at 512, 0: 0.20")));
        QPersistentModelIndex held = model.index(1, 0);
        QCOMPARE(model.window_number(held.row()), 0);
        // New windows keep the selection.
        atlas.windows.push_back(window_of({256, 0, 512, 512, 1, false}, 0.95));
        atlas.windows.push_back(window_of({300, 0, 512, 512, 1, true}, 0.1));
        model.set_atlas(&atlas, 1, {});
        QCOMPARE(resets.count(), 0);
        QCOMPARE(model.rowCount(), 5);
        QCOMPARE(model.window_number(held.row()), 0);
        const auto numbers = [&] {
            std::vector<int> found;
            for (int row = 0; row < model.rowCount(); ++row)
                found.push_back(model.window_number(row));
            return found;
        };
        QCOMPARE(numbers(), (std::vector{2, 4, 3, 0, 1}));
        model.sort(AtlasModel::Score, Qt::AscendingOrder);
        QCOMPARE(numbers(), (std::vector{4, 2, 1, 0, 3}));
        QCOMPARE(model.window_number(held.row()), 0);
        model.sort(AtlasModel::Place, Qt::AscendingOrder);
        QCOMPARE(numbers(), (std::vector{2, 4, 0, 1, 3}));
        model.set_atlas(nullptr, 2, {});
        QCOMPARE(model.rowCount(), 0);
    }

    void another_picture_stops_the_run_and_keeps_finished_windows() {
        MainWindow& window = window_with({two_halves("one.png"), paint("two.png", Qt::blue)});
        window.exhibits().make_current(exhibit(window, "one.png").id);
        AtlasRun& atlas = window.study<AtlasStudy>().run();
        const auto stop_after_one = connect(&atlas, &AtlasRun::changed, this, [&] {
            if (atlas.running() && atlas.atlas()->windows.size() == 1)
                window.exhibits().make_current(exhibit(window, "two.png").id);
        });
        AtlasDialog& dialog = opened(window);
        QTRY_COMPARE_WITH_TIMEOUT(window.exhibits().current(),
                                  std::optional(exhibit(window, "two.png").id), kPatience);
        disconnect(stop_after_one);
        QVERIFY(!atlas.running());
        QCOMPARE(atlas.atlas()->planned.size(), 1u);  // of the small second picture
        QCOMPARE(dialog.model().rowCount(), 0);
        QVERIFY(dialog.start_button()->isEnabled());
        window.exhibits().make_current(exhibit(window, "one.png").id);
        QCOMPARE(dialog.model().rowCount(), 1);
        QVERIFY(!atlas.atlas()->complete);
        const double kept = dialog.model().window(0).opinion.score;
        fixture_->panels.scoring->close();
        dialog.start_button()->click();
        QTRY_COMPARE_WITH_TIMEOUT(fixture_->panels.scoring->waiting(), 1, kPatience);
        QVERIFY(dialog.stop_button()->isVisible());
        QVERIFY(dialog.state().startsWith(text("1 of 3")));
        dialog.stop_button()->click();
        QVERIFY(!atlas.running());
        QTRY_COMPARE_WITH_TIMEOUT(fixture_->panels.scoring->waiting(), 0, kPatience);
        fixture_->panels.scoring->open();
        dialog.start_button()->click();
        wait_until_scored(window);
        QCOMPARE(dialog.model().rowCount(), 3);
        QCOMPARE(atlas.atlas()->windows[0].opinion.score, kept);
    }

    void closing_the_dialog_stops_the_run() {
        MainWindow& window = window_with({two_halves("one.png")});
        fixture_->panels.scoring->close();
        AtlasDialog& dialog = opened(window);
        QTRY_COMPARE_WITH_TIMEOUT(fixture_->panels.scoring->waiting(), 1, kPatience);
        dialog.close();
        QVERIFY(!window.study<AtlasStudy>().run().running());
        QTRY_COMPARE_WITH_TIMEOUT(fixture_->panels.scoring->waiting(), 0, kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(window.study<AtlasStudy>().dialog() == nullptr, kPatience);
        fixture_->panels.scoring->open();
        opened(window);
        wait_until_scored(window);
    }

    void scales_are_chosen_and_kept() {
        MainWindow& window = window_with({two_halves("one.png")});
        AtlasDialog& dialog = opened(window);
        wait_until_scored(window);
        QVERIFY(dialog.scales()->itemText(0).endsWith(text("3 windows")));
        QVERIFY(dialog.scales()->itemText(1).endsWith(text(": 1 window")));
        dialog.scales()->setCurrentIndex(1);
        Q_EMIT dialog.scales()->activated(1);
        QVERIFY(!window.study<AtlasStudy>().run().running());  // choosing scales starts nothing
        QCOMPARE(dialog.model().rowCount(), 0);
        dialog.start_button()->click();
        wait_until_scored(window);
        QCOMPARE(dialog.model().rowCount(), 1);
        QCOMPARE(dialog.model().index(0, AtlasModel::Scale).data().toString(), text("0.5"));
        Q_EMIT dialog.scales()->activated(0);
        QCOMPARE(dialog.model().rowCount(), 3);
        QVERIFY(window.study<AtlasStudy>().run().atlas()->complete);
        QCOMPARE(dialog.scales()->currentIndex(), 0);
    }

    void weights_do_not_change_the_reference() {
        MainWindow& window = window_with({two_halves("one.png")});
        const double reference = exhibit(window, "one.png").opinion()->score;
        window.session().set_weights({0, 0, 1});
        QVERIFY(exhibit(window, "one.png").opinion()->score != reference);
        opened(window);
        wait_until_scored(window);
        QCOMPARE(window.study<AtlasStudy>().run().atlas()->whole.score, reference);
    }

    void read_errors_are_shown_in_the_dialog() {
        MainWindow& window = window_with({two_halves("one.png")});
        paint("one.png", Qt::blue);
        AtlasDialog& dialog = opened(window);
        QTRY_VERIFY_WITH_TIMEOUT(!window.study<AtlasStudy>().run().running(), kPatience);
        QVERIFY2(dialog.state().contains(text("has changed")), qPrintable(dialog.state()));
        QVERIFY(dialog.start_button()->isEnabled());
        window.session().remove({exhibit(window, "one.png").id});
        QTRY_VERIFY_WITH_TIMEOUT(!window.action("atlas")->isEnabled(), kPatience);
        QCOMPARE(dialog.state(), text("Select a picture."));
        QVERIFY(dialog.reference().isEmpty());
        QVERIFY(!dialog.start_button()->isEnabled());
        QVERIFY(!dialog.grab().isNull());
    }

    void a_case_exhibit_has_an_atlas() {
        const QDir folder(fixture_->folder.path());
        folder.mkpath(text("pictures"));
        const QDir pictures(folder.filePath(text("pictures")));
        two_halves(pictures, "halves.png");
        MainWindow& window = ready_window();
        open_case(window, to_path(folder.filePath(text("a.dfdcase"))), true);
        drop_files(&window, {pictures.path()});
        wait_for_exhibits(window, 1);
        show_record(window, "halves.png");
        QTRY_VERIFY_WITH_TIMEOUT(window.action("atlas")->isEnabled(), kPatience);
        AtlasDialog& dialog = opened(window);
        wait_until_scored(window);
        QCOMPARE(dialog.model().rowCount(), 3);
        QVERIFY(dialog.reference().contains(window.verdict().card()->score()));
        QTRY_VERIFY_WITH_TIMEOUT(dialog.map()->has_full_resolution(), kPatience);
        window.action("close_case")->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(dialog.state(), text("Select a picture."), kPatience);
    }
};

QTEST_MAIN(AtlasWindowTest)
#include "atlas_window_test.moc"
