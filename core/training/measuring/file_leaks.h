// Detects dataset leaks: whether size, format or compression of files reveal the fakes. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "core/panel/panel_record.h"
#include "core/training/manifest/manifest.h"
#include "core/training/measuring/evaluation.h"

namespace dfd {

struct LeakOptions {
    int parts = 5;           ///< cross-validation parts; fewer when there are fewer groups
    double ridge = 1e-3;     ///< see fit_logistic; for standardised facts and balanced classes
    int rounds = 1000;       ///< of the bootstrap
    std::uint64_t seed = 1;  ///< for the division into parts and the bootstrap
};

/// How well one fact, or all together, separate fakes from real pictures.
struct Leak {
    std::string name;  ///< "bytes", "width", ...; "all facts" for the first
    double auc = 0;    ///< cross-validated
    double low = 0;    ///< 95 % interval by bootstrap over groups
    double high = 0;
};

struct LeakReport {
    std::filesystem::path manifest;
    std::size_t real = 0;
    std::size_t fake = 0;
    std::size_t groups = 0;
    int parts = 0;  ///< of the cross-validation
    std::uint64_t seed = 0;
    std::vector<Leak> leaks;  ///< all facts together, then each varying fact, the strongest first
    std::vector<Unread> unread;          ///< pictures that were not used
    [[nodiscard]] bool leaking() const;  ///< the interval of all facts is above kLeakLimit
};
inline constexpr double kLeakLimit = 0.6;

/// Facts of every picture's file: logarithm of its bytes, bytes per pixel, width, height, aspect,
/// bits per channel, JPEG quality and chroma subsampling, and the format. A logistic regression on
/// them (standardised by its training part, classes balanced) is evaluated on groups it has not
/// seen. An AUC near 0.5 means that only pixels can separate the classes; slightly lower values are
/// chance and mean nothing. Decodes every picture. Blocks. Throws TrainingError (fewer than two
/// groups, only one class, no readable picture) and Cancelled.
[[nodiscard]] LeakReport find_leaks(const Manifest& manifest, const LeakOptions& options = {},
                                    const Progress& progress = {}, std::stop_token stop = {});

/// A text table with a sentence as verdict; and the same as JSON.
[[nodiscard]] std::string leaks_text(const LeakReport& report);
[[nodiscard]] std::string leaks_json(const LeakReport& report);

}  // namespace dfd
