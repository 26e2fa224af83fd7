#include "hub/alerts/incidents.hpp"

namespace katydid::alerts {
namespace {

constexpr std::string_view degraded = "katydid.subscription.degraded";
constexpr std::string_view recovered = "katydid.subscription.recovered";
constexpr std::string_view disabled = "katydid.subscription.disabled";

}  // namespace

std::optional<Message> Incidents::add(const Happening& happening)
{
    const auto found = open_.find(happening.subscription);
    const bool is_open = found != open_.end();
    if (happening.type == recovered) {
        if (!is_open) return std::nullopt;
        const auto count = found->second.count;
        open_.erase(found);
        return Message{true, happening, count};
    }
    if (happening.type == disabled) {
        const auto count = is_open ? found->second.count + 1 : 1;
        if (is_open) open_.erase(found);
        return Message{false, happening, count};
    }
    if (!is_open && !types_.contains(happening.type)) return std::nullopt;
    if (!is_open && open_.size() >= count_max) return std::nullopt;
    auto& incident = open_[happening.subscription];
    incident.last = happening;
    incident.is_degraded = incident.is_degraded || happening.type == degraded;
    if (++incident.count > 1) return std::nullopt;
    return Message{false, happening, 1};
}

std::vector<Message> Incidents::end_quiet(Timestamp now)
{
    std::vector<Message> over;
    std::erase_if(open_, [&](const auto& each) {
        const auto& incident = each.second;
        if (incident.is_degraded || now - incident.last.at < quiet_after) return false;
        over.push_back({true, incident.last, incident.count});
        return true;
    });
    return over;
}

}  // namespace katydid::alerts
