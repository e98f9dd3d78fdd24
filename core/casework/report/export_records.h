// Replay records of what a case recorded.
// Internal to core/casework/report.
#pragma once

#include <functional>
#include <stop_token>

#include "core/casework/report/export_case.h"
#include "core/engine/replay/signing_key.h"

namespace dfd {

/// One record an exhibit into the folder summary.request.out, with the scores, panel, device and
/// versions that the case holds. The digests of pixels and inputs are those of the picture, decoded
/// again: its bytes must have the recorded digest, and the decoder and the preprocessing must be
/// those of then. Exhibits of which that cannot be said are left out, each with a sentence. Sets
/// `exhibits` and `left_out`, and `sha256` to that of the records' digests ("DIGEST  NAME" a line,
/// as sha256sum prints, in order). `key` may be null. Throws Cancelled, std::system_error.
void export_records(const CaseFile& file, const SigningKey* key, ExportSummary& summary,
                    const std::function<void(std::size_t)>& done, const std::stop_token& stop);

}  // namespace dfd
