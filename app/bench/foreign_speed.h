// Measures how fast other people's experts answer: with their own model or program, which no
// formula can replace.
#pragma once

#include <stop_token>
#include <vector>

#include "app/bench/speed.h"
#include "core/panel/panel_record.h"

namespace dfd {

/// Times whole answers, without maps, to options.pictures, or to a generated picture of
/// options.side: options.rounds of them, after one that starts the expert and is not counted. An
/// expert that cannot be used here, or has no opinion on a picture, is not measured and says why.
/// Blocks. Throws Cancelled.
[[nodiscard]] std::vector<ForeignSpeed> measure_foreign(const PanelRecord& panel,
                                                        const std::vector<ExpertRecord>& experts,
                                                        const SpeedOptions& options,
                                                        const SpeedProgress& progress = {},
                                                        const std::stop_token& stop = {});

}  // namespace dfd
