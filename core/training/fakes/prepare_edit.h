// Stage I, the Edit branch: makes edited copies of photographs with masks and untouched twins.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "core/panel/panel_record.h"
#include "core/training/fakes/fake_options.h"
#include "core/training/manifest/training_error.h"

namespace dfd {

/// Valid values of `operations`: "splice", "copy-move", ...
[[nodiscard]] std::vector<std::string> edit_operations();

/// `operations` are from edit_operations(). Nothing is resized before editing.
struct PrepareEditOptions : FakeOptions {
    PrepareEditOptions() {
        per_photo = 10;
        side = 896;
    }
};

/// For every photograph and each of its `per_photo` turns: a crop on the 16 x 16 grid and an edit
/// of it, both published in the same way (publication.h), so that neither size nor compression
/// distinguishes them: real/I-N.jpg (or .png), fake/I-N-operation.jpg, mask/I-N-operation.png,
/// where I is the photograph's index among the sorted files. Operations rotate; one that a
/// photograph is not suitable for (no face, a clear sky) is replaced by another.
///
/// manifest.csv has two rows per turn: group is the photograph's series, source its source; the
/// fake's parameters name the photograph, the publication and the twin. The same options and
/// photographs give the same bytes. edit.json records the options: a stopped or killed run resumes
/// after the last photograph in manifest.csv; other options in the same folder are refused. Blocks
/// for minutes. Memory is bounded by a few photographs per thread. Throws TrainingError, Cancelled
/// (after writing the manifest).
FakeReport prepare_edit(const PrepareEditOptions& options, const Progress& progress = {},
                        std::stop_token stop = {});

}  // namespace dfd
