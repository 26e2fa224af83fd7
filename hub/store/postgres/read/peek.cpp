#include "hub/store/postgres/read/peek.hpp"

#include "hub/store/postgres/read/queries.hpp"
#include "hub/store/postgres/wire/schema.hpp"
#include "hub/store/postgres/wire/sql_error.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>

namespace katydid::store::postgres {
namespace {

/// Records of a database that has tables; throws SqlError and Failure.
awaitable<std::vector<Record>> read_kinds(Connection& connection, std::vector<std::string> kinds)
{
    std::vector<Record> all;
    co_await connection.open();
    const auto version = co_await peek_version(connection);
    if (version == 0) {
        const auto is_lost = co_await connection.ask("SELECT current_schema() IS NULL");
        if (is_lost.integer(0, 0) != 0) throw SqlError{invalid_schema_name, "no schema"};
        co_return all;
    }
    refuse_unknown(version);
    for (const auto& kind : kinds) {
        auto some = co_await list_records(connection, kind);
        std::ranges::move(some.value(), std::back_inserter(all));
    }
    co_return all;
}

}  // namespace

result<std::vector<Record>> peek_database(const std::string& url,
                                          const std::vector<std::string>& kinds)
{
    asio::io_context loop{1};
    Connection connection{loop.get_executor(), Target{url}};
    std::vector<Record> records;
    std::exception_ptr failure;
    auto look = [&]() -> awaitable<> {
        auto found = co_await read_kinds(connection, kinds);
        records = std::move(found);
    };
    asio::co_spawn(loop, look(), [&](std::exception_ptr thrown) { failure = std::move(thrown); });
    loop.run();
    try {
        if (failure) std::rethrow_exception(failure);
        return records;
    } catch (const SqlError& error) {
        return cannot_use(error);
    } catch (const Failure& error) {
        return error.error();
    }
}

}  // namespace katydid::store::postgres
