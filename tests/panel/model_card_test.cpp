// The figures of the bundled panel's model card are those of its calibration.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/formatted.h"
#include "core/panel/panel_record.h"
#include "tests/checkpoint/temporary_folder.h"

namespace dfd {
namespace {

class ModelCard : public testing::Test {
  protected:
    /// Of the whole panel, or of what is left of it without the encoder.
    [[nodiscard]] const PanelCalibration& calibration(bool whole) const {
        const auto found =
            std::ranges::find_if(panel_.calibrations, [&](const PanelCalibration& each) {
                return (each.experts.size() == panel_.experts.size()) == whole;
            });
        if (found == panel_.calibrations.end())
            throw PanelError("The calibration is missing.");
        return *found;
    }
    /// Whether the card has a row of this name with such a cell for each question.
    template <class Cell>
    void expect_row(const std::string& name, const Cell& cell, bool whole = true) const {
        std::string row = "\n| " + name + " |";
        for (const auto& answer : calibration(whole).answers) {
            const std::string words = cell(answer);
            row += (words.empty() ? "" : ' ' + words) + " |";
        }
        EXPECT_NE(card_.find(row + '\n'), std::string::npos) << row;
    }
    /// The same of a trait's limit, where an answer has one.
    void expect_limit(const std::string& name, const char* trait, const char* format,
                      double unit = 1) const {
        expect_row(name, [&](const MeasuredAnswer& answer) {
            const auto& limits = answer.answer.scope;
            const auto limit = std::ranges::find(limits, trait, &TraitLimit::trait);
            return limit == limits.end() ? std::string() : formatted(format, unit * limit->limit);
        });
    }

    const PanelRecord panel_ = read_panel(DFD_SOURCE_DIR "/models/starter");
    const std::string card_ = test::file_bytes(DFD_SOURCE_DIR "/models/starter/README.md");
};

std::string counts(std::size_t pictures, std::size_t groups) {
    return formatted("%zu (%zu)", pictures, groups);
}

TEST_F(ModelCard, TheCalibrationsAreOfThePanelAsItIs) {
    EXPECT_EQ(panel_.calibration_problem, "");
    EXPECT_EQ(panel_.calibrations.size(), 2u);
}

TEST_F(ModelCard, SaysWhatScoresAreWorth) {
    expect_row("real pictures (groups)", [](const MeasuredAnswer& answer) {
        return counts(answer.real, answer.real_groups);
    });
    expect_row("fakes (groups)", [](const MeasuredAnswer& answer) {
        return counts(answer.fake, answer.fake_groups);
    });
    const auto cost = [](const MeasuredAnswer& answer) {
        return formatted("%.2f (%.2f)", answer.cllr, answer.cllr_min);
    };
    expect_row("Cllr, bits (at best)", cost);
    expect_row("the same without the encoder", cost, false);
    expect_row("equal error rate", [](const MeasuredAnswer& answer) {
        return formatted("%.2f", answer.equal_error_rate);
    });
    expect_row("unusual for a real picture (fewer than 5 in 100)",
               [](const MeasuredAnswer& answer) {
                   return formatted("from %.2f", answer.answer.unusual_real_from);
               });
    expect_row("unusual for a fake", [](const MeasuredAnswer& answer) {
        return formatted("up to %.2f", answer.answer.unusual_fake_below);
    });
    expect_row("false alarms at 0.65 (95 % interval)", [](const MeasuredAnswer& answer) {
        const auto& rate = assess(0.65, answer.answer).alarms;
        return formatted("%.1f %% (%.1f\u2013%.1f)", 100 * rate.rate, 100 * rate.low,
                         100 * rate.high);
    });
    for (const auto* score : {"0.65", "0.9"})
        expect_row(std::string("likelihood ratio at ") + score, [&](const MeasuredAnswer& answer) {
            const auto found = assess(std::stod(score), answer.answer);
            return ratio_figure(found.log10_lr) + ", " + found.words;
        });
    expect_row("most that is stated, for a fake and for a real picture",
               [](const MeasuredAnswer& answer) {
                   return ratio_figure(answer.answer.bound_for(true)) + ", " +
                          ratio_figure(answer.answer.bound_for(false));
               });
}

TEST_F(ModelCard, SaysWhereTheScopeEndsAndWhatItCosts) {
    expect_limit("shorter side, at least", "shorter_side", "%.0f pixels");
    expect_limit("equal neighbours, at most", "flat", "%.0f %%", 100);
    expect_limit("colours, at least", "colours", "%.1f bits");
    expect_limit("softness, at most", "softness", "%.2f");
    expect_limit("blocks, at most", "blocks", "%.2f");
    expect_limit("JPEG quality, at least", "quality", "%.0f");
    expect_row("of the pictures from outside, misleading evidence without the limits",
               [](const MeasuredAnswer& answer) {
                   return formatted("%zu of %zu", answer.outside.misleading,
                                    answer.outside.pictures);
               });
    expect_row("the same with them (of those that still get an assessment)",
               [](const MeasuredAnswer& answer) {
                   return formatted("%zu (of %zu)", answer.outside.misleading_left,
                                    answer.outside.assessed);
               });
    expect_row("price: measured pictures without an assessment", [](const MeasuredAnswer& answer) {
        return formatted("%.1f %%", 100 * answer.withheld);
    });
}

}  // namespace
}  // namespace dfd
