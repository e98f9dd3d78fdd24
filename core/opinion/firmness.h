// How stable a panel's verdict is under re-sharing, as figures and sentences. Plain C++.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/opinion/bands.h"

namespace dfd {

/// A change of side: the score of the panel or of an expert crosses the threshold between two
/// neighbouring amounts of one operation.
struct FlipPoint {
    std::string operation;  ///< "jpeg", "messaging"
    std::string who;        ///< "panel", or an expert's name
    bool panel = false;
    /// The neighbouring amounts, smaller first. Equal when the neighbour is the unaltered picture
    /// and no amount stands for it. Empty for an operation without amounts.
    std::optional<double> lower, upper;
    /// Where linear interpolation between the two scores meets the threshold. Empty unless lower <
    /// upper.
    std::optional<double> at;
    /// Sides at `lower` and `upper`. When the neighbour is the unaltered picture, `fake_before`
    /// describes that picture and `fake_after` the altered one.
    bool fake_before = false;
    bool fake_after = false;
    std::string words;  ///< the amount in English words: "JPEG quality 62"; "messaging app"
    /// The same as a sentence and its value, to be said: "JPEG quality %1" and "62". Without them
    /// `words` is said.
    std::string pattern = {};
    std::string amount = {};
};

/// The amount of a change of side in words, in the language in use.
[[nodiscard]] std::string flip_words(const FlipPoint& flip);

/// The result of a severe treatment that is not ordinary re-sharing.
struct SevereTreatment {
    std::string name;  ///< treatment, for example "printing and scanning"; English, to be said
    double score = 0;  ///< panel score after the treatment
};

/// Scores of altered versions of one picture, all from the same panel and combination.
struct Firmness {
    double score = 0;  ///< of the unaltered picture
    double threshold = kVoteThreshold;
    std::size_t question = 0;  ///< the panel's question that all figures are about
    double low = 0;      ///< lowest score over ordinary re-sharing, including the unaltered picture
    double high = 0;     ///< highest score, likewise
    int ordinary = 0;    ///< number of versions that represent ordinary re-sharing
    int other_side = 0;  ///< of these, how many are on the other side of the threshold from the
                         ///< unaltered picture
    int versions = 0;    ///< number of all scored versions
    int all_other_side = 0;
    std::vector<SevereTreatment> severe;  ///< included in `versions`, not in `ordinary`
    std::vector<FlipPoint> flips;
};

/// For example "0.71 to 0.93 over ordinary re-sharing"; figures as in `score_figure`.
[[nodiscard]] std::string interval_words(const Firmness& firmness, const QuestionBands& bands = {});

/// Describes how stable the verdict is. Each sentence appears only when its data exists. `ordinary`
/// may be 0: then there is no interval, and `low` and `high` equal the score.
///  - interval: "Firm" when every ordinary version is in the unaltered picture's band, "Fairly
///    firm" when all are on its side of the threshold, otherwise "Not firm" with the number that
///    are not;
///  - each severe treatment: the score after it and its band;
///  - the panel's changes of side under any treatment, up to three by name, or that there are none.
/// Empty when no version was scored.
[[nodiscard]] std::vector<std::string> firmness_story(const Firmness& firmness,
                                                      const QuestionBands& bands = {});

/// The same sentences as one paragraph.
[[nodiscard]] std::string firmness_summary(const Firmness& firmness,
                                           const QuestionBands& bands = {});

}  // namespace dfd
