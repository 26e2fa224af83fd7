#include "hub/store/sqlite/write/write_session.hpp"

#include "hub/store/sqlite/file/gathered_log.hpp"
#include "hub/store/sqlite/rows/schema.hpp"

namespace katydid::store::sqlite {
namespace {

/// After a backup or a slow reader let the log grow, it shrinks back to this.
constexpr std::size_t log_bytes_kept = 64U << 20U;
constexpr std::size_t writer_cache_kib = 28 * 1024;
constexpr std::size_t reader_cache_kib = 8 * 1024;

}  // namespace

Connection open_writer(const SqliteOptions& options)
{
    Connection connection{options.path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                          gathered_log_vfs(options.vfs)};
    connection.run("PRAGMA page_size = 4096");
    if (connection.text("PRAGMA journal_mode = WAL") != "wal")
        throw Failure{Error{errc::invalid_argument,
                            "The store " + options.path
                                + " is on a file system without shared memory, which the"
                                  " write-ahead log needs. Put it on a local disk."}};
    connection.run("PRAGMA synchronous = FULL");  // gathered_log_vfs() relies on it
    connection.run("PRAGMA wal_autocheckpoint = 0");
    connection.run("PRAGMA journal_size_limit = " + std::to_string(log_bytes_kept));
    connection.run("PRAGMA cache_size = -" + std::to_string(writer_cache_kib));
    connection.run("PRAGMA temp_store = MEMORY");
    connection.run("PRAGMA secure_delete = ON");  // erased bytes are overwritten
    if (options.pages_max > 0)
        connection.run("PRAGMA max_page_count = " + std::to_string(options.pages_max));
    migrate(connection, options.path);
    return connection;
}

Connection open_reader(const SqliteOptions& options)
{
    Connection connection{options.path, SQLITE_OPEN_READWRITE, options.vfs};
    // The last connection to close would checkpoint; that is the writer's work alone.
    sqlite3_db_config(connection.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    connection.run("PRAGMA query_only = ON");
    connection.run("PRAGMA wal_autocheckpoint = 0");
    connection.run("PRAGMA cache_size = -" + std::to_string(reader_cache_kib));
    connection.run("PRAGMA temp_store = MEMORY");
    return connection;
}

WriteSession::WriteSession(Connection opened, const SqliteOptions& options, int file)
    : connection{std::move(opened)},
      state{connection, options.window_per_subscription},
      appender{state},
      settler{state},
      redelivery{state, appender},
      claimer{state, 4U << 20U},
      records{state},
      rejected{state},
      purger{state},
      eraser{state},
      checkpointer{connection, options, file},
      begin_{connection.prepare("BEGIN IMMEDIATE")},
      commit_{connection.prepare("COMMIT")}
{
    claimer.close_lanes_with_rows();
}

void WriteSession::begin() { begin_.run(); }

void WriteSession::commit()
{
    appender.flush();
    state.counters.flush();
    state.interned.flush_uses();
    state.save_time_disorder();
    state.activity.flush();
    commit_.run();
}

void WriteSession::empty_log()
{
    const int code = checkpointer.empty_log();
    if (code != SQLITE_OK) throw_sql_error(connection.handle(), code);
}

Erased WriteSession::erase_some(const Erasure& order)
{
    appender.flush();
    const auto step = eraser.erase_some(order);
    for (const auto seq : step.events) claimer.forget_event(seq);
    return step.erased;
}

void WriteSession::rollback() noexcept
{
    commit_.reset();
    if (connection.in_transaction())
        sqlite3_exec(connection.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    state.forget_batch();
    appender.forget();
}

}  // namespace katydid::store::sqlite
