// Exports replay records from the results in a case.
// Internal to core/casework/report.
#pragma once

#include <functional>
#include <stop_token>

#include "core/casework/report/export_case.h"
#include "core/engine/replay/signing_key.h"

namespace dfd {

/// Writes one record per exhibit into the folder summary.request.out, with the scores, panel,
/// device and versions in the case. The digests of pixels and inputs are computed from the picture,
/// decoded again: its bytes must have the recorded digest, and the decoder and the preprocessing
/// must still be the same. Other exhibits are left out, each with a sentence. Sets `exhibits` and
/// `left_out`, and sets `sha256` to the digest of the list of the records' digests: lines
/// "DIGEST  NAME" as sha256sum prints them, in order. `key` may be null. Throws Cancelled,
/// std::system_error.
void export_records(const CaseFile& file, const SigningKey* key, ExportSummary& summary,
                    const std::function<void(std::size_t)>& done, const std::stop_token& stop);

}  // namespace dfd
