// Tests of work that runs: stopping it with Escape, the remaining time, and what a screen reader is
// told.
#include <QAccessible>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QLineEdit>
#include <QListView>
#include <algorithm>

#include "tests/ui/case_driving.h"
#include "ui/picture/picture_pane.h"
#include "ui/verdict/verdict_card.h"
#include "ui/verdict/verdict_pane.h"
#include "ui/window/status_strip.h"
#include "ui/work/time_left.h"

using namespace dfd;
using namespace dfd::ui;
using namespace dfd::test;

class ProgressTest : public CaseTest {
    Q_OBJECT

  private:
    /// A window whose panel holds the first of some pictures.
    MainWindow& busy_window() {
        fixture_->panels.scoring->close();
        MainWindow& window = ready_window();
        [&] {
            drop_files(&window, {paint("a.png", Qt::red), paint("b.png", Qt::blue)});
            QTRY_VERIFY_WITH_TIMEOUT(fixture_->panels.scoring->waiting() == 1, kPatience);
        }();
        return window;
    }

  private Q_SLOTS:
    void escape_asks_and_stops_when_pressed_again() {
        MainWindow& window = busy_window();
        QTest::keyClick(window.exhibits().list(), Qt::Key_Escape);
        QVERIFY(window.session().busy());
        QVERIFY(window.banners().messages().first().startsWith(text("Stop?")));
        QTest::keyClick(window.exhibits().list(), Qt::Key_Escape);
        QVERIFY(!window.session().busy());
        QVERIFY(window.banners().messages().isEmpty());
        QTest::keyClick(window.exhibits().list(), Qt::Key_Escape);  // nothing to stop
        QVERIFY(window.banners().messages().isEmpty());
    }

    void the_question_goes_when_the_work_is_done() {
        MainWindow& window = busy_window();
        QTest::keyClick(window.exhibits().list(), Qt::Key_Escape);
        fixture_->panels.scoring->open();
        wait_until_idle(window, 2);
        QTRY_VERIFY(window.banners().messages().isEmpty());
        QCOMPARE(exhibit(window, "b.png").state, ExaminationState::Explained);
    }

    void escape_in_a_drop_down_closes_only_that() {
        MainWindow& window = busy_window();
        const auto boxes = window.exhibits().findChildren<QComboBox*>();
        const auto shown = std::ranges::find_if(boxes, &QComboBox::isVisible);
        QVERIFY(shown != boxes.end());
        QComboBox* const order = *shown;
        order->showPopup();
        QTRY_VERIFY(order->view()->isVisible());
        QTest::keyClick(order->view(), Qt::Key_Escape);
        QTRY_VERIFY(!order->view()->isVisible());
        QVERIFY(window.session().busy());
        QVERIFY(window.banners().messages().isEmpty());
    }

    void escape_in_a_text_field_stops_nothing() {
        MainWindow& window = busy_window();
        QLineEdit* const filter = window.exhibits().filter_box();
        filter->setFocus();
        QTest::keyClicks(filter, text("png"));
        QTest::keyClick(filter, Qt::Key_Escape);
        QVERIFY(filter->text().isEmpty());
        QVERIFY(filter->hasFocus());
        QTest::keyClick(filter, Qt::Key_Escape);
        QVERIFY(window.exhibits().list()->hasFocus());
        QVERIFY(window.session().busy());
        QVERIFY(window.banners().messages().isEmpty());
        // From there, Escape is about the work again.
        QTest::keyClick(window.exhibits().list(), Qt::Key_Escape);
        QVERIFY(window.banners().messages().first().startsWith(text("Stop?")));
    }

    void escape_in_a_note_keeps_what_was_written() {
        MainWindow& window = window_with_two_exhibits();
        fixture_->panels.scoring->close();
        drop_files(&window, {paint("green.png", Qt::green)});
        QTRY_VERIFY_WITH_TIMEOUT(fixture_->panels.scoring->waiting() > 0, kPatience);
        window.action("add_note")->trigger();
        auto* const note = qobject_cast<QLineEdit*>(QApplication::focusWidget());
        QVERIFY(note != nullptr);
        QTest::keyClicks(note, text("seen"));
        const QStringList before = window.banners().messages();
        QTest::keyClick(note, Qt::Key_Escape);
        QCOMPARE(note->text(), text("seen"));
        QVERIFY(window.case_pane().list()->hasFocus());
        QCOMPARE(window.banners().messages(), before);
        QVERIFY(window.case_controller().scan().running());
    }

    void the_remaining_time_is_not_promised() {
        QVERIFY(!time_left({0, 5, 0, 3}));  // nothing measured
        QCOMPARE(*time_left({2, 3, 4, 0}), 6.0);
        QCOMPARE(*time_left({2, 3, 4, 1}), 5.0);
        QCOMPARE(*time_left({2, 3, 4, 60}), 4.0);  // late, and two more will come
        QVERIFY(!time_left({2, 1, 4, 60}));        // late, and nothing is known of it
        QVERIFY(!time_left({2, 0, 4, 1}));
    }

