// Tests of the window's controls: Escape, the wheel, scrolling, names, contrast, messages, sizes.
#include <QAccessible>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QHelpEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenuBar>
#include <QScrollBar>
#include <QTabBar>
#include <QTabWidget>
#include <QToolBar>
#include <QToolButton>
#include <QToolTip>
#include <QWheelEvent>
#include <cmath>

#include "core/base/language.h"
#include "core/opinion/expert_words.h"
#include "core/opinion/limits.h"
#include "tests/ui/case_driving.h"
#include "tests/ui/contrast.h"
#include "tests/ui/fits.h"
#include "ui/case/case_filter_bar.h"
#include "ui/case/review_panel.h"
#include "ui/look/appearance.h"
#include "ui/look/banner.h"
#include "ui/look/drop_curtain.h"
#include "ui/look/elided_label.h"
#include "ui/look/scroll_pane.h"
#include "ui/look/wording.h"
#include "ui/picture/colour_scale.h"
#include "ui/picture/overlay_controls.h"
#include "ui/picture/picture_pane.h"
#include "ui/verdict/answer_block.h"
#include "ui/verdict/facts_panel.h"
#include "ui/verdict/verdict_pane.h"
#include "ui/window/manual_dialog.h"
#include "ui/window/panel_chooser.h"
#include "ui/window/panel_dialog.h"
#include "ui/window/shortcuts_dialog.h"
#include "ui/window/status_strip.h"
#include "ui/work/time_left.h"

using namespace dfd;
using namespace dfd::ui;
using namespace dfd::test;

namespace {

bool turn_wheel(QWidget* over) {
    const QPoint where = over->rect().center();
    QWheelEvent wheel(where, over->mapToGlobal(where), {}, {0, -120}, Qt::NoButton, Qt::NoModifier,
                      Qt::NoScrollPhase, false);
    QApplication::sendEvent(over, &wheel);
    return wheel.isAccepted();
}

}  // namespace

class WindowControlsTest : public WindowTest {
    Q_OBJECT

  private:
    MainWindow& window_with_case() {
        MainWindow& window = ready_window();
        [&] {
            open_case(window, to_path(fixture_->folder.filePath(text("case.dfd"))), true);
            drop_files(&window, {paint("red.png", Qt::red), paint("blue.png", Qt::blue)});
            wait_for_exhibits(window, 2);
            show_record(window, "red.png");
        }();
        return window;
    }
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
        auto* const order = window.exhibits().findChild<QComboBox*>();
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
        MainWindow& window = window_with_case();
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

    void the_wheel_passes_over_tabs_and_boxes() {
        MainWindow& window = window_with({paint("a.png", Qt::red)});
        auto* const tabs = window.verdict().findChild<QTabBar*>();
        QCOMPARE(tabs->currentIndex(), 0);
        QVERIFY(!turn_wheel(tabs));
        QCOMPARE(tabs->currentIndex(), 0);
        auto* const maps = window.picture().controls()->findChild<QComboBox*>();
        const int before = maps->currentIndex();
        window.exhibits().list()->setFocus();
        QVERIFY(!turn_wheel(maps));
        QCOMPARE(maps->currentIndex(), before);
        maps->setFocus();
        turn_wheel(maps);
        QVERIFY(maps->currentIndex() != before);
    }

    void a_long_tool_tip_is_wrapped() {
        MainWindow& window = fixture_->open();
        QWidget* const button = window.exhibits().list();
        button->setToolTip(text("Ten words that are a < b and no markup. ").repeated(8));
        QHelpEvent help(QEvent::ToolTip, {5, 5}, button->mapToGlobal(QPoint(5, 5)));
        QApplication::sendEvent(button, &help);
        QVERIFY(QToolTip::text().contains(text("a &lt; b")));
        for (const QWidget* const widget : QApplication::topLevelWidgets())
            if (widget->inherits("QTipLabel"))
                QVERIFY2(widget->width() < 600, qPrintable(QString::number(widget->width())));
        QToolTip::hideText();
    }

