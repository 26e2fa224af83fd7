#include "hub/api/live/feed_reader.hpp"

#include "hub/api/protocol/output.hpp"
#include "hub/core/async/on_executor.hpp"
#include "hub/observe/log.hpp"

namespace katydid::api {
namespace {

/// Readers that missed something hear of it when there is room again, this late at most.
constexpr milliseconds look_interval{500};
/// The first event after a pause is read at once, those after it together.
constexpr milliseconds gather_interval{20};
/// After so much time of the loop it pauses for this many times as much.
constexpr milliseconds turn_max{2};
constexpr int pause_factor = 3;

std::string to_text(const store::EventRow& row)
{
    const boost::json::object object{{"type", "event"}, {"event", to_json(row)}};
    return boost::json::serialize(object);
}

store::EventQuery newest(const TenantId& tenant)
{
    store::EventQuery query;
    query.tenant = tenant;
    query.by_commit = true;
    query.limit = 1;
    return query;
}

}  // namespace

awaitable<result<void>> FeedReader::follow(TenantId tenant)
{
    auto work = start(tenant);
    return on_executor(parts_.executor, std::move(work));
}

awaitable<result<void>> FeedReader::start(TenantId tenant)
{
    if (stopped_.is_set()) co_return Error{errc::shutting_down, "The hub is ending."};
    if (followed_.contains(tenant)) co_return result<void>{};
    auto query = newest(tenant);
    const auto rows = co_await parts_.store.events(std::move(query));
    if (rows.has_error()) co_return rows.error();
    const auto after = rows->empty() ? EventId{} : rows->front().event.id;
    // Another caller may have been quicker.
    const bool is_new = followed_.try_emplace(tenant, after).second;
    if (is_new)
        asio::co_spawn(parts_.executor, run(tenant, after), log::OnFailure{"feed.reader_ended"});
    co_return result<void>{};
}

awaitable<std::optional<EventId>> FeedReader::told_last(TenantId tenant)
{
    auto work = find_told_last(tenant);
    return on_executor(parts_.executor, std::move(work));
}

awaitable<std::optional<EventId>> FeedReader::find_told_last(TenantId tenant)
{
    const auto found = followed_.find(tenant);
    if (found == followed_.end()) co_return std::nullopt;
    co_return found->second;
}

awaitable<void> FeedReader::run(TenantId tenant, EventId after)
{
    intake::CommitNotifier::Waiter waiter{parts_.commits, tenant, parts_.executor};
    while (!stopped_.is_set() && parts_.happenings.has_event_watchers(tenant)) {
        const auto begun = SteadyTime::clock::now();
        store::EventQuery query;
        query.tenant = tenant;
        query.ascending = true;
        query.by_commit = true;
        query.limit = store::list_limit_max;
        if (after != EventId{}) query.cursor = after;  // else there was none yet
        const auto rows = co_await parts_.store.events(std::move(query));
        const bool has_rows = rows.has_value() && !rows->empty();
        if (has_rows) {
            after = rows->back().event.id;
            co_await tell(*rows);
            followed_[tenant] = after;
            const auto next = begun + gather_interval;
            if (rows->size() < store::list_limit_max) co_await stopped_.wait(next);
            continue;
        }
        const auto until = SteadyTime::clock::now() + look_interval;
        if (waiter.is_admitted()) co_await waiter.wait(until);
        else co_await stopped_.wait(until);
        parts_.happenings.tell_gaps(tenant);
    }
    followed_.erase(tenant);
}

/// Each event is held against what every group of watchers wants. However many there are, of how
/// many tenants ever, that takes a quarter of the loop's time, a little at once, in turns.
awaitable<void> FeedReader::tell(const std::vector<store::EventRow>& rows)
{
    for (auto row = rows.begin(); row != rows.end() && !stopped_.is_set();) {
        const auto turn = co_await turns_.lock();
        const auto begun = SteadyTime::clock::now();
        SteadyTime::duration used{};
        for (; row != rows.end() && used < turn_max; ++row) {
            parts_.happenings.tell_event(row->event, [row] { return to_text(*row); });
            used = SteadyTime::clock::now() - begun;
        }
        if (used >= turn_max) co_await stopped_.wait(begun + used * (1 + pause_factor));
    }
}

void FeedReader::stop() { stopped_.set(); }

}  // namespace katydid::api
