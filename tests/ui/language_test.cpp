// In which language the window speaks: the choice, the menu, and tr() from core's catalogue.
#include "ui/look/language.h"

#include <QAction>
#include <QLocale>
#include <QMenuBar>

#include "core/base/language.h"
#include "tests/ui/window_driving.h"
#include "ui/look/banner.h"
#include "ui/look/figure_box.h"

using namespace dfd;
using namespace dfd::test;
using namespace dfd::ui;

class LanguageTest : public WindowTest {
    Q_OBJECT

  private:
    QVariant setting() { return fixture_->settings->value(QLatin1String(kLanguageSetting)); }

  private Q_SLOTS:
    void initTestCase() { qunsetenv("DFD_LANGUAGE"); }

    void a_start_follows_the_setting_then_the_variable_then_the_system() {
        const QStringList german{text("de-AT"), text("de"), text("en-US")};
        QCOMPARE(language_at_start(text("en"), german), std::string("en"));
        QCOMPARE(language_at_start({}, german), std::string("de"));
        QCOMPARE(language_at_start({}, {text("tlh"), text("de")}), std::string("de"));
        QCOMPARE(language_at_start({}, {text("en-GB"), text("de")}), std::string("en"));
        QCOMPARE(language_at_start({}, {text("C")}), std::string("en"));
        QCOMPARE(language_at_start({}, {}), std::string("en"));
        QCOMPARE(language_at_start(text("../de"), {}), std::string("en"));
        qputenv("DFD_LANGUAGE", "en");
        QCOMPARE(language_at_start({}, german), std::string("en"));
        QCOMPARE(language_at_start(text("de"), german), std::string("de"));
        qputenv("DFD_LANGUAGE", "tlh");
        QCOMPARE(language_at_start({}, german), std::string("de"));
        qunsetenv("DFD_LANGUAGE");
    }

    void a_language_is_named_in_its_own_words() {
        QCOMPARE(own_name_of("en"), text("English"));
        QCOMPARE(own_name_of("de"), text("Deutsch"));
        QCOMPARE(own_name_of("es"), text("español"));
        QCOMPARE(own_name_of("nothing"), text("nothing"));
    }

    void without_a_choice_the_window_speaks_english() {
        MainWindow& window = ready_window();
        QCOMPARE(language(), std::string("en"));
        QCOMPARE(window.action("about_panel")->text(), text("&About this panel…"));
    }

    void the_menu_keeps_the_choice_for_the_next_start() {
        MainWindow& window = ready_window();
        QAction* const system = window.action("language_system");
        QAction* const english = window.action("language_en");
        QAction* const german = window.action("language_de");
        QVERIFY(system->isChecked());
        QVERIFY(!setting().isValid());
        QCOMPARE(german->text(), text("Deutsch"));
        german->trigger();
        QVERIFY(german->isChecked() && !system->isChecked() && !english->isChecked());
        QCOMPARE(setting().toString(), text("de"));
        const auto said = [&] {
            return window.banners().messages().filter(text("next start")).size();
        };
        QCOMPARE(said(), 1);
        english->trigger();
        german->trigger();
        german->trigger();
        QCOMPARE(said(), 1);
        // Nothing changes until then.
        QCOMPARE(language(), std::string("en"));
        QCOMPARE(window.action("about_panel")->text(), text("&About this panel…"));

        fixture_->window.reset();
        MainWindow& later = fixture_->open();
        QVERIFY(later.action("language_de")->isChecked());
        later.action("language_system")->trigger();
        QVERIFY(!setting().isValid());
        QCOMPARE(later.banners().messages().filter(text("next start")).size(), 1);
    }

    void the_menu_is_reached_by_the_keyboard() {
        MainWindow& window = ready_window();
        QMenu* view = nullptr;
        for (QAction* const top : window.menuBar()->actions())
            if (top->text() == text("&View"))
                view = top->menu();
        QVERIFY(view != nullptr);
        QMenu* choices = nullptr;
        for (QAction* const entry : view->actions())
            if (entry->menu() != nullptr &&
                entry->menu()->actions().contains(window.action("language_de")))
                choices = entry->menu();
        QVERIFY(choices != nullptr);
        QVERIFY(choices->menuAction()->text().contains(QLatin1Char('&')));
        for (QAction* const entry : choices->actions())
            QVERIFY(entry->isSeparator() || (entry->isEnabled() && !entry->text().isEmpty()));
    }

    void figures_have_a_point_and_take_a_comma() {
        QLocale::setDefault(QLocale(QLocale::German));
        FigureBox box(nullptr);
        box.setRange(0, 10);
        box.setDecimals(2);
        box.setValue(0.5);
        QCOMPARE(box.text(), text("0.50"));
        box.selectAll();
        QTest::keyClicks(&box, text("1,25"));
        QTest::keyClick(&box, Qt::Key_Return);
        QCOMPARE(box.value(), 1.25);
        QCOMPARE(box.text(), text("1.25"));
        QLocale::setDefault(QLocale::system());
    }

    // The last one: the language stays in use.
    void tr_answers_from_the_catalogue() {
        speak("de");
        QCOMPARE(language(), std::string("de"));
        QCOMPARE(QLocale().language(), QLocale::German);
        QCOMPARE(QCoreApplication::translate("Anybody", "&Manual"), text("&Handbuch"));
        const char* const unknown = "A sentence that nobody says.";
        QCOMPARE(QCoreApplication::translate("Nobody", unknown), text(unknown));
        QCOMPARE(QCoreApplication::translate("Nobody", unknown, "of nothing", 3), text(unknown));
        for (const char* const known : {"&Manual", "Close", "Deutsch"}) {
            const auto found = translation(known);
            QCOMPARE(QCoreApplication::translate("Anybody", known),
                     found ? QString::fromStdString(*found) : text(known));
            QCOMPARE(QCoreApplication::translate("Anybody", known, "without an entry"),
                     found ? QString::fromStdString(*found) : text(known));
        }
    }
};

QTEST_MAIN(LanguageTest)
#include "language_test.moc"
