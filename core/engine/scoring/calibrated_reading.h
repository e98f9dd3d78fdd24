// What a picture's scores are worth, by how it is read.
// Internal to core/engine/scoring.
#pragma once

#include "core/opinion/opinion.h"
#include "core/panel/panel_record.h"
#include "core/picture/picture.h"

namespace dfd {

/// What scores of such a picture are worth. Null also when `everywhere` makes the experts read
/// every pixel of a picture of which they read windows when they were measured.
[[nodiscard]] AnswerCalibrations calibration_of_reading(const PanelRecord& panel,
                                                        const AnswerCalibrations& calibration,
                                                        const Pixels& picture, bool everywhere);

/// Measures the picture's traits when its calibration has limits for them, or `wanted`. Call it
/// when the opinion has its calibration. Does not look for a face. Blocks for some tens of
/// milliseconds.
void add_traits(const Pixels& picture, bool wanted, PanelOpinion& opinion);

/// Whether an answer is given for pictures with a face only.
[[nodiscard]] bool has_face_limit(const AnswerCalibrations& calibration);

}  // namespace dfd
