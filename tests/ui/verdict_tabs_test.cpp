// Tests of the tabs below the score: what stays in sight above them, and typing in them.
#include <QAction>
#include <QApplication>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QScrollBar>
#include <QTabWidget>
#include <QToolButton>

#include "core/opinion/limits.h"
#include "tests/ui/case_driving.h"
#include "ui/case/review_panel.h"
#include "ui/look/scroll_pane.h"
#include "ui/verdict/answer_block.h"
#include "ui/verdict/facts_panel.h"
#include "ui/verdict/verdict_card.h"
#include "ui/verdict/verdict_pane.h"

using namespace dfd;
using namespace dfd::ui;
using namespace dfd::test;

class VerdictTabsTest : public CaseTest {
    Q_OBJECT

  private Q_SLOTS:
    void another_picture_starts_at_its_score() {
        MainWindow& window = window_with({paint("a.png", Qt::red), paint("b.png", Qt::blue)});
        window.resize(1000, 400);
        QScrollBar* const bar = window.verdict().upper()->verticalScrollBar();
        QTRY_VERIFY(bar->maximum() > 0);
        bar->setValue(bar->maximum());
        window.exhibits().make_current(exhibit(window, "b.png").id);
        QCOMPARE(bar->value(), 0);
    }

    void the_score_stays_above_a_tab_that_is_read() {
        MainWindow& window = window_with({paint("a.png", Qt::red)});
        window.resize(1280, 680);
        window.action("stability")->trigger();
        const QWidget* const tabs = window.verdict().findChild<QTabWidget*>();
        QTRY_VERIFY(tabs->height() > window.verdict().height() / 2);
        QVERIFY(!window.verdict().card()->answers().empty());
        const QWidget* const answer = window.verdict().findChild<AnswerBlock*>();
        QVERIFY(!answer->visibleRegion().isEmpty());
        const auto corner =
            window.verdict().findChild<QTabWidget*>()->cornerWidget()->findChildren<QToolButton*>();
        QCOMPARE(corner.size(), 2);
        QTest::keyClick(corner.last(), Qt::Key_Space);
        QTRY_VERIFY(tabs->height() < window.verdict().height() / 2);
    }

    void the_card_ends_with_a_whole_block_above_a_raised_tab_data() {
        QTest::addColumn<QSize>("size");
        for (const QSize& size : {QSize(1280, 680), QSize(1440, 860), QSize(1920, 1040)})
            QTest::addRow("%dx%d", size.width(), size.height()) << size;
    }
    void the_card_ends_with_a_whole_block_above_a_raised_tab() {
        QFETCH(QSize, size);
        fixture_->panels.panels.clear();
        fixture_->panels.default_folder.clear();
        fixture_->panels.add(fake_panel("starter", 3, true));
        MainWindow& window = window_with({paint("a.png", Qt::red)});
        window.resize(size);
        window.action("stability")->trigger();
        const VerdictCard* const card = window.verdict().card();
        const auto part_of_the_caution = [card]() -> const QLabel* {
            for (const QLabel* const label : card->findChildren<QLabel*>())
                if (label->text() == text(kTrialCaution))
                    return label;
            return nullptr;
        };
        QVERIFY(part_of_the_caution() != nullptr);
        QTRY_COMPARE(part_of_the_caution()->visibleRegion().boundingRect(),
                     part_of_the_caution()->rect());
        // Each word is seen whole or not at all.
        QTRY_VERIFY([card] {
            for (const QLabel* const label : card->findChildren<QLabel*>())
                if (const QRect seen = label->visibleRegion().boundingRect();
                    label->isVisible() && !seen.isEmpty() && seen != label->rect())
                    return false;
            return true;
        }());
    }

