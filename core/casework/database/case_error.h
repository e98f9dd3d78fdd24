// Errors of cases: a case that cannot be used, or that another process writes. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "core/casework/database/case_time.h"

namespace dfd {

/// A case is wrong or cannot be used. what() is a sentence that names the file.
class CaseError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The user of this process. Decisions are signed with this name unless another is given.
[[nodiscard]] std::string login_name();

/// The process that holds a case for writing.
struct CaseWriter {
    std::string user;
    std::string host;
    std::int64_t process = 0;
    CaseTime since = 0;
};

/// Thrown when a case is opened for writing while another process writes it.
class CaseBusy : public CaseError {
  public:
    CaseBusy(const std::filesystem::path& path, CaseWriter writer);
    [[nodiscard]] const CaseWriter& writer() const { return writer_; }

  private:
    CaseWriter writer_;
};

}  // namespace dfd
