// The embedded store: one SQLite file, nothing to install.
#pragma once

#include "hub/store/store.hpp"

#include <functional>
#include <memory>
#include <string>

namespace katydid::store {

struct SqliteOptions {
    std::string path;  ///< of the database file; it and its directory are made when absent

    std::uint32_t window_per_subscription = 256;  ///< deliveries handed over unasked at one time
    std::size_t queue_count_max = 16'384;  ///< waiting appends and changes: over_limit beyond
    int checkpoint_pages = 250;            ///< of 4 KiB in the write-ahead log, per step
    int log_pages_max = 8'000;             ///< of the log, before it must start over
    milliseconds probe_interval{1'000};    ///< first wait before a full disk is tried again

    std::function<void(std::string)> warn;  ///< sentences for the operator's log
    std::function<void(std::string)> note;  ///< likewise, when there is nothing to do about it
    /// After each commit, on the store's thread: how long it took and how many calls it carried.
    std::function<void(double seconds, std::size_t calls)> on_commit;
    /// After each step of a checkpoint, on the store's thread: how long writers waited for it.
    std::function<void(double seconds)> on_checkpoint;

    std::string vfs;             ///< SQLite VFS by name, for tests; empty: standard
    std::int64_t pages_max = 0;  ///< size limit in pages, for tests; 0: none
};

/// Opens the file, or creates it, and brings it to this program's schema.
///
/// Throws katydid::Failure with a sentence a person can act on: the file is in use by another
/// process, newer than the program, another program's, not writable.
[[nodiscard]] std::unique_ptr<Store> open_sqlite(SqliteOptions options);

}  // namespace katydid::store
