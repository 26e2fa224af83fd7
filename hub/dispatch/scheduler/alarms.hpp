// Who wants to be woken when.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <tuple>

namespace katydid::dispatch {

/// A set of alarms, at most one for each owner. O(log n) to set, nothing to poll. Owners have an
/// `ordinal`, which decides between equal times, so that the same input gives the same trace.
/// Thread safety: none.
template <class Time, class Owner>
class Alarms {
public:
    /// \param slot  where the owner keeps the time of its alarm
    void set(Owner& owner, std::optional<Time>& slot, std::optional<Time> at)
    {
        if (slot == at) return;
        if (slot) set_.erase({*slot, owner.ordinal, &owner});
        if (at) set_.emplace(*at, owner.ordinal, &owner);
        slot = at;
    }

    [[nodiscard]] std::optional<Time> next() const
    {
        if (set_.empty()) return std::nullopt;
        return std::get<0>(*set_.begin());
    }

    /// One owner whose time has come, or nullptr. It stays until its alarm is set anew.
    [[nodiscard]] Owner* due(Time now) const
    {
        if (set_.empty() || std::get<0>(*set_.begin()) > now) return nullptr;
        return std::get<2>(*set_.begin());
    }

private:
    std::set<std::tuple<Time, std::uint64_t, Owner*>> set_;
};

}  // namespace katydid::dispatch
