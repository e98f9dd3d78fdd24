// Results and studies in German; what programs read stays English.
#include <gtest/gtest.h>

#include "core/engine/results/publication.h"
#include "core/engine/results/result_export.h"
#include "core/engine/studies/comparison.h"
#include "core/engine/studies/stability.h"
#include "core/engine/studies/stability_report.h"
#include "tests/in_german.h"
#include "tests/panel/opinions.h"
#include "tests/says.h"

namespace dfd {
namespace {

Examination seen() {
    Examination examination;
    examination.state = ExaminationState::Scored;
    examination.source.path = "/a/b.png";
    examination.facts.sha256 = std::string(64, 'a');
    examination.opinion = of_scores({0.8, 0.7});
    return examination;
}

ScoredBy by() {
    ScoredBy by;
    by.panel.name = "newsroom";
    by.panel.starter = true;
    by.device = "cpu";
    return by;
}

/// One version, with JPEG quality 20 on the other side, and none after printing.
Stability swept() {
    Stability stability;
    const std::vector<std::string> names{"jpeg", "print-scan"};
    stability.operations = find_operations(names);
    stability.untouched = of_scores({0.8, 0.7});
    stability.points = {{0, 0, of_scores({0.2, 0.3})}, {1, 0, of_scores({0.3, 0.2})}};
    return stability;
}

TEST(German, JsonAndCsvStayEnglish) {
    const auto examination = seen();
    const auto english = to_json(examination, by(), true), row = to_csv(examination, by());
    const auto sweep = stability_json(swept(), {"b", ""}, by());
    const ComparedPicture side{"b", examination, by(), {}};
    const auto compared = comparison_json(side, side, {});
    const test::InGerman german;
    EXPECT_EQ(to_json(examination, by(), true), english);
    EXPECT_EQ(to_csv(examination, by()), row);
    EXPECT_EQ(stability_json(swept(), {"b", ""}, by()), sweep);
    EXPECT_EQ(comparison_json(side, side, {}), compared);
    const auto firmness = firmness_of(swept());  // made while German is in use
    EXPECT_SAYS(to_json(examination, by(), false, {}, &firmness), "\"JPEG quality 20\"");
    EXPECT_SAYS(firmness_csv(&firmness), "The panel changes sides at JPEG quality 20");
}

TEST(German, TheStabilityReportNamesItsOperations) {
    const test::InGerman german;
    const auto text = stability_text(swept(), {"b", ""}, by());
    EXPECT_SAYS(text, "b: Panel newsroom, 2 von 8 Fassungen bewertet");
    EXPECT_SAYS(text, "Nach Drucken und Scannen, was kein gewöhnliches Weiterverbreiten ist");
    EXPECT_SAYS(text, "Das Panel wechselt die Seite bei JPEG-Qualität 20");
    EXPECT_SAYS(text, "  a bei JPEG-Qualität 20: ");
    EXPECT_SAYS(text, "\nExperten: 1 a 2 b\n");
}

TEST(German, TheParagraphForPublicationIsWhole) {
    const test::InGerman german;
    const auto text = publication_text(seen(), by(), "2026-11-29", BandThresholds{.named = false});
    EXPECT_SAYS(text, "(mitgeliefertes Probe-Panel newsroom, 2026-11-29).");
    EXPECT_SAYS(text,
                "Der Wert ist 0.75 auf einer Skala von 0 (echt) bis 1 (gefälscht). Was ein solcher "
                "Wert aussagt, wurde nicht gemessen. Solche Bewertungen sind Hinweise");
}

TEST(German, AComparisonIsSaid) {
    const test::InGerman german;
    const ComparedPicture side{"b", seen(), by(), {}};
    const auto lines = compared_lines(side, side);
    ASSERT_FALSE(lines.empty());
    EXPECT_EQ(lines[0].name, "Wert des Panels");
    EXPECT_EQ(lines[0].first, "0.75, wirkt gefälscht");
}

}  // namespace
}  // namespace dfd