    void an_icon_tells_its_words_to_the_keyboard() {
        MainWindow& window = window_with({paint("a.png", Qt::red)});
        for (QToolButton* const button : window.findChildren<QToolButton*>()) {
            const bool wordless =
                button->isVisible() && !button->icon().isNull() &&
                (button->text().isEmpty() || button->toolButtonStyle() == Qt::ToolButtonIconOnly);
            if (!wordless)
                continue;
            QVERIFY2(!button->accessibleName().isEmpty() && !button->toolTip().isEmpty(),
                     qPrintable(button->accessibleName() + button->toolTip()));
        }
        QToolButton* button = nullptr;
        for (QToolButton* const each : window.picture().findChildren<QToolButton*>())
            if (each->accessibleName() == text("Zoom in"))
                button = each;
        QVERIFY(button != nullptr);
        button->setFocus(Qt::TabFocusReason);
        QTRY_VERIFY2(QToolTip::text().contains(button->toolTip().toHtmlEscaped()),
                     qPrintable(QToolTip::text()));
        QToolTip::hideText();
    }

    void words_under_the_icons_are_kept() {
        auto* const bar = fixture_->open().findChild<QToolBar*>();
        QCOMPARE(bar->toolButtonStyle(), Qt::ToolButtonIconOnly);
        fixture_->window->action("tool_words")->trigger();
        QCOMPARE(bar->toolButtonStyle(), Qt::ToolButtonTextUnderIcon);
        fixture_->window.reset();
        QCOMPARE(fixture_->open().findChild<QToolBar*>()->toolButtonStyle(),
                 Qt::ToolButtonTextUnderIcon);
        fixture_->window->resize(1280, 680);
        QTRY_VERIFY2(cut_texts(*fixture_->window).isEmpty(),
                     qPrintable(cut_texts(*fixture_->window).join(QLatin1Char('\n'))));
    }

    void the_size_of_text_is_kept() {
        MainWindow* window = &window_with({paint("a.png", Qt::red)});
        QCOMPARE(Appearance::text_percent(), 100);
        // One with a size of its own, and one that has the application's.
        auto* const caption = make_label(window, TextSize::Caption);
        QLineEdit plain(window);
        const double small = caption->font().pointSizeF(), body = plain.font().pointSizeF();
        for (const int percent : kTextPercents) {
            fixture_->appearance->choose_text(percent);
            QCOMPARE(Appearance::text_percent(), percent);
            QVERIFY(std::abs(caption->font().pointSizeF() - small * percent / 100) < 0.01);
            QVERIFY(std::abs(plain.font().pointSizeF() - body * percent / 100) < 0.01);
            window->resize(1280, 680);
            QTRY_VERIFY2(cut_texts(*window).isEmpty(),
                         qPrintable(cut_texts(*window).join(QLatin1Char('\n'))));
        }
        QVERIFY(window->close());
        plain.setParent(nullptr);
        fixture_->window.reset();
        fixture_->appearance->choose_text(100);
        fixture_->open();
        QCOMPARE(Appearance::text_percent(), kTextPercents.back());
        fixture_->appearance->choose_text(100);
    }

    void another_picture_starts_at_its_score() {
        MainWindow& window = window_with({paint("a.png", Qt::red), paint("b.png", Qt::blue)});
        window.resize(1000, 400);
        QScrollBar* const bar = window.verdict().upper()->verticalScrollBar();
        QTRY_VERIFY(bar->maximum() > 0);
        bar->setValue(bar->maximum());
        window.exhibits().make_current(exhibit(window, "b.png").id);
        QCOMPARE(bar->value(), 0);
    }

    void panes_can_be_hidden_and_stay_so() {
        MainWindow& window = window_with({paint("a.png", Qt::red)});
        QTest::keyClick(&window, Qt::Key_F9);
        QVERIFY(!window.exhibits().isVisible());
        window.picture().view()->setFocus();
        QTest::keyClick(&window, Qt::Key_F6);
        QVERIFY(window.verdict().isAncestorOf(QApplication::focusWidget()));
        QTest::keyClick(&window, Qt::Key_F6);  // past the list, which is not there
        QVERIFY(window.picture().isAncestorOf(QApplication::focusWidget()));
        window.close();
        fixture_->window.reset();
        MainWindow& next = fixture_->open();
        QVERIFY(!next.exhibits().isVisible());
        next.action("find")->trigger();
        QVERIFY(next.exhibits().isVisible());
    }

    void the_card_leads_to_the_manual() {
        MainWindow& window = window_with({paint("a.png", Qt::red)});
        QToolButton* help = nullptr;
        for (QToolButton* const button : window.verdict().card()->findChildren<QToolButton*>())
            if (button->text() == text("How to read this"))
                help = button;
        QVERIFY(help != nullptr && help->isVisible());
        QTest::mouseClick(help, Qt::LeftButton);
        auto* const manual = window.findChild<ManualDialog*>();
        QVERIFY(manual != nullptr && manual->isVisible());
        QCOMPARE(manual->page(), text("reading-a-result.md"));
    }

