#include "hub/store/postgres/move/move_link.hpp"

#include "hub/store/postgres/wire/sql_error.hpp"

#include <chrono>
#include <thread>

namespace katydid::store::postgres {
namespace {

using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

}  // namespace

MoveLink::MoveLink(const std::string& url)
{
    // A peer that falls silent is noticed within seconds, since writers may wait for it.
    const char* const words[] = {"dbname",           "application_name", "target_session_attrs",
                                 "connect_timeout",  "keepalives_idle",  "keepalives_interval",
                                 "keepalives_count", "tcp_user_timeout", nullptr};
    const char* const values[] = {url.c_str(), "katydid move", "read-write", "5", "2", "1",
                                  "3",         "4000",         nullptr};
    handle_.reset(PQconnectdbParams(words, values, 1));
    if (PQstatus(handle_.get()) != CONNECTION_OK) throw SqlError{"", PQerrorMessage(handle_.get())};
    PQsetNoticeProcessor(handle_.get(), [](void*, const char*) {}, nullptr);
    // By the indexes, whatever the statistics of new tables say.
    ask("SET client_encoding = 'UTF8'; SET enable_seqscan = off; SET enable_hashjoin = off;"
        " SET enable_mergejoin = off; SET enable_sort = off; SET enable_bitmapscan = off;"
        " SET jit = off");
}

PGresult* MoveLink::expect(PGresult* answer) const
{
    const auto status = PQresultStatus(answer);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY
        || status == PGRES_COPY_IN || status == PGRES_COPY_OUT)
        return answer;
    const char* state = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
    const SqlError error{state == nullptr ? "" : state, PQerrorMessage(handle_.get())};
    PQclear(answer);
    throw SqlError{error};
}

MoveLink::Answer MoveLink::ask(const std::string& sql)
{
    const Result answer{expect(PQexec(handle_.get(), sql.c_str())), PQclear};
    Answer rows(static_cast<std::size_t>(PQntuples(answer.get())));
    for (std::size_t row = 0; row < rows.size(); ++row)
        for (int column = 0; column < PQnfields(answer.get()); ++column)
            rows[row].emplace_back(PQgetvalue(answer.get(), static_cast<int>(row), column));
    return rows;
}

void MoveLink::ask_patiently(const std::string& sql)
{
    constexpr int tries_max = 100;
    for (int tries = 1;; ++tries) {
        try {
            // The locks are not kept while the disk writes: what must last is committed later.
            ask("BEGIN; SET LOCAL lock_timeout = '50ms'; SET LOCAL synchronous_commit = off; " + sql
                + "; COMMIT");
            return;
        } catch (const SqlError& error) {
            ask("ROLLBACK");
            if (tries == tries_max || classify(error) != Trouble::retry) throw;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
}

std::string MoveLink::one(const std::string& sql)
{
    const auto rows = ask(sql);
    return rows.empty() ? std::string{} : rows.front().front();
}

void MoveLink::stream(const std::string& query, MoveLink& to, const std::string& into)
{
    to.ask("COPY " + into + " FROM STDIN");
    ask("COPY (" + query + ") TO STDOUT");
    char* line = nullptr;
    int size = 0;
    while ((size = PQgetCopyData(handle_.get(), &line, 0)) > 0) {
        const std::unique_ptr<char, decltype(&PQfreemem)> owned{line, PQfreemem};
        if (PQputCopyData(to.handle_.get(), line, size) != 1)
            throw SqlError{"", PQerrorMessage(to.handle_.get())};
    }
    end_copy();
    if (PQputCopyEnd(to.handle_.get(), nullptr) != 1)
        throw SqlError{"", PQerrorMessage(to.handle_.get())};
    to.end_copy();
}

/// Throws what ended it early, if anything did.
void MoveLink::end_copy()
{
    while (auto* answer = PQgetResult(handle_.get())) PQclear(expect(answer));
}

std::string MoveLink::quote(const std::string& text) const
{
    const std::unique_ptr<char, decltype(&PQfreemem)> quoted{
        PQescapeLiteral(handle_.get(), text.data(), text.size()), PQfreemem};
    if (!quoted) throw SqlError{"22021", "a name is no UTF-8"};
    return quoted.get();
}

}  // namespace katydid::store::postgres
