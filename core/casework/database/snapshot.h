// One state of a case, whoever writes meanwhile.
// Internal to core/casework.
#pragma once

#include "core/casework/database/sqlite.h"

namespace dfd {

/// As long as it lives, everything read from `database` is of one moment. Holds its lock: use a
/// connection that nobody else waits for.
class Snapshot {
  public:
    explicit Snapshot(Database& database) : database_(database), lock_(database.lock()) {
        database_.run("BEGIN");
        (void)database_.number("SELECT count(*) FROM sqlite_schema");  // the moment is now
    }
    ~Snapshot() {
        try {
            database_.run("ROLLBACK");
        } catch (const CaseError&) {  // it goes with its connection
        }
    }
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

  private:
    Database& database_;
    Database::Lock lock_;
};

}  // namespace dfd