    void f1_opens_the_manual() {
        MainWindow& window = fixture_->open();
        QVERIFY(window.findChild<ManualDialog*>() == nullptr);
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        QTest::keyClick(&window, Qt::Key_F1);
        auto* const manual = window.findChild<ManualDialog*>();
        QVERIFY(manual != nullptr && manual->isVisible());
        QCOMPARE(manual->problem(), QString());
        QCOMPARE(manual->page(), text("README.md"));
    }

    void the_caution_of_a_trial_panel_stands_on_the_card() {
        fixture_->panels.add(fake_panel("other", 3, false));
        MainWindow& window = window_with({paint("a.png", Qt::red)});
        window.resize(1280, 680);
        const auto caution = [&] {
            for (const QLabel* const label : window.verdict().card()->findChildren<QLabel*>())
                if (label->text() == QString::fromStdString(say(kTrialCaution)) &&
                    label->isVisible())
                    return label->visibleRegion().boundingRect() == label->rect();
            return false;
        };
        QTRY_VERIFY(caution());
        QVERIFY(window.verdict().card()->marked_starter());
        window.session().open_panel({"/panels/other"});
        QTRY_VERIFY_WITH_TIMEOUT(fixture_->panel_in_use() == "other", kPatience);
        wait_until_idle(window, 1);
        QVERIFY(!caution());
    }

    void the_keys_of_a_review_are_in_sight() {
        MainWindow& window = window_with_case();
        const QLabel* keys = nullptr;
        for (const QLabel* const label : window.case_pane().findChildren<QLabel*>())
            if (label->text().contains(QStringLiteral("T\u00A0tag")))
                keys = label;
        QVERIFY(keys != nullptr);
        QTRY_COMPARE(keys->visibleRegion().boundingRect(), keys->rect());
        // And they do what they say.
        QTest::keyClick(window.case_pane().list(), Qt::Key_T);
        QVERIFY(qobject_cast<QLineEdit*>(QApplication::focusWidget()) != nullptr);
        QVERIFY(window.verdict().review()->isAncestorOf(QApplication::focusWidget()));
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
        MainWindow& window = window_with_case();
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
        MainWindow& window = window_with_case();
        window.resize(1000, 600);
        window.action("add_note")->trigger();
        QWidget* const note = window.verdict().focusWidget();
        QVERIFY(qobject_cast<QLineEdit*>(note) != nullptr);
        QTRY_COMPARE(note->visibleRegion().boundingRect().height(), note->height());
    }

    void marks_come_first_in_the_tab_order() {
        MainWindow& window = window_with_case();
        const auto marks = window.verdict().review()->findChildren<QToolButton*>();
        const auto fields = window.verdict().review()->findChildren<QLineEdit*>();
        int steps = 0;
        for (QWidget* next = marks.first(); next != fields.first(); next = next->nextInFocusChain())
            QVERIFY(++steps < 12);
        QVERIFY(steps >= 3);  // the other marks lie between
    }

    void the_first_window_fits_the_screen() {
        QCOMPARE(MainWindow::first_size({1280, 720}), QSize(1280, 680));
        QCOMPARE(MainWindow::first_size({2560, 1440}), QSize(1280, 800));
        MainWindow& window = fixture_->open();
        QVERIFY(window.height() <= window.screen()->availableSize().height());
    }

    void every_box_has_a_name() {
        MainWindow& window = window_with_case();
        window.case_pane().filter_bar()->set_open(true);
        QList<QComboBox*> boxes = window.case_pane().findChildren<QComboBox*>();
        boxes += window.exhibits().findChildren<QComboBox*>();
        boxes += window.picture().controls()->findChildren<QComboBox*>();
        boxes += &window.panels();
        QVERIFY(boxes.size() >= 10);
        for (QComboBox* const box : boxes)
            QVERIFY2(!spoken_name(box).isEmpty(), qPrintable(box->accessibleName()));
    }

    void contrasts_hold_in_both_appearances() {
        for (const auto choice : {Appearance::Choice::Light, Appearance::Choice::Dark}) {
            fixture_->appearance->choose(choice);
            for (const QColor& ground : {look().selected, look().pane, look().field})
                for (const QColor& words : {look().text, look().quiet, look().fake, look().real,
                                            look().undecided, look().warning})
                    QVERIFY2(contrast(words, ground) >= 4.5,
                             qPrintable(words.name() + QLatin1Char(' ') + ground.name()));
            for (const QColor& ground : {look().window, look().pane, look().field})
                QVERIFY2(contrast(look().border, ground) >= 3, qPrintable(ground.name()));
        }
    }