    void the_declaration_and_every_score_stay_above_a_tab() {
        fixture_->panels.panels.clear();
        fixture_->panels.default_folder.clear();
        fixture_->panels.add(fake_panel_of_questions("two", true));
        QImage generated = plain_picture(Qt::red);
        generated.setText(
            text("parameters"),
            text("A harbour in the evening, with fishing boats, gulls, two dogs and a "
                 "lighthouse far away\nSteps: 20, Sampler: Euler a, Seed: 1, Model: "
                 "dream of harbours"));
        MainWindow& window = window_with(
            {save_picture(QDir(fixture_->folder.path()), text("generated.png"), generated)});
        window.resize(1280, 680);
        const VerdictCard* const card = window.verdict().card();
        const auto answers = card->answers();
        QCOMPARE(answers.size(), std::size_t(2));
        const auto is_whole = [](const QWidget* part) {
            return part->visibleRegion().boundingRect() == part->rect();
        };
        const auto label = [](const QWidget* in, const QString& words) -> const QLabel* {
            for (const QLabel* const each : in->findChildren<QLabel*>())
                if (each->text() == words || each->accessibleName() == words)
                    return each;
            return nullptr;
        };
        const QLabel* const declared = label(card, text("What the file itself declares"));
        QVERIFY(declared != nullptr);
        // The whole of it is one press away, in a tab that gets most of the room.
        auto* const more = card->findChild<QToolButton*>(text("declared_more"));
        QVERIFY(more != nullptr && more->isVisible());
        window.action("stability")->trigger();
        QVERIFY(!window.verdict().tab_is_shown(window.verdict().facts()));
        more->click();
        QVERIFY(window.verdict().tab_is_shown(window.verdict().facts()));
        QVERIFY(window.verdict().facts()->all_text().contains(card->declared()));
        QTRY_VERIFY(is_whole(declared));
        for (const AnswerBlock* const answer : answers) {
            for (const QString& words : {answer->question(), answer->score(), answer->band()}) {
                const QLabel* const part = label(answer, words);
                QVERIFY2(part != nullptr, qPrintable(words));
                QTRY_VERIFY2(is_whole(part), qPrintable(words));
            }
            QVERIFY(label(answer, answer->worth()) == nullptr ||
                    !label(answer, answer->worth())->isVisible());
        }
        // With the tabs lowered, what a score is worth is back.
        window.verdict().set_tabs_raised(false);
        for (const AnswerBlock* const answer : answers)
            QVERIFY(label(answer, answer->worth())->isVisible());
    }

    void the_tabs_can_be_pulled_out_and_come_back() {
        MainWindow& window = window_with({paint("a.png", Qt::red)});
        VerdictPane& verdict = window.verdict();
        auto* const tabs = verdict.findChild<QTabWidget*>();
        QTest::keyClick(tabs->cornerWidget()->findChildren<QToolButton*>().first(), Qt::Key_Space);
        QVERIFY(verdict.tabs_are_out());
        QWidget* const outside = tabs->window();
        QVERIFY(outside != &window);
        QTRY_VERIFY(tabs->isVisible());
        QCOMPARE(outside->windowTitle(), text("a.png: details"));
        QVERIFY(tabs->height() > verdict.height() / 2);
        // A study shows its tab there, and the score keeps the whole pane.
        window.action("stability")->trigger();
        QVERIFY(verdict.tabs_are_out());
        QCOMPARE(verdict.upper()->height(), verdict.height());
        outside->close();
        QVERIFY(!verdict.tabs_are_out());
        QCOMPARE(tabs->window(), &window);
        QTRY_VERIFY(tabs->isVisible());
        verdict.set_tabs_out(true);
        QWidget* const again = tabs->window();
        window.exhibits().list()->selectAll();
        window.action("remove")->trigger();
        QTRY_COMPARE(again->windowTitle(), text("Details"));
        QVERIFY(!tabs->isVisible());
        // The window takes it along when it goes.
    }

    void a_note_is_typed_in_the_tabs_that_are_out() {
        MainWindow& window = window_with_two_exhibits();
        window.verdict().set_tabs_out(true);
        QWidget* const outside = window.verdict().review()->window();
        QVERIFY(outside != &window);
        window.action("add_note")->trigger();
        QTRY_VERIFY(outside->isActiveWindow());
        auto* const note = qobject_cast<QLineEdit*>(QApplication::focusWidget());
        QVERIFY(note != nullptr);
        QCOMPARE(note->window(), outside);
        QTest::keyClicks(note, text("s"));  // no mark
        QCOMPARE(note->text(), text("s"));
        // The panes are walked through as before.
        window.action("next_pane")->trigger();
        QTRY_VERIFY(window.isActiveWindow());
        window.action("previous_pane")->trigger();
        QTRY_VERIFY(outside->isActiveWindow());
    }

    void a_note_is_typed_in_sight() {
        MainWindow& window = window_with_two_exhibits();
        window.resize(1000, 600);
        window.action("add_note")->trigger();
        QWidget* const note = window.verdict().focusWidget();
        QVERIFY(qobject_cast<QLineEdit*>(note) != nullptr);
        QTRY_COMPARE(note->visibleRegion().boundingRect().height(), note->height());
    }

    void marks_come_first_in_the_tab_order() {
        MainWindow& window = window_with_two_exhibits();
        const auto marks = window.verdict().review()->findChildren<QToolButton*>();
        const auto fields = window.verdict().review()->findChildren<QLineEdit*>();
        int steps = 0;
        for (QWidget* next = marks.first(); next != fields.first(); next = next->nextInFocusChain())
            QVERIFY(++steps < 12);
        QVERIFY(steps >= 3);  // the other marks lie between
    }
};

QTEST_MAIN(VerdictTabsTest)
#include "verdict_tabs_test.moc"
