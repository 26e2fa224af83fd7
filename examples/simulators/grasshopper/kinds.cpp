#include "examples/simulators/grasshopper/kinds.hpp"

namespace katydid::simulators::grasshopper {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::array shows{"Midsummer Night Live", "Harbour Lights", "The Long Encore",
                           "Brass & Bass"};
constexpr std::array slugs{"midsummer-night-live", "harbour-lights", "the-long-encore",
                           "brass-and-bass"};
constexpr std::array tiers{"standing", "seated", "balcony", "vip"};
constexpr std::array reasons{"event cancelled", "customer request", "double booking"};

json::object ticket_data(Dice& dice, Timestamp now)
{
    const auto quantity = dice.between(1, 6);
    return {{"id", dice.name("tkt_", 1'000'000)},
            {"eventId", dice.name("evt_", 40)},
            {"orderId", dice.name("ord_", 1'000'000)},
            {"tier", dice.pick(tiers)},
            {"quantity", quantity},
            {"revenue", quantity * dice.between(18, 95) * 100},
            {"currency", "EUR"},
            {"soldAt", to_rfc3339(now)}};
}

json::object event_data(Dice& dice, Timestamp now)
{
    const auto show = dice.below(shows.size());
    const auto start = now + std::chrono::hours{24 * dice.between(3, 90)};
    return {{"id", dice.name("evt_", 40)},
            {"name", shows[show]},
            {"slug", slugs[show]},
            {"startDate", to_rfc3339(start)},
            {"endDate", to_rfc3339(start + 4h)},
            {"venue", dice.name("ven_", 12)},
            {"status", "published"}};
}

json::object cancelled_data(Dice& dice, Timestamp)
{
    return {{"id", dice.name("evt_", 40)}, {"status", "cancelled"}, {"reason", "artist ill"}};
}

json::object refund_data(Dice& dice, Timestamp)
{
    return {{"id", dice.name("ord_", 1'000'000)},
            {"eventId", dice.name("evt_", 40)},
            {"amount", dice.between(18, 400) * 100},
            {"currency", "EUR"},
            {"reason", dice.pick(reasons)}};
}

constexpr std::array table{
    Kind{"ticket.sold", 20, &ticket_data},   Kind{"event.created", 3, &event_data},
    Kind{"event.updated", 5, &event_data},   Kind{"event.cancelled", 1, &cancelled_data},
    Kind{"order.refunded", 4, &refund_data},
};

}  // namespace

std::span<const Kind> kinds() { return table; }

}  // namespace katydid::simulators::grasshopper
