#include "core/casework/database/case_error.h"

#include <utility>

#include "core/base/wording.h"
#include "core/casework/database/writer_lock.h"

namespace dfd {

std::string login_name() {
    return this_writer().user;
}

CaseBusy::CaseBusy(const std::filesystem::path& path, CaseWriter writer)
    : CaseError("The case " + quoted(path) + " is being written by " +
                (writer.user.empty() ? std::string("another process")
                                     : writer.user + " on " + writer.host + " (process " +
                                           std::to_string(writer.process) + ", since " +
                                           iso_time(writer.since) + ")") +
                ". It can still be read; to write, wait until that process has finished."),
      writer_(std::move(writer)) {}

}  // namespace dfd
