// The picture that an exhibit speaks of, read again.
// Internal to core/casework.
#pragma once

#include "core/casework/exhibits/exhibit_record.h"
#include "core/picture/picture.h"

namespace dfd {

/// Decoded from the first of its places that still holds the recorded bytes. Blocks. Throws
/// PictureError: a sentence about the last place that was tried.
[[nodiscard]] Picture recorded_picture(const ExhibitRecord& record);

}  // namespace dfd
