// Tests of the presentation: steps, keys, and that nothing is cut off.
#include "ui/studies/presentation/presentation.h"

#include <QAction>
#include <QItemSelectionModel>
#include <QListView>
#include <QSignalSpy>
#include <algorithm>
#include <cstdlib>

#include "core/opinion/limits.h"
#include "tests/panel/opinions.h"
#include "tests/ui/window_driving.h"
#include "ui/list/image_convert.h"
#include "ui/look/banner.h"
#include "ui/studies/presentation/presentation_study.h"

using namespace dfd;
using namespace dfd::ui;
using namespace dfd::test;

class PresentationTest : public WindowTest {
    Q_OBJECT

  private:
    static Slide slide_of(int experts, bool several) {
        PanelRecord panel = fake_panel("starter", experts, true);
        const QImage picture = landscape(3, 0.8);
        Slide slide;
        slide.key = {false, 7};
        slide.name = text("a-photograph-with-a-rather-long-name-from-a-newsroom.jpeg");
        slide.position = text("118 of 178");
        slide.picture = std::make_shared<const PicturePyramid>(make_pyramid(picture));
        slide.panel = text("Starter panel");
        slide.caution = text(kTrialCaution);
        slide.firmness = text("0.71 to 0.93 over ordinary re-sharing");
        auto examination = std::make_shared<Examination>();
        examination->state = ExaminationState::Explained;
        examination->opinion = FakeEvaluator(panel).opinion_of(to_pixels(picture), true);
        if (several) {
            PanelOpinion& opinion = *examination->opinion;
            opinion.answers = {{"generated", "Made by a generator?", 0, 0, true},
                               {"edited", "Edited in places?", 0, 0, true}};
            for (std::size_t i = 0; i < opinion.experts.size(); ++i)
                opinion.experts[i].question = i < opinion.experts.size() / 2 ? 0 : 1;
            combine(opinion);
        }
        slide.examination = examination;
        return slide;
    }

  private Q_SLOTS:
    void nothing_is_cut_off_data() {
        QTest::addColumn<QSize>("size");
        QTest::addColumn<bool>("several");
        for (const QSize& size : {QSize(1280, 720), QSize(1366, 768), QSize(1440, 900),
                                  QSize(1920, 1080), QSize(2560, 1440), QSize(1024, 768)})
            for (const bool several : {false, true})
                QTest::addRow("%dx%d %d", size.width(), size.height(), several ? 1 : 0)
                    << size << several;
    }
    void nothing_is_cut_off() {
        QFETCH(QSize, size);
        QFETCH(bool, several);
        Presentation stage;
        stage.set_animated(false);
        stage.resize(size);
        stage.show_slide(slide_of(several ? 4 : 7, several));
        for (int step = 0; step < 9 && !stage.verdict_shown(); ++step) {
            QVERIFY(!stage.grab().isNull());
            QVERIFY2(stage.all_words_fit(), qPrintable(QString::number(stage.voted())));
            QVERIFY(!stage.accessible_text().contains(text("re-sharing")));
            QTest::keyClick(&stage, Qt::Key_Right);
        }
        QVERIFY(stage.verdict_shown());
        QVERIFY(!stage.grab().isNull());
        QVERIFY(stage.all_words_fit());
        QVERIFY(stage.accessible_text().contains(text("re-sharing")));
        for (int page = 1; page < stage.pages(); ++page) {
            QTest::keyClick(&stage, Qt::Key_Right);
            QCOMPARE(stage.page(), page);
            QVERIFY(!stage.grab().isNull());
            QVERIFY2(stage.all_words_fit(), qPrintable(QString::number(page)));
        }
        QTest::keyClick(&stage, Qt::Key_Question);
        QVERIFY(stage.keys_shown());
        QVERIFY(!stage.grab().isNull());
        QVERIFY(stage.all_words_fit());
    }

