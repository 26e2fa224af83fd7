// The writing connection with everything that writes through it.
#pragma once

#include "hub/store/sqlite/write/appender.hpp"
#include "hub/store/sqlite/maintenance/checkpointer.hpp"
#include "hub/store/sqlite/write/claimer.hpp"
#include "hub/store/sqlite/maintenance/eraser.hpp"
#include "hub/store/sqlite/write/redelivery.hpp"
#include "hub/store/sqlite/maintenance/purger.hpp"
#include "hub/store/sqlite/write/rejected.hpp"
#include "hub/store/sqlite/write/record_writer.hpp"
#include "hub/store/sqlite/write/settler.hpp"
#include "hub/store/sqlite/sqlite_store.hpp"

namespace katydid::store::sqlite {

/// Thread safety: none; made by open_sqlite, then used by the writer's thread only.
struct WriteSession {
    /// \param file  descriptor of the same file, to start writing back
    WriteSession(Connection opened, const SqliteOptions& options, int file);

    void begin();
    void commit();
    void rollback() noexcept;
    /// Erased bytes must not stay in the write-ahead log. Throws SqlError.
    void empty_log();
    /// Erases some of a person's events; zero when nothing is left.
    Erased erase_some(const Erasure& order);

    Connection connection;
    WriterState state;
    Appender appender;
    Settler settler;
    Redelivery redelivery;
    Claimer claimer;
    RecordWriter records;
    RejectedWriter rejected;
    Purger purger;
    Eraser eraser;
    Checkpointer checkpointer;
    Statement begin_, commit_;
};

/// Opens the connection that writes: WAL, synchronous=FULL, no automatic checkpoints.
Connection open_writer(const SqliteOptions& options);
Connection open_reader(const SqliteOptions& options);

}  // namespace katydid::store::sqlite
