// A panel that asks several questions, in the card, the bars and the strip of maps.
#include <QDoubleSpinBox>
#include <QLabel>
#include <QPainter>
#include <QSignalSpy>
#include <QSlider>
#include <QTest>
#include <QToolButton>
#include <array>

#include "tests/panel/opinions.h"
#include "ui/case/thresholds_dialog.h"
#include "ui/picture/exporter.h"
#include "ui/picture/heatmap_image.h"
#include "ui/picture/map_sheet.h"
#include "ui/picture/map_strip.h"
#include "ui/picture/overlay_controls.h"
#include "ui/picture/picture_pane.h"
#include "ui/verdict/answer_block.h"
#include "ui/verdict/expert_bars.h"
#include "ui/verdict/expert_weight.h"
#include "ui/verdict/verdict_card.h"
#include "ui/window/panel_chooser.h"

using namespace dfd;
using namespace dfd::ui;

namespace {

/// "One?" 0.30 by a and b, "Two?" 0.85 by c and d, each with a map of one cell.
PanelOpinion two_answers() {
    PanelOpinion opinion = of_answers({{0.2, 0.4}, {0.9, 0.8}});
    for (std::size_t i = 0; i < opinion.experts.size(); ++i)
        opinion.experts[i].map = HeatMap{1, 1, {static_cast<float>(i + 1)}};
    return opinion;
}

/// With a calibration that judges pictures from 200 pixels on, of a picture with this shorter side.
void measured_from_200_pixels(PanelOpinion& opinion, int shorter_side) {
    AnswerCalibration calibration;
    calibration.bound = 2;
    calibration.alarms = {{0, 1, 1, 1}};
    calibration.scope = {{"shorter_side", 200}};
    opinion.calibration = std::make_shared<const std::vector<AnswerCalibration>>(1, calibration);
    opinion.traits = PictureTraits{};
    opinion.traits->shorter_side = shorter_side;
}

Exhibit exhibit_of(const PanelOpinion& opinion) {
    auto seen = std::make_shared<Examination>();
    seen->state = ExaminationState::Explained;
    seen->opinion = opinion;
    Exhibit exhibit;
    exhibit.state = ExaminationState::Explained;
    exhibit.examination = seen;
    return exhibit;
}

QStringList visible_texts(const QWidget& widget) {
    QStringList texts;
    for (const QLabel* const label : widget.findChildren<QLabel*>())
        if (!label->isHidden())
            texts.append(label->text());
    return texts;
}

}  // namespace

class AnswersTest : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void the_card_has_a_block_for_each();
    void each_question_has_its_own_words();
    void thresholds_stay_those_of_each_question();
    void a_question_without_votes_is_not_answered();
    void the_block_says_what_a_score_is_worth();
    void outside_of_the_scope_there_is_no_score();
    void an_expert_beyond_its_gate_is_marked();
    void the_chooser_has_a_line_for_each_calibration();
    void a_map_without_an_assessment_says_so();
    void a_map_without_support_is_faint_everywhere();
    void the_reason_of_no_assessment_stays_in_a_brief_card();
    void experts_have_names_and_the_panels_words();
    void an_expert_without_an_opinion_is_not_weighted();
    void without_a_calibration_there_are_no_words();
    void votes_and_spread_wait_under_details();
    void bars_stand_under_their_question();
    void the_strip_has_a_mean_for_each();
    void the_list_of_maps_names_them();
    void a_fusion_is_named_where_a_mean_was();
    void warnings_name_experts_by_their_titles();
    void a_declaration_stands_above_the_score();
};

void AnswersTest::the_card_has_a_block_for_each() {
    VerdictCard card;
    card.show_exhibit(exhibit_of(two_answers()), {});
    QCOMPARE(card.answers().size(), std::size_t(2));
    QCOMPARE(card.answers()[0]->question(), QStringLiteral("One?"));
    QCOMPARE(card.answers()[0]->score(), QStringLiteral("0.30"));
    QCOMPARE(card.answers()[0]->band(), QStringLiteral("looks real"));
    QCOMPARE(card.answers()[1]->score(), QStringLiteral("0.85"));
    QCOMPARE(card.score(), QStringLiteral("0.85"));  // the larger one
    QVERIFY(card.story().contains(QStringLiteral("One? The panel says 0.30")));
    QVERIFY(card.story().contains(QStringLiteral("Two? The panel says 0.85")));

    card.show_exhibit(exhibit_of(of_scores({0.2, 0.4})), {});
    QCOMPARE(card.answers().size(), std::size_t(1));
    QVERIFY(card.answers()[0]->question().isEmpty());
    card.show_nothing();
    QVERIFY(card.answers().empty());
    QVERIFY(card.score().isEmpty());
}

