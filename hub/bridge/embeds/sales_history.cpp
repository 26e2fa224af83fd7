#include "hub/bridge/embeds/sales_history.hpp"

namespace katydid::bridge {
namespace {

constexpr std::size_t pages_of_a_call = 8;
/// Ids follow the clocks of the hubs, and a commit may come later than its id: so long an event may
/// still appear before one that was read.
constexpr milliseconds settled_after{5'000};

}  // namespace

awaitable<bool> SalesHistory::catch_up()
{
    bool is_done = true;
    for (auto& stream : streams_) {
        bool is_last = false;
        for (std::size_t page = 0; page < pages_of_a_call && !is_last; ++page) {
            const auto was_last = co_await read_page(stream);
            is_last = was_last;
        }
        is_done = is_done && is_last;
    }
    co_return is_done;
}

/// Whether it was the last page for now. What is young is read again next time, and not counted
/// again.
awaitable<bool> SalesHistory::read_page(Stream& stream)
{
    store::EventQuery query;
    query.source = stream.source;
    query.type = stream.type;
    const auto before = stream.cursor;
    query.cursor = before;
    query.ascending = true;
    query.limit = store::list_limit_max;
    const auto rows = co_await store_.events(std::move(query));
    if (!rows) co_return false;
    const auto settled = clock_.now() - settled_after;
    bool are_settled = true;
    for (const auto& row : *rows) {
        const auto id = row.event.id;
        const bool is_new = stream.recent.insert(id).second;
        if (is_new) co_await count(stream, id, row.event.received_at);
        are_settled = are_settled && row.event.received_at < settled;
        if (are_settled) stream.cursor = id;
    }
    // What the cursor has passed is not read again.
    std::erase_if(stream.recent, [&](EventId id) { return stream.cursor && id <= *stream.cursor; });
    co_return rows->size() < store::list_limit_max || stream.cursor == before;
}

awaitable<void> SalesHistory::count(const Stream& stream, EventId id, Timestamp received_at)
{
    const auto event = co_await store_.event(default_tenant(), id);
    if (event && (*event)->payload) tally_.add(stream.type, *(*event)->payload, received_at);
}

}  // namespace katydid::bridge
