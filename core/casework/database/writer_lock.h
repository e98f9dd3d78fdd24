// One writer a case: a locked file beside it that says who.
// Internal to core/casework.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "core/casework/database/case_error.h"

namespace dfd {

/// Login name, host and process of this program.
[[nodiscard]] CaseWriter this_writer();

/// Held by the one process that writes; the kernel lets it go when that process ends, however it
/// ends. `CASE-writer` is removed by a writer that ends in order.
class WriterLock {
  public:
    /// Never waits. Throws CaseBusy, CaseError.
    explicit WriterLock(const std::filesystem::path& case_path);
    ~WriterLock();
    WriterLock(const WriterLock&) = delete;
    WriterLock& operator=(const WriterLock&) = delete;

    /// Who holds it now; nothing when nobody does.
    [[nodiscard]] static std::optional<CaseWriter> holder(const std::filesystem::path& case_path);

  private:
    std::filesystem::path path_;
    int file_ = -1;
};

}  // namespace dfd
