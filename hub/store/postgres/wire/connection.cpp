#include "hub/store/postgres/wire/connection.hpp"

#include "hub/store/postgres/wire/sql_error.hpp"
#include "hub/store/postgres/sql/session.sql.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <array>

namespace katydid::store::postgres {
namespace {

using asio::posix::descriptor_base;

std::string trimmed(const char* message)
{
    std::string text{message == nullptr ? "" : message};
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    for (auto& c : text)
        if (c == '\n') c = ' ';
    return text;
}

std::vector<std::string> split_list(const std::string& text)
{
    std::vector<std::string> parts;
    std::size_t from = 0;
    while (true) {
        const auto comma = text.find(',', from);
        parts.push_back(text.substr(from, comma - from));
        if (comma == std::string::npos) return parts;
        from = comma + 1;
    }
}

/// The n-th of a list; a list of one is for all.
std::string nth(const std::vector<std::string>& list, std::size_t index)
{
    if (index < list.size()) return list[index];
    return list.size() == 1 ? list[0] : std::string{};
}

}  // namespace

/// Cuts one exchange off when it takes too long.
class Connection::Watch {
public:
    Watch(Connection& connection, milliseconds limit) : connection_{connection}
    {
        connection.timed_out_ = false;
        connection.deadline_.expires_after(limit);
        const auto number = ++connection.watches_;
        connection.deadline_.async_wait([&connection, number](boost::system::error_code error) {
            if (error || number != connection.watches_) return;
            connection.timed_out_ = true;
            connection.wake();
        });
    }
    ~Watch()
    {
        ++connection_.watches_;
        connection_.deadline_.cancel();
    }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

private:
    Connection& connection_;
};

Connection::Connection(asio::any_io_executor executor, Target target)
    : executor_{std::move(executor)},
      target_{std::move(target)},
      socket_{executor_},
      deadline_{executor_}
{}

void Connection::close() noexcept
{
    if (socket_.is_open()) socket_.release();  // libpq closes it
    handle_.reset();
    prepared_.clear();
    preparing_.clear();
    added_.clear();
}

void Connection::lose(const std::string& why)
{
    const std::string sentence = timed_out_ ? "it does not answer" : why;
    close();
    throw SqlError{"", sentence.empty() ? "the connection was closed" : sentence};
}

std::vector<Connection::Host> Connection::hosts() const
{
    char* problem = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options{
        PQconninfoParse(target_.url.c_str(), &problem), PQconninfoFree};
    if (!options) {
        const auto why = trimmed(problem);
        PQfreemem(problem);
        throw SqlError{"08001", "the store's URL cannot be read: " + why};
    }
    const auto value_of = [&](std::string_view keyword) -> std::string {
        for (auto* option = options.get(); option->keyword != nullptr; ++option)
            if (keyword == option->keyword && option->val != nullptr) return option->val;
        return {};
    };
    const auto names = split_list(value_of("host"));
    const auto addresses = split_list(value_of("hostaddr"));
    const auto ports = split_list(value_of("port"));
    std::vector<Host> found;
    for (std::size_t i = 0; i < std::max(names.size(), addresses.size()); ++i)
        found.push_back({nth(names, i), nth(addresses, i), nth(ports, i)});
    if (found.empty()) found.push_back({});  // where libpq looks by itself
    return found;
}

awaitable<void> Connection::open()
{
    close();
    std::optional<SqlError> problem;
    for (const auto& host : hosts()) {
        try {
            co_await open_host(host);
            co_return;
        } catch (const SqlError& error) {
            problem = error;
        }
    }
    throw SqlError{*problem};
}

awaitable<void> Connection::open_host(const Host& host)
{
    // Words before dbname are defaults, words after it win over the URL.
    std::vector<std::pair<const char*, const char*>> words{
        {"application_name", "katydid"}, {"target_session_attrs", "read-write"},
        {"keepalives_idle", "10"},       {"keepalives_interval", "5"},
        {"keepalives_count", "3"},       {"tcp_user_timeout", "20000"},
        {"dbname", target_.url.c_str()},
    };
    if (!host.name.empty()) words.emplace_back("host", host.name.c_str());
    if (!host.address.empty()) words.emplace_back("hostaddr", host.address.c_str());
    if (!host.port.empty()) words.emplace_back("port", host.port.c_str());
    std::vector<const char*> keywords, values;
    for (const auto& [keyword, value] : words) {
        keywords.push_back(keyword);
        values.push_back(value);
    }
    keywords.push_back(nullptr);
    values.push_back(nullptr);
    handle_.reset(PQconnectStartParams(keywords.data(), values.data(), 1));
    if (!handle_) throw SqlError{"", "out of memory"};
    const Watch watch{*this, target_.connect_timeout};
    co_await finish_connecting();
    if (PQsetnonblocking(handle_.get(), 1) != 0 || PQenterPipelineMode(handle_.get()) != 1)
        lose(trimmed(PQerrorMessage(handle_.get())));
    PQsetNoticeProcessor(handle_.get(), [](void*, const char*) {}, nullptr);
    add(sql::set_session);
    if (target_.prepare) add(sql::set_plans);
    co_await run();
}

awaitable<void> Connection::finish_connecting()
{
    auto polled = PGRES_POLLING_WRITING;
    while (polled != PGRES_POLLING_OK) {
        if (PQstatus(handle_.get()) == CONNECTION_BAD || polled == PGRES_POLLING_FAILED)
            lose(trimmed(PQerrorMessage(handle_.get())));
        // The socket may be another one after each step (several addresses).
        if (socket_.is_open()) socket_.release();
        socket_.assign(PQsocket(handle_.get()));
        const auto kind = polled == PGRES_POLLING_READING ? descriptor_base::wait_read
                                                          : descriptor_base::wait_write;
        while (true) {
            const auto [error] = co_await socket_.async_wait(kind, use_tuple);
            if (!error) break;
            if (timed_out_ || error != asio::error::operation_aborted) lose(error.message());
        }
        socket_.release();
        polled = PQconnectPoll(handle_.get());
    }
    socket_.assign(PQsocket(handle_.get()));
}

void Connection::add(std::string_view sql, const Params& params)
{
    if (!handle_) throw SqlError{"", "not connected"};
    std::vector<const char*> values;
    std::vector<int> lengths, formats;
    std::vector<Oid> types;
    for (const auto& value : params.values()) {
        values.push_back(value.is_null ? nullptr : value.bytes.data());
        lengths.push_back(static_cast<int>(value.bytes.size()));
        formats.push_back(1);
        types.push_back(static_cast<Oid>(value.type));
    }
    const auto count = static_cast<int>(values.size());
    const int sent = target_.prepare
                         ? PQsendQueryPrepared(handle_.get(), prepare(sql, types).c_str(), count,
                                               values.data(), lengths.data(), formats.data(), 1)
                         : PQsendQueryParams(handle_.get(), std::string{sql}.c_str(), count,
                                             types.data(), values.data(), lengths.data(),
                                             formats.data(), 1);
    if (sent != 1) lose(trimmed(PQerrorMessage(handle_.get())));
    added_.push_back(true);
}

/// The name of the prepared statement, which may be prepared by the same pipeline.
const std::string& Connection::prepare(std::string_view sql, const std::vector<Oid>& types)
{
    auto found = prepared_.find(std::string{sql});
    if (found != prepared_.end()) return found->second;
    found = prepared_.emplace(std::string{sql}, "k" + std::to_string(++statements_)).first;
    if (PQsendPrepare(handle_.get(), found->second.c_str(), found->first.c_str(),
                      static_cast<int>(types.size()), types.data())
        != 1)
        lose(trimmed(PQerrorMessage(handle_.get())));
    preparing_.push_back(found->first);
    added_.push_back(false);
    return found->second;
}

awaitable<void> Connection::wait(bool for_writing)
{
    using namespace asio::experimental::awaitable_operators;
    boost::system::error_code failed;
    if (for_writing) {
        // The server may stop reading until somebody reads what it answers.
        const auto first = co_await (socket_.async_wait(descriptor_base::wait_write, use_tuple)
                                     || socket_.async_wait(descriptor_base::wait_read, use_tuple));
        failed = first.index() == 0 ? std::get<0>(std::get<0>(first))
                                    : std::get<0>(std::get<1>(first));
    } else {
        const auto [error] = co_await socket_.async_wait(descriptor_base::wait_read, use_tuple);
        failed = error;
    }
    if (timed_out_ || (failed && failed != asio::error::operation_aborted)) lose(failed.message());
}

awaitable<std::vector<Rows>> Connection::run()
{
    if (!handle_) throw SqlError{"", "not connected"};
    const Watch watch{*this, target_.answer_timeout};
    if (PQpipelineSync(handle_.get()) != 1) lose(trimmed(PQerrorMessage(handle_.get())));
    auto wanted = std::exchange(added_, {});
    const auto preparing = std::exchange(preparing_, {});
    std::vector<Rows> answers;
    std::string state, message;
    std::size_t next = 0;
    while (true) {
        const int unsent = PQflush(handle_.get());
        if (unsent < 0) lose(trimmed(PQerrorMessage(handle_.get())));
        if (collect(answers, wanted, next, state, message)) break;
        co_await wait(unsent > 0);
        if (PQconsumeInput(handle_.get()) != 1) lose(trimmed(PQerrorMessage(handle_.get())));
    }
    collect_notifications();
    if (message.empty()) co_return answers;
    // What was to be prepared after the failure was not.
    for (const auto& sql : preparing) prepared_.erase(sql);
    throw SqlError{state, message};
}

/// Takes what has arrived; true when the pipeline's end was among it.
bool Connection::collect(std::vector<Rows>& answers, std::vector<bool>& is_answer,
                         std::size_t& next, std::string& state, std::string& message)
{
    while (PQisBusy(handle_.get()) == 0) {
        PGresult* taken = PQgetResult(handle_.get());
        if (taken == nullptr) {
            if (PQstatus(handle_.get()) == CONNECTION_BAD)
                lose(trimmed(PQerrorMessage(handle_.get())));
            continue;
        }
        Rows rows{taken};
        switch (PQresultStatus(taken)) {
        case PGRES_PIPELINE_SYNC: return true;
        case PGRES_COMMAND_OK:
        case PGRES_TUPLES_OK:
            if (next < is_answer.size() && is_answer[next]) answers.push_back(std::move(rows));
            ++next;
            break;
        case PGRES_PIPELINE_ABORTED: ++next; break;
        default:
            ++next;
            if (PQstatus(handle_.get()) == CONNECTION_BAD)
                lose(trimmed(PQresultErrorMessage(taken)));
            if (message.empty()) {
                const char* code = PQresultErrorField(taken, PG_DIAG_SQLSTATE);
                state = code == nullptr ? "XX000" : code;
                message = trimmed(PQresultErrorField(taken, PG_DIAG_MESSAGE_PRIMARY));
                if (message.empty()) message = "no reason was given";
            }
        }
    }
    return false;
}

awaitable<Rows> Connection::ask(std::string_view sql, const Params& params)
{
    add(sql, params);
    auto answers = co_await run();
    co_return std::move(answers.at(0));
}

awaitable<void> Connection::run_script(std::string sql)
{
    const Watch watch{*this, target_.answer_timeout};
    if (PQexitPipelineMode(handle_.get()) != 1 || PQsendQuery(handle_.get(), sql.c_str()) != 1)
        lose(trimmed(PQerrorMessage(handle_.get())));
    std::string state, message;
    while (true) {
        const int unsent = PQflush(handle_.get());
        if (unsent < 0) lose(trimmed(PQerrorMessage(handle_.get())));
        bool is_over = false;
        while (PQisBusy(handle_.get()) == 0) {
            const Rows rows{PQgetResult(handle_.get())};
            is_over = rows.is_none();
            if (is_over) break;
            if (rows.is_error() && message.empty()) {
                state = rows.error_state();
                message = rows.error_message();
            }
        }
        if (is_over) break;
        co_await wait(unsent > 0);
        if (PQconsumeInput(handle_.get()) != 1) lose(trimmed(PQerrorMessage(handle_.get())));
    }
    if (PQenterPipelineMode(handle_.get()) != 1) lose(trimmed(PQerrorMessage(handle_.get())));
    if (!message.empty()) throw SqlError{state, trimmed(message.c_str())};
}

awaitable<void> Connection::roll_back()
{
    if (!handle_) throw SqlError{"", "not connected"};
    if (PQtransactionStatus(handle_.get()) == PQTRANS_IDLE) co_return;
    co_await ask("ROLLBACK");
}

void Connection::collect_notifications()
{
    while (PGnotify* heard = PQnotifies(handle_.get())) {
        notifications_.emplace_back(heard->extra == nullptr ? "" : heard->extra);
        PQfreemem(heard);
    }
}

awaitable<void> Connection::wait_for_news(SteadyTime until)
{
    if (!handle_) throw SqlError{"", "not connected"};
    const auto wait = std::chrono::duration_cast<milliseconds>(until - SteadyTime::clock::now());
    const Watch watch{*this, std::max(wait, milliseconds{0})};
    if (std::exchange(woken_, false)) co_return;
    const auto [error] = co_await socket_.async_wait(descriptor_base::wait_read, use_tuple);
    timed_out_ = false;
    woken_ = false;
    if (error == asio::error::operation_aborted) co_return;
    if (error) lose(error.message());
    if (PQconsumeInput(handle_.get()) != 1) lose(trimmed(PQerrorMessage(handle_.get())));
    collect_notifications();
}

void Connection::wake() noexcept
{
    woken_ = true;
    boost::system::error_code ignored;
    if (socket_.is_open()) socket_.cancel(ignored);
}

}  // namespace katydid::store::postgres
