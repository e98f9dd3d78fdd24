// Tests of evidence in the window: signed maps and their tests.
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QToolButton>
#include <algorithm>

#include "core/picture/pixels/signed_overlay.h"
#include "tests/ui/fake_explainer.h"
#include "tests/ui/window_driving.h"
#include "ui/case/case_pane.h"
#include "ui/list/image_convert.h"
#include "ui/look/wording.h"
#include "ui/picture/colour_scale.h"
#include "ui/picture/map_sheet.h"
#include "ui/picture/map_strip.h"
#include "ui/picture/picture_pane.h"
#include "ui/studies/evidence/evidence_panel.h"
#include "ui/studies/evidence/evidence_row.h"
#include "ui/studies/evidence/evidence_run.h"
#include "ui/studies/evidence/evidence_study.h"
#include "ui/studies/stability/stability_panel.h"
#include "ui/studies/stability/stability_study.h"
#include "ui/verdict/expert_bars.h"
#include "ui/verdict/verdict_pane.h"

using namespace dfd;
using namespace dfd::test;
using namespace dfd::ui;

namespace {

/// Grey with a red patch at the upper left and a smaller blue one at the lower right.
QImage patched() {
    QImage image = plain_picture(QColor(120, 120, 120), QSize(256, 256));
    QPainter painter(&image);
    painter.fillRect(QRect(32, 32, 64, 64), QColor(230, 40, 40));
    painter.fillRect(QRect(192, 160, 32, 64), QColor(40, 40, 230));
    return image;
}

float lowest(const HeatMap& map) {
    return *std::ranges::min_element(map.values);
}

}  // namespace

class EvidenceWindowTest : public WindowTest {
    Q_OBJECT

  private:
    std::shared_ptr<Gate> explaining_ = std::make_shared<Gate>();
    std::shared_ptr<ExplainingEvaluator> explainer_;

