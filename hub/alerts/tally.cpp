#include "hub/alerts/tally.hpp"

namespace katydid::alerts {

bool Tally::count(std::size_t alert, const Happening& happening, Timestamp now)
{
    const auto found = open_.find({alert, happening.subscription});
    if (found == open_.end()) return false;
    auto& [written_at, is_degraded, counted] = found->second;
    if (now - written_at >= write_interval || !only_counts(happening, is_degraded)) return false;
    counted.last = happening;
    ++counted.times;
    return true;
}

std::optional<Tally::Counted> Tally::find(std::size_t alert, const std::string& subscription) const
{
    const auto found = open_.find({alert, subscription});
    if (found == open_.end() || found->second.counted.times == 0) return std::nullopt;
    return found->second.counted;
}

std::vector<Tally::Counted> Tally::all() const
{
    std::vector<Counted> all;
    for (const auto& [key, open] : open_)
        if (open.counted.times > 0) all.push_back(open.counted);
    return all;
}

void Tally::wrote(std::size_t alert, const Incident& incident, Timestamp now)
{
    open_[{alert, incident.last.subscription}] = {now, incident.is_degraded, {.alert = alert}};
}

void Tally::ended(std::size_t alert, const std::string& subscription)
{
    open_.erase({alert, subscription});
}

}  // namespace katydid::alerts
