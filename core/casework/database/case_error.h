// Why a case cannot be used, and who else uses it. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "core/casework/database/case_time.h"

namespace dfd {

/// What is wrong with a case, or why it cannot be used: a sentence that names the file.
class CaseError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Of the user of this process; what signs decisions unless another name is given.
[[nodiscard]] std::string login_name();

/// Who holds a case for writing.
struct CaseWriter {
    std::string user;
    std::string host;
    std::int64_t process = 0;
    CaseTime since = 0;
};

/// Thrown when a case is opened for writing that somebody else writes.
class CaseBusy : public CaseError {
  public:
    CaseBusy(const std::filesystem::path& path, CaseWriter writer);
    [[nodiscard]] const CaseWriter& writer() const { return writer_; }

  private:
    CaseWriter writer_;
};

}  // namespace dfd