    void letters_are_read_from_the_last_row_data() { nothing_is_cut_off_data(); }
    void letters_are_read_from_the_last_row() {
        QFETCH(QSize, size);
        QFETCH(bool, several);
        if (2 * size.width() < 3 * size.height())
            QSKIP("A narrow screen has smaller letters.");
        Presentation stage;
        stage.set_animated(false);
        stage.resize(size);
        Slide slide = slide_of(several ? 4 : 7, several);
        slide.name = text("a.jpeg");
        stage.show_slide(slide);
        const auto expect_large = [&] {
            QVERIFY(!stage.grab().isNull());
            // A long sentence on one of several questions, and the name of an expert beside it,
            // may have slightly smaller ones.
            QVERIFY2(stage.smallest_letters() >= size.height() / (several ? 34 : 29),
                     qPrintable(text("%1 on page %2 of %3, rows %4")
                                    .arg(stage.smallest_letters())
                                    .arg(stage.page())
                                    .arg(stage.pages())
                                    .arg(stage.shows_experts())));
        };
        for (int step = 0; step < 9 && !stage.verdict_shown(); ++step) {
            expect_large();
            QTest::keyClick(&stage, Qt::Key_Right);
        }
        QVERIFY(stage.verdict_shown());
        expect_large();
        for (int page = 1; page < stage.pages(); ++page) {
            QTest::keyClick(&stage, Qt::Key_Right);
            expect_large();
        }
    }

    void the_experts_stand_beside_the_verdict_data() { nothing_is_cut_off_data(); }
    void the_experts_stand_beside_the_verdict() {
        QFETCH(QSize, size);
        if (2 * size.width() < 3 * size.height())
            QSKIP("A narrow screen has less room.");
        Presentation stage;
        stage.set_animated(false);
        stage.resize(size);
        stage.show_slide(slide_of(3, false));
        QTest::keyClick(&stage, Qt::Key_A);
        QVERIFY(stage.verdict_shown());
        QVERIFY(stage.shows_experts());
    }

    void what_has_no_room_comes_with_the_next_step() {
        Presentation stage;
        QSignalSpy steps(&stage, &Presentation::step_requested);
        stage.set_animated(false);
        stage.resize(1280, 720);
        stage.show_slide(slide_of(7, false));
        QTest::keyClick(&stage, Qt::Key_A);
        QVERIFY(stage.verdict_shown());
        QCOMPARE(stage.page(), 0);
        QVERIFY(stage.pages() > 1);
        const QString whole = stage.accessible_text();
        const QImage first = stage.grab().toImage();
        QTest::keyClick(&stage, Qt::Key_Right);
        QCOMPARE(stage.page(), 1);
        QVERIFY(stage.grab().toImage() != first);
        QVERIFY(stage.accessible_text() != whole);
        QTest::keyClick(&stage, Qt::Key_Left);
        QCOMPARE(stage.page(), 0);
        QVERIFY(stage.verdict_shown());
        QCOMPARE(stage.accessible_text(), whole);
        for (int page = 1; page < stage.pages(); ++page)
            QTest::keyClick(&stage, Qt::Key_Right);
        QCOMPARE(steps.count(), 0);
        QTest::keyClick(&stage, Qt::Key_Right);
        QCOMPARE(steps.count(), 1);
    }

    /// The check itself: words that have no room are noticed, wherever they stand.
    void words_without_room_are_noticed() {
        const QString long_words = text("Nobody can read all of this. ").repeated(160);
        const auto fits = [](const Slide& slide, bool verdict) {
            Presentation stage;
            stage.set_animated(false);
            stage.resize(1280, 720);
            stage.show_slide(slide);
            if (verdict)
                QTest::keyClick(&stage, Qt::Key_A);
            (void)stage.grab();
            bool fit = stage.all_words_fit();
            for (int page = 1; verdict && page < stage.pages(); ++page) {
                QTest::keyClick(&stage, Qt::Key_Right);
                (void)stage.grab();
                fit = fit && stage.all_words_fit();
            }
            return fit;
        };
        Slide slide = slide_of(3, false);
        QVERIFY(fits(slide, true));
        slide.firmness = long_words;
        QVERIFY(!fits(slide, true));
        QVERIFY(fits(slide, false));  // not shown yet
        slide = slide_of(3, false);
        slide.caution = long_words;
        QVERIFY(!fits(slide, true));
        slide = slide_of(3, false);
        slide.examination.reset();
        slide.waiting = text("It is being examined.");
        QVERIFY(fits(slide, false));
        slide.waiting = long_words;
        QVERIFY(!fits(slide, false));
    }