/// "One?" looks fake from 0.54, "Two?" from 0.68.
QuestionBands unlike_bands() {
    return QuestionBands(std::vector<BandThresholds>{{0.5, 0.54}, {0.28, 0.68}});
}

void AnswersTest::each_question_has_its_own_words() {
    VerdictContext context;
    context.bands = unlike_bands();
    VerdictCard card;
    card.show_exhibit(exhibit_of(of_answers({{0.6}, {0.6}})), context);
    QCOMPARE(card.answers()[0]->band(), QStringLiteral("looks fake"));
    QCOMPARE(card.answers()[1]->band(), QStringLiteral("undecided"));
    QVERIFY(card.story().contains(QStringLiteral("One? The panel says 0.60 (looks fake)")));
    QVERIFY(card.story().contains(QStringLiteral("Two? The panel says 0.60 (undecided)")));
    ExpertBars bars;
    bars.show_opinion(of_answers({{0.6}, {0.6}}), unlike_bands());
    const auto all = bars.findChildren<ExpertBar*>();
    QVERIFY(all[0]->accessibleName().contains(QStringLiteral("looks fake")));
    QVERIFY(all[1]->accessibleName().contains(QStringLiteral("undecided")));
    context.bands = BandThresholds{0.1, 0.2};  // somebody's choice holds for both
    card.show_exhibit(exhibit_of(of_answers({{0.6}, {0.6}})), context);
    QCOMPARE(card.answers()[1]->band(), QStringLiteral("looks fake"));
}

void AnswersTest::thresholds_stay_those_of_each_question() {
    const ThresholdProfile measured{"default", unlike_bands()};
    ThresholdsDialog dialog({measured, {"strict", BandThresholds{0.2, 0.3}}}, measured,
                            {{"p", "One?", "", ""}, {"q", "Two?", "", ""}});
    QCOMPARE(dialog.profile().bands, measured.bands);  // nobody has changed anything
    QVERIFY(visible_texts(dialog)
                .join(QLatin1Char('\n'))
                .contains(QStringLiteral(
                    "One? looks real below 0.5, looks fake from 0.54; Two? looks real below "
                    "0.28, looks fake from 0.68")));
    auto* const from = dialog.findChildren<QDoubleSpinBox*>().last();
    from->setValue(0.9);
    QCOMPARE(dialog.profile().bands, QuestionBands(BandThresholds{0.28, 0.9}));
    dialog.set_profile(measured);
    QCOMPARE(dialog.profile().bands, measured.bands);
    // Where none were measured, none are drawn before somebody chooses some.
    const auto says_so = [](const ThresholdsDialog& which) {
        return !visible_texts(which)
                    .filter(QStringLiteral("No thresholds were measured"))
                    .isEmpty();
    };
    QVERIFY(!says_so(dialog));
    ThresholdsDialog unmeasured({}, {"default", BandThresholds{.named = false}}, {});
    QVERIFY(says_so(unmeasured));
    unmeasured.findChildren<QDoubleSpinBox*>().last()->setValue(0.9);
    QVERIFY(!says_so(unmeasured));
}

void AnswersTest::a_question_without_votes_is_not_answered() {
    PanelOpinion opinion = two_answers();
    combine(opinion, std::vector<double>{1, 1, 0, 0});
    VerdictCard card;
    card.show_exhibit(exhibit_of(opinion), {});
    QCOMPARE(card.score(), QStringLiteral("0.30"));
    QCOMPARE(card.answers()[1]->band(), QStringLiteral("not answered"));
    QVERIFY(card.answers()[1]->score().isEmpty());
}