    void messages_move_nothing() {
        MainWindow& window = window_with({paint("a.png", Qt::red)});
        window.resize(1100, 760);  // more than its parts need at least
        QTest::qWait(100);
        const QSize before = window.size();
        const QRect picture = window.picture().view()->geometry();
        for (const char* const words : {"One message.", "Another message.", "A third message."})
            window.banners().show_message(Severity::Warning, text(words).repeated(8));
        QApplication::processEvents();
        QCOMPARE(window.size(), before);
        QCOMPARE(window.picture().view()->geometry(), picture);
        QVERIFY(window.banners().isVisible());
        QVERIFY(window.centralWidget()->rect().contains(window.banners().geometry()));
        for (const char* const words : {"One message.", "Another message.", "A third message."})
            window.banners().dismiss(text(words).repeated(8));
        QTRY_VERIFY(!window.banners().isVisible());
    }

    void no_label_is_cut_off_data() {
        QTest::addColumn<QSize>("size");
        for (const QSize& size :
             {QSize(1024, 700), QSize(1280, 680), QSize(1440, 860), QSize(1920, 1040)})
            QTest::addRow("%dx%d", size.width(), size.height()) << size;
    }
    void no_label_is_cut_off() {
        QFETCH(QSize, size);
        MainWindow& window = window_with_case();
        window.resize(size);
        for (const bool filters : {false, true}) {
            window.case_pane().filter_bar()->set_open(filters);
            QApplication::processEvents();
            QTRY_VERIFY2(cut_texts(window).isEmpty(),
                         qPrintable(cut_texts(window).join(QLatin1Char('\n'))));
        }
        window.case_controller().close();
        drop_files(&window, {paint("list.png", Qt::gray)});
        wait_until_idle(window, 1);
        QTRY_VERIFY2(cut_texts(window).isEmpty(),
                     qPrintable(cut_texts(window).join(QLatin1Char('\n'))));
    }

    void the_meaning_of_the_scale_is_never_cut() {
        const QString meaning =
            text("Evidence for fake; one scale for the experts of its question. ").repeated(6);
        ColourScale scale;
        scale.set_scale(ColourMap::Inferno, 1, meaning);
        scale.resize(600, 3 * kGrid);
        QVERIFY(!scale.words_fit());
        for (const float maximum : {1.0F, 0.0F}) {  // without evidence there is no bar
            scale.set_scale(ColourMap::Inferno, maximum, meaning);
            scale.resize(600, scale.heightForWidth(600));
            QVERIFY(scale.height() > 3 * kGrid);
            QVERIFY(scale.words_fit());
        }
        scale.set_scale(ColourMap::Inferno, 1, text("Evidence for fake"));
        QCOMPARE(scale.heightForWidth(600), 3 * kGrid);
        // The window gives it that room.
        MainWindow& window = window_with({paint("a.png", Qt::red)});
        window.resize(1280, 800);
        auto* const shown = window.picture().findChild<ColourScale*>();
        shown->set_scale(ColourMap::Inferno, 1, meaning);
        QTRY_VERIFY(shown->words_fit());
    }

