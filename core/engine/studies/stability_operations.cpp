// The table of operations, with their amounts and what counts as ordinary.
#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

#include "core/base/formatted.h"
#include "core/base/language.h"
#include "core/engine/studies/stability.h"
#include "core/opinion/story.h"

namespace dfd {
namespace {

using Step = AlterationStep;

/// One step with several amounts; those from `least` to `most` are ordinary.
StabilityOperation sweep(StabilityOperation operation, Step step,
                         const std::vector<double>& amounts, double least, double most) {
    for (const double amount : amounts)
        operation.variants.push_back({amount, {{step, amount}}, amount >= least && amount <= most});
    return operation;
}

StabilityOperation with(const char* name, const char* title, const char* unit, const char* what,
                        std::optional<double> neutral) {
    StabilityOperation operation;
    operation.name = name;
    operation.title = title;
    operation.unit = unit;
    operation.what = what;
    operation.neutral = neutral;
    return operation;
}

StabilityOperation preset(const char* name, const char* title, const char* what,
                          std::vector<Alteration> steps, const char* passage = "") {
    auto operation = with(name, title, "", what, {});
    operation.preset = true;
    operation.ordered = false;
    operation.passage = passage;
    operation.variants = {{std::nullopt, std::move(steps), operation.passage.empty()}};
    return operation;
}

/// What `pattern` makes of these titles and units, for the catalogue of sentences.
[[maybe_unused]] constexpr const char* kPatterns[] = {
    to_say("JPEG quality %1"),    to_say("WebP quality %1"), to_say("scale %1"),
    to_say("blur %1 px"),         to_say("noise %1 levels"), to_say("crop %1 of each side"),
    to_say("rotation %1°"),       to_say("brightness %1"),   to_say("flipped left to right"),
    to_say("flipped upside down")};

std::vector<StabilityOperation> make_operations() {
    auto flip = with("flip", to_say("flip"), "",
                     to_say("Mirrored left to right (1), upside down (2)."), {});
    flip.ordered = false;
    return {
        sweep(with("jpeg", to_say("JPEG quality"), "", to_say("Compressed again as JPEG, 4:2:0."),
                   {}),
              Step::Jpeg, {20, 35, 50, 65, 75, 85, 95}, 75, 100),
        sweep(with("webp", to_say("WebP quality"), "", to_say("Compressed as lossy WebP."), {}),
              Step::WebP, {20, 35, 50, 65, 75, 85, 95}, 75, 100),
        sweep(with("scale", to_say("scale"), "", to_say("Made smaller or larger."), 1), Step::Scale,
              {0.25, 0.5, 0.75, 0.9, 1.1, 1.25, 1.5}, 0.5, 1.25),
        sweep(with("blur", to_say("blur"), to_say(" px"),
                   to_say("Gaussian blur, standard deviation in pixels."), 0),
              Step::Blur, {0.5, 1, 1.5, 2, 3}, 0, 0.5),
        sweep(with("noise", to_say("noise"), to_say(" levels"),
                   to_say("Gaussian noise, standard deviation in levels of 255."), 0),
              Step::Noise, {1, 2, 4, 8, 12}, 0, 2),
        sweep(with("crop", to_say("crop"), to_say(" of each side"),
                   to_say("The share cut off at each of the four sides."), 0),
              Step::Crop, {0.02, 0.05, 0.1, 0.2, 0.3}, 0, 0.05),
        sweep(with("rotation", to_say("rotation"), to_say("°"),
                   to_say("Rotated counter-clockwise, then cropped to an upright rectangle."), 0),
              Step::Rotation, {-10, -5, -2, -1, 1, 2, 5, 10}, -2, 2),
        sweep(flip, Step::Flip, {1, 2}, 1, 1),
        sweep(with("brightness", to_say("brightness"), "", to_say("Every value multiplied."), 1),
              Step::Brightness, {0.5, 0.75, 0.9, 1.1, 1.25, 1.5}, 0.9, 1.1),
        preset("messaging", to_say("messaging app"), to_say("Sent through a messaging app."),
               {{Step::AtMost, 1600}, {Step::Jpeg, 75}}),
        preset("messaging-twice", to_say("messaging, twice"),
               to_say("Sent through a messaging app, saved, and sent through another."),
               {{Step::AtMost, 1600}, {Step::Jpeg, 75}, {Step::AtMost, 1280}, {Step::Jpeg, 70}}),
        preset("social", to_say("social network"), to_say("Shown by a social network."),
               {{Step::AtMost, 1080}, {Step::WebP, 80}}),
        preset("screenshot", to_say("screenshot"),
               to_say("Fitted to a screen and captured as PNG (which loses nothing), its border "
                      "cropped."),
               {{Step::LongerSide, 1080}, {Step::Crop, 0.01}}),
        preset("print-scan", to_say("print and scan"),
               to_say("Printed, and scanned a little askew."),
               {{Step::Blur, 0.8},
                {Step::Contrast, 0.9},
                {Step::Brightness, 1.03},
                {Step::Rotation, 0.7},
                {Step::Noise, 3},
                {Step::Jpeg, 85}},
               to_say("printing and scanning")),
    };
}

}  // namespace

std::string StabilityOperation::pattern(std::optional<double> amount) const {
    if (!amount)
        return title;
    if (name == "flip")
        return alteration_text({Step::Flip, *amount});
    return title + " %1" + unit;
}

std::string amount_figure(double amount) {
    // An interpolated amount is good for two decimals at most, and for none from 10 on (qualities).
    const double finest = amount >= 10 ? 1 : 100;
    return formatted("%g", std::round(amount * finest) / finest);
}

std::string StabilityOperation::words(std::optional<double> amount) const {
    return say(pattern(amount), {amount_figure(amount.value_or(0))});
}

const std::vector<StabilityOperation>& stability_operations() {
    static const auto operations = make_operations();
    return operations;
}

std::vector<StabilityOperation> find_operations(std::span<const std::string> names) {
    const auto& all = stability_operations();
    if (names.empty())
        return all;
    std::vector<StabilityOperation> found;
    std::set<std::string> seen;
    for (const auto& name : names) {
        const auto operation = std::find_if(all.begin(), all.end(),
                                            [&](const auto& each) { return each.name == name; });
        if (operation == all.end()) {
            const InEnglish english;
            std::vector<std::string> known;
            for (const auto& each : all)
                known.push_back(each.name);
            throw std::invalid_argument("Unknown operation \"" + name + "\"; use " + listed(known) +
                                        ".");
        }
        if (!seen.insert(name).second)
            throw std::invalid_argument("The operation \"" + name +
                                        "\" is given twice; give it once.");
        found.push_back(*operation);
    }
    return found;
}

}  // namespace dfd