    void experts_have_the_words_of_the_panel() {
        Slide slide = slide_of(3, false);
        auto scored = std::make_shared<Examination>(*slide.examination);
        scored->opinion = of_scores({0.9, 0.5, 0.1});
        slide.examination = scored;
        Presentation stage;
        stage.set_animated(false);
        stage.resize(1280, 720);
        stage.show_slide(slide);
        for (int expert = 0; expert < 3; ++expert)
            QTest::keyClick(&stage, Qt::Key_Right);
        for (const char* const words :
             {"says 0.90, looks fake", "says 0.50, undecided", "says 0.10, looks real"})
            QVERIFY2(stage.accessible_text().contains(text(words)),
                     qPrintable(stage.accessible_text()));
        // Without a calibration there are no words, only sides.
        slide.bands = measured_bands(nullptr);
        slide.key = {false, 8};
        stage.show_slide(slide);
        for (int expert = 0; expert < 3; ++expert)
            QTest::keyClick(&stage, Qt::Key_Right);
        for (const char* const words : {"says 0.50, fake side", "says 0.10, real side"})
            QVERIFY2(stage.accessible_text().contains(text(words)),
                     qPrintable(stage.accessible_text()));
        QVERIFY(!stage.accessible_text().contains(text("looks")));
        (void)stage.grab();
        QVERIFY(stage.all_words_fit());
    }

    void the_verdict_says_that_a_fusion_combines() {
        Presentation stage;
        stage.set_animated(false);
        for (const bool several : {false, true}) {
            Slide slide = slide_of(several ? 4 : 7, several);
            PanelOpinion opinion = *slide.examination->opinion;
            std::vector<AnswerCalibration> calibration(questions_of(opinion));
            for (const ExpertOpinion& expert : opinion.experts)
                calibration[expert.question].fusion.experts.push_back({expert.name, 0.5});
            opinion.calibration =
                std::make_shared<const std::vector<AnswerCalibration>>(std::move(calibration));
            combine(opinion);
            auto examination = std::make_shared<Examination>(*slide.examination);
            examination->opinion = opinion;
            slide.key = {false, several ? 8u : 9u};
            slide.examination = examination;
            stage.resize(1280, 720);
            stage.show_slide(slide);
            while (!stage.verdict_shown())
                QTest::keyClick(&stage, Qt::Key_Right);
            QCOMPARE(stage.accessible_text().count(text("A fusion fitted to labelled pictures")),
                     several ? 2 : 1);
            QVERIFY(!stage.grab().isNull());
            QVERIFY(stage.all_words_fit());
        }
    }

    void one_press_is_one_expert_and_back_is_one_step() {
        Presentation stage;
        QSignalSpy steps(&stage, &Presentation::step_requested);
        stage.resize(1280, 720);
        stage.show_slide(slide_of(3, false));
        for (int expert = 1; expert <= 3; ++expert) {
            QTest::keyClick(&stage, Qt::Key_PageDown);
            QCOMPARE(stage.voted(), expert);
            QVERIFY(!stage.verdict_shown());
        }
        QTest::keyClick(&stage, Qt::Key_PageDown);
        QVERIFY(stage.verdict_shown());
        QTest::keyClick(&stage, Qt::Key_PageUp);
        QVERIFY(!stage.verdict_shown());
        QCOMPARE(stage.voted(), 3);
        QTest::keyClick(&stage, Qt::Key_PageUp);
        QCOMPARE(stage.voted(), 2);
        QTest::keyClick(&stage, Qt::Key_Home);
        QCOMPARE(stage.voted(), 0);
        QCOMPARE(steps.count(), 0);
        QTest::keyClick(&stage, Qt::Key_PageUp);
        QCOMPARE(steps.count(), 1);
    }

    void each_map_has_its_own_scale_in_the_users_colours() {
        Slide slide = slide_of(3, false);  // the third expert's map is the weakest
        slide.opacity = 1;
        // Pixels of the picture, not of its legend, near the colour of the strong end.
        const auto strongest = [](const Slide& shown, int expert) {
            Presentation stage;
            stage.set_animated(false);
            stage.resize(1280, 720);
            stage.show_slide(shown);
            for (int step = 0; step <= expert; ++step)
                QTest::keyClick(&stage, Qt::Key_Right);
            const QImage seen = stage.grab().toImage();
            const auto& end = colour_table(shown.colours).back();
            int found = 0;
            for (int y = 0; y < seen.height() * 17 / 20; ++y)
                for (int x = 0; x < seen.width() * 11 / 20; ++x) {
                    const QColor colour = seen.pixelColor(x, y);
                    if (std::abs(colour.red() - end[0]) + std::abs(colour.green() - end[1]) +
                            std::abs(colour.blue() - end[2]) <
                        70)
                        ++found;
                }
            return found;
        };
        QVERIFY(strongest(slide, 0) > 5);
        QVERIFY(strongest(slide, 2) > 5);
        slide.colours = ColourMap::Cividis;
        QVERIFY(strongest(slide, 2) > 5);
    }