void AnswersTest::the_block_says_what_a_score_is_worth() {
    PanelOpinion opinion = two_answers();
    VerdictCard card;
    card.show_exhibit(exhibit_of(opinion), {});
    QVERIFY(card.answers()[1]->worth().startsWith(QStringLiteral("Not calibrated")));

    AnswerCalibration calibration;
    calibration.question = "q";
    calibration.bound = 2;
    calibration.alarms = {{0, 1, 1, 1}, {0.8, 0.04, 0.02, 0.07}};
    opinion.calibration = std::make_shared<const std::vector<AnswerCalibration>>(
        std::vector<AnswerCalibration>{AnswerCalibration(), calibration});
    card.show_exhibit(exhibit_of(opinion), {});
    QVERIFY(card.answers()[0]->worth().startsWith(QStringLiteral("Not calibrated")));
    const QString worth = card.answers()[1]->worth();
    QVERIFY(worth.startsWith(QStringLiteral("Of 100 real pictures like those measured, about 4")));
    QVERIFY(
        worth.contains(QStringLiteral("favours \"It is edited or generated\" over \"It "
                                      "is untouched\" by about 5.7 to 1")));
    QVERIFY(!card.story().contains(worth));  // once is enough

    combine(opinion, std::vector<double>{1, 0, 1, 1});  // an expert of the other question
    card.show_exhibit(exhibit_of(opinion), {});
    QCOMPARE(card.answers()[1]->worth(), worth);
    combine(opinion, std::vector<double>{1, 1, 1, 0});  // not what was measured
    card.show_exhibit(exhibit_of(opinion), {});
    QVERIFY(card.answers()[1]->worth().contains(QStringLiteral("this combination of experts")));
}

void AnswersTest::outside_of_the_scope_there_is_no_score() {
    PanelOpinion opinion = of_scores({0.9, 0.8});
    measured_from_200_pixels(opinion, 64);
    VerdictCard card;
    card.show_exhibit(exhibit_of(opinion), {});
    QCOMPARE(card.band(), QStringLiteral("no assessment"));
    QVERIFY(card.answers().front()->worth().contains(QStringLiteral("It is smaller than")));
    // The raw score is a click away, under Details.
    for (const QString& text : visible_texts(card))
        QVERIFY2(!text.contains(QStringLiteral("0.85")), qPrintable(text));
    QVERIFY(card.story().contains(QStringLiteral("The score, 0.85, was never measured")));
    ExpertBars bars;
    bars.show_opinion(opinion);
    for (const auto* const bar : bars.findChildren<ExpertBar*>()) {
        QVERIFY(bar->accessibleName().endsWith(QStringLiteral("no assessment")));
        QVERIFY(bar->toolTip().contains(QStringLiteral("says nothing about it")));
    }
    // All experts of a question that is out of scope can be muted.
    PanelOpinion several = two_answers();
    std::vector<AnswerCalibration> both(2, opinion.calibration->front());
    several.calibration = std::make_shared<const std::vector<AnswerCalibration>>(both);
    several.traits = opinion.traits;
    combine(several, std::array{0.0, 0.0, 1.0, 1.0});
    VerdictCard muted;
    muted.show_exhibit(exhibit_of(several), {});
    QVERIFY(muted.story().contains(QStringLiteral("Not answered")));
    // The reason stands once.
    QCOMPARE(card.story().count(QStringLiteral("It is smaller than")), 0);
}

void AnswersTest::an_expert_beyond_its_gate_is_marked() {
    PanelOpinion opinion = of_scores({0.9, 0.6});
    AnswerCalibration calibration;
    calibration.bound = 2;
    calibration.alarms = {{0, 1, 1, 1}};
    calibration.gates = {{"a", 2}};
    opinion.calibration = std::make_shared<const std::vector<AnswerCalibration>>(1, calibration);
    opinion.experts[0].distance = 3;
    combine(opinion);
    VerdictCard card;
    card.show_exhibit(exhibit_of(opinion), {});
    QCOMPARE(card.score(), QStringLiteral("0.60"));
    ExpertBars bars;
    bars.show_opinion(opinion);
    const auto all = bars.findChildren<ExpertBar*>();
    QCOMPARE(all[0]->accessibleName(), QStringLiteral("a, out of scope"));
    QVERIFY(all[0]->toolTip().contains(QStringLiteral("Does not count here")));
    QVERIFY(all[1]->accessibleName().startsWith(QStringLiteral("b, score 0.60")));
    opinion.experts[0].distance.reset();
    opinion.experts[0].no_face = true;
    combine(opinion);
    bars.show_opinion(opinion);
    QCOMPARE(all[0]->accessibleName(), QStringLiteral("a, out of scope"));
    QVERIFY(all[0]->toolTip().contains(QStringLiteral("no face was found")));
}

