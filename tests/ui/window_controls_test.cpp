// Tests of the window's controls: the wheel, names, contrast, messages, dialogs, sizes.
#include <QAccessible>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QHelpEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenuBar>
#include <QTabBar>
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
#include "ui/look/wording.h"
#include "ui/picture/colour_scale.h"
#include "ui/picture/map_strip.h"
#include "ui/picture/overlay_controls.h"
#include "ui/picture/picture_pane.h"
#include "ui/picture/picture_view.h"
#include "ui/verdict/expert_bars.h"
#include "ui/verdict/verdict_pane.h"
#include "ui/window/manual_dialog.h"
#include "ui/window/panel_chooser.h"
#include "ui/window/panel_dialog.h"
#include "ui/window/shortcuts_dialog.h"
#include "ui/window/status_strip.h"

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

class WindowControlsTest : public CaseTest {
    Q_OBJECT

  private Q_SLOTS:
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

    void tab_goes_through_the_window_as_it_is_read() {
        MainWindow& window = window_with_two_exhibits();
        window.activateWindow();
        QTRY_VERIFY(window.isActiveWindow());
        QTRY_VERIFY(window.picture().findChild<MapTile*>() != nullptr &&
                    window.picture().findChild<MapTile*>()->isVisible());
        QTRY_VERIFY(window.verdict().bars()->isVisible());
        window.case_pane().list()->setFocus();
        QWidgetList stops;
        for (QWidget* now = QApplication::focusWidget(); now != nullptr && !stops.contains(now);
             now = QApplication::focusWidget()) {
            stops.append(now);
            QTest::keyClick(now, Qt::Key_Tab);
        }
        QCOMPARE(QApplication::focusWidget(), stops.first());
        // The experts and their maps were made last.
        // Of the bars, one is reached; arrows lead to the others.
        ExpertBar* bar = nullptr;
        for (auto* const each : window.verdict().findChildren<ExpertBar*>())
            if ((each->focusPolicy() & Qt::TabFocus) != 0)
                bar = each;
        QToolButton* weigh = nullptr;
        for (auto* const button : window.verdict().bars()->findChildren<QToolButton*>())
            if (button->text() == text("Weight experts"))
                weigh = button;
        auto* const review = window.verdict().review();
        const QWidgetList wanted{
            window.case_pane().list(),
            window.picture().view(),
            window.picture().findChild<MapTile*>(),
            bar,
            weigh,
            review->findChildren<QToolButton*>().first(),
            review->findChildren<QLineEdit*>().last(),
            window.findChild<QToolBar*>()->widgetForAction(window.action("open")),
            window.findChild<PanelChooser*>()};
        qsizetype before = -1;
        for (QWidget* const each : wanted) {
            const qsizetype at = stops.indexOf(each);
            QVERIFY2(at > before, each == nullptr ? "none" : qPrintable(each->accessibleName()));
            before = at;
        }
    }

    void f11_fills_the_screen_and_gives_it_back() {
        MainWindow& window = ready_window();
        QAction* const full = window.action("full_screen");
        QCOMPARE(full->shortcut(), QKeySequence(Qt::Key_F11));
        full->trigger();
        QTRY_VERIFY(window.isFullScreen());
        QVERIFY(full->isChecked());
        full->trigger();
        QTRY_VERIFY(!window.isFullScreen());
        QVERIFY(!full->isChecked());
        QVERIFY(window.action("present")->shortcut() == QKeySequence(text("Ctrl+F5")));
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
            QVERIFY2(std::abs(caption->font().pointSizeF() - small * percent / 100) < 0.01,
                     qPrintable(QString::number(caption->font().pointSizeF())));
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
        MainWindow& window = window_with_two_exhibits();
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

    void the_first_window_fits_the_screen() {
        QCOMPARE(MainWindow::first_size({1280, 720}), QSize(1280, 680));
        QCOMPARE(MainWindow::first_size({2560, 1440}), QSize(1280, 800));
        MainWindow& window = fixture_->open();
        QVERIFY(window.height() <= window.screen()->availableSize().height());
    }

    void every_box_has_a_name() {
        MainWindow& window = window_with_two_exhibits();
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
        // The maps below the picture stay in sight.
        QWidget* const strip = window.picture().strip();
        QVERIFY(strip->isVisible());
        const QRect maps(strip->mapTo(window.centralWidget(), QPoint()), strip->size());
        QVERIFY(!window.banners().geometry().intersects(maps));
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
        MainWindow& window = window_with_two_exhibits();
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
        MainWindow& window = window_with_two_exhibits();
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
};

QTEST_MAIN(WindowControlsTest)
#include "window_controls_test.moc"
