// The durable floor: the bare Beast server, and every body committed to SQLite before its 202.
//
// One writer thread turns everything that waits into one transaction (WAL, synchronous=FULL);
// no verification, no routing, no delivery. Usage: floor-sqlite [PORT] [DATABASE].
#include "bench/floor/serve.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <sqlite3.h>

namespace {

namespace asio = boost::asio;

void check(int code, sqlite3* database)
{
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
    std::fprintf(stderr, "floor-sqlite: %s\n", sqlite3_errmsg(database));
    std::exit(3);
}

/// Commits bodies in groups, on a thread of its own.
///
/// Thread safety: commit() may be called from any thread.
class GroupCommit {
public:
    explicit GroupCommit(const char* path)
    {
        check(sqlite3_open(path, &database_), database_);
        execute("PRAGMA journal_mode=WAL");
        execute("PRAGMA synchronous=FULL");
        execute("CREATE TABLE IF NOT EXISTS events(id INTEGER PRIMARY KEY, body BLOB)");
        check(sqlite3_prepare_v2(database_, "INSERT INTO events(body) VALUES(?)", -1, &insert_,
                                 nullptr),
              database_);
        std::thread{[this] { write_for_ever(); }}.detach();
    }

    /// Completes on the caller's executor once the body is on disk.
    asio::awaitable<void> commit(std::string body)
    {
        const auto executor = co_await asio::this_coro::executor;
        auto start = [this, executor](auto handler, std::string bytes) {
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            const std::lock_guard lock{mutex_};
            loop_ = executor;
            waiting_.push_back({std::move(bytes), [shared] { std::move (*shared)(); }});
            if (waiting_.size() == 1) wake_.notify_one();
        };
        co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(
            start, asio::use_awaitable, std::move(body));
    }

private:
    struct Entry {
        std::string body;
        std::function<void()> done;
    };

    void execute(const char* sql)
    {
        check(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr), database_);
    }

    void write_for_ever()
    {
        std::vector<Entry> batch;
        asio::any_io_executor loop;
        for (;;) {
            {
                std::unique_lock lock{mutex_};
                wake_.wait(lock, [this] { return !waiting_.empty(); });
                batch.swap(waiting_);
                loop = loop_;
            }
            execute("BEGIN IMMEDIATE");
            for (const auto& entry : batch) {
                sqlite3_bind_blob(insert_, 1, entry.body.data(),
                                  static_cast<int>(entry.body.size()), nullptr);
                check(sqlite3_step(insert_), database_);
                sqlite3_reset(insert_);
            }
            execute("COMMIT");
            asio::post(loop, [done = std::move(batch)] {
                for (const auto& entry : done) entry.done();
            });
            batch = {};
        }
    }

    sqlite3* database_ = nullptr;
    sqlite3_stmt* insert_ = nullptr;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<Entry> waiting_;
    asio::any_io_executor loop_;  ///< the one loop every caller runs on
};

}  // namespace

int main(int argc, char** argv)
{
    GroupCommit store{argc > 2 ? argv[2] : "floor.db"};
    return katydid::bench::floor::run(argc, argv,
                                      [&store](std::string body) -> asio::awaitable<bool> {
                                          co_await store.commit(std::move(body));
                                          co_return true;
                                      });
}