    void the_remaining_time_goes_by_megapixels() {
        const auto start = TimeLeft::Clock::now();
        const auto after = [&](int seconds) { return start + std::chrono::seconds(seconds); };
        TimeLeft pace(start);
        QVERIFY(!time_left(pace, 24'000, 1, start, start));  // nothing measured
        pace.examined(1'000, 1'000'000);                     // in one second
        // One large picture takes longer than one more of the same kind.
        QCOMPARE(*time_left(pace, 24'000, 1, after(1), after(1)), 24.0);
        QCOMPARE(*time_left(pace, 24'000, 1, after(1), after(11)), 14.0);
        QVERIFY(!time_left(pace, 24'000, 1, after(1), after(60)));  // late
        QCOMPARE(*time_left(pace, 24'000, 2, after(1), after(60)), 12.0);
        QVERIFY(!time_left(pace, 24'000, 0, after(1), after(1)));
    }

    void the_remaining_time_of_a_scan_goes_on() {
        const auto start = std::chrono::steady_clock::now();
        const auto after = [&](int seconds) { return start + std::chrono::seconds(seconds); };
        ScanProgress scan;
        QCOMPARE(CaseScan::progress_text(scan, start), text("Searching for pictures…"));
        scan.found = 10;
        scan.looked_at = 8;
        scan.scored = 7;
        QCOMPARE(CaseScan::progress_text(scan, start), text("8 of 10 scanned, 7 scored"));
        scan.seconds_left = 60;
        scan.counted = start;
        QCOMPARE(CaseScan::progress_text(scan, start),
                 text("8 of 10 scanned, 7 scored, about 60 s left"));
        QCOMPARE(CaseScan::progress_text(scan, after(20)),
                 text("8 of 10 scanned, 7 scored, about 40 s left"));
        QCOMPARE(CaseScan::progress_text(scan, after(200)),  // late, and one more will come
                 text("8 of 10 scanned, 7 scored, about 30 s left"));
        scan.looked_at = 9;
        QCOMPARE(CaseScan::progress_text(scan, after(200)), text("9 of 10 scanned, 7 scored"));
    }

    void a_queue_of_files_knows_their_sizes() {
        MainWindow& window = window_with({paint("a.png", Qt::red)});
        QCOMPARE(
            exhibit(window, "a.png").bytes,
            static_cast<std::uint64_t>(QFileInfo(fixture_->folder.filePath(text("a.png"))).size()));
        QVERIFY(!window.session().progress().seconds_left);  // nothing is left
        fixture_->panels.scoring->close();
        drop_files(&window, {paint("b.png", Qt::blue)});
        QTRY_VERIFY_WITH_TIMEOUT(exhibit(window, "a.png").id != 0 &&
                                     window.session().exhibits().rowCount() == 2 &&
                                     exhibit(window, "b.png").state == ExaminationState::Decoded,
                                 kPatience);
    }

    void what_is_examined_and_what_waits_are_told_apart() {
        fixture_->panels.scoring->heed_stop(false);  // the selection cannot interrupt the panel
        MainWindow& window = busy_window();
        const auto said = [&](int row) {
            return window.session().exhibits().index(row).data(Qt::AccessibleTextRole).toString();
        };
        QTRY_COMPARE_WITH_TIMEOUT(said(0), text("a.png, Being examined"), kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(said(1), text("b.png, Opened, not scored yet"), kPatience);
        const auto card = [&] { return window.verdict().card()->accessibleDescription(); };
        window.exhibits().make_current(exhibit(window, "b.png").id);
        QVERIFY2(card().startsWith(text("Waiting in the queue.")), qPrintable(card()));
        window.exhibits().make_current(exhibit(window, "a.png").id);
        QVERIFY2(card().startsWith(text("3 experts are examining it")), qPrintable(card()));
        // When it is their turn, the words follow.
        fixture_->panels.scoring->open();
        wait_until_idle(window, 2);
        for (const int row : {0, 1})
            QVERIFY2(said(row).contains(text("score")), qPrintable(said(row)));
    }

    void a_reader_is_told_when_work_begins_and_ends() {
        static QStringList alerts;
        alerts.clear();
        MainWindow& window = ready_window();
        QAccessible::setActive(true);
        if (!QAccessible::isActive())
            QSKIP("This platform tells nothing to readers.");
        const auto before = QAccessible::installUpdateHandler([](QAccessibleEvent* event) {
            if (event->type() == QAccessible::Alert && event->object() != nullptr &&
                qobject_cast<StatusStrip*>(event->object()->parent()) != nullptr)
                alerts.append(qobject_cast<QWidget*>(event->object())->accessibleDescription());
        });
        drop_files(&window, {paint("a.png", Qt::red), paint("b.png", Qt::blue),
                             paint("c.png", Qt::gray), paint("d.png", Qt::green)});
        wait_until_idle(window, 4);
        QAccessible::installUpdateHandler(before);
        QCOMPARE(alerts.size(), 2);
        QVERIFY(!alerts.first().isEmpty());
        QCOMPARE(alerts.last(), text("No work is running."));
    }
};

QTEST_MAIN(ProgressTest)
#include "progress_test.moc"
