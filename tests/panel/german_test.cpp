// What a panel thinks, said in German.
#include <gtest/gtest.h>

#include "core/opinion/bands.h"
#include "core/opinion/expert_words.h"
#include "core/opinion/firmness.h"
#include "core/opinion/limits.h"
#include "core/opinion/story.h"
#include "tests/in_german.h"
#include "tests/panel/opinions.h"

namespace dfd {
namespace {

PanelOpinion calibrated(const std::vector<double>& scores) {
    auto opinion = of_scores(scores);
    AnswerCalibration calibration;
    calibration.bound = 1;
    calibration.alarms = {{0, 1, 1, 1}, {0.8, 0.04, 0.02, 0.07}};
    opinion.calibration = std::make_shared<const std::vector<AnswerCalibration>>(1, calibration);
    return opinion;
}

Firmness firmness(int ordinary, int other_side) {
    Firmness figures;
    figures.score = 0.8;
    figures.low = other_side > 0 ? 0.3 : 0.71;
    figures.high = 0.93;
    figures.ordinary = figures.versions = ordinary;
    figures.other_side = figures.all_other_side = other_side;
    return figures;
}

TEST(German, TheRateOfErrorsIsAWholeSentence) {
    const test::InGerman german;
    const auto assessment = assessment_of(calibrated({0.9, 0.9}), 0).value();
    EXPECT_EQ(assessment_sentence(assessment),
              "Von 100 echten Bildern wie den gemessenen haben etwa 4 einen so hohen Wert (2 bis "
              "7). Der Wert spricht mit etwa 9.0 zu 1 eher für „eine Fälschung der "
              "gemessenen Arten“ als für „ein echtes Bild der gemessenen Arten“: schwache "
              "Stützung (nach dieser Kalibrierung höchstens 10 zu 1).");
    EXPECT_EQ(assessment.words, "weak support");  // as files have it
    const auto made = assessment_sentence(assessment, "The whole picture was made by a generator.",
                                          "A panel's own words.");
    EXPECT_NE(made.find("für „Das ganze Bild wurde von einem Generator erzeugt“ als für „A panel's "
                        "own words“"),
              std::string::npos)
        << made;
}

TEST(German, FirmnessOfOneVersionAndOfSeveral) {
    const test::InGerman german;
    EXPECT_EQ(firmness_story(firmness(1, 1)).front(),
              "Nicht standfest: Bei gewöhnlichem Weiterverbreiten (1 Fassung geprüft) reicht der "
              "Wert von 0.30 bis 0.93, und 1 von 1 Fassung liegt nicht mehr auf der Seite "
              "„gefälscht“ (ab 0.50).");
    EXPECT_EQ(firmness_story(firmness(20, 2)).front(),
              "Nicht standfest: Bei gewöhnlichem Weiterverbreiten (20 Fassungen geprüft) reicht "
              "der Wert von 0.30 bis 0.93, und 2 von 20 Fassungen liegen nicht mehr auf der Seite "
              "„gefälscht“ (ab 0.50).");
    const auto firm = firmness_story(firmness(20, 0));
    EXPECT_EQ(firm.front(),
              "Standfest: Bei gewöhnlichem Weiterverbreiten (20 Fassungen geprüft) bleibt der Wert "
              "zwischen 0.71 und 0.93, immer „wirkt gefälscht“.");
    EXPECT_EQ(firm.back(),
              "Alle 20 bewerteten Fassungen des Bildes bleiben auf der Seite „gefälscht“ (ab "
              "0.50).");
    auto flips = firmness(20, 1);
    auto& flip = flips.flips.emplace_back();
    flip.panel = true;
    flip.words = "JPEG quality 62";
    flip.pattern = "JPEG quality %1";
    flip.amount = "62";
    EXPECT_EQ(firmness_story(flips).back(),
              "Das Panel wechselt die Seite bei JPEG-Qualität 62; 1 von 20 Fassungen, die bewertet "
              "wurden, liegt nicht mehr auf der Seite „gefälscht“ (ab 0.50).");
}

TEST(German, TheStoryIsGermanFromTheVerdictOn) {
    const test::InGerman german;
    const auto story = story_of(calibrated({0.9, 0.9, 0.2}), {"A warning."},
                                BandThresholds{.real_below = 0.3, .fake_from = 0.6});
    ASSERT_EQ(story.size(), 5u);
    EXPECT_EQ(story[0],
              "Das Panel sagt 0.67 (wirkt gefälscht): 2 von 3 Experten sind auf der Seite "
              "„gefälscht“, c (0.20) ist auf der Seite „echt“.");
    EXPECT_EQ(story[2],
              "Kein einzelner Experte entscheidet: Ohne einen beliebigen von ihnen bleibt der Wert "
              "zwischen 0.55 und 0.90, auf der Seite „gefälscht“ (ab 0.50).");
    EXPECT_EQ(story[3], "Die Werte widersprechen sich: von 0.20 bis 0.90, Streuung 0.33.");
    EXPECT_EQ(story[4],
              "1 Warnung schränkt ein, was dieser Wert bedeuten kann; sie steht bei ihm.");
}

TEST(German, WordsThatFilesKeepAreEnglish) {
    const test::InGerman german;
    EXPECT_STREQ(band_name(Band::LooksFake), "looks fake");
    EXPECT_EQ(band_words(Band::LooksFake), "wirkt gefälscht");
    EXPECT_EQ(bands_words(BandThresholds{}), "wirkt echt unter 0.35, wirkt gefälscht ab 0.65");
    EXPECT_EQ(listed({"a", "b", "c"}), "a, b und c");
    EXPECT_EQ(listed({"a", "b"}, " or "), "a oder b");
    const InEnglish english;
    EXPECT_EQ(band_words(Band::LooksFake), "looks fake");
    EXPECT_EQ(listed({"a", "b", "c"}), "a, b and c");
}

TEST(German, WarningsThatACaseKeepsInEnglishAreShownInGerman) {
    auto opinion = of_scores({0.9});
    opinion.experts[0].looked_at = LookedAt{24, 256, 0.13};
    auto warnings = looked_at_sentences(opinion);
    ASSERT_EQ(warnings.size(), 1u);
    warnings.emplace_back("Another sentence.");
    const test::InGerman german;
    const auto shown = with_titles(warnings, opinion);
    EXPECT_EQ(shown[0],
              "Der Experte a hat 24 Ausschnitte von 256 Pixeln betrachtet, 13 % des Bildes.");
    EXPECT_EQ(shown[1], "Another sentence.");
}

TEST(German, TheLimitsHaveNoEnglishLeft) {
    const auto english = method_limits();
    const test::InGerman german;
    const auto limits = method_limits();
    ASSERT_EQ(limits.size(), english.size());
    for (std::size_t i = 0; i < limits.size(); ++i)
        EXPECT_NE(limits[i], english[i]);
    EXPECT_NE(say(kTrialCaution), kTrialCaution);
    for (const auto* text : kBundledTexts)
        EXPECT_NE(say(text), text);
}

}  // namespace
}  // namespace dfd