    void the_last_row_reads_what_a_map_is_worth() {
        Slide slide = slide_of(3, false);
        auto flat = std::make_shared<Examination>(*slide.examination);
        for (ExpertOpinion& expert : flat->opinion->experts)
            std::ranges::fill(expert.map->values, 1.0f);
        slide.examination = flat;
        Presentation stage;
        stage.set_animated(false);
        stage.resize(1280, 720);
        stage.show_slide(slide);
        const QString note = text("No place stands out.");
        QVERIFY(!stage.accessible_text().contains(note));
        QTest::keyClick(&stage, Qt::Key_Right);
        QVERIFY2(stage.accessible_text().contains(note), qPrintable(stage.accessible_text()));
        QVERIFY(!stage.grab().isNull());
        QVERIFY(stage.all_words_fit());
        QTest::keyClick(&stage, Qt::Key_Home);
        QVERIFY(!stage.accessible_text().contains(note));
    }

    void the_stage_says_how_to_see_its_keys() {
        Presentation stage;
        stage.resize(1280, 720);
        stage.show_slide(slide_of(3, false));
        const QString hint = text("? shows the keys");
        QVERIFY(stage.accessible_text().contains(hint));
        const QImage before = stage.grab().toImage();
        QVERIFY(stage.all_words_fit());
        stage.show();
        QTRY_VERIFY_WITH_TIMEOUT(!stage.keys_hinted(), kPatience);
        QVERIFY(!stage.accessible_text().contains(hint));
        QVERIFY(stage.grab().toImage() != before);
    }

    void b_blanks_the_screen_and_keeps_the_place() {
        Presentation stage;
        stage.resize(1280, 720);
        stage.show_slide(slide_of(3, false));
        QTest::keyClick(&stage, Qt::Key_Right);
        QTest::keyClick(&stage, Qt::Key_B);
        QVERIFY(stage.is_blank());
        QCOMPARE(stage.grab().toImage().pixelColor(640, 360), QColor(Qt::black));
        QTest::keyClick(&stage, Qt::Key_Right);  // nobody would see it
        QCOMPARE(stage.voted(), 1);
        QTest::keyClick(&stage, Qt::Key_B);
        QVERIFY(!stage.is_blank());
    }

    void the_selection_is_presented() {
        MainWindow& window = window_with(
            {paint("a.png", Qt::red), paint("b.png", Qt::blue), paint("c.png", Qt::gray)});
        window.exhibits().make_current(exhibit(window, "a.png").id);
        QItemSelectionModel* const selection = window.exhibits().list()->selectionModel();
        selection->select(window.exhibits().order()->index(2, 0), QItemSelectionModel::Select);
        window.action("present")->trigger();
        Presentation* const stage = window.study<PresentationStudy>().stage();
        QVERIFY(stage->accessible_text().contains(text("a.png. 1 of 2")));
        QTest::keyClick(stage, Qt::Key_Down);
        QVERIFY2(stage->accessible_text().contains(text("c.png. 2 of 2")),
                 qPrintable(stage->accessible_text()));
        QTest::keyClick(stage, Qt::Key_Down);
        QVERIFY(stage->accessible_text().contains(text("c.png")));
        stage->close();
    }

    void the_most_disputed_are_presented_first() {
        // On grey, one of the fake panel's experts is on the other side; on red and blue none is.
        MainWindow& window = window_with({paint("red.png", Qt::red), paint("blue.png", Qt::blue),
                                          paint("grey.png", QColor(90, 90, 90))});
        window.exhibits().make_current(exhibit(window, "red.png").id);
        window.action("present_disputed")->trigger();
        const auto stage = [&] { return window.study<PresentationStudy>().stage(); };
        QTRY_VERIFY_WITH_TIMEOUT(stage() != nullptr, kPatience);
        QVERIFY2(stage()->accessible_text().contains(text("grey.png. 1 of 3")),
                 qPrintable(stage()->accessible_text()));
        stage()->close();
    }

    void without_scores_there_is_nothing_disputed() {
        MainWindow& window = ready_window();
        window.action("present_disputed")->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(
            !window.banners().messages().filter(text("none to present")).isEmpty(), kPatience);
        QVERIFY(window.study<PresentationStudy>().stage() == nullptr);
    }
};

QTEST_MAIN(PresentationTest)
#include "presentation_test.moc"
