// ATLVS's REST API, as far as Grasshopper calls it (docs/platforms.md).
#pragma once

#include "examples/simulators/common/api_gate.hpp"
#include "examples/simulators/common/write_ledger.hpp"

#include <boost/json/object.hpp>

#include <map>
#include <string>
#include <vector>

namespace katydid::simulators::atlvs {

/// Productions, resources with bookings, sales, artists, analytics and health, in memory, below
/// /api. Like the real one it ignores the type filter of resources, and its answers hold more
/// about people than Grasshopper needs.
///
/// Thread safety: none; one loop.
class Api {
public:
    Api(const Clock& clock, std::string key, std::uint64_t seed)
        : clock_{clock},
          gate_{clock, std::move(key), seed}
    {}

    /// The API, POST and GET /_sim/api, GET /_sim/writes.
    void add_routes(http::Router& router);

private:
    struct Booking {
        std::string resource, from, to;
    };
    using Body = boost::json::object;

    http::Response create_event(const Body& body);
    http::Response record_sale(const Body& body);
    http::Response create_artist(const Body& body);
    http::Response book(const std::string& resource, const Body& body);
    [[nodiscard]] http::Response show_event(const http::Request& request) const;
    [[nodiscard]] http::Response analytics(const http::Request& request) const;
    [[nodiscard]] http::Response health() const;
    std::string next_id(const char* prefix);
    void note_sync() { last_sync_ = clock_.now(); }

    const Clock& clock_;
    ApiGate gate_;
    WriteLedger ledger_;
    std::map<std::string, Body> events_;              ///< by production id
    std::map<std::string, std::string> productions_;  ///< by Grasshopper's id
    std::map<std::string, std::int64_t> tickets_sold_;
    std::vector<Booking> bookings_;
    std::uint64_t last_id_ = 0;
    Timestamp last_sync_{};
};

}  // namespace katydid::simulators::atlvs
