// Every view and dialog at every usual size of a screen: no text is cut off, every control has a
// name and is reached by the keyboard, and in both appearances everything stands out from its
// ground. With DFD_VIEWS=FOLDER, also saves what was checked, light and dark, for looking at:
//   QT_QPA_PLATFORM=offscreen DFD_VIEWS=/tmp/views dfd_ui_views_fit_test
// QT_SCALE_FACTOR=2 saves them for a fine screen, and DFD_LANGUAGE=de looks at them in German.
#include <QAction>
#include <QDialog>
#include <QDir>
#include <QListView>
#include <QMainWindow>
#include <QPushButton>
#include <QSplitter>
#include <utility>

#include "tests/ui/case_driving.h"
#include "tests/ui/contrast.h"
#include "tests/ui/fake_explainer.h"
#include "tests/ui/fits.h"
#include "ui/case/case_filter_bar.h"
#include "ui/case/case_records.h"
#include "ui/list/list_form.h"
#include "ui/look/language.h"
#include "ui/look/wording.h"
#include "ui/picture/picture_pane.h"
#include "ui/studies/compare/compare_study.h"
#include "ui/studies/evidence/evidence_run.h"
#include "ui/studies/evidence/evidence_study.h"
#include "ui/studies/presentation/presentation_study.h"
#include "ui/studies/stability/stability_run.h"
#include "ui/studies/stability/stability_study.h"
#include "ui/verdict/expert_bars.h"
#include "ui/verdict/verdict_pane.h"

using namespace dfd;
using namespace dfd::test;
using namespace dfd::ui;

class ViewsFitTest : public WindowTest {
    Q_OBJECT

  private:
    static constexpr QSize kMeasured{1440, 900};  ///< contrast and keys do not depend on the size

    QString landscape_file(const char* name, int seed, double edit) {
        return save_picture(QDir(fixture_->folder.path()), text(name),
                            landscape(seed, edit, {640, 430}));
    }
    QStringList landscapes() {
        return {landscape_file("harbour in the evening.jpg", 1, 0),
                landscape_file("harbour in the evening, edited.jpg", 1, 0.8),
                landscape_file("IMG_20260412_174502.jpg", 3, 0.3)};
    }
    static void sizes() {
        QTest::addColumn<QSize>("size");
        for (const QSize& size : {QSize(1280, 720), QSize(1440, 900), QSize(1920, 1080)})
            QTest::addRow("%dx%d", size.width(), size.height()) << size;
    }
    static void save(QWidget* view, const char* name, const QString& look) {
        QFETCH(QSize, size);
        const QString folder = qEnvironmentVariable("DFD_VIEWS");
        if (folder.isEmpty())
            return;
        QDir(folder).mkpath(text("."));
        view->grab().save(QDir(folder).filePath(text("%1-%2x%3-x%4-%5.png")
                                                    .arg(text(name))
                                                    .arg(size.width())
                                                    .arg(size.height())
                                                    .arg(view->devicePixelRatioF())
                                                    .arg(look)));
    }
    /// Problems of a view, each after its name; saves the view when that was asked for.
    void check(QWidget* view, const char* name) {
        QFETCH(QSize, size);
        QTest::qWait(100);  // layouts of what was just shown or resized follow one another
        // A dialog must fit the screen, too, less its frame. What was just hidden gives its room
        // back layout by layout.
        const auto fits = [&] {
            const QSize least = view->minimumSizeHint();
            return least.width() <= size.width() && least.height() <= size.height() - 40;
        };
        for (int round = 0; round < 20 && !fits(); ++round)
            QApplication::processEvents();
        if (!fits())
            problems_.append(text("%1: larger than the screen (%2 x %3)")
                                 .arg(text(name))
                                 .arg(view->minimumSizeHint().width())
                                 .arg(view->minimumSizeHint().height()));
        if (view->width() > size.width() || view->height() > size.height() - 40)
            view->resize(view->size().boundedTo({size.width(), size.height() - 40}));
        // Labels with wrapped text take a moment to get their height.
        QStringList found;
        for (int round = 0; round < 20; ++round) {
            QApplication::processEvents();
            found = cut_texts(*view);
            if (found.isEmpty())
                break;
        }
        if (const auto* const window = qobject_cast<QMainWindow*>(view))
            for (const QSplitter* const panes : window->centralWidget()->findChildren<QSplitter*>(
                     QString(), Qt::FindDirectChildrenOnly))
                if (panes->height() != window->centralWidget()->height())
                    problems_.append(text("%1: the panes leave %2 pixels of the height empty")
                                         .arg(text(name))
                                         .arg(window->centralWidget()->height() - panes->height()));
        for (const QString& words : found)
            problems_.append(text(name) + text(" cuts off: ") + words);
        for (const QString& control : nameless_controls(*view))
            problems_.append(text(name) + text(" has a control without a name: ") + control);
        for (const auto& [choice, look] : {std::pair{Appearance::Choice::Dark, text("dark")},
                                           std::pair{Appearance::Choice::Light, text("light")}}) {
            fixture_->appearance->choose(choice);
            QApplication::processEvents();
            if (size == kMeasured)
                for (const QString& thing : faint_things(*view))
                    problems_.append(text(name) + text(", ") + look + text(", is faint: ") + thing);
            save(view, name, look);
        }
        if (size == kMeasured)
            for (const QString& control : unreachable_controls(*view))
                problems_.append(text(name) + text(" has no key to reach: ") + control);
    }
    void check_dialog(MainWindow& window, const char* action) {
        window.action(action)->trigger();
        QDialog* dialog = nullptr;
        for (QDialog* const each : window.findChildren<QDialog*>())
            if (each->isVisible())
                dialog = each;
        QVERIFY2(dialog != nullptr, action);
        QTest::qWait(200);  // for what it computes in the background
        check(dialog, action);
        delete dialog;
    }
    void verify() {
        const QStringList found = std::exchange(problems_, {});
        QVERIFY2(found.isEmpty(), qPrintable(found.join(QLatin1Char('\n'))));
    }

