// What a simulator posted and what it received, to compare with the other side's.
#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace katydid::simulators {

/// One webhook that was posted, and what the hub said.
struct Posted {
    std::string id;  ///< the platform's own
    std::string type;
    std::string subject;  ///< subject_of() its data
    unsigned status = 0;  ///< 0: no answer
    std::string event;    ///< the hub's "evt_…"
    bool duplicate = false;
};

/// One webhook that was received and accepted.
struct Received {
    std::string id;  ///< of the delivery's headers, empty where the dialect sends none
    std::string type;
    std::string subject;
};

/// Counts everything and remembers the first entries_max of each kind.
///
/// Thread safety: none; it lives on the simulator's one loop.
class Ledger {
public:
    static constexpr std::size_t entries_max = 100'000;

    void add_posted(Posted posted);
    /// Call once per webhook that was answered with 2xx. One that came before counts as `again`.
    void add_received(Received received);
    /// Call once per webhook that was answered otherwise, or not at all (status 0).
    void add_refused(unsigned status);

    /// Counts, and with `entries` also each entry.
    [[nodiscard]] boost::json::object to_json(bool entries) const;

private:
    struct Seen {
        Received received;
        std::uint64_t times = 0;
    };

    std::vector<Posted> posted_;
    std::map<unsigned, std::uint64_t> posted_by_status_;
    std::uint64_t accepted_ = 0;
    std::uint64_t repeats_ = 0;
    std::unordered_map<std::string, Seen> received_;
    std::uint64_t received_count_ = 0;
    std::uint64_t again_ = 0;
    std::map<unsigned, std::uint64_t> refused_by_status_;
};

}  // namespace katydid::simulators