void AnswersTest::the_chooser_has_a_line_for_each_calibration() {
    ListedPanel listed;
    listed.record.name = listed.record.title = "P";
    listed.record.folder = "/panels/p";
    listed.record.calibrations.resize(2);
    listed.record.calibrations[1].name = "newsroom";
    PanelChooser chooser;
    chooser.set_panels({listed});
    chooser.set_current(&listed.record);
    QCOMPARE(chooser.currentText(), QStringLiteral("P"));
    QCOMPARE(chooser.itemText(1), QStringLiteral("P, calibration newsroom"));
    QSignalSpy chosen(&chooser, &PanelChooser::panel_chosen);
    Q_EMIT chooser.activated(0);  // the current one
    QCOMPARE(chosen.size(), 0);
    Q_EMIT chooser.activated(1);
    QCOMPARE(chosen.size(), 1);
    QCOMPARE(chosen[0][0].toString(), QStringLiteral("/panels/p"));
    QCOMPARE(chosen[0][1].toString(), QStringLiteral("newsroom"));
    listed.record.calibration = "newsroom";
    chooser.set_current(&listed.record);
    QCOMPARE(chooser.currentIndex(), 1);
}

void AnswersTest::a_map_without_an_assessment_says_so() {
    PanelOpinion opinion = of_scores({0.9, 0.8});
    for (ExpertOpinion& expert : opinion.experts)
        expert.map = HeatMap{2, 2, {0, 0, 0, 9}};
    PicturePane pane;
    Exhibit exhibit = exhibit_of(opinion);
    exhibit.id = 1;
    pane.show_exhibit(exhibit, QImage(64, 64, QImage::Format_RGB32));
    QVERIFY(pane.drawn().no_assessment.isEmpty());
    QVERIFY(!pane.view()->overlay_note().contains(QStringLiteral("No assessment")));

    measured_from_200_pixels(opinion, 64);
    exhibit = exhibit_of(opinion);
    exhibit.id = 2;
    pane.show_exhibit(exhibit, QImage(64, 64, QImage::Format_RGB32));
    // The picture comes first, without a map, and below it the reason.
    QCOMPARE(pane.controls()->settings().map, kNoMap);
    QVERIFY(pane.drawn().map.values.empty());
    QVERIFY(pane.view()->overlay_note().isEmpty());
    QVERIFY2(pane.drawn().no_assessment.contains(QStringLiteral("It is smaller than")),
             qPrintable(pane.drawn().no_assessment));
    pane.show_exhibit(exhibit, {});  // nothing new
    QCOMPARE(pane.controls()->settings().map, kNoMap);
    // Nobody chose that: what takes the map's place stays when something else is chosen.
    QSignalSpy chosen(pane.controls(), &OverlayControls::map_chosen);
    pane.controls()->findChild<QSlider*>()->setValue(40);
    QCOMPARE(chosen.count(), 0);
    // One press brings the map, which stays when the result comes again.
    pane.controls()->toggle_map();
    QCOMPARE(chosen.count(), 1);
    QCOMPARE(pane.controls()->settings().map, kMeanMap);
    pane.show_exhibit(exhibit, {});
    QCOMPARE(pane.controls()->settings().map, kMeanMap);
    QCOMPARE(pane.drawn().standing, MapStanding::NoAssessment);
    QVERIFY(pane.view()->overlay_note().startsWith(QStringLiteral("No assessment")));

    // On the sheet nothing is outlined, and its head says why.
    MapSheet sheet;
    sheet.map = HeatMap{2, 2, {0, 0, 0, 9}};
    sheet.scale_max = 9;
    sheet.colours = ColourMap::Inferno;
    const QImage grey(96, 96, QImage::Format_RGB32);
    const QImage with = draw_map_sheet(sheet, grey);
    sheet.standing = MapStanding::NoAssessment;
    QVERIFY(draw_map_sheet(sheet, grey) != with);
    // The next picture without an assessment begins without a map, too; one with an assessment has
    // the user's choice again.
    exhibit.id = 3;
    pane.show_exhibit(exhibit, QImage(64, 64, QImage::Format_RGB32));
    QCOMPARE(pane.controls()->settings().map, kNoMap);
    opinion.traits = PictureTraits{.shorter_side = 640};
    exhibit = exhibit_of(opinion);
    exhibit.id = 4;
    pane.show_exhibit(exhibit, QImage(64, 64, QImage::Format_RGB32));
    QCOMPARE(pane.controls()->settings().map, kMeanMap);
}

