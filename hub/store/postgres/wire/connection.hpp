// One connection to the database, in pipeline mode, that waits without a thread.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/store/postgres/wire/params.hpp"
#include "hub/store/postgres/wire/rows.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <libpq-fe.h>

#include <string>
#include <unordered_map>
#include <vector>

namespace katydid::store::postgres {

/// How the server is found: a libpq connection string, URI or keywords, with several hosts maybe.
struct Target {
    std::string url;
    milliseconds connect_timeout{5'000};  ///< for one host
    milliseconds answer_timeout{30'000};  ///< for one pipeline; the connection is dropped over it
    bool prepare = true;  ///< statements are prepared once; else planned each time for their values
};

/// Sends statements in pipelines: everything added since the last run goes out at once and is
/// answered at once. Plans go by index, whatever the tables' statistics say today.
///
/// One coroutine at a time may use it. After a SqlError whose state is empty it is closed, and
/// may be opened again. Nothing is retried here.
/// Lifetime: outlives its pending calls. Cancellation: none; the answer timeout bounds each wait.
/// Thread safety: none; it belongs to the executor's thread.
class Connection {
public:
    Connection(asio::any_io_executor executor, Target target);
    ~Connection() { close(); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Connects to the first host that takes writes. Throws SqlError.
    awaitable<void> open();
    void close() noexcept;
    [[nodiscard]] bool is_open() const noexcept { return handle_ != nullptr; }

    /// \param sql  the text is the statement's key: keep the number of different texts small
    void add(std::string_view sql, const Params& params = {});
    [[nodiscard]] bool has_unsent() const noexcept { return !added_.empty(); }
    /// Sends what was added and waits for all answers, one for each statement. Throws SqlError,
    /// the first one; what followed it was not carried out.
    awaitable<std::vector<Rows>> run();
    /// The answer of one statement.
    awaitable<Rows> ask(std::string_view sql, const Params& params = {});
    /// Runs a text of several statements, without values, as one transaction.
    awaitable<void> run_script(std::string sql);
    /// Ends a transaction that failed. Throws SqlError when the connection is lost.
    awaitable<void> roll_back();

    /// Waits until the server says something unasked, `wake` is called or the time is over.
    awaitable<void> wait_for_news(SteadyTime until);
    void wake() noexcept;
    /// Payloads of the notifications that came.
    std::vector<std::string> take_notifications() { return std::exchange(notifications_, {}); }

private:
    struct Handle {
        void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
    };
    struct Host {
        std::string name, address, port;
    };
    class Watch;

    std::vector<Host> hosts() const;
    awaitable<void> open_host(const Host& host);
    awaitable<void> finish_connecting();
    awaitable<void> wait(bool for_writing);
    bool collect(std::vector<Rows>& answers, std::vector<bool>& is_answer, std::size_t& next,
                 std::string& state, std::string& message);
    void collect_notifications();
    const std::string& prepare(std::string_view sql, const std::vector<Oid>& types);
    [[noreturn]] void lose(const std::string& why);

    asio::any_io_executor executor_;
    const Target target_;
    std::unique_ptr<PGconn, Handle> handle_;
    asio::posix::stream_descriptor socket_;
    asio::steady_timer deadline_;
    std::uint64_t watches_ = 0;  ///< so that a timer that rang too late is not heeded
    bool timed_out_ = false;
    bool woken_ = false;
    std::unordered_map<std::string, std::string> prepared_;  ///< SQL, name
    std::vector<std::string> preparing_;                     ///< in the pipeline now
    std::vector<bool> added_;  ///< for each command of the pipeline: whether its answer is wanted
    std::uint64_t statements_ = 0;
    std::vector<std::string> notifications_;
};

}  // namespace katydid::store::postgres