    void a_long_status_ends_in_an_ellipsis() {
        QWidget parent;
        ElidedLabel label(&parent, TextSize::Caption);
        label.setText(text("CPU · fp32 · a panel with a long name · 7 experts"));
        label.resize(label.sizeHint());
        QVERIFY(!label.is_elided());
        label.resize(label.minimumSizeHint());
        QVERIFY(label.is_elided());
        MainWindow& window = fixture_->open();
        QVERIFY(window.status().findChild<ElidedLabel*>() != nullptr);
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

    void a_reader_is_told_every_message() {
        static QStringList told;
        told.clear();
        MainWindow& window = fixture_->open();
        QAccessible::setActive(true);
        if (!QAccessible::isActive())
            QSKIP("This platform tells nothing to readers.");
        const auto before = QAccessible::installUpdateHandler([](QAccessibleEvent* event) {
            if (event->type() == QAccessible::Alert)
                if (const auto* const banner = qobject_cast<Banner*>(event->object()))
                    told.append(banner->accessibleName() + text(": ") +
                                banner->accessibleDescription());
        });
        window.banners().show_message(Severity::Information, text("It is done."));
        window.banners().show_message(Severity::Error, text("It is not."));
        QAccessible::installUpdateHandler(before);
        QCOMPARE(told, (QStringList{text("Message: It is done."), text("Problem: It is not.")}));
    }

    void the_curtain_says_what_a_drop_does() {
        MainWindow& window = window_with_case();
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(paint("green.png", Qt::green))});
        const auto drag = [&] {
            QDragEnterEvent enter(window.rect().center(), Qt::CopyAction, &data, Qt::LeftButton,
                                  Qt::NoModifier);
            QApplication::sendEvent(&window, &enter);
            const auto* const curtain = window.findChild<DropCurtain*>();
            const QString words = curtain->isVisible() ? curtain->words() : QString();
            QDragLeaveEvent leave;
            QApplication::sendEvent(&window, &leave);
            return words;
        };
        QCOMPARE(drag(), text("Scan into case.dfd"));
        window.case_controller().close();
        QCOMPARE(drag(), text("Drop to examine"));
    }

    void a_sheet_lists_every_shortcut() {
        MainWindow& window = fixture_->open();
        const ShortcutsDialog sheet(*window.menuBar());
        const QString all = sheet.lines().join(QLatin1Char('\n'));
        for (const QAction* const action : window.findChildren<QAction*>())
            if (!action->objectName().isEmpty() && !action->shortcut().isEmpty())
                QVERIFY2(all.contains(action->shortcut().toString(QKeySequence::NativeText)),
                         qPrintable(action->objectName()));
    }

    void a_panel_shows_its_model_card() {
        const QTemporaryDir folder;
        save_bytes(QDir(folder.path()), text("README.md"),
                   "# Card\n\nTrained on *few* pictures.\n");
        PanelRecord panel = fake_panel("seven", 7, true);
        panel.folder = to_path(folder.path());
        panel.experts[0].name = "a_b|c";
        panel.experts[0].architecture = "unknown";  // so it keeps its name
        const PanelDialog dialog(panel);
        QVERIFY(dialog.text().contains(text("Trained on few pictures.")));
        QVERIFY(dialog.text().contains(text("a_b|c")));
        const ExpertWords known = words_for(panel.experts)[1];
        QVERIFY(known.title != panel.experts[1].name);
        QVERIFY(dialog.text().contains(QString::fromStdString(known.title)));
        QVERIFY(dialog.text().contains(QString::fromStdString(known.looks_at)));
        QVERIFY(!dialog.text().contains(QString::fromStdString(panel.experts[1].name)));
        QVERIFY(dialog.text().contains(text("hints, not evidence")));
    }

    void a_panel_shows_its_errors_and_its_limits() {
        PanelRecord panel = fake_panel("three", 3, false);
        MeasuredAnswer& measured = panel.calibrations[0].answers[0];
        measured.real = 120;
        measured.cllr = 0.5;
        measured.answer.scope = {{"shorter_side", 256}, {"alpha", 0}};
        measured.limits.resize(2);
        const QString page = PanelDialog(panel).text();
        for (const char* const part :
             {"120 real pictures", "0.500 bits out of fold",
              "Unusual for a real picture: from 0.65 on. Of 100 real pictures like those measured, "
              "about 4 score this high (2 to 7).",
              "Unusual for a fake: up to 0.35.", "at least 256 pixels along the shorter side",
              "no alpha channel"})
            QVERIFY2(page.contains(QString::fromUtf8(part)), part);
        // People read titles.
        for (const auto& words : words_for(panel.experts))
            QVERIFY(page.contains(QString::fromStdString(words.title)));
    }

    void what_is_dropped_during_a_scan_comes_after_it() {
        MainWindow& window = ready_window();
        open_case(window, to_path(fixture_->folder.filePath(text("case.dfd"))), true);
        fixture_->panels.scoring->close();
        drop_files(&window, {paint("red.png", Qt::red)});
        QTRY_VERIFY_WITH_TIMEOUT(fixture_->panels.scoring->waiting() > 0, kPatience);
        // A scan has the panel it began with; another one can be chosen meanwhile.
        QVERIFY(window.panels().isEnabled());
        drop_files(&window, {paint("blue.png", Qt::blue)});
        fixture_->panels.scoring->open();
        QTRY_COMPARE_WITH_TIMEOUT(
            static_cast<int>(window.case_controller().summary().counts.scored), 2, kPatience);
    }
};

QTEST_MAIN(WindowControlsTest)
#include "window_controls_test.moc"
