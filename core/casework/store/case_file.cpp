#include "core/casework/store/case_file.h"

#include <system_error>

#include "core/base/hexadecimal.h"
#include "core/base/wording.h"
#include "core/casework/database/writer_lock.h"
#include "core/casework/store/choices.h"
#include "core/casework/store/recording.h"
#include "core/casework/store/schema.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

void require_existing(const fs::path& path) {
    std::error_code error;
    if (fs::is_directory(path, error))
        throw CaseError(quoted(path) + " is a folder, not a case; choose a file.");
    if (!fs::exists(path, error))
        throw CaseError("There is no case " + quoted(path) +
                        ". Check its name, or create it with `dfd scan --case`.");
}

}  // namespace

struct CaseFile::Impl {
    fs::path path;
    bool writable = false;
    std::string by, id;
    std::unique_ptr<WriterLock> lock;  // released after the database is closed
    std::unique_ptr<Database> database;
    std::unordered_map<std::int64_t, RecordedAnswers> known_answers;
};

CaseFile::CaseFile(const fs::path& path, CaseAccess access, const std::string& by)
    : impl_(std::make_unique<Impl>()) {
    impl_->path = path;
    impl_->writable = access != CaseAccess::Read;
    impl_->by = by.empty() ? login_name() : by;
    if (access != CaseAccess::Create)
        require_existing(path);
    if (access == CaseAccess::Read) {
        impl_->database = std::make_unique<Database>(path, reading_mode(path));
    } else {
        impl_->lock = std::make_unique<WriterLock>(path);
        impl_->database = std::make_unique<Database>(
            path, access == CaseAccess::Create ? Database::Mode::Create : Database::Mode::Write);
    }
    auto& database = *impl_->database;
    database.run(
        "PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY");
    const int version = schema_version(database);
    const int newest = static_cast<int>(migrations().size());
    if (impl_->writable) {
        database.use_write_ahead_log();
        database.run("PRAGMA synchronous = FULL");
        migrate(database, migrations());
        if (version < newest) {
            Recording recording(*this);
            if (version == 0)
                record_choice(recording, choice_keys::kId, random_id());
            recording.finish(version == 0 ? "created" : "migrated",
                             R"({"from version": )" + std::to_string(version) +
                                 R"(, "to version": )" + std::to_string(newest) + "}");
        }
    } else if (version == 0) {
        throw CaseError(quoted(path) + " is not a case: it is empty.");
    } else if (version > newest) {
        migrate(database, migrations());  // refuses it
    }
    // A case of an older version is only read. It lacks the tables that were added later.
    impl_->id = read_choice(database, choice_keys::kId).value_or("");
}

CaseFile::~CaseFile() {
    if (impl_->writable)
        impl_->database->checkpoint();
}

const fs::path& CaseFile::path() const {
    return impl_->path;
}
bool CaseFile::writable() const {
    return impl_->writable;
}
const std::string& CaseFile::by() const {
    return impl_->by;
}
const std::string& CaseFile::id() const {
    return impl_->id;
}
std::optional<CaseWriter> CaseFile::writer() const {
    return WriterLock::holder(impl_->path);
}
Database& CaseFile::database() const {
    return *impl_->database;
}
std::unordered_map<std::int64_t, RecordedAnswers>& CaseFile::known_answers() const {
    return impl_->known_answers;
}
void CaseFile::require_writable() const {
    if (!impl_->writable)
        throw CaseError("The case " + quoted(impl_->path) +
                        " is open read-only; open it for writing to change it.");
}

}  // namespace dfd
