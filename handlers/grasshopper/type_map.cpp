#include "handlers/grasshopper/type_map.hpp"

#include <array>
#include <utility>

namespace katydid::handlers::grasshopper {
namespace {

/// reference/platforms.md: the four types seen on the wire pass, three topics have a counterpart.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> type_map{{
    {"event.updated", "event.updated"},
    {"event.cancelled", "event.cancelled"},
    {"resource.updated", "resource.updated"},
    {"artist.updated", "artist.updated"},
    {"production.status_changed", "event.updated"},
    {"resource.allocation_changed", "resource.updated"},
    {"staff.assigned", "resource.updated"},
}};

}  // namespace

std::optional<std::string_view> map_type(std::string_view type) noexcept
{
    for (const auto& [ours, theirs] : type_map)
        if (ours == type) return theirs;
    return std::nullopt;
}

}  // namespace katydid::handlers::grasshopper
