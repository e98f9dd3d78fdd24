// Tests of scanning into a case from the window: stopping, going on, and what is said at the end.
#include <QAction>
#include <QMessageBox>
#include <QPointer>
#include <algorithm>

#include "tests/ui/case_driving.h"
#include "ui/window/panel_chooser.h"
#include "ui/window/status_strip.h"

using namespace dfd;
using namespace dfd::ui;
using namespace dfd::test;

class CaseScanTest : public CaseTest {
    Q_OBJECT

  private:
    /// A folder of this many pictures that differ.
    QString paint_many(int count) {
        const QDir many(folder().filePath(text("many")));
        many.mkpath(text("."));
        for (int i = 0; i < count; ++i)
            save_picture(many, text("%1.png").arg(i), plain_picture(QColor(20 * i, 40, 90)));
        return many.path();
    }

  private Q_SLOTS:
    void stopping_a_scan();
    void what_waits_for_a_scan_is_named_when_it_is_given_up();
    void closing_during_a_scan_asks_and_reopening_goes_on();
    void what_is_dropped_during_a_scan_comes_after_it();
    void what_a_scan_says_at_its_end_stays();
};

void CaseScanTest::stopping_a_scan() {
    const QString many = paint_many(12);
    MainWindow& window = ready_window();
    open(window, true);
    fixture_->panels.scoring->close();
    drop_files(&window, {many});
    QTRY_VERIFY_WITH_TIMEOUT(fixture_->panels.scoring->waiting() > 0, kPatience);
    QVERIFY(window.action("stop")->isEnabled());
    QTRY_VERIFY_WITH_TIMEOUT(window.status().queue_text().contains(text("of 12 scanned")),
                             kPatience);
    window.action("stop")->trigger();
    QVERIFY(!window.case_controller().scan().running());  // Reported at once.
    QVERIFY(says(window, "Scan stopped."));
    fixture_->panels.scoring->open();
    drop_files(&window, {many});
    wait_for_exhibits(window, 12);
    QCOMPARE(static_cast<int>(window.case_controller().summary().counts.scored), 12);
}

void CaseScanTest::what_waits_for_a_scan_is_named_when_it_is_given_up() {
    MainWindow& window = ready_window();
    open(window, true);
    fixture_->panels.scoring->close();
    const auto scan_two = [&] {
        drop_files(&window, {paint("first.png", Qt::red)});
        QTRY_VERIFY_WITH_TIMEOUT(fixture_->panels.scoring->waiting() > 0, kPatience);
        drop_files(&window, {paint("later.png", Qt::blue)});
        QVERIFY(!says(window, "later.png"));
    };
    scan_two();
    window.action("stop")->trigger();
    QVERIFY(says(window, "Scan stopped."));
    QVERIFY(says(window, "These were not scanned: "));
    QVERIFY(says(window, "later.png"));
    // The next stop has nothing to name.
    for (const QString& message : window.banners().messages())
        window.banners().dismiss(message);
    QTRY_COMPARE_WITH_TIMEOUT(fixture_->panels.scoring->waiting(), 0, kPatience);
    scan_two();
    window.action("close_case")->trigger();
    QVERIFY(says(window, "The case was closed before these were scanned: "));
    QVERIFY(says(window, "later.png"));
}

void CaseScanTest::closing_during_a_scan_asks_and_reopening_goes_on() {
    const QString many = paint_many(6);
    {
        MainWindow& window = ready_window();
        open(window, true);
        fixture_->panels.scoring->close();
        drop_files(&window, {many});
        QTRY_VERIFY_WITH_TIMEOUT(window.status().queue_text().contains(text("of 6 scanned")),
                                 kPatience);
        drop_files(&window, {paint("later.png", Qt::blue)});
        QVERIFY(!window.close());
        const QPointer<QMessageBox> question =
            window.findChild<QMessageBox*>(text("scan_question"));
        QVERIFY(!question.isNull());
        QVERIFY2(question->text().contains(text("review.dfdcase")), qPrintable(question->text()));
        QVERIFY(question->informativeText().contains(text("later.png")));
        QVERIFY(!window.close());  // one question is enough
        QCOMPARE(window.findChildren<QMessageBox*>().size(), 1);
        question->reject();
        QVERIFY(window.isVisible());
        QVERIFY(window.case_controller().scan().running());
        QTRY_VERIFY(question.isNull());

        QVERIFY(!window.close());
        auto* const again = window.findChild<QMessageBox*>(text("scan_question"));
        QVERIFY(again != nullptr);
        for (QAbstractButton* const button : again->buttons())
            if (again->buttonRole(button) == QMessageBox::AcceptRole)
                button->click();
        QVERIFY(!window.isVisible());
    }
    fixture_->window.reset();
    fixture_->threads = std::make_unique<BackgroundThreads>();  // waits for the last write
    fixture_->panels.scoring->open();
    MainWindow& window = ready_window();
    open(window, false);
    QTRY_VERIFY_WITH_TIMEOUT(says(window, "was interrupted"), kPatience);
    button_named(&window.banners(), "Go on")->click();
    wait_for_exhibits(window, 6);
    QVERIFY(window.close());  // nothing runs any more
}

void CaseScanTest::what_is_dropped_during_a_scan_comes_after_it() {
    MainWindow& window = ready_window();
    open(window, true);
    fixture_->panels.scoring->close();
    drop_files(&window, {paint("red.png", Qt::red)});
    QTRY_VERIFY_WITH_TIMEOUT(fixture_->panels.scoring->waiting() > 0, kPatience);
    // A scan has the panel it began with; another one can be chosen meanwhile.
    QVERIFY(window.panels().isEnabled());
    drop_files(&window, {paint("blue.png", Qt::blue)});
    fixture_->panels.scoring->open();
    QTRY_COMPARE_WITH_TIMEOUT(static_cast<int>(window.case_controller().summary().counts.scored), 2,
                              kPatience);
}

void CaseScanTest::what_a_scan_says_at_its_end_stays() {
    MainWindow& window = window_with_case();
    const auto found = window.banners().findChildren<Banner*>();
    const auto said = std::ranges::find_if(found, [](const Banner* banner) {
        return banner->text().startsWith(text("4 pictures scanned"));
    });
    QVERIFY(said != found.end());
    QVERIFY((*said)->stays());
    QVERIFY(!window.banners().show_message(Severity::Information, text("Copied."))->stays());
}

QTEST_MAIN(CaseScanTest)
#include "case_scan_test.moc"
