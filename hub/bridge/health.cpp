#include "hub/bridge/health.hpp"

#include "hub/core/json/parse.hpp"
#include "hub/observe/log.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace katydid::bridge {
namespace {

namespace json = boost::json;

constexpr milliseconds look_time_max{2'000};

}  // namespace

HealthWatch::HealthWatch(Upstream& upstream, const Clock& clock, milliseconds interval,
                         std::function<void()> on_up)
    : upstream_{upstream},
      clock_{clock},
      interval_{interval},
      on_up_{std::move(on_up)},
      looks_{interval, [this] { return look(); }}
{
    health_.is_set_up = upstream.is_set_up();
}

awaitable<void> HealthWatch::run()
{
    if (health_.is_set_up) co_await looks_.run();
}

void HealthWatch::stop()
{
    looks_.stop();
    looked_.set();
}

awaitable<void> HealthWatch::look()
{
    co_await ask();
    looked_.set();
}

awaitable<void> HealthWatch::ask()
{
    const auto start = clock_.steady_now();
    const auto deadline = Deadline::after(std::min(look_time_max, interval_), clock_);
    Upstream::Call call{"GET", "/health", "/health"};
    call.is_routine = true;
    const auto reply = co_await upstream_.send(std::move(call), deadline);
    note(reply && is_success(reply->status));
    if (!reply || !is_success(reply->status)) co_return;
    health_.latency = std::chrono::round<milliseconds>(clock_.steady_now() - start);
    const auto body = json_text::parse_or_null(reply->body);
    const auto* object = body.if_object();
    if (object == nullptr) co_return;
    health_.version = json_text::text_at(*object, "version");
    if (!synced_) health_.last_sync = json_text::text_at(*object, "lastSync");
}

void HealthWatch::note(bool reached)
{
    if (health_.reachable != reached)
        log::write(reached ? log::Level::info : log::Level::warn,
                   reached ? "bridge.platform_up" : "bridge.platform_down",
                   reached ? "the platform answers" : "the platform does not answer as it should",
                   {{"platform", to_text(upstream_.platform())}});
    const bool is_back = reached && health_.reachable != true;
    health_.reachable = reached;
    health_.checked_at = clock_.now();
    if (is_back) on_up_();
}

void HealthWatch::note_sync()
{
    synced_ = true;
    health_.last_sync = to_rfc3339(clock_.now());
}

awaitable<PlatformHealth> HealthWatch::health(SteadyTime until)
{
    if (health_.is_set_up && !health_.reachable) co_await looked_.wait(until);
    co_return health_;
}

json::object to_json(const PlatformHealth& health, const SubscriptionState* state,
                     std::size_t backlog, bool backlog_is_more)
{
    json::object object{{"reachable", health.reachable.value_or(false)}};
    if (!health.is_set_up) {
        object["error"] = "not configured";
        return object;
    }
    object["latencyMs"] = health.latency.count();
    if (health.checked_at != Timestamp{}) object["checkedAt"] = to_rfc3339(health.checked_at);
    if (!health.version.empty()) object["version"] = health.version;
    if (!health.last_sync.empty()) object["lastSync"] = health.last_sync;
    if (state == nullptr) return object;
    object["breaker"] = state->breaker;
    object["backlog"] = backlog;
    if (backlog_is_more) object["backlogIsMore"] = true;
    return object;
}

}  // namespace katydid::bridge
