#include "hub/alerts/incidents.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace katydid::alerts {
namespace {

namespace json = boost::json;

constexpr std::string_view degraded = "katydid.subscription.degraded";
constexpr std::string_view recovered = "katydid.subscription.recovered";
constexpr std::string_view disabled = "katydid.subscription.disabled";

}  // namespace

Step advance(const std::vector<std::string>& types, std::optional<Incident> incident,
             const Happening& happening, std::uint32_t times)
{
    if (happening.type == recovered) {
        if (!incident) return {};
        return {{}, Message{true, happening, incident->count}};
    }
    if (happening.type == disabled)
        return {{}, Message{false, happening, (incident ? incident->count : 0) + times}};
    const bool is_new = !incident;
    if (is_new && std::ranges::find(types, happening.type) == types.end()) return {};
    if (is_new) incident.emplace();
    incident->last = happening;
    incident->is_degraded = incident->is_degraded || happening.type == degraded;
    incident->count += times;
    Step step{std::move(incident)};
    if (is_new) step.message = Message{false, happening, times};
    return step;
}

bool only_counts(const Happening& happening, bool is_degraded)
{
    return happening.type != recovered && happening.type != disabled
           && (is_degraded || happening.type != degraded);
}

bool is_over(const Incident& incident, bool is_held_back, Timestamp now)
{
    return now - incident.last.at >= quiet_after && !(incident.is_degraded && is_held_back);
}

std::string write(const Incident& incident)
{
    const auto& [type, subscription, name, reason, at] = incident.last;
    const json::object object{{"type", type},
                              {"subscription", subscription},
                              {"name", name},
                              {"reason", reason},
                              {"at", to_rfc3339(at)},
                              {"count", incident.count},
                              {"is_degraded", incident.is_degraded}};
    return json::serialize(object);
}

std::optional<Incident> read_incident(std::string_view text)
{
    try {
        const auto object = json::parse(text).as_object();
        const auto at = parse_rfc3339(object.at("at").as_string());
        if (!at) return std::nullopt;
        const auto word = [&object](const char* name) {
            return std::string{object.at(name).as_string()};
        };
        Incident incident;
        incident.last = {word("type"), word("subscription"), word("name"), word("reason"), *at};
        incident.count = object.at("count").to_number<std::uint32_t>();
        incident.is_degraded = object.at("is_degraded").as_bool();
        return incident;
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

}  // namespace katydid::alerts
