// How firm a panel's verdict is when the picture is passed on, as figures and sentences. Plain C++.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/opinion/opinion.h"

namespace dfd {

/// Somebody whose score is on different sides of the threshold at two neighbouring amounts of one
/// operation.
struct FlipPoint {
    std::string operation;  ///< "jpeg", "messaging"
    std::string who;        ///< "panel", or an expert's name
    bool panel = false;
    /// The neighbouring amounts, the smaller first. Equal where the untouched picture is the
    /// neighbour because no amount stands for it; none for an operation without amounts.
    std::optional<double> lower, upper;
    /// Where the line through the two scores meets the threshold; none unless lower < upper.
    std::optional<double> at;
    /// Sides at `lower` and `upper`. Where the untouched picture is the neighbour: `fake_before` is
    /// of it, `fake_after` of the altered one.
    bool fake_before = false;
    bool fake_after = false;
    std::string words;  ///< of the amount, for people: "JPEG quality 62"; "messaging app"
};

/// A hard passage that the picture was taken through: no ordinary re-sharing.
struct HardPassage {
    std::string name;  ///< what was done: "printing and scanning"
    double score = 0;  ///< of the panel behind it
};

/// What altered versions of one picture scored, all by the same panel and combination.
struct Firmness {
    double score = 0;  ///< of the untouched picture
    double threshold = kVoteThreshold;
    double low = 0;      ///< lowest and highest over ordinary re-sharing, the untouched picture
    double high = 0;     ///< among them
    int ordinary = 0;    ///< versions that stand for ordinary re-sharing
    int other_side = 0;  ///< of these, on the other side of the threshold than the untouched one
    int versions = 0;    ///< all that were scored
    int all_other_side = 0;
    std::vector<HardPassage> passages;  ///< among `versions`, never among `ordinary`
    std::vector<FlipPoint> flips;
};

/// "0.71 to 0.93 over ordinary re-sharing", the figures as `score_figure` writes them.
[[nodiscard]] std::string interval_words(const Firmness& firmness,
                                         const BandThresholds& thresholds = {});

/// How firm the verdict is, each sentence there only when its number is (`ordinary` may be 0: then
/// there is no interval, and `low` and `high` are the score):
///  - the interval: "Firm" when every ordinary version is in the untouched picture's band, "Fairly
///    firm" when all are on its side of the threshold, else "Not firm" and how many are not;
///  - each hard passage: what the score would be behind it, and its band;
///  - the panel's changes of side under any treatment, up to three by name, or that there is none.
/// Empty when no version was scored.
[[nodiscard]] std::vector<std::string> firmness_story(const Firmness& firmness,
                                                      const BandThresholds& thresholds = {});

/// The same as one paragraph.
[[nodiscard]] std::string firmness_summary(const Firmness& firmness,
                                           const BandThresholds& thresholds = {});

}  // namespace dfd
