#include "hub/bridge/embeds/sales_tally.hpp"

#include "hub/core/json/parse.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace katydid::bridge {
namespace {

namespace json = boost::json;

constexpr std::size_t id_bytes_max = 256;  ///< as of an embed token
constexpr double number_max = 1e12;

/// Ids may be texts or numbers (schemas/ticket.sold.json).
std::string id_of(const json::object& sale)
{
    const auto* id = sale.if_contains("eventId");
    if (id == nullptr) return {};
    return id->is_string() ? json_text::text_at(sale, "eventId") : json::serialize(*id);
}

double number_at(const json::object& sale, std::string_view name, double otherwise)
{
    const auto* value = sale.if_contains(name);
    if (value == nullptr || !value->is_number()) return otherwise;
    return std::clamp(value->to_number<double>(), 0.0, number_max);
}

/// The day in UTC, whatever offset the time was written with.
std::string day_of(const json::object& sale, std::string_view name, Timestamp received_at)
{
    const auto at = parse_rfc3339(json_text::text_at(sale, name)).value_or(received_at);
    constexpr std::size_t day_chars = 10;
    return to_rfc3339(at).substr(0, day_chars);
}

}  // namespace

void SalesTally::add(std::string_view type, std::string_view payload, Timestamp received_at)
{
    const auto value = json_text::parse_or_null(payload);
    const auto* sale = value.if_object();
    const auto id = sale != nullptr ? id_of(*sale) : std::string{};
    if (id.empty() || id.size() > id_bytes_max
        || (events_.size() >= events_max && !events_.contains(id)))
        return;
    const bool is_webhook = type == "ticket.sold";
    auto& event = events_[id];
    auto& days = is_webhook ? event.sold : event.reported;
    const auto day = day_of(*sale, is_webhook ? "soldAt" : "timestamp", received_at);
    if (days.size() >= days_max && !days.contains(day)) return;
    auto& sales = days[day];
    sales.day = day;
    const auto tickets = is_webhook ? number_at(*sale, "quantity", 1)
                                    : number_at(*sale, "ticketsSold", 0);
    sales.tickets += static_cast<std::uint64_t>(tickets);
    sales.revenue += number_at(*sale, "revenue", 0);
}

std::vector<DaySales> SalesTally::days_of(std::string_view event_id) const
{
    std::vector<DaySales> days;
    const auto found = events_.find(event_id);
    if (found == events_.end()) return days;
    const auto& chosen = found->second.sold.empty() ? found->second.reported : found->second.sold;
    for (const auto& [day, sales] : chosen) days.push_back(sales);
    return days;
}

}  // namespace katydid::bridge
