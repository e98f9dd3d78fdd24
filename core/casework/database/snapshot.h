// A consistent view of a case while others may write it.
// Internal to core/casework.
#pragma once

#include "core/casework/database/sqlite.h"

namespace dfd {

/// While it lives, everything read from `database` is of one moment. Holds the database's lock, so
/// use a connection that nobody else waits for.
class Snapshot {
  public:
    explicit Snapshot(Database& database) : database_(database), lock_(database.lock()) {
        database_.run("BEGIN");
        // The first read fixes the moment.
        (void)database_.number("SELECT count(*) FROM sqlite_schema");
    }
    ~Snapshot() {
        try {
            database_.run("ROLLBACK");
        } catch (const CaseError&) {  // it ends with its connection
        }
    }
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

  private:
    Database& database_;
    Database::Lock lock_;
};

}  // namespace dfd
