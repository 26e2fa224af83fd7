// What happened to open incidents since they were written.
#pragma once

#include "hub/alerts/incidents.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace katydid::alerts {

/// Counts in memory what changes nothing but the count and the last time of an incident, so that a
/// mass failure writes it once in `write_interval` and not for every delivery. Pure.
///
/// Another hub may have ended the incident meanwhile; so what is counted is only ever added to what
/// is read anew. Thread safety: none.
class Tally {
public:
    struct Counted {
        std::size_t alert = 0;
        Happening last{};
        std::uint32_t times = 0;
    };

    static constexpr std::chrono::seconds write_interval{5};

    /// false: it is not counted, as it changes more, or what is known is not of the last seconds.
    bool count(std::size_t alert, const Happening& happening, Timestamp now);
    /// What is counted and not written; nullopt: nothing.
    [[nodiscard]] std::optional<Counted> find(std::size_t alert,
                                              const std::string& subscription) const;
    [[nodiscard]] std::vector<Counted> all() const;

    /// It is in the store with all that was counted.
    void wrote(std::size_t alert, const Incident& incident, Timestamp now);
    void ended(std::size_t alert, const std::string& subscription);
    /// Forgets which incidents are open, and what was counted.
    void clear() { open_.clear(); }

private:
    struct Open {
        Timestamp written_at{};
        bool is_degraded = false;
        Counted counted;
    };

    std::map<std::pair<std::size_t, std::string>, Open> open_;
};

}  // namespace katydid::alerts
