// Reads an exhibit's picture again.
// Internal to core/casework.
#pragma once

#include "core/casework/exhibits/exhibit_record.h"
#include "core/picture/picture.h"

namespace dfd {

/// Decodes the first of the exhibit's files that still holds the recorded bytes. Blocks. Throws
/// PictureError with a sentence about the last file that was tried.
[[nodiscard]] Picture recorded_picture(const ExhibitRecord& record);

}  // namespace dfd