    [[nodiscard]] QDir folder() const { return QDir(fixture_->folder.path()); }
    /// A window with an explaining panel and these pictures scored; the first one is shown.
    MainWindow& explaining_window(const std::vector<const char*>& names) {
        explaining_->open();
        fixture_->panels.make_evaluator = [this](const PanelRecord& panel) {
            explainer_ =
                std::make_shared<ExplainingEvaluator>(panel, fixture_->panels.scoring, explaining_);
            return explainer_;
        };
        MainWindow& window = ready_window();
        QStringList files;
        int number = 0;
        for (const char* const name : names) {
            QImage image = patched();
            image.setPixelColor(0, 0, QColor(number++, 0, 0));  // different bytes for every picture
            files.append(save_picture(folder(), text(name), image));
        }
        drop_files(&window, files);
        wait_until_idle(window, static_cast<int>(names.size()));
        window.exhibits().make_current(exhibit(window, names.front()).id);
        return window;
    }
    static void wait_for_evidence(MainWindow& window) {
        QTRY_VERIFY_WITH_TIMEOUT(!window.study<EvidenceStudy>().run().running(), kPatience);
    }
    /// Waits until all maps are there and the first test is held at its gate.
    void wait_for_maps(MainWindow& window) {
        QTRY_VERIFY_WITH_TIMEOUT(window.study<EvidenceStudy>().run().known() != nullptr &&
                                     window.study<EvidenceStudy>().run().known()->mean,
                                 kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(explaining_->waiting(), 1, kPatience);
    }
    static EvidencePanel* panel(MainWindow& window) {
        return window.study<EvidenceStudy>().panel();
    }

  private Q_SLOTS:
    void cleanup() {
        explaining_->open();
        fixture_.reset();
        explainer_.reset();
    }

    void maps_come_first_and_each_is_tested() {
        MainWindow& window = explaining_window({"one.png"});
        QVERIFY(panel(window)->rows().empty());
        QVERIFY2(panel(window)->state().contains(text("has not been explained")),
                 qPrintable(panel(window)->state()));
        QVERIFY(panel(window)->state().contains(text("74 times")));
        explaining_->close();
        window.action("evidence")->trigger();
        QVERIFY(window.verdict().tab_is_shown(window.study<EvidenceStudy>().panel()));
        wait_for_maps(window);
        QVERIFY(window.study<EvidenceStudy>().run().running());
        QCOMPARE(window.study<EvidenceStudy>().run().known()->tested(), 0u);
        QCOMPARE(panel(window)->rows().size(), 4u);
        QVERIFY(panel(window)->stop_button()->isVisible());
        for (const EvidenceRow* const row : panel(window)->rows()) {
            QVERIFY(row->isEnabled());
            QCOMPARE(row->word(), text("to be tested"));
        }
        QVERIFY(window.picture().evidence().has_value());  // the mean's map is shown by default
        explaining_->open();
        wait_for_evidence(window);
        const Evidence* const known = window.study<EvidenceStudy>().run().known();
        QVERIFY(known->complete());
        QCOMPARE(known->tested(), 3u);
        QVERIFY(!panel(window)->start_button()->isVisible());
        const auto rows = panel(window)->rows();
        QCOMPARE(rows[1]->word(), text("supported"));
        QCOMPARE(rows[2]->word(), text("supported"));
        QCOMPARE(rows[3]->word(), text("not supported"));  // wrong on purpose
        for (const EvidenceRow* const row : rows) {
            QVERIFY(row->test().has_value());
            QVERIFY(row->accessibleName().contains(row->word()));
            QVERIFY(!row->accessibleDescription().isEmpty());
            QVERIFY(row->sizeHint().height() > 60);  // tall enough for its chart
        }
        QVERIFY2(panel(window)->formula().contains(text("g_c(p) * A_c(p)")) &&
                     panel(window)->formula().endsWith(text("at last.1")),
                 qPrintable(panel(window)->formula()));
        QCOMPARE(panel(window)->state(), QString());
        // Formulas and units wait under Details.
        const auto shown = [&] {
            QStringList words;
            for (const QLabel* const label : panel(window)->findChildren<QLabel*>())
                if (label->isVisibleTo(panel(window)))
                    words.append(label->text());
            return words.join(QLatin1Char('\n'));
        };
        QVERIFY(!shown().contains(panel(window)->formula()));
        QVERIFY2(!shown().contains(text("logits")), qPrintable(shown()));
        panel(window)->details_button()->click();
        QVERIFY(shown().contains(panel(window)->formula()));
        QVERIFY(shown().contains(text("logits")));
    }

    void a_row_shows_and_hides_its_map() {
        MainWindow& window = explaining_window({"one.png"});
        const auto ordinary = window.picture().drawn();
        QVERIFY(!ordinary.is_signed);
        window.action("evidence")->trigger();
        wait_for_evidence(window);
        const auto rows = panel(window)->rows();
        rows[1]->click();
        QCOMPARE(panel(window)->chosen(), std::optional(0));
        QVERIFY(rows[1]->isChecked() && !rows[0]->isChecked());
        const auto shown = window.picture().drawn();
        QVERIFY(shown.is_signed);
        QVERIFY(lowest(shown.map) < 0 && maximum(shown.map) > 0);
        // One scale for all maps.
        QCOMPARE(shown.scale_max, window.study<EvidenceStudy>().run().known()->scale);
        QVERIFY(shown.scale_max > 0 && shown.scale_max <= largest_magnitude(shown.map));
        rows[2]->click();
        QCOMPARE(window.picture().drawn().scale_max, shown.scale_max);
        auto* const scale = window.picture().findChild<ColourScale*>();
        QVERIFY2(scale->accessibleDescription().contains(text("logits")),
                 qPrintable(scale->accessibleDescription()));
        // One side only.
        panel(window)->towards_box()->setCurrentIndex(1);
        QCOMPARE(lowest(window.picture().drawn().map), 0.0f);
        QVERIFY(scale->accessibleDescription().startsWith(text("From 0 to +")));
        panel(window)->towards_box()->setCurrentIndex(2);
        QCOMPARE(maximum(window.picture().drawn().map), 0.0f);
        QVERIFY(lowest(window.picture().drawn().map) < 0);
        QCOMPARE(window.picture().drawn().scale_max, shown.scale_max);
        panel(window)->towards_box()->setCurrentIndex(0);
        // Leave the tab and come back.
        window.verdict().show_tab(window.study<StabilityStudy>().panel());
        QVERIFY(!window.picture().drawn().is_signed);
        QCOMPARE(window.picture().drawn().map.values, ordinary.map.values);
        window.verdict().show_tab(window.study<EvidenceStudy>().panel());
        QVERIFY(window.picture().drawn().is_signed);
        rows[2]->click();  // a second click hides the map
        QVERIFY(!panel(window)->chosen());
        QVERIFY(!window.picture().drawn().is_signed);
        QVERIFY(!scale->accessibleDescription().contains(text("logits")));
        // Choosing a heatmap shows the heatmap.
        rows[1]->click();
        QVERIFY(window.picture().drawn().is_signed);
        Q_EMIT window.picture().strip()->chosen(1);
        QVERIFY(!window.picture().drawn().is_signed);
        rows[1]->click();
        Q_EMIT window.verdict().bars()->chosen(2);
        QVERIFY(!window.picture().drawn().is_signed);
        rows[1]->click();
        window.action("next_map")->trigger();
        QVERIFY(!window.picture().drawn().is_signed);
        // Opacity applies to both kinds of map.
        rows[1]->click();
        auto choice = window.picture().controls()->settings();
        choice.opacity = 0.3;
        window.picture().controls()->set_settings(choice);
        Q_EMIT window.picture().controls()->changed();
        QVERIFY(window.picture().drawn().is_signed);
        QVERIFY(!panel(window)->grab().isNull());
        QVERIFY(!scale->grab().isNull());
    }

    void a_map_that_its_test_does_not_support_is_faint() {
        MainWindow& window = explaining_window({"one.png"});
        window.action("evidence")->trigger();
        wait_for_evidence(window);
        // The last expert's map is wrong.
        const auto rows = panel(window)->rows();
        rows.back()->click();
        QCOMPARE(rows.back()->test()->verdict, Support::Unsupported);
        const QString note = text("The deletion test does not support this map.");
        QCOMPARE(window.picture().drawn().standing, MapStanding::NotSupported);
        QCOMPARE(window.picture().view()->overlay_note(), note);
        rows[1]->click();
        QCOMPARE(rows[1]->test()->verdict, Support::Supported);
        QCOMPARE(window.picture().drawn().standing, MapStanding::Firm);
        QVERIFY(window.picture().view()->overlay_note().isEmpty());
        // Its heatmap, too, in the picture and in the strip.
        const int last = static_cast<int>(rows.size()) - 2;
        Q_EMIT window.picture().strip()->chosen(last);
        QVERIFY(!window.picture().drawn().is_signed);
        QCOMPARE(window.picture().drawn().standing, MapStanding::NotSupported);
        const auto tiles = window.picture().strip()->findChildren<MapTile*>();
        QCOMPARE(tiles.back()->accessibleDescription(), note);
        // Without its test nothing is known of a finer map.
        panel(window)->layer_box()->setCurrentIndex(1);
        QVERIFY(window.picture().drawn().standing != MapStanding::NotSupported);
    }

    void the_export_matches_the_view() {
        MainWindow& window = explaining_window({"one.png"});
        window.action("evidence")->trigger();
        wait_for_evidence(window);
        panel(window)->choose(0);
        const auto drawn = window.picture().drawn();
        const QString file = folder().filePath(text("signed.png"));
        window.results().export_current(ExportKind::OverlayPng, file);
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(file), kPatience);
        const Picture original = read_picture(to_path(folder().filePath(text("one.png"))));
        // The picture and the map side by side, with a caption.
        MapSheet sheet;
        sheet.map = drawn.map;
        sheet.scale_max = drawn.scale_max;
        sheet.opacity = window.picture().controls()->settings().opacity;
        const QImage saved(file);
        QVERIFY(saved.width() > 2 * original.pixels.width);
        QVERIFY(saved.text(text("Description")).contains(text("SHA-256")));
        // Where the bare sheet of this map is coloured, so is the saved one.
        const QImage bare = draw_map_sheet(sheet, to_image(original.pixels));
        QCOMPARE(saved.width(), bare.width());
        const auto coloured = [](const QImage& image, int x, int y) {
            return image.pixelColor(x, y).hslSaturationF() > 0.2;
        };
        int seen = 0;
        for (int y = 0; y < std::min(bare.height(), saved.height()) / 2; ++y)
            for (int x = bare.width() / 2; x < bare.width(); ++x)
                if (coloured(bare, x, y)) {
                    ++seen;
                    QVERIFY(coloured(saved, x, y));
                }
        QVERIFY(seen > 0);
    }

