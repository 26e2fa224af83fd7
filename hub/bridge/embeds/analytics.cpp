#include "hub/bridge/embeds/analytics.hpp"

#include "hub/core/json/parse.hpp"

#include <boost/json.hpp>

#include <cstdlib>

namespace katydid::bridge {
namespace {

namespace json = boost::json;

json::value number_or_null(const json::object* object, std::string_view name)
{
    const auto* value = object != nullptr ? object->if_contains(name) : nullptr;
    return value != nullptr && value->is_number() ? *value : json::value{};
}

const json::object* object_at(const json::object& object, std::string_view name)
{
    const auto* value = object.if_contains(name);
    return value != nullptr ? value->if_object() : nullptr;
}

/// null where ATLVS says nothing of it.
json::value budget_of(const json::object& said)
{
    const auto* budget = object_at(said, "budget");
    if (budget == nullptr) return nullptr;
    auto planned = number_or_null(budget, "planned");
    auto actual = number_or_null(budget, "actual");
    if (planned.is_null() && actual.is_null()) return nullptr;
    return json::object{{"planned", std::move(planned)}, {"actual", std::move(actual)}};
}

json::object sales_of(const std::vector<DaySales>& days, bool is_complete, const json::object& said)
{
    json::array rows;
    std::uint64_t tickets = 0;
    double revenue = 0;
    for (const auto& day : days) {
        rows.push_back(
            json::object{{"day", day.day}, {"tickets", day.tickets}, {"revenue", day.revenue}});
        tickets += day.tickets;
        revenue += day.revenue;
    }
    return {{"days", std::move(rows)},
            {"tickets", tickets},
            {"revenue", revenue},
            {"is_complete", is_complete},
            {"tickets_by_atlvs", number_or_null(object_at(said, "ticketSales"), "total")}};
}

}  // namespace

json::object figures(const std::vector<DaySales>& days, bool is_complete,
                     const http::Response& answer)
{
    const auto value = answer.status == 200 ? json_text::parse_or_null(answer.body) : json::value{};
    const auto* object = value.if_object();
    const auto said = object != nullptr ? *object : json::object{};
    const auto age = header_value(answer.headers, "age");
    json::object all;
    all["sales"] = sales_of(days, is_complete, said);
    all["utilisation"] = number_or_null(&said, "resourceUtilisation");
    all["budget"] = budget_of(said);
    all["attendance"] = number_or_null(&said, "attendancePrediction");
    const bool is_stale = !header_value(answer.headers, "x-katydid-stale").empty();
    all["platform"] = object == nullptr ? "away" : is_stale ? "stale" : "fresh";
    all["age_s"] = std::strtoll(std::string{age}.c_str(), nullptr, 10);
    return all;
}

awaitable<json::object> Analytics::figures_of(std::string event_id)
{
    auto work = [this] { return history_.catch_up(); };
    const auto caught_up = co_await catching_up_.run(0, std::move(work));
    const auto answer = co_await ask_(event_id);
    auto all = figures(history_.tally().days_of(event_id), caught_up && *caught_up, answer);
    all["event_id"] = event_id;
    all["at"] = to_rfc3339(clock_.now());
    co_return all;
}

}  // namespace katydid::bridge
