#include "hub/core/subscription/subscription_json.hpp"

#include "hub/core/json/fields.hpp"

#include <charconv>

namespace katydid {
namespace {

namespace json = boost::json;

/// "429", "4xx" or "500-504".
std::optional<StatusRule> parse_statuses(std::string_view text)
{
    const auto number = [](std::string_view digits) {
        unsigned value = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return value;
    };
    StatusRule rule;
    if (text.ends_with("xx")) {
        rule.status_min = number(text.substr(0, 1)) * 100;
        rule.status_max = rule.status_min + 99;
    } else {
        rule.status_min = number(text.substr(0, 3));
        rule.status_max = text.size() > 4 ? number(text.substr(4)) : rule.status_min;
    }
    if (rule.status_min > rule.status_max) return std::nullopt;
    return rule;
}

}  // namespace

// Static instead of unnamed: they are found by the types of their parameters.

static json::value write_field(const std::vector<StatusRule>& rules)
{
    json::object object;
    for (const auto& rule : rules) {
        auto range = std::to_string(rule.status_min);
        if (rule.status_max != rule.status_min) range += "-" + std::to_string(rule.status_max);
        object.emplace(range, to_text(rule.retry));
    }
    return object;
}

/// `{"404": "full", "5xx": "few"}`; the first that fits decides.
static void read_field(const json::value& given, std::vector<StatusRule>& rules,
                       const std::string& pointer, std::vector<Fault>& faults)
{
    rules.clear();
    for (const auto& [range, retry] : given.as_object()) {
        auto rule = parse_statuses(range);
        if (!rule) {
            faults.push_back({pointer_to(pointer, range), "begins after its end"});
            continue;
        }
        for (const auto each :
             {RetryClass::full, RetryClass::few, RetryClass::slow, RetryClass::dead})
            if (to_text(each) == retry.as_string()) rule->retry = each;
        rules.push_back(*rule);
    }
}

static json::value write_field(const Headers& headers)
{
    json::object object;
    for (const auto& [name, value] : headers) object[name] = value;
    return object;
}

static void read_field(const json::value& given, Headers& headers, const std::string&,
                       std::vector<Fault>&)
{
    headers.clear();
    for (const auto& [name, value] : given.as_object())
        headers.push_back({name, std::string{value.as_string()}});
}

static void fields_of(Either<HandlerSpec> auto& handler, auto& visit)
{
    visit("kind", handler.kind);
    if (handler.kind != HandlerKind::endpoint) return;
    visit("url", handler.url);
    visit("headers", handler.headers);
    visit("identity", handler.identity, Blank::absent);
}

static void fields_of(Either<Transform> auto& transform, auto& visit)
{
    visit("language", transform.language);
    visit("code", transform.code);
    visit("timeout", transform.timeout);
}

static void fields_of(Either<Limits> auto& limits, auto& visit)
{
    visit("in_flight", limits.in_flight);
    visit("per_second", limits.per_second);
    visit("burst", limits.burst);
    visit("adaptive", limits.adaptive);
    visit("payload_bytes", limits.payload_bytes);
    visit("ordering", limits.ordering);
    visit("order_key", limits.order_key);
}

static void fields_of(Either<RetrySettings> auto& retry, auto& visit)
{
    visit("delays", retry.delays, Blank::null);
    visit("age_max", retry.age_max, Blank::absent);
    visit("statuses", retry.statuses, Blank::absent);
}

/// The fields of a subscription: their names, and how they are written where they say nothing. The
/// tenant and the version stand beside it wherever it is kept or shown.
static void fields_of(Either<Subscription> auto& subscription, auto& visit)
{
    visit("id", subscription.id);
    visit("name", subscription.name);
    visit("status", subscription.status);
    visit("status_reason", subscription.status_reason, Blank::absent);
    visit("sources", subscription.sources);
    visit("event_types", subscription.event_types);
    visit.json("filter", subscription.filter);
    visit("transform", subscription.transform, Blank::null);
    visit("handler", subscription.handler);
    visit("dialect", subscription.dialect);
    visit("limits", subscription.limits);
    visit("retry", subscription.retry);
    visit("signature", subscription.signature, Blank::null);
    visit("timeout", subscription.timeout);
    visit("connect_timeout", subscription.connect_timeout, Blank::absent);
    visit("first_byte_timeout", subscription.first_byte_timeout, Blank::absent);
    visit("expires_at", subscription.expires_at, Blank::absent);
    visit("read_only", subscription.read_only);
    visit("created_at", subscription.created_at);
    visit("updated_at", subscription.updated_at);
}

json::object to_json(const Subscription& subscription) { return write_fields(subscription); }

void from_json(const json::object& object, Subscription& into, std::vector<Fault>& faults)
{
    read_fields(object, into, faults);
}

}  // namespace katydid
