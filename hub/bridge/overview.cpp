// What people are shown of the bridge.
#include "hub/bridge/bridge_impl.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace katydid::bridge {
namespace {

namespace json = boost::json;

constexpr std::uint32_t backlog_counted_max = 250;

json::value text_or_null(const std::string& text)
{
    return text.empty() ? json::value{} : json::value(text);
}

json::object describe(Platform platform, const PlatformHealth& health)
{
    const bool is_looked_at = health.checked_at != Timestamp{};
    const auto reachable = health.reachable;
    return {
        {"name", to_text(platform)},
        {"is_set_up", health.is_set_up},
        {"reachable", reachable ? json::value(*reachable) : json::value{}},
        {"latency_ms", health.latency.count()},
        {"version", text_or_null(health.version)},
        {"last_sync", text_or_null(health.last_sync)},
        {"checked_at", is_looked_at ? json::value(to_rfc3339(health.checked_at)) : json::value{}},
        {"breaker", nullptr},
        {"backlog", 0},
        {"backlog_is_more", false}};
}

json::value age_of(std::optional<milliseconds> age)
{
    return age ? json::value(age->count()) : json::value{};
}

}  // namespace

json::array Bridge::Impl::describe_reads() const
{
    json::array rows;
    const auto now = parts.clock.steady_now();
    for (const auto& call : read_calls()) {
        const auto same = [&](const json::value& row) {
            return row.at("tag").as_string() == call.tag;
        };
        if (const auto known = std::ranges::find_if(rows, same); known != rows.end()) {
            known->at("paths").as_array().emplace_back(call.pattern);
            continue;
        }
        const auto tally = reader.cache().tally(call.tag, now);
        json::array droppers;
        for (const auto& rule : cache_rules())
            if (rule.tag == call.tag)
                droppers.emplace_back(std::string{rule.source} + ": " + std::string{rule.types});
        json::object row{{"tag", call.tag},
                         {"platform", to_text(call.platform)},
                         {"answers", tally.answers},
                         {"bytes", tally.bytes},
                         {"fresh_for_ms", std::min(call.fresh, options.fresh_max).count()},
                         {"oldest_ms", age_of(tally.oldest)},
                         {"newest_ms", age_of(tally.newest)}};
        row["paths"] = json::array{json::value(call.pattern)};
        row["dropped_by"] = std::move(droppers);
        rows.push_back(std::move(row));
    }
    return rows;
}

awaitable<json::object> Bridge::Impl::overview()
{
    const auto until = parts.clock.steady_now() + options.wait;
    const auto to_atlvs = co_await atlvs_health.health(until);
    const auto to_grasshopper = co_await grasshopper_health.health(until);
    auto first = describe(Platform::atlvs, to_atlvs);
    const auto id = subscription_id();
    if (atlvs.is_set_up()) {
        const auto state = co_await parts.state_of(id);
        store::DeliveryQuery waiting;
        waiting.states = {DeliveryState::pending, DeliveryState::scheduled};
        waiting.subscription = id;
        waiting.limit = backlog_counted_max;
        const auto rows = co_await parts.store.delivery_ids(std::move(waiting));
        first["breaker"] = state.breaker;
        first["backlog"] = rows ? rows->size() : 0;
        first["backlog_is_more"] = rows && rows->size() == backlog_counted_max;
    }
    json::array platforms;
    platforms.push_back(std::move(first));
    platforms.push_back(describe(Platform::grasshopper, to_grasshopper));
    json::object all;
    all["platforms"] = std::move(platforms);
    all["reads"] = describe_reads();
    all["subscription"] = atlvs.is_set_up() ? json::value(id.to_string()) : json::value{};
    co_return all;
}

awaitable<json::object> Bridge::overview() { return impl_->on_loop(impl_->overview()); }

awaitable<result<json::object>> Bridge::operations(std::optional<DeliveryId> cursor,
                                                   std::uint32_t limit)
{
    return impl_->on_loop(impl_->operations.list(cursor, limit));
}

}  // namespace katydid::bridge
