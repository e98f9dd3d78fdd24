// Tests of the picture view's coordinates, heatmap colours against core's, and texts with figures.
#include "ui/picture/picture_view.h"

#include <QTest>
#include <QWheelEvent>
#include <cmath>

#include "core/picture/pixels/heatmap_overlay.h"
#include "tests/ui/painted_pictures.h"
#include "ui/list/image_convert.h"
#include "ui/look/wording.h"
#include "ui/picture/heatmap_image.h"

using namespace dfd;
using namespace dfd::ui;
using namespace dfd::test;

namespace {

PyramidPtr pyramid(const QSize& size) {
    return std::make_shared<const PicturePyramid>(make_pyramid(landscape(1, 0.5, size)));
}

bool close_to(const QPointF& a, const QPointF& b) {
    return (a - b).manhattanLength() < 0.01;
}

}  // namespace

class PictureViewTest : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void fit_enlarges_small_pictures_up_to_a_limit() {
        PictureView view;
        view.resize(400, 300);
        view.show_picture(pyramid({1600, 800}));
        QVERIFY(view.fits());
        QVERIFY(view.zoom() > 0.2 && view.zoom() < 0.25);
        QVERIFY(close_to(view.to_view({800, 400}), QPointF(200, 150)));
        view.show_picture(pyramid({20, 10}));
        QCOMPARE(view.zoom(), 2.0);
    }

    void a_mean_has_its_own_scale_and_experts_share_that_of_their_question() {
        PanelOpinion opinion;
        for (const float peak : {4.0f, 2.0f, 1.0f}) {
            ExpertOpinion expert;
            expert.map = HeatMap{2, 2, {0, 0, 0, peak}};
            opinion.experts.push_back(expert);
        }
        combine(opinion);
        const auto same = [](float a, double b) { return std::abs(a - b) < 1e-5; };
        for (const MapScale scale : {MapScale::Common, MapScale::Own})
            QVERIFY(same(scale_maximum(opinion, kMeanMap, scale), 7.0 / 3));
        for (int expert = 0; expert < 3; ++expert)
            QCOMPARE(scale_maximum(opinion, expert, MapScale::Common), 4.0f);
        QCOMPARE(scale_maximum(opinion, 2, MapScale::Own), 1.0f);

        // With two questions: the first expert answers one, the others the second.
        opinion.answers = {{"generated", "Made by a generator?", 0, 0, true},
                           {"edited", "Edited in places?", 0, 0, true}};
        opinion.experts[1].question = opinion.experts[2].question = 1;
        combine(opinion);
        for (const MapScale scale : {MapScale::Common, MapScale::Own}) {
            QVERIFY(same(scale_maximum(opinion, mean_map_of(0), scale), 4));
            QVERIFY(same(scale_maximum(opinion, mean_map_of(1), scale), 1.5));
        }
        QCOMPARE(scale_maximum(opinion, 0, MapScale::Common), 4.0f);
        QCOMPARE(scale_maximum(opinion, 2, MapScale::Common), 2.0f);
    }

    void the_wheel_keeps_the_point_under_the_cursor() {
        PictureView view;
        view.resize(400, 300);
        view.show_picture(pyramid({1600, 1200}));
        view.zoom_to_actual_pixels();
        QCOMPARE(view.zoom(), 1.0);
        const QPointF cursor(130, 90);
        const QPointF before = view.to_picture(cursor);
        QWheelEvent wheel(cursor, view.mapToGlobal(cursor), {}, QPoint(0, 240), Qt::NoButton,
                          Qt::NoModifier, Qt::NoScrollPhase, false);
        QApplication::sendEvent(&view, &wheel);
        QVERIFY(view.zoom() > 1.5);
        QVERIFY(!view.fits());
        QVERIFY(close_to(view.to_picture(cursor), before));
    }

    void keys_zoom_and_pan_within_the_picture() {
        PictureView view;
        view.resize(400, 300);
        view.show_picture(pyramid({1600, 1200}));
        QTest::keyClick(&view, Qt::Key_1);
        QCOMPARE(view.zoom(), 1.0);
        const QPointF middle = view.to_picture(QPointF(200, 150));
        QTest::keyClick(&view, Qt::Key_Right);
        QVERIFY(view.to_picture(QPointF(200, 150)).x() > middle.x());
        for (int i = 0; i < 100; ++i)
            QTest::keyClick(&view, Qt::Key_Left);
        QVERIFY(close_to(view.to_picture(QPointF(0, 150)), QPointF(0, middle.y())));
        QTest::keyClick(&view, Qt::Key_0);
        QVERIFY(view.fits());
        QTest::mouseDClick(&view, Qt::LeftButton);
        QCOMPARE(view.zoom(), 1.0);
    }

    void paints_the_picture_and_nothing_else_without_a_map() {
        PictureView view;
        view.resize(400, 300);
        QImage flat = plain_picture(QColor(10, 200, 30), QSize(400, 300));
        view.show_picture(std::make_shared<const PicturePyramid>(make_pyramid(flat)));
        QCOMPARE(view.grab().toImage().pixelColor(200, 150), QColor(10, 200, 30));
        QImage veil(2, 2, QImage::Format_ARGB32_Premultiplied);
        veil.fill(QColor(255, 0, 0));
        view.set_overlay(veil);
        QCOMPARE(view.grab().toImage().pixelColor(200, 150), QColor(255, 0, 0));
        view.set_mode(CompareMode::SideBySide);
        const QImage both = view.grab().toImage();
        QCOMPARE(both.pixelColor(100, 150), QColor(10, 200, 30));
        QCOMPARE(both.pixelColor(300, 150), QColor(255, 0, 0));
    }

    void the_screen_agrees_with_the_exported_overlay() {
        HeatMap map{4, 6, {}};
        for (int i = 0; i < 24; ++i)
            map.values.push_back(static_cast<float>(i % 7) / 6.0f);
        const QImage picture = landscape(2, 0.7, QSize(60, 40));
        for (const ColourMap colours : {ColourMap::Inferno, ColourMap::Cividis}) {
            QImage screen = map_base(picture);
            QPainter painter(&screen);
            painter.drawImage(0, 0, colour_heatmap(map, 1.0f, colours, 0.6, picture.size()));
            painter.end();
            const QImage file = to_image(overlay(to_pixels(picture), map, 1.0f, colours, 0.6));
            int largest = 0;
            for (int y = 0; y < 40; ++y)
                for (int x = 0; x < 60; ++x) {
                    const QColor a = screen.pixelColor(x, y);
                    const QColor b = file.pixelColor(x, y);
                    largest =
                        std::max({largest, std::abs(a.red() - b.red()),
                                  std::abs(a.green() - b.green()), std::abs(a.blue() - b.blue())});
                }
            // Tolerance of 8-bit premultiplied blending against exact blending.
            QVERIFY2(largest <= 3, qPrintable(QString::number(largest)));
        }
    }

    void a_map_without_evidence_gives_no_image() {
        HeatMap map{2, 2, {0, 0, 0, 0}};
        QVERIFY(colour_heatmap(map, 0, ColourMap::Inferno, 1, QSize(8, 8)).isNull());
        const QImage clear = colour_heatmap(map, 1, ColourMap::Inferno, 1, QSize(8, 8));
        QCOMPARE(qAlpha(clear.pixel(3, 3)), 0);
    }

    void places_not_looked_at_are_veiled_as_in_the_export() {
        const HeatMap map{1, 2, {0, kNotLookedAt}};
        const QImage picture = landscape(2, 0.7, QSize(60, 40));
        for (const float scale : {0.0f, 1.0f}) {
            QImage screen = map_base(picture);
            const QImage base = screen;
            QPainter painter(&screen);
            painter.drawImage(0, 0,
                              colour_heatmap(map, scale, ColourMap::Inferno, 0.6, picture.size()));
            painter.end();
            const QImage file =
                to_image(overlay(to_pixels(picture), map, scale, ColourMap::Inferno, 0.6));
            for (const QPoint at : {QPoint(3, 5), QPoint(29, 20), QPoint(31, 20), QPoint(50, 30)}) {
                QVERIFY(std::abs(screen.pixelColor(at).red() - file.pixelColor(at).red()) <= 3);
                QCOMPARE(screen.pixel(at) == base.pixel(at), at.x() < 30);
            }
        }
        QVERIFY(!is_complete(map));
        QVERIFY(!looked_at(side_of(map, Towards::Fake).values[1]));
    }

    void a_picture_turns_grey_under_its_map() {
        PictureView view;
        view.resize(200, 200);
        view.show_picture(
            std::make_shared<const PicturePyramid>(make_pyramid(plain_picture(Qt::red))));
        const QPoint centre(100, 100);
        QCOMPARE(view.grab().toImage().pixelColor(centre), QColor(Qt::red));
        QImage nothing(8, 8, QImage::Format_ARGB32_Premultiplied);
        nothing.fill(Qt::transparent);
        view.set_overlay(nothing, QStringLiteral("No place stands out."));
        const QColor under = view.grab().toImage().pixelColor(centre);
        QCOMPARE(under.red(), under.blue());
        QCOMPARE(under.red(), under.green());
        QCOMPARE(view.overlay_note(), QStringLiteral("No place stands out."));
        view.set_overlay({});
        QCOMPARE(view.grab().toImage().pixelColor(centre), QColor(Qt::red));
        QVERIFY(view.overlay_note().isEmpty());
    }

    void a_line_surrounds_the_strongest_part_if_there_is_one() {
        HeatMap flat{12, 12, std::vector<float>(144, 0.5f)};
        QCOMPARE(strongest_level(flat), 0.0f);
        HeatMap peak = flat;
        for (const int row : {4, 5, 6, 7})
            for (const int column : {4, 5, 6, 7})
                peak.values[static_cast<std::size_t>(12 * row + column)] = 4;
        const float level = strongest_level(peak);
        QVERIFY(level > 0.5f);
        const QImage line = contour(peak, level, {240, 240});
        QCOMPARE(line.pixelColor(10, 10).alpha(), 0);    // outside
        QCOMPARE(line.pixelColor(120, 120).alpha(), 0);  // inside
        int crossed = 0;
        for (int x = 0; x < 240; ++x)
            crossed += line.pixelColor(x, 120) == QColor(Qt::white) ? 1 : 0;
        QVERIFY(crossed >= 2 && crossed <= 8);  // on both sides, thin
        QVERIFY(contour(flat, strongest_level(flat), {240, 240}).isNull());
        HeatMap none{12, 12, std::vector<float>(144, 0.0f)};
        QCOMPARE(strongest_level(none), 0.0f);
    }

    void pixels_survive_a_round_trip() {
        const QImage picture = landscape(3, 0.4, QSize(33, 17));
        const Pixels pixels = to_pixels(picture);
        QCOMPARE(pixels.rgb.size(), std::size_t{3 * 33 * 17});
        QCOMPARE(int(pixels.rgb[0]), qRed(picture.pixel(0, 0)));
        QCOMPARE(to_image(pixels), picture);
    }

    void shown_scores_never_contradict_the_band() {
        QCOMPARE(score_text(0.125), QStringLiteral("0.13"));
        QCOMPARE(score_text(0.29), QStringLiteral("0.29"));
        QCOMPARE(score_text(0.6499, BandThresholds{}), QStringLiteral("0.64"));
        QCOMPARE(score_text(0.65), QStringLiteral("0.65"));
        QCOMPARE(score_text(0.3499, BandThresholds{}), QStringLiteral("0.34"));
        QCOMPARE(score_text(0.6499), QStringLiteral("0.65"));
        QCOMPARE(score_text(0.9999), QStringLiteral("1.00"));
        QCOMPARE(signed_text(-0.031), QStringLiteral("\u22120.03"));
        QCOMPARE(signed_text(0.004), QStringLiteral("0.00"));
        QCOMPARE(duration_text(0.2), QStringLiteral("about 1 s"));
        QCOMPARE(duration_text(600), QStringLiteral("about 10 min"));
        QCOMPARE(duration_text(4 * 3600 + 1200), QStringLiteral("about 4 h 20 min"));
        const std::string raw = "/a/\xff.jpg";
        QVERIFY(!path_text(raw).isEmpty());
    }
};

QTEST_MAIN(PictureViewTest)
#include "picture_view_test.moc"
