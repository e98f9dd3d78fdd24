// What kinds of pictures the scores of a panel were measured on, and why others get no assessment.
// Plain C++.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace dfd {

/// PictureTraits::face where nobody looked for one.
inline constexpr double kNotChecked = -1;

/// Figures of a picture's pixels, and of the file that they come from, that tell which kind of
/// picture it is. `measure_traits` computes them, `measure_face` the last one.
struct PictureTraits {
    double shorter_side = 0;  ///< pixels
    /// Share of neighbouring pixels with equal brightness (to the level of 255), 0 .. 1. High in
    /// graphics, screenshots and text.
    double flat = 0;
    /// Entropy of the colours in bits, with 4 bits a channel: 0 for one colour, at most 12.
    double colours = 0;
    /// Mean difference of brightness across two pixels, over that across one pixel, 1 .. 2: near 1
    /// in noise and sharp edges, near 2 where neighbours never differ on their own, as after
    /// enlarging.
    double softness = 0;
    /// Mean step of brightness across the borders of 8 x 8 blocks, over that inside of them. 1
    /// without compression; above 2 in JPEG files of low quality.
    double blocks = 0;
    /// By the quantisation tables of the JPEG file, 1 .. 100; 100 for other formats.
    double quality = 100;
    double alpha = 0;  ///< 1: the file has an alpha channel
    /// 1 if a face was found, 0 if none was. kNotChecked also where the detector's data is missing;
    /// that is below every limit.
    double face = kNotChecked;
};

/// Calls visit(name, value) for each trait, by the names and in the order in which they are
/// written.
template <class Traits, class Visit>
void each_trait(Traits&& traits, const Visit& visit) {
    visit("shorter_side", traits.shorter_side);
    visit("flat", traits.flat);
    visit("colours", traits.colours);
    visit("softness", traits.softness);
    visit("blocks", traits.blocks);
    visit("quality", traits.quality);
    visit("alpha", traits.alpha);
    visit("face", traits.face);
}

/// The trait that says whether a face was found.
inline constexpr const char* kFaceTrait = "face";

[[nodiscard]] bool is_known_trait(const std::string& trait);

/// Whether pictures beyond a trait's limit are those below it ("shorter_side", "colours",
/// "quality", "face") or above it. Throws std::invalid_argument for an unknown trait.
[[nodiscard]] bool is_lower_limit(const std::string& trait);

/// The value of one trait. Throws std::invalid_argument for an unknown one.
[[nodiscard]] double trait_of(const PictureTraits& traits, const std::string& trait);

/// Where the pictures that an answer was measured on end. The limit itself is inside.
struct TraitLimit {
    std::string trait;
    double limit = 0;
    bool operator==(const TraitLimit&) const = default;
};

/// "at least 256 pixels along the shorter side", in the language in use; empty for an unknown
/// trait.
[[nodiscard]] std::string limit_words(const TraitLimit& limit);

/// How far an expert's view of a picture may be from those that its answer was measured on: a
/// distance as FeatureModel::distance. The limit itself is inside.
struct ExpertGate {
    std::string expert;
    double limit = 0;
    bool operator==(const ExpertGate&) const = default;
};

/// OutOfScope::code when no expert of a question is within its gate.
inline constexpr const char* kNoExpertLeft = "experts";

/// Why a score says nothing about a picture.
struct OutOfScope {
    std::string code;    ///< the trait: "shorter_side", or kNoExpertLeft
    std::string reason;  ///< a sentence
};

/// The limits that a picture exceeds, in their order. Limits of unknown traits are not exceeded.
[[nodiscard]] std::vector<OutOfScope> exceeded(const PictureTraits& traits,
                                               std::span<const TraitLimit> limits);

}  // namespace dfd