void AnswersTest::a_map_without_support_is_faint_everywhere() {
    PanelOpinion opinion = of_scores({0.9, 0.8});
    for (ExpertOpinion& expert : opinion.experts) {
        expert.map = HeatMap{12, 12, std::vector<float>(144, 0)};
        for (const int row : {4, 5, 6, 7})
            for (const int column : {4, 5, 6, 7})
                expert.map->values[static_cast<std::size_t>(12 * row + column)] = 4;
    }
    PicturePane pane;
    Exhibit exhibit = exhibit_of(opinion);
    exhibit.id = 1;
    const QImage black = [] {
        QImage image(96, 96, QImage::Format_RGB32);
        image.fill(Qt::black);
        return image;
    }();
    pane.resize(640, 640);
    pane.show_exhibit(exhibit, black);
    QCOMPARE(pane.drawn().standing, MapStanding::Firm);
    QVERIFY(pane.view()->overlay_note().isEmpty());
    // The brightest place of the map, and of all: with the line.
    const auto brightest = [](const QImage& seen) {
        QImage image(seen.size(), QImage::Format_RGB32);
        image.fill(Qt::black);
        QPainter(&image).drawImage(0, 0, seen);
        int found = 0;
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x)
                found = std::max(found, qGray(image.pixel(x, y)));
        return found;
    };
    const QSize size(240, 240);
    const HeatMap& map = *opinion.experts[0].map;
    const auto drawn = [&](MapStanding standing) {
        return standing_heatmap(map, standing, 4, ColourMap::Inferno, 1, size);
    };
    QCOMPARE(brightest(drawn(MapStanding::Firm)), 255);
    QCOMPARE(qAlpha(drawn(MapStanding::Firm).pixel(120, 120)), 255);
    for (const MapStanding standing :
         {MapStanding::NoAssessment, MapStanding::NotSupported, MapStanding::NothingStandsOut,
          MapStanding::NotConcentrated}) {
        QVERIFY(brightest(drawn(standing)) < 140);
        QVERIFY(qAlpha(drawn(standing).pixel(120, 120)) < 128);
        QVERIFY(!standing_text(standing).isEmpty());
    }
    const auto tiles = pane.strip()->findChildren<MapTile*>();
    QCOMPARE(tiles.size(), 3);
    const QImage before = tiles[0]->grab().toImage();
    pane.set_supports(exhibit.key(), {{kMeanMap, Support::Unsupported}, {0, Support::Weak}});
    QCOMPARE(pane.drawn().standing, MapStanding::NotSupported);
    const QString note = QStringLiteral("The deletion test does not support this map.");
    QCOMPARE(pane.view()->overlay_note(), note);
    QCOMPARE(tiles[0]->accessibleDescription(), note);
    QVERIFY(tiles[1]->accessibleDescription().isEmpty());
    QVERIFY(brightest(tiles[0]->grab().toImage()) <= brightest(before));
    QVERIFY(tiles[0]->grab().toImage() != before);
    // Another picture's tests say nothing about this one.
    pane.set_supports({false, 77}, {{kMeanMap, Support::Unsupported}});
    pane.show_exhibit(exhibit, black);
    QCOMPARE(pane.drawn().standing, MapStanding::Firm);
    // On the sheet, too.
    MapSheet sheet;
    sheet.map = map;
    sheet.scale_max = 4;
    sheet.colours = ColourMap::Inferno;
    const QImage firm = draw_map_sheet(sheet, black);
    sheet.standing = MapStanding::NotSupported;
    const QImage faint = draw_map_sheet(sheet, black);
    QVERIFY(faint.height() > firm.height());  // it says why
}

