#include "core/opinion/scope.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <string_view>

#include "core/base/language.h"

namespace dfd {
namespace {

struct Kind {
    const char* trait;
    bool lower;            ///< too little is outside, rather than too much
    const char* sentence;  ///< %1: the picture's figure, %2: the limit
    const char* within;    ///< %1: the limit
    const char* format;    ///< of the figures
    double unit;
};

constexpr Kind kKinds[] = {
    {"shorter_side", true,
     to_say(
         "It is smaller than the pictures that the panel was measured on: its shorter side has %1 "
         "pixels, and they had at least %2."),
     to_say("at least %1 pixels along the shorter side"), "%.0f", 1},
    {"flat", false,
     to_say(
         "Much of it is of plain colour, as in graphics, screenshots and text: %1 % of "
         "neighbouring "
         "pixels are equal, and at most %2 % were in the pictures that the panel was measured on."),
     to_say("at most %1 % of neighbouring pixels equal"), "%.0f", 100},
    {"colours", true,
     to_say("It has fewer colours than the pictures that the panel was measured on: %1 bits, and "
            "they had "
            "at least %2."),
     to_say("at least %1 bits of colours"), "%.1f", 1},
    {"softness", false,
     to_say("It lacks the fine detail of the pictures that the panel was measured on, as after "
            "enlarging "
            "or blurring: softness %1, and theirs was at most %2."),
     to_say("a softness of at most %1"), "%.2f", 1},
    {"blocks", false,
     to_say("It was compressed more strongly than the pictures that the panel was measured on: the "
            "steps "
            "between its blocks are %1 times those inside, and theirs at most %2 times."),
     to_say("steps between blocks of at most %1 times those inside"), "%.2f", 1},
    {"quality", true,
     to_say("Its JPEG file was saved with coarser quantisation tables than the pictures that the "
            "panel "
            "was measured on: quality %1, and theirs was at least %2."),
     to_say("a JPEG quality of at least %1"), "%.0f", 1},
    {"alpha", false,
     to_say("Its file has an alpha channel, unlike those of the pictures that the panel was "
            "measured on."),
     to_say("no alpha channel"), "%.0f", 1},
    {kFaceTrait, true,
     to_say("No face was found in it, and the panel was measured on pictures of faces."),
     to_say("a face that is found"), "%.0f", 1},
};

const Kind* kind_of(const std::string& trait) {
    const auto* const found =
        std::ranges::find_if(kKinds, [&](const Kind& kind) { return kind.trait == trait; });
    return found == std::end(kKinds) ? nullptr : found;
}

const Kind& known_kind(const std::string& trait) {
    if (const auto* const kind = kind_of(trait))
        return *kind;
    throw std::invalid_argument("Unknown trait \"" + trait + "\".");
}

std::string figure(const Kind& kind, double value) {
    char text[32];
    std::snprintf(text, sizeof text, kind.format, kind.unit * value);
    return text;
}

std::string sentence(const Kind& kind, double value, double limit) {
    if (kind.trait == std::string_view(kFaceTrait) && value == kNotChecked)
        return say(
            "Whether it shows a face was not checked, and the panel was measured on pictures "
            "of faces.");
    return say(kind.sentence, {figure(kind, value), figure(kind, limit)});
}

}  // namespace

bool is_known_trait(const std::string& trait) {
    return kind_of(trait) != nullptr;
}

bool is_lower_limit(const std::string& trait) {
    return known_kind(trait).lower;
}

std::string limit_words(const TraitLimit& limit) {
    const auto* const kind = kind_of(limit.trait);
    return kind == nullptr ? std::string() : say(kind->within, {figure(*kind, limit.limit)});
}

double trait_of(const PictureTraits& traits, const std::string& trait) {
    double found = 0;
    static_cast<void>(known_kind(trait));
    each_trait(traits, [&](const char* name, double value) {
        if (trait == name)
            found = value;
    });
    return found;
}

std::vector<OutOfScope> exceeded(const PictureTraits& traits, std::span<const TraitLimit> limits) {
    std::vector<OutOfScope> reasons;
    for (const auto& [trait, limit] : limits) {
        const auto* const kind = kind_of(trait);
        if (kind == nullptr)
            continue;
        const double value = trait_of(traits, trait);
        if (kind->lower ? value < limit : value > limit)
            reasons.push_back({trait, sentence(*kind, value, limit)});
    }
    return reasons;
}

}  // namespace dfd