    QStringList problems_;

  private Q_SLOTS:
    void initTestCase() { speak(language_at_start({}, {})); }

    void the_list_data() { sizes(); }
    void the_list() {
        QFETCH(QSize, size);
        MainWindow& window = ready_window();
        window.resize(size - QSize(0, 40));
        check(&window, "empty");
        drop_files(&window, landscapes());
        wait_until_idle(window, 3);
        QTRY_VERIFY(window.picture().view()->has_full_resolution());
        for (const auto& [form, name] :
             {std::pair{ListForm::Grid, "grid"}, std::pair{ListForm::Table, "table"},
              std::pair{ListForm::Rows, "list"}}) {
            window.exhibits().forms()->set_form(form);
            check(&window, name);
        }
        verify();
    }

    void the_studies_data() { sizes(); }
    void the_studies() {
        QFETCH(QSize, size);
        MainWindow& window = window_with(landscapes());
        window.resize(size - QSize(0, 40));
        for (const char* const name : {"disagreement", "seen", "atlas", "about_panel", "shortcuts",
                                       "manual", "about", "install"})
            check_dialog(window, name);
        window.exhibits().list()->selectAll();
        QTest::keyClick(window.exhibits().list(), Qt::Key_Home);
        QTest::keyClick(window.exhibits().list(), Qt::Key_Down, Qt::ShiftModifier);
        window.action("compare")->trigger();
        CompareDialog* const compare = window.study<CompareStudy>().dialog();
        QVERIFY(compare != nullptr);
        QTRY_VERIFY_WITH_TIMEOUT(compare->save_button()->isEnabled(), kPatience);
        check(compare, "compare");
        compare->set_form(CompareForm::Slider);
        check(compare, "compare-slider");
        compare->set_form(CompareForm::Difference);
        check(compare, "compare-difference");
        delete compare;
        window.action("present")->trigger();
        Presentation* const stage = window.study<PresentationStudy>().stage();
        QVERIFY(stage != nullptr);
        stage->showNormal();
        stage->resize(size);
        stage->set_animated(false);
        QTest::keyClick(stage, Qt::Key_A);
        for (int page = 0; page < stage->pages(); ++page) {
            if (page > 0)
                QTest::keyClick(stage, Qt::Key_Right);
            (void)stage->grab();
            if (!stage->all_words_fit())
                problems_.append(text("The presentation cuts off words in step %1.").arg(page));
            save(stage, page == 0 ? "presentation" : "presentation-next", text("dark"));
        }
        delete stage;
        verify();
    }

    void the_tabs_data() { sizes(); }
    void the_tabs() {
        QFETCH(QSize, size);
        fixture_->panels.make_evaluator = [](const PanelRecord& panel) {
            return std::make_shared<ExplainingEvaluator>(panel);
        };
        const QDir folder(fixture_->folder.path());
        MainWindow& window =
            window_with(landscapes() + QStringList{save_bytes(folder, text("broken.jpg"),
                                                              "\xff\xd8\xff\xe0 no more")});
        window.resize(size - QSize(0, 40));
        window.exhibits().make_current(exhibit(window, "broken.jpg").id);
        check(&window, "failed");
        window.exhibits().make_current(exhibit(window, "IMG_20260412_174502.jpg").id);
        QTRY_VERIFY(window.picture().view()->has_full_resolution());
        window.action("stability")->trigger();
        StabilityRun& versions = window.study<StabilityStudy>().run();
        QTRY_VERIFY_WITH_TIMEOUT(!versions.running() && versions.known() != nullptr, kPatience);
        check(&window, "stability");
        window.action("evidence")->trigger();
        EvidenceRun& maps = window.study<EvidenceStudy>().run();
        QTRY_VERIFY_WITH_TIMEOUT(!maps.running() && maps.known() != nullptr, kPatience);
        check(&window, "evidence");
        window.verdict().bars()->set_weighing(true);
        check(&window, "weights");
        verify();
    }

    void a_case_data() { sizes(); }
    void a_case() {
        QFETCH(QSize, size);
        MainWindow& window = ready_window();
        window.resize(size - QSize(0, 40));
        open_case(window, to_path(fixture_->folder.filePath(text("harbour.dfd"))), true);
        drop_files(&window, landscapes());
        wait_for_exhibits(window, 3);
        check(&window, "case");
        window.case_pane().filter_bar()->set_open(true);
        check(&window, "case-filter");
        window.case_pane().filter_bar()->set_open(false);
        for (const char* const name : {"export_case", "case_verify", "case_log", "thresholds"})
            check_dialog(window, name);
        window.cases().records().show_properties();
        const auto properties = [&] { return window.findChild<QDialog*>(text("case_properties")); };
        QTRY_VERIFY_WITH_TIMEOUT(properties() != nullptr, kPatience);
        check(properties(), "case_properties");
        verify();
    }
};

QTEST_MAIN(ViewsFitTest)
#include "views_fit_test.moc"
