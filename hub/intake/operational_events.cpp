#include "hub/intake/operational_events.hpp"

#include "hub/core/subscription/subscription.hpp"
#include "hub/observe/log.hpp"

#include <boost/json.hpp>

namespace katydid::intake {
namespace {

namespace json = boost::json;

constexpr std::string_view prefix = "katydid.";
constexpr std::string_view disabled = "subscription.disabled";
constexpr std::size_t windows_max = 1'024;

}  // namespace

Event make_operational_event(const Operational& operational, Timestamp now)
{
    const auto& subscription = *operational.subscription;
    json::object data{{"subscription", json::object{{"id", subscription.id.to_string()},
                                                    {"name", subscription.name}}}};
    if (!operational.delivery.is_nil()) data["delivery"] = operational.delivery.to_string();
    if (operational.event)
        data["event"] = json::object{{"id", operational.event->id.to_string()},
                                     {"type", operational.event->type}};
    data["reason"] = operational.reason;
    data["at"] = to_rfc3339(now);
    Event event;
    event.origin = Origin::hub;
    event.tenant = subscription.tenant;
    event.type = std::string{prefix}.append(operational.what);
    event.key = subscription.id.to_string();
    event.occurred_at = now;
    event.content_type = "application/json";
    event.payload = std::make_shared<const std::string>(json::serialize(data));
    return event;
}

OperationalEvents::OperationalEvents(boost::asio::any_io_executor executor, Intake& intake,
                                     const Clock& clock, observe::Metrics& metrics)
    : executor_{std::move(executor)},
      intake_{intake},
      clock_{clock},
      metrics_{metrics}
{}

bool OperationalEvents::has_room(TenantId tenant)
{
    const auto now = clock_.steady_now();
    if (windows_.size() > windows_max)
        std::erase_if(windows_, [&](const auto& each) {
            return each.second.under_way == 0 && each.second.start + window <= now;
        });
    auto& known = windows_[tenant];
    if (!under_way.admits(under_way_, known.under_way)) return false;
    if (known.start + window <= now) {
        known.start = now;
        known.count = 0;
    }
    return ++known.count <= per_window_max;
}

void OperationalEvents::publish(const Operational& operational)
{
    if (!operational.subscription) return;
    if (operational.event && operational.event->type.starts_with(prefix)) return;
    const auto tenant = operational.subscription->tenant;
    const bool published = operational.what == disabled || has_room(tenant);
    metrics_.operational_event(published);
    if (!published) return;
    ++under_way_;
    ++windows_[tenant].under_way;
    auto on_end = [this, tenant](const std::exception_ptr& exception,
                                 const result<store::Appended>& appended) {
        --under_way_;
        --windows_[tenant].under_way;
        if (exception) log::error("operational.not_published", describe(exception));
        else if (!appended) log::warn("operational.not_published", appended.error().message);
    };
    boost::asio::co_spawn(executor_,
                          intake_.accept(make_operational_event(operational, clock_.now())),
                          std::move(on_end));
}

}  // namespace katydid::intake