void AnswersTest::the_reason_of_no_assessment_stays_in_a_brief_card() {
    PanelOpinion opinion = of_scores({0.9, 0.8});
    measured_from_200_pixels(opinion, 640);
    VerdictCard card;
    card.resize(360, 700);
    card.show();
    const auto shows_worth = [&card] {
        for (const QLabel* const label : card.findChildren<QLabel*>())
            if (label->isVisible() && label->text() == card.answers().front()->worth())
                return true;
        return false;
    };
    card.show_exhibit(exhibit_of(opinion), {});
    QVERIFY(shows_worth());
    card.set_brief(true);
    QVERIFY(!shows_worth());
    QVERIFY(card.pinned_height(360, true) < card.pinned_height(360, false));
    opinion.traits = PictureTraits{.shorter_side = 64};
    card.show_exhibit(exhibit_of(opinion), {});
    QVERIFY(shows_worth());
    QCOMPARE(card.pinned_height(360, true), card.pinned_height(360, false));
}

void AnswersTest::experts_have_names_and_the_panels_words() {
    PanelOpinion opinion = of_scores({0.9, 0.8});
    opinion.experts[0].architecture = "trace_luma";
    opinion.experts[1].architecture = "unheard_of";
    ExpertBars bars;
    bars.show_opinion(opinion, {});
    const auto found = bars.findChildren<ExpertBar*>();
    QCOMPARE(found[0]->text(), QStringLiteral("Brightness traces"));
    QVERIFY(found[0]->toolTip().contains(QStringLiteral("a (trace_luma)")));
    QCOMPARE(found[1]->text(), QStringLiteral("b"));
    QVERIFY(found[0]->accessibleName().contains(QStringLiteral("looks fake")));
    // Muted experts: nobody measured this combination, so there are no words about any of them.
    AnswerCalibration calibration;
    calibration.alarms = {{0, 1, 1, 1}};
    opinion.calibration = std::make_shared<const std::vector<AnswerCalibration>>(1, calibration);
    combine(opinion, std::array{1.0, 0.0});
    bars.show_opinion(opinion, {});
    QVERIFY2(bars.findChildren<ExpertBar*>()[0]->accessibleName().contains(
                 QStringLiteral("not calibrated")),
             qPrintable(bars.findChildren<ExpertBar*>()[0]->accessibleName()));
}

void AnswersTest::an_expert_without_an_opinion_is_not_weighted() {
    PanelOpinion opinion = of_scores({0.9, 0.8, 0.7});
    set_unavailable(opinion.experts[1], "It is too odd.");
    combine(opinion);
    VerdictCard card;
    card.show_exhibit(exhibit_of(opinion), {});
    QVERIFY(!card.marked_weighted());
    QVERIFY2(card.story().contains(QStringLiteral("b has no opinion")), qPrintable(card.story()));
    ExpertBars bars;
    bars.show_opinion(opinion, {});
    QVERIFY(!bars.weighing());
    const auto weights = bars.findChildren<ExpertWeight*>();
    QVERIFY(!weights[1]->isEnabled());
    QCOMPARE(weights[1]->weight(), 1.0);  // what it counts on other pictures
    combine(opinion, std::array{0.5, 1.0, 1.0});
    card.show_exhibit(exhibit_of(opinion), {});
    bars.show_opinion(opinion, {});
    QVERIFY(card.marked_weighted());
    QVERIFY(bars.weighing());
}

void AnswersTest::without_a_calibration_there_are_no_words() {
    VerdictContext context;
    context.bands = measured_bands(nullptr);
    VerdictCard card;
    card.show_exhibit(exhibit_of(of_scores({0.9, 0.8})), context);
    QCOMPARE(card.score(), QStringLiteral("0.85"));
    QCOMPARE(card.band(), QStringLiteral("not calibrated"));
    QVERIFY(card.answers().front()->worth().contains(QStringLiteral("Not calibrated")));
    for (const QString& text : visible_texts(card))
        QVERIFY2(!text.contains(QStringLiteral("looks")), qPrintable(text));
}

