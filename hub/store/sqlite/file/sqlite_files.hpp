// Backup and restore of the store file, for commands that run beside or instead of a hub.
#pragma once

#include "hub/store/store.hpp"

#include <string>

namespace katydid::store {

/// Copies a consistent state of the file, also while a hub writes to it; the hub notices nothing.
/// Errors: not_found (no such store), conflict (`to` exists), invalid_argument (cannot be written),
/// store_failed (the file is damaged).
[[nodiscard]] result<void> backup_sqlite(const std::string& path, const std::string& to,
                                         const BackupProgress& progress);

/// Replaces a store by a backup that no hub is using. The backup is checked first
/// (PRAGMA integrity_check, schema); the store that was there is moved aside, not deleted.
/// Returns the new name of what was there, empty when there was nothing.
/// Errors: not_found, conflict (a hub is using the store), invalid_argument (not a store of ours,
/// newer than this program), store_failed (the backup is damaged).
[[nodiscard]] result<std::string> restore_sqlite(const std::string& from, const std::string& path,
                                                 Timestamp now, const BackupProgress& progress);

}  // namespace katydid::store