    void another_picture_stops_the_run_and_keeps_results() {
        MainWindow& window = explaining_window({"one.png", "two.png"});
        window.action("evidence")->trigger();
        wait_for_evidence(window);
        QCOMPARE(explainer_->tested(), 3);
        window.exhibits().make_current(exhibit(window, "two.png").id);
        QVERIFY(window.study<EvidenceStudy>().run().known() == nullptr);
        QVERIFY(!window.picture().drawn().is_signed);
        QVERIFY(!window.study<EvidenceStudy>().run().running());  // nothing starts by itself
        explaining_->close();
        panel(window)->start_button()->click();
        wait_for_maps(window);
        window.exhibits().make_current(exhibit(window, "one.png").id);
        QVERIFY(!window.study<EvidenceStudy>().run().running());
        QVERIFY(window.study<EvidenceStudy>().run().known()->complete());  // at once, without new
                                                                           // computation
        QCOMPARE(panel(window)->chosen(), std::optional(kMeanMap));
        QVERIFY(window.picture().drawn().is_signed);
        QTRY_COMPARE_WITH_TIMEOUT(explaining_->waiting(), 0, kPatience);
        QCOMPARE(explainer_->tested(), 4);
        window.exhibits().make_current(exhibit(window, "two.png").id);
        QVERIFY(window.study<EvidenceStudy>().run().known() != nullptr);  // its maps were complete
        QVERIFY(panel(window)->state().contains(text("Stopped: 0 of 4")));
        QCOMPARE(panel(window)->rows()[1]->word(), text("not tested"));
    }