void AnswersTest::votes_and_spread_wait_under_details() {
    VerdictCard card;
    auto* const details = card.findChild<QToolButton*>(QStringLiteral("details"));
    QVERIFY(details != nullptr);
    QVERIFY(details->isHidden());  // nothing is shown yet
    card.show_exhibit(exhibit_of(two_answers()), {});
    QVERIFY(!details->isHidden());
    const QString spread = card.answers().front()->spread();
    QVERIFY(!visible_texts(card).contains(spread));
    details->click();
    QVERIFY(visible_texts(card).contains(spread));
    QVERIFY(visible_texts(card).join(QLatin1Char('\n')).contains(QStringLiteral("The panel says")));
    // It stays open for the next picture.
    card.show_exhibit(exhibit_of(of_scores({0.1, 0.2})), {});
    QVERIFY(visible_texts(card).contains(card.answers().front()->spread()));
    details->click();
    QVERIFY(!visible_texts(card).contains(card.answers().front()->spread()));
}

void AnswersTest::bars_stand_under_their_question() {
    ExpertBars bars;
    bars.show_opinion(two_answers());
    const QStringList texts = visible_texts(bars);
    QCOMPARE(texts.count(QStringLiteral("One?")), 1);
    QCOMPARE(texts.count(QStringLiteral("Two?")), 1);
    bars.show_opinion(of_scores({0.2, 0.4}));
    QVERIFY(!visible_texts(bars).contains(QStringLiteral("One?")));
}

void AnswersTest::the_strip_has_a_mean_for_each() {
    const PanelOpinion opinion = two_answers();
    QCOMPARE(selected_map(opinion, mean_map_of(0)).values, std::vector<float>{1.5F});
    QCOMPARE(selected_map(opinion, mean_map_of(1)).values, std::vector<float>{3.5F});
    QCOMPARE(selected_map(opinion, kMeanMap).values, std::vector<float>{3.5F});

    MapStrip strip;
    QImage picture(8, 8, QImage::Format_RGB32);
    picture.fill(Qt::gray);
    strip.show_opinion(picture, &opinion, ColourMap::Inferno);
    QCOMPARE(strip.tile_count(), 6);
    const auto tiles = strip.findChildren<MapTile*>();
    strip.choose(kMeanMap);
    QVERIFY(tiles[1]->isChecked());
    QSignalSpy chosen(&strip, &MapStrip::chosen);
    tiles[0]->click();
    tiles[2]->click();
    QCOMPARE(chosen.size(), 2);
    QCOMPARE(chosen[0][0].toInt(), mean_map_of(0));
    QCOMPARE(chosen[1][0].toInt(), 0);
}

void AnswersTest::the_list_of_maps_names_them() {
    OverlayControls controls;
    controls.set_experts({QStringLiteral("a"), QStringLiteral("b")},
                         {QStringLiteral("One?"), QStringLiteral("Two?")});
    const std::vector<int> order{kMeanMap, mean_map_of(0), mean_map_of(1), 0, 1, kMeanMap};
    for (std::size_t i = 0; i < order.size(); ++i) {
        QCOMPARE(controls.settings().map, order[i]);
        controls.step_map(1);
    }
}

