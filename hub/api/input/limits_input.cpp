#include "hub/api/input/limits_input.hpp"

#include "hub/filter/compile.hpp"

#include <charconv>

namespace katydid::api {
namespace {

namespace json = boost::json;

constexpr std::uint32_t in_flight_max = 10'000;
constexpr std::uint64_t payload_bytes_max = 64ULL * 1024 * 1024;
constexpr milliseconds timeout_max{120'000};
constexpr std::size_t delays_max = 50;
constexpr std::size_t status_rules_max = 50;

/// "429", "4xx" or "500-504".
std::optional<StatusRule> parse_statuses(std::string_view text)
{
    const auto number = [](std::string_view digits) -> std::optional<unsigned> {
        unsigned value = 0;
        const auto* const end = digits.data() + digits.size();
        const auto [stop, error] = std::from_chars(digits.data(), end, value);
        if (error != std::errc{} || stop != end || digits.size() != 3) return std::nullopt;
        return value;
    };
    StatusRule rule;
    if (text.size() == 3 && text.ends_with("xx") && text.front() >= '0' && text.front() <= '9') {
        rule.status_min = static_cast<unsigned>(text.front() - '0') * 100;
        rule.status_max = rule.status_min + 99;
    } else {
        const auto dash = text.find('-');
        const auto low = number(text.substr(0, dash));
        const auto high = dash == std::string_view::npos ? low : number(text.substr(dash + 1));
        if (!low || !high) return std::nullopt;
        rule.status_min = *low;
        rule.status_max = *high;
    }
    const bool is_failure = rule.status_min >= 300 && rule.status_max <= 599;
    if (!is_failure || rule.status_min > rule.status_max) return std::nullopt;
    return rule;
}

/// `{"404": "full", "5xx": "few"}`; the first that fits decides.
void read_statuses(ObjectReader& retry, std::vector<StatusRule>& statuses)
{
    const auto* object = retry.object("statuses");
    if (object == nullptr) return;
    statuses.clear();
    if (object->size() > status_rules_max) retry.fault("statuses", "has at most 50 entries");
    for (const auto& member : *object) {
        const std::string key{member.key()};
        auto rule = parse_statuses(key);
        const auto* text = member.value().if_string();
        const auto known = text != nullptr ? parse_retry_class(*text) : std::nullopt;
        if (!rule)
            retry.fault("statuses", "\"" + key
                                        + "\" is not a status, a class or a range of them "
                                          "from 300 to 599: write \"429\", \"5xx\" or \"500-504\"");
        if (!known)
            retry.fault("statuses", "\"" + key
                                        + "\" must be \"full\", \"few\", \"slow\" or "
                                          "\"dead\"");
        if (!rule || !known) continue;
        rule->retry = *known;
        statuses.push_back(*rule);
    }
}

void read_timeout(ObjectReader& reader, const char* name, milliseconds& timeout)
{
    const auto value = reader.duration(name);
    if (!value) return;
    if (value->count() < 1 || *value > timeout_max)
        reader.fault(name, "must be from \"1ms\" to \"2m\"");
    timeout = *value;
}

}  // namespace

void read_limits(ObjectReader& reader, Limits& limits, std::vector<Fault>& faults)
{
    const auto* object = reader.object("limits");
    if (object == nullptr) return;
    ObjectReader inner{*object, "/limits", faults};
    if (const auto value = inner.number("in_flight", 1, in_flight_max))
        limits.in_flight = static_cast<std::uint32_t>(*value);
    if (const auto value = inner.flag("adaptive")) limits.adaptive = *value;
    if (const auto value = inner.real("per_second", 0, 100'000)) limits.per_second = *value;
    if (const auto value = inner.number("burst", 0, 100'000))
        limits.burst = static_cast<std::uint32_t>(*value);
    if (const auto value = inner.number("payload_bytes", 0, payload_bytes_max))
        limits.payload_bytes = *value;
    if (const auto text = inner.text("ordering")) {
        const auto ordering = parse_ordering(*text);
        if (!ordering) inner.fault("ordering", "must be \"none\" or \"key\"");
        limits.ordering = ordering.value_or(Ordering::none);
    }
    if (object->contains("order_key") && object->at("order_key") == "") {
        [[maybe_unused]] const auto* taken = inner.take("order_key");
        limits.order_key.clear();  // the event's own key
    } else if (const auto text = inner.text("order_key", 256)) {
        if (!text->starts_with('/') && !text->starts_with("header:"))
            inner.fault("order_key",
                        "must be a JSON pointer such as \"/payload/id\" or \"header:X\"");
        limits.order_key = *text;
    }
    inner.finish();
}

namespace {

/// null: the hub's schedule, which an empty list would not say clearly.
void read_delays(ObjectReader& inner, const json::object& retry, std::vector<milliseconds>& delays)
{
    if (retry.contains("delays") && retry.at("delays").is_null()) {
        [[maybe_unused]] const auto* taken = inner.take("delays");
        return delays.clear();
    }
    const auto texts = inner.texts("delays");
    if (!texts) return;
    delays.clear();
    if (texts->empty())
        inner.fault("delays", "is empty: name the waits, or give null for the hub's schedule");
    if (texts->size() > delays_max) inner.fault("delays", "has at most 50 entries");
    for (const auto& text : *texts) {
        const auto delay = parse_duration(text);
        if (!delay) inner.fault("delays", "\"" + text + "\" is not a duration such as \"5s\"");
        delays.push_back(delay.value_or(milliseconds{0}));
    }
}

}  // namespace

void read_retry(ObjectReader& reader, RetrySettings& retry, std::vector<Fault>& faults)
{
    const auto* object = reader.object("retry");
    if (object == nullptr) return;
    ObjectReader inner{*object, "/retry", faults};
    read_delays(inner, *object, retry.delays);
    if (const auto age = inner.duration("age_max")) retry.age_max = *age;
    read_statuses(inner, retry.statuses);
    inner.finish();
}

void read_timeouts(ObjectReader& reader, Subscription& subscription)
{
    read_timeout(reader, "timeout", subscription.timeout);
    read_timeout(reader, "connect_timeout", subscription.connect_timeout);
    read_timeout(reader, "first_byte_timeout", subscription.first_byte_timeout);
}

void read_filter(ObjectReader& reader, std::string& filter, std::vector<Fault>& faults)
{
    const auto* value = reader.take("filter");
    if (value == nullptr) return;
    filter.clear();
    if (value->is_null()) return;
    std::vector<Fault> found;
    const bool compiles = katydid::filter::compile(*value, found).has_value();
    for (auto& each : found) faults.push_back({"/filter" + each.pointer, std::move(each.detail)});
    if (!compiles) return;
    filter = json::serialize(*value);
    if (filter.size() > katydid::filter::filter_bytes_max)
        reader.fault("filter", "must have at most 16384 bytes");
}

}  // namespace katydid::api
