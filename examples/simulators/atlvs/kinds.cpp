#include "examples/simulators/atlvs/kinds.hpp"

namespace katydid::simulators::atlvs {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::array shows{"Midsummer Night Live", "Harbour Lights",   "The Long Encore",
                           "Brass & Bass",         "Northern Strings", "Open Air Cinema",
                           "Winter Garden Gala",   "City of Drums"};
constexpr std::array resource_types{"staff", "equipment", "venue"};
constexpr std::array resources{"Line array L",   "Moving head rig", "Main stage",
                               "Loading crew B", "FOH desk",        "Green room"};
constexpr std::array stages{"planning", "advancing", "load_in", "show_day", "load_out", "wrapped"};
constexpr std::array roles{"stage_manager", "rigger", "sound_engineer", "lighting_operator",
                           "runner"};
constexpr std::array budgets{"lighting", "sound", "staffing", "catering", "transport"};
constexpr std::array genres{"folk", "jazz", "electronic", "orchestral", "rock"};
constexpr std::array words{"draft", "open", "approved", "signed", "paid", "closed"};

json::object event_data(Dice& dice, Timestamp now)
{
    const auto start = now + std::chrono::hours{24 * dice.between(3, 90)};
    return {{"id", dice.name("evt_", 40)},
            {"name", dice.pick(shows)},
            {"startDate", to_rfc3339(start)},
            {"endDate", to_rfc3339(start + 4h)},
            {"venue", dice.name("ven_", 12)},
            {"capacity", dice.between(3, 60) * 100},
            {"status", dice.one_in(4) ? "draft" : "confirmed"}};
}

json::object cancelled_data(Dice& dice, Timestamp)
{
    return {{"id", dice.name("evt_", 40)}, {"status", "cancelled"}, {"reason", "venue closed"}};
}

json::object resource_data(Dice& dice, Timestamp)
{
    return {{"id", dice.name("res_", 60)},
            {"type", dice.pick(resource_types)},
            {"name", dice.pick(resources)},
            {"availability", !dice.one_in(3)}};
}

json::object artist_data(Dice& dice, Timestamp)
{
    return {
        {"id", dice.name("art_", 30)}, {"name", dice.pick(shows)}, {"genre", dice.pick(genres)}};
}

json::object production_data(Dice& dice, Timestamp)
{
    return {{"id", dice.name("prd_", 25)},
            {"eventId", dice.name("evt_", 40)},
            {"status", dice.pick(stages)}};
}

json::object allocation_data(Dice& dice, Timestamp now)
{
    const auto from = now + std::chrono::hours{dice.between(24, 900)};
    return {{"id", dice.name("res_", 60)},           {"type", dice.pick(resource_types)},
            {"productionId", dice.name("prd_", 25)}, {"from", to_rfc3339(from)},
            {"to", to_rfc3339(from + 8h)},           {"quantity", dice.between(1, 12)}};
}

json::object budget_data(Dice& dice, Timestamp)
{
    const auto budget = dice.between(20, 400) * 1'000;
    const auto percent = dice.between(90, 135);
    return {{"id", dice.name("bud_", 25)},      {"productionId", dice.name("prd_", 25)},
            {"category", dice.pick(budgets)},   {"budget", budget},
            {"actual", budget * percent / 100}, {"percent", percent}};
}

json::object staff_data(Dice& dice, Timestamp now)
{
    const auto from = now + std::chrono::hours{dice.between(24, 900)};
    return {{"id", dice.name("stf_", 50)},
            {"productionId", dice.name("prd_", 25)},
            {"role", dice.pick(roles)},
            {"from", to_rfc3339(from)},
            {"to", to_rfc3339(from + 10h)}};
}

/// The rest of ATLVS's catalog: records of its office, all of one shape here.
json::object record_data(Dice& dice, Timestamp now)
{
    return {{"id", dice.name("rec_", 200)},
            {"status", dice.pick(words)},
            {"updatedAt", to_rfc3339(now)}};
}

/// Weights: what the wire carries today comes up most, the office's catalog now and then.
constexpr std::array table{
    Kind{"event.updated", 12, &event_data},
    Kind{"event.cancelled", 3, &cancelled_data},
    Kind{"resource.updated", 20, &resource_data},
    Kind{"artist.updated", 8, &artist_data},
    Kind{"production.status_changed", 10, &production_data},
    Kind{"resource.allocation_changed", 12, &allocation_data},
    Kind{"budget.alert", 3, &budget_data},
    Kind{"staff.assigned", 12, &staff_data},
    Kind{"project.created", 1, &record_data},
    Kind{"project.updated", 1, &record_data},
    Kind{"job.assigned", 1, &record_data},
    Kind{"job.updated", 1, &record_data},
    Kind{"person.updated", 1, &record_data},
    Kind{"company.updated", 1, &record_data},
    Kind{"invoice.paid", 1, &record_data},
    Kind{"contract.signed", 1, &record_data},
    Kind{"user.created", 1, &record_data},
};

}  // namespace

std::span<const Kind> kinds() { return table; }

}  // namespace katydid::simulators::atlvs
