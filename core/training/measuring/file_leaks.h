// What gives fakes away without looking at a pixel: size, compression and resolution of the files.
// Plain C++.
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
    int parts = 5;           ///< of the cross-validation; fewer when there are fewer groups
    double ridge = 1e-3;     ///< see fit_logistic; on standardised facts, classes balanced
    int rounds = 1000;       ///< of the bootstrap
    std::uint64_t seed = 1;  ///< of the division into parts and of the bootstrap
};

/// How well one fact, or all of them, tell fakes from real pictures.
struct Leak {
    std::string name;  ///< "bytes", "width", ...; "all facts" for the first
    double auc = 0;    ///< of pictures that the regression has not learned from
    double low = 0;    ///< 95 % interval, groups drawn anew
    double high = 0;
};

struct LeakReport {
    std::filesystem::path manifest;
    std::size_t real = 0;
    std::size_t fake = 0;
    std::size_t groups = 0;
    int parts = 0;  ///< of the cross-validation
    std::uint64_t seed = 0;
    std::vector<Leak> leaks;     ///< all facts together, then each that varies, the strongest first
    std::vector<Unread> unread;  ///< pictures that are not among those counted
    [[nodiscard]] bool leaking() const;  ///< all facts: the interval lies above kLeakLimit
};
inline constexpr double kLeakLimit = 0.6;

/// Facts of every picture's file: logarithm of its bytes, bytes a pixel, width, height, aspect,
/// bits a channel, JPEG quality and chroma subsampling, and which format it is. A logistic
/// regression on them (standardised by the part it learns from; classes balanced) is judged on the
/// groups it has not seen. An AUC near 0.5 says that nothing but pixels can tell the classes apart;
/// it falls a little below by chance, and that means nothing.
/// Every picture is decoded. Blocks. Throws TrainingError (fewer than two groups, one class only,
/// no readable picture) and Cancelled.
[[nodiscard]] LeakReport find_leaks(const Manifest& manifest, const LeakOptions& options = {},
                                    const Progress& progress = {}, std::stop_token stop = {});

/// A table for people, with the verdict in a sentence; and the same as JSON.
[[nodiscard]] std::string leaks_text(const LeakReport& report);
[[nodiscard]] std::string leaks_json(const LeakReport& report);

}  // namespace dfd
