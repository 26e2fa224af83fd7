#include "hub/bridge/calls.hpp"

#include <array>

namespace katydid::bridge {
namespace {

using namespace std::chrono_literals;

constexpr std::array writes{
    WriteCall{"event", "/api/production/events", "/production/events", "bridge.event",
              "grasshopperId", "grasshopperId", "endDate", "startDate", "production.created",
              "productionId", "production", "answer.event"},
    WriteCall{"sale", "/api/business/sales", "/business/sales", "bridge.sale", "eventId", "", "",
              "", "sales.recorded", "saleId", "sale", "answer.sale"},
    WriteCall{"artist", "/api/production/artists", "/production/artists", "bridge.artist",
              "grasshopperId", "grasshopperId", "", "", "artist.synced", "artistId", "artist",
              "answer.artist"},
    WriteCall{"booking", "/api/production/resources/{id}/bookings",
              "/production/resources/{id}/bookings", "bridge.booking", "eventId", "eventId,from,to",
              "to", "from", "booking.confirmed", "bookingId", "booking", "answer.booking"},
};

constexpr std::array reads{
    ReadCall{"event", Platform::atlvs, "/api/production/events/{id}", "/production/events/{id}",
             "productions", 30s, "answer.event"},
    ReadCall{"resources", Platform::atlvs, "/api/production/resources", "/production/resources",
             "resources", 10s, "answer.resources", true},
    ReadCall{"analytics", Platform::atlvs, "/api/intelligence/analytics", "/intelligence/analytics",
             "analytics", 60s, "answer.analytics"},
    ReadCall{"grasshopper-events", Platform::grasshopper, "/api/events", "/events", "events", 30s,
             "answer.events"},
    ReadCall{"grasshopper-event", Platform::grasshopper, "/api/events/{slug}", "/events/{slug}",
             "events", 30s, "answer.events"},
    ReadCall{"orders", Platform::grasshopper, "/api/orders", "/orders", "orders", 10s,
             "answer.orders"},
    ReadCall{"tickets", Platform::grasshopper, "/api/tickets", "/tickets", "tickets", 10s,
             "answer.tickets"},
};

constexpr std::array all_rules{
    CacheRule{"atlvs", "event.*", "productions"},
    CacheRule{"atlvs", "production.*", "productions"},
    CacheRule{"atlvs", "production.*", "analytics"},
    CacheRule{"atlvs", "resource.*", "resources"},
    CacheRule{"atlvs", "staff.*", "resources"},
    CacheRule{"atlvs", "budget.*", "analytics"},
    CacheRule{"grasshopper", "event.*", "events"},
    CacheRule{"grasshopper", "ticket.*", "tickets"},
    CacheRule{"grasshopper", "ticket.*", "orders"},
    CacheRule{"grasshopper", "ticket.*", "analytics"},
    CacheRule{"grasshopper", "order.*", "orders"},
    CacheRule{"grasshopper", "order.*", "tickets"},
    CacheRule{"bridge", "production.created", "productions"},
    CacheRule{"bridge", "sales.recorded", "analytics"},
    CacheRule{"bridge", "booking.confirmed", "resources"},
};

}  // namespace

std::string_view to_text(Platform platform) noexcept
{
    return platform == Platform::atlvs ? "atlvs" : "grasshopper";
}

std::string_view name_of(Platform platform) noexcept
{
    return platform == Platform::atlvs ? "ATLVS" : "Grasshopper";
}

std::string_view scope_of(Platform platform) noexcept
{
    return platform == Platform::atlvs ? "bridge:atlvs" : "bridge:grasshopper";
}

std::span<const WriteCall> write_calls() noexcept { return writes; }
std::span<const ReadCall> read_calls() noexcept { return reads; }
std::span<const CacheRule> cache_rules() noexcept { return all_rules; }

const WriteCall* find_write_call(std::string_view type) noexcept
{
    for (const auto& call : writes)
        if (call.type == type) return &call;
    return nullptr;
}

bool is_last_word(unsigned status) noexcept
{
    if (is_success(status)) return true;
    if (status < 400 || status > 499) return false;
    return status != 401 && status != 403 && status != 408 && status != 425 && status != 429;
}

}  // namespace katydid::bridge