    void continuing_tests_only_untested_maps() {
        MainWindow& window = explaining_window({"one.png"});
        explaining_->close();
        window.action("evidence")->trigger();
        wait_for_maps(window);
        QCOMPARE(explainer_->mapped(), 3);
        panel(window)->stop_button()->click();
        QTRY_COMPARE_WITH_TIMEOUT(explaining_->waiting(), 0, kPatience);
        QVERIFY(!window.study<EvidenceStudy>().run().running());
        QCOMPARE(panel(window)->start_button()->text(), text("Continue"));
        explaining_->open();
        panel(window)->start_button()->click();
        wait_for_evidence(window);
        QCOMPARE(explainer_->mapped(), 3);
        QVERIFY(window.study<EvidenceStudy>().run().known()->complete());
        window.action("evidence")->trigger();  // nothing is missing
        QVERIFY(!window.study<EvidenceStudy>().run().running());
    }

    void another_method_or_layer_starts_at_once_and_results_are_kept() {
        MainWindow& window = explaining_window({"one.png"});
        panel(window)->method_box()->setCurrentIndex(1);  // before the first run: nothing starts
        QVERIFY(!window.study<EvidenceStudy>().run().running());
        panel(window)->method_box()->setCurrentIndex(0);
        window.action("evidence")->trigger();
        wait_for_evidence(window);
        panel(window)->layer_box()->setCurrentIndex(1);
        QVERIFY(window.study<EvidenceStudy>().run().running());
        wait_for_evidence(window);
        QCOMPARE(window.study<EvidenceStudy>().run().options().layer, std::string(kFinerLayer));
        QVERIFY(panel(window)->formula().endsWith(text("at early.1")));
        QCOMPARE(explainer_->tested(), 6);
        panel(window)->layer_box()->setCurrentIndex(0);
        QVERIFY(!window.study<EvidenceStudy>().run().running());
        QVERIFY(window.study<EvidenceStudy>().run().known()->complete());
        QCOMPARE(explainer_->tested(), 6);
        panel(window)->method_box()->setCurrentIndex(3);
        wait_for_evidence(window);
        QCOMPARE(window.study<EvidenceStudy>().run().known()->experts.front().method,
                 AttributionMethod::LayerCam);
        QCOMPARE(explainer_->tested(), 9);
    }

    void how_maps_are_computed_waits_under_details() {
        EvidencePanel tab;
        for (const QComboBox* const box : {tab.method_box(), tab.layer_box()})
            QVERIFY(!box->isVisibleTo(&tab));
        QVERIFY(tab.towards_box()->isVisibleTo(&tab));
        tab.details_button()->click();
        for (const QComboBox* const box : {tab.method_box(), tab.layer_box()})
            QVERIFY(box->isVisibleTo(&tab));
        tab.details_button()->click();
        QVERIFY(!tab.method_box()->isVisibleTo(&tab));
    }

