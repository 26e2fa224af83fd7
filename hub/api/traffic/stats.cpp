// GET /v1/stats: what there is, counts over time, and how things are now.
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/route.hpp"

#include <algorithm>

namespace katydid::api {
namespace stats {
namespace {

namespace json = boost::json;

struct Width {
    std::string_view name;
    std::chrono::seconds width;
    std::chrono::hours span;  ///< looked at when the caller names no time
};
constexpr Width widths[] = {{"1m", std::chrono::minutes{1}, std::chrono::hours{1}},
                            {"5m", std::chrono::minutes{5}, std::chrono::hours{24}},
                            {"1h", std::chrono::hours{1}, std::chrono::hours{7 * 24}},
                            {"1d", std::chrono::hours{24}, std::chrono::hours{90 * 24}}};

const Width* read_width(const http::Request& request, http::Response& response)
{
    const auto text = request.query_parameter("bucket").value_or("1h");
    for (const auto& width : widths)
        if (width.name == text) return &width;
    response = parameter_fault("bucket", "must be 1m, 5m, 1h or 1d");
    return nullptr;
}

json::object deliveries_json(const store::Stats& stats)
{
    json::object object;
    for (const auto state :
         {DeliveryState::pending, DeliveryState::scheduled, DeliveryState::delivered,
          DeliveryState::dead, DeliveryState::cancelled})
        object.emplace(to_text(state), stats.deliveries_by_state[static_cast<int>(state)]);
    return object;
}

awaitable<http::Response> show(const Context& context, const Caller& caller, http::Request& request)
{
    http::Response response;
    const auto* width = read_width(request, response);
    std::optional<Timestamp> since;
    std::optional<Timestamp> until;
    if (width == nullptr || !read_time(request, "since", since, response)
        || !read_time(request, "until", until, response))
        co_return response;
    const auto now = context.clock.now();
    store::ActivityQuery query;
    query.tenant = caller.tenant;
    query.width = width->width;
    query.until = until.value_or(now + std::chrono::seconds{1});
    query.since = since.value_or(query.until - width->span);
    const auto buckets = co_await context.store.activity(query);
    if (!buckets) co_return error_response(buckets.error());
    const auto stats = co_await context.store.stats(caller.tenant);
    if (!stats) co_return error_response(stats.error());
    json::array rows;
    for (const auto& bucket : *buckets)
        rows.push_back(json::object{{"start", to_rfc3339(bucket.start)},
                                    {"accepted", bucket.accepted},
                                    {"delivered", bucket.delivered},
                                    {"dead", bucket.dead},
                                    {"failed", bucket.failed}});
    json::object body{{"events", stats->events},
                      {"deliveries", deliveries_json(*stats)},
                      {"bucket", width->name},
                      {"buckets", std::move(rows)}};
    if (caller.is_operator) body["bytes_on_disk"] = stats->bytes_on_disk;
    co_return object_response(200, body);
}

constexpr std::uint32_t looked_at = 20;  ///< of the latest deliveries

/// How long the latest deliveries waited for their first attempt, shortest first.
awaitable<result<std::vector<milliseconds>>> first_attempts(const Context& context, TenantId tenant)
{
    store::DeliveryQuery query;
    query.tenant = tenant;
    query.limit = looked_at;
    const auto latest = co_await context.store.deliveries(std::move(query));
    if (!latest) co_return latest.error();
    std::vector<milliseconds> waits;
    for (const auto& delivery : *latest) {
        if (delivery.attempts == 0) continue;
        const auto attempts = co_await context.store.attempts(tenant, delivery.id);
        // It may have gone in the meantime.
        if (!attempts || attempts->empty()) continue;
        const auto wait = attempts->front().started_at - delivery.created_at;
        waits.push_back(std::max(std::chrono::duration_cast<milliseconds>(wait), milliseconds{0}));
    }
    std::ranges::sort(waits);
    co_return waits;
}

awaitable<http::Response> show_now(const Context& context, const Caller& caller, http::Request&)
{
    store::DeliveryQuery query;
    query.tenant = caller.tenant;
    query.states = {DeliveryState::pending, DeliveryState::scheduled};
    query.ascending = true;
    query.limit = 1;
    const auto oldest = co_await context.store.deliveries(std::move(query));
    if (!oldest) co_return error_response(oldest.error());
    const auto waits = co_await first_attempts(context, caller.tenant);
    if (!waits) co_return error_response(waits.error());
    json::object body{{"waiting_since", nullptr}, {"first_attempt", nullptr}};
    if (!oldest->empty()) body["waiting_since"] = to_rfc3339(oldest->front().created_at);
    if (!waits->empty())
        body["first_attempt"] = json::object{{"deliveries", waits->size()},
                                             {"median_ms", (*waits)[waits->size() / 2].count()},
                                             {"slowest_ms", waits->back().count()}};
    co_return object_response(200, body);
}

}  // namespace
}  // namespace stats

void add_stats_routes(Routes& routes)
{
    using namespace stats;
    routes.add("GET", "/v1/stats", "events:read",
               {"getStats",
                "What there is, and counts over time",
                {{200, "Stats", "the counts"}},
                {{"bucket", R"({"type":"string","enum":["1m","5m","1h","1d"],"default":"1h"})",
                  "how wide; minutes are kept for two days, hours for ninety"},
                 since_parameter("a bucket that begins then"),
                 until_parameter("a bucket that begins")}},
               show);
    routes.add("GET", "/v1/stats/now", "events:read",
               {"getStatsNow",
                "Since when something waits, and how soon deliveries are attempted",
                {{200, "StatsNow", "as it is now"}}},
               show_now);
}

}  // namespace katydid::api
