// One writer per case: a lock file beside the case that names the writer.
// Internal to core/casework.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "core/casework/database/case_error.h"

namespace dfd {

/// Login name, host and process of this program.
[[nodiscard]] CaseWriter this_writer();

/// Held by the one process that writes. The kernel releases it when that process ends, however it
/// ends. A writer that ends normally removes `CASE-writer`.
class WriterLock {
  public:
    /// Never waits. Throws CaseBusy, CaseError.
    explicit WriterLock(const std::filesystem::path& case_path);
    ~WriterLock();
    WriterLock(const WriterLock&) = delete;
    WriterLock& operator=(const WriterLock&) = delete;

    /// The current holder; nothing when there is none.
    [[nodiscard]] static std::optional<CaseWriter> holder(const std::filesystem::path& case_path);

  private:
    std::filesystem::path path_;
    int file_ = -1;
};

}  // namespace dfd