    void problems_are_shown_in_the_tab() {
        MainWindow& window = explaining_window({"one.png", "two.png"});
        save_picture(folder(), text("one.png"), plain_picture(Qt::blue));
        window.action("evidence")->trigger();
        wait_for_evidence(window);
        QVERIFY2(panel(window)->state().contains(text("has changed since")),
                 qPrintable(panel(window)->state()));
        QVERIFY(panel(window)->rows().empty());
        window.exhibits().make_current(exhibit(window, "two.png").id);
        QVERIFY(!panel(window)->state().contains(text("has changed")));
        QVERIFY(QFile::remove(folder().filePath(text("two.png"))));
        window.action("evidence")->trigger();
        wait_for_evidence(window);
        QVERIFY(!window.study<EvidenceStudy>().run().problem().isEmpty());
        QCOMPARE(panel(window)->state(), window.study<EvidenceStudy>().run().problem());
    }

    void a_panel_without_networks_is_reported() {
        MainWindow& window = ready_window();
        QVERIFY(!window.action("evidence")->isEnabled());
        QVERIFY(panel(window)->state().contains(text("once the picture has a score")));
        drop_files(&window, {paint("one.png", Qt::red)});
        wait_until_idle(window, 1);
        window.action("evidence")->trigger();
        wait_for_evidence(window);
        QVERIFY2(panel(window)->state().contains(text("has no networks")),
                 qPrintable(panel(window)->state()));
    }

    void an_exhibit_of_a_case_is_explained_from_its_file() {
        MainWindow& window = explaining_window({"loose.png"});
        QDir(folder()).mkpath(text("pictures"));
        const QDir pictures(folder().filePath(text("pictures")));
        save_picture(pictures, text("kept.png"), patched());
        QSignalSpy opened(&window.case_controller(), &CaseController::opened);
        window.open_case(to_path(folder().filePath(text("review.dfdcase"))), true);
        QTRY_COMPARE_WITH_TIMEOUT(opened.count(), 1, kPatience);
        drop_files(&window, {pictures.path()});
        QTRY_COMPARE_WITH_TIMEOUT(window.case_controller().model().rowCount(), 1, kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(!window.case_controller().scan().running(), kPatience);
        window.case_pane().make_current(window.case_controller().model().ids().front());
        QTRY_VERIFY_WITH_TIMEOUT(window.action("evidence")->isEnabled(), kPatience);
        window.action("evidence")->trigger();
        wait_for_evidence(window);
        QVERIFY2(window.study<EvidenceStudy>().run().problem().isEmpty(),
                 qPrintable(window.study<EvidenceStudy>().run().problem()));
        QVERIFY(window.study<EvidenceStudy>().run().known()->complete());
        QVERIFY(window.picture().drawn().is_signed);
        QVERIFY(QFile::remove(pictures.filePath(text("kept.png"))));
        panel(window)->layer_box()->setCurrentIndex(2);
        wait_for_evidence(window);
        QVERIFY(!panel(window)->state().isEmpty());
        QVERIFY(window.study<EvidenceStudy>().run().known() == nullptr);
        QVERIFY(!window.picture().drawn().is_signed);
    }

    void colours_match_the_command_line() {
        const HeatMap map{1, 3, {-2, 0, 2}};
        const QImage image = signed_heatmap(map, 2, 1.0, QSize(3, 1));
        const auto same = [](QRgb pixel, const std::array<std::uint8_t, 3>& colour) {
            return qRed(pixel) == colour[0] && qGreen(pixel) == colour[1] &&
                   qBlue(pixel) == colour[2] && qAlpha(pixel) == 255;
        };
        QVERIFY(same(image.pixel(0, 0), kTowardsRealColour));
        QCOMPARE(qAlpha(image.pixel(1, 0)), 0);
        QVERIFY(same(image.pixel(2, 0), kTowardsFakeColour));
        QVERIFY(signed_heatmap(map, 0, 1.0, QSize(3, 1)).isNull());
        QCOMPARE(side_of(map, Towards::Fake).values, (std::vector<float>{0, 0, 2}));
        QCOMPARE(side_of(map, Towards::Real).values, (std::vector<float>{-2, 0, 0}));
    }
};

QTEST_MAIN(EvidenceWindowTest)
#include "evidence_window_test.moc"
