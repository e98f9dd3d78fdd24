// Stage I, the Edit branch: photographs in, falsified copies with masks and untouched twins out.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/panel/panel_record.h"
#include "core/training/manifest/training_error.h"

namespace dfd {

/// "splice", "copy-move", ...: what `operations` may name.
[[nodiscard]] std::vector<std::string> edit_operations();

struct PrepareEditOptions {
    std::filesystem::path photos;  ///< folder of untouched photographs, searched with sub-folders
    std::filesystem::path out;     ///< becomes real/, fake/, mask/ and manifest.csv
    int per_photo = 10;            ///< fakes a photograph, each with a twin of its own
    std::vector<std::string> operations;  ///< of edit_operations(); empty: all of them
    std::uint64_t seed = 1;
    int side = 896;   ///< crops are at most this wide and high; nothing is resized before editing
    int threads = 0;  ///< 0: one a processor; the result does not depend on it
};

struct PrepareEditReport {
    int photographs = 0;
    int made = 0;                                           ///< fakes made now
    int reused = 0;                                         ///< fakes that were there already
    std::vector<std::string> skipped;                       ///< photographs that could not be read
    std::vector<std::pair<std::string, int>> by_operation;  ///< fakes in the manifest
};

/// For every photograph and each of its `per_photo` turns: a crop on the 16 x 16 grid, an edit of
/// it, and both published alike (publication.h), so that neither size nor compression tells them
/// apart: real/I-N.jpg (or .png), fake/I-N-operation.jpg, mask/I-N-operation.png, where I is the
/// photograph's place among the sorted files. Operations take turns; one that a photograph does not
/// lend itself to (no face, a clear sky) gives its turn to the next.
///
/// manifest.csv has two rows a turn: group is the photograph's series, source its source; the
/// fake's parameters name the photograph, the publication and the twin. The same options and
/// photographs give the same bytes. edit.json holds the options: a run that was stopped or killed
/// goes on from the last photograph that manifest.csv knows; other options in the same folder are
/// refused. Blocks for minutes; memory is bounded by a few photographs a thread.
/// Throws TrainingError, Cancelled (after the manifest was written).
PrepareEditReport prepare_edit(const PrepareEditOptions& options, const Progress& progress = {},
                               std::stop_token stop = {});

}  // namespace dfd