void AnswersTest::a_fusion_is_named_where_a_mean_was() {
    PanelOpinion fused = of_fusion({0.7, 0.8}), mean = of_scores({0.7, 0.8});
    for (PanelOpinion* const opinion : {&fused, &mean})
        for (ExpertOpinion& expert : opinion->experts)
            expert.map = HeatMap{1, 1, {1.0F}};
    const QString sentence = QStringLiteral("A fusion fitted to labelled pictures combines");
    OverlayControls controls;
    controls.set_experts({QStringLiteral("a"), QStringLiteral("b")});
    QImage picture(8, 8, QImage::Format_RGB32);
    picture.fill(Qt::gray);
    VerdictCard card;
    ExpertBars bars;
    MapStrip strip;
    for (const bool is_fused : {true, false}) {
        const PanelOpinion& opinion = is_fused ? fused : mean;
        card.show_exhibit(exhibit_of(opinion), {});
        QCOMPARE(card.story().contains(sentence), is_fused);
        bars.show_opinion(opinion);
        const QString tip = bars.findChildren<ExpertBar*>()[0]->toolTip();
        QCOMPARE(tip.contains(QStringLiteral("its log-odds count 2.00 times")), is_fused);
        strip.show_opinion(picture, &opinion, ColourMap::Inferno);
        QCOMPARE(strip.findChildren<MapTile*>()[0]->text(),
                 is_fused ? QStringLiteral("Fusion") : QStringLiteral("Mean"));
        controls.name_combined(opinion);
        QCOMPARE(controls.map_name(), is_fused ? QStringLiteral("Fusion of all experts")
                                               : QStringLiteral("Mean of all experts"));
    }
}

void AnswersTest::warnings_name_experts_by_their_titles() {
    PanelOpinion opinion = of_scores({0.9, 0.8});
    opinion.experts[0].name = "trace_blocks-1";
    opinion.experts[0].architecture = "trace_blocks";
    opinion.experts[0].looked_at = LookedAt{24, 256, 0.131};
    Exhibit exhibit = exhibit_of(opinion);
    auto seen = std::make_shared<Examination>(*exhibit.examination);
    seen->warnings = looked_at_sentences(opinion);
    exhibit.examination = seen;
    const QString sentence = QStringLiteral(
        "The expert JPEG traces looked at 24 windows of 256 pixels, 13 % of the picture.");
    VerdictCard card;
    card.show_exhibit(exhibit, {});
    QVERIFY2(card.warnings().contains(sentence),
             qPrintable(card.warnings().join(QLatin1Char(' '))));
    QVERIFY(visible_texts(card).contains(sentence));
    const QString copied = result_as_text(*seen, ScoredBy());
    QVERIFY2(copied.contains(sentence), qPrintable(copied));
    for (const QString& words : {copied, card.warnings().join(QLatin1Char(' '))})
        QVERIFY2(!words.contains(QStringLiteral("trace_blocks-1")), qPrintable(words));
}

void AnswersTest::a_declaration_stands_above_the_score() {
    Exhibit exhibit = exhibit_of(of_scores({0.9, 0.8}));
    const auto show = [&](VerdictCard& card, const QStringList& sentences) {
        auto seen = std::make_shared<Examination>(*exhibit.examination);
        for (const QString& sentence : sentences) {
            ProvenanceHint hint;
            hint.declares_generated = true;
            hint.sentence = sentence.toStdString();
            seen->facts.provenance.push_back(hint);
        }
        exhibit.examination = seen;
        card.show_exhibit(exhibit, {});
    };
    const QString brief = QStringLiteral("The file itself declares little.");
    const auto top_of = [](const VerdictCard& card, const QString& words) {
        for (const QLabel* const label : card.findChildren<QLabel*>())
            if (label->isVisible() && label->text() == words)
                return label->mapTo(&card, QPoint()).y();
        return -1;
    };
    VerdictCard card;
    show(card, {brief});
    card.resize(320, card.heightForWidth(320));
    card.show();
    QApplication::processEvents();
    QVERIFY(top_of(card, brief) >= 0);
    QVERIFY(top_of(card, brief) < top_of(card, card.score()));

    // What is cut, or not shown at all, can be opened.
    auto* const more = card.findChild<QToolButton*>(QStringLiteral("declared_more"));
    QVERIFY(more != nullptr && more->isHidden());
    QSignalSpy asked(&card, &VerdictCard::facts_requested);
    exhibit = exhibit_of(of_scores({0.9, 0.8}));
    show(card, {brief.repeated(12)});
    QVERIFY(!more->isHidden());
    more->click();
    QCOMPARE(asked.size(), 1);
    exhibit = exhibit_of(of_scores({0.9, 0.8}));
    show(card, {brief, brief});
    QVERIFY(!more->isHidden());
}

QTEST_MAIN(AnswersTest)
#include "answers_test.moc"
