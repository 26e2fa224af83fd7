#include "bench/load/samples.hpp"

#include <charconv>
#include <cstring>
#include <stdexcept>

namespace katydid::bench {

namespace {

// ID stands where the marker goes. Fields and sizes follow the simulators' samples.
constexpr std::string_view resource_data
    = R"({"id":"ID","type":"equipment","name":"L-Acoustics K2 line array, left",)"
      R"("availability":false,)"
      R"("metadata":{"location":"Warehouse 3, bay 12","serial":"K2-004417","condition":"good"},)"
      R"("allocatedTo":"prd_9f31c2","from":"2026-06-15T08:00:00.000Z",)"
      R"("to":"2026-06-16T02:00:00.000Z"})";
constexpr std::string_view event_data
    = R"({"id":"ID","grasshopperId":"evt_summer-2026","name":"Summer Nights Open Air",)"
      R"("status":"confirmed",)"
      R"("startDate":"2026-06-15T18:00:00.000Z","endDate":"2026-06-16T01:00:00.000Z",)"
      R"("venue":{"id":"ven_12","name":"Waldbühne","city":"Berlin","capacity":22290},)"
      R"("changes":["startDate","venue.capacity"]})";
constexpr std::string_view artist_data
    = R"({"id":"ID","name":"Nadja Okafor Quartet","genre":"jazz","riderVersion":7,)"
      R"("members":[{"role":"vocals"},{"role":"piano"},{"role":"bass"},{"role":"drums"}]})";
constexpr std::string_view status_data
    = R"({"id":"ID","productionId":"prd_9f31c2","from":"planning","to":"load_in","by":"usr_77"})";
constexpr std::string_view staff_data
    = R"({"id":"ID","productionId":"prd_9f31c2","personId":"per_331","role":"stage manager",)"
      R"("shift":{"from":"2026-06-15T06:00:00.000Z","to":"2026-06-15T16:00:00.000Z"}})";
constexpr std::string_view budget_data
    = R"({"id":"ID","productionId":"prd_9f31c2","line":"audio","planned":48000,"actual":52150.5,)"
      R"("currency":"EUR","threshold":0.05})";
constexpr std::string_view ticket_data
    = R"({"id":"ID","orderId":"ord_20417","eventId":"evt_summer-2026","tier":"Front of stage",)"
      R"("quantity":2,)"
      R"("unitPrice":89.5,"fees":6.4,"currency":"EUR","seats":["A-14","A-15"],"channel":"web",)"
      R"("soldAt":"2026-05-02T09:13:27.114Z"})";
constexpr std::string_view refund_data
    = R"({"id":"ID","orderId":"ord_20417","eventId":"evt_summer-2026","amount":185.4,)"
      R"("currency":"EUR",)"
      R"("reason":"customer_request","tickets":["tkt_88121","tkt_88122"]})";

Sample make_sample(std::string_view type, unsigned weight, std::string_view data,
                   const MixOptions& options)
{
    std::string text{data};
    text.replace(text.find("\"ID\"") + 1, 2, make_marker(options.run));
    constexpr std::string_view field = ",\"notes\":\"\"";
    if (options.data_bytes > text.size() + field.size()) {
        const std::string padding(options.data_bytes - text.size() - field.size(), 'n');
        text.insert(text.size() - 1, ",\"notes\":\"" + padding + "\"");
    }
    return {std::string{type}, weight, std::move(text)};
}

}  // namespace

std::string make_marker(std::uint16_t run)
{
    std::string text = "b9e6c400-0000-4000-8000-000000000000";
    char digits[8];
    write_number(run, digits);
    std::memcpy(text.data() + marker_prefix.size(), digits + 4, 4);
    return text;
}

bool find_marker(std::string_view text, Marker& marker) noexcept
{
    const auto at = text.find(marker_prefix);
    if (at == std::string_view::npos || text.size() - at < marker_chars) return false;
    const char* run = text.data() + at + marker_prefix.size();
    const char* number = text.data() + at + marker_number_at;
    return std::from_chars(run, run + 4, marker.run, 16).ptr == run + 4
           && std::from_chars(number, number + 8, marker.number, 16).ptr == number + 8;
}

void write_number(std::uint32_t number, char* eight_digits) noexcept
{
    constexpr std::string_view digits = "0123456789abcdef";
    for (int i = 7; i >= 0; --i, number >>= 4) eight_digits[i] = digits[number & 15];
}

std::vector<Sample> make_mix(std::string_view platform, const MixOptions& options)
{
    if (platform == "atlvs")
        return {make_sample("resource.updated", 8, resource_data, options),
                make_sample("event.updated", 4, event_data, options),
                make_sample("production.status_changed", 3, status_data, options),
                make_sample("staff.assigned", 2, staff_data, options),
                make_sample("artist.updated", 2, artist_data, options),
                make_sample("budget.alert", 1, budget_data, options)};
    if (platform == "grasshopper")
        return {make_sample("ticket.sold", 16, ticket_data, options),
                make_sample("event.updated", 2, event_data, options),
                make_sample("order.refunded", 1, refund_data, options),
                make_sample("event.created", 1, event_data, options)};
    throw std::invalid_argument{"no such event mix: " + std::string{platform}
                                + " (there are atlvs and grasshopper)"};
}

std::vector<Sample> with_run(std::vector<Sample> mix, std::uint16_t run)
{
    const auto marker = make_marker(run);
    for (auto& sample : mix)
        sample.data.replace(sample.data.find(marker_prefix), marker_chars, marker);
    return mix;
}

}  // namespace katydid::bench
