#include "hub/store/spec_json.hpp"

#include "hub/store/shared/encoding.hpp"

#include <boost/json.hpp>

namespace katydid::store {
namespace {

namespace json = boost::json;

json::array to_array(const std::vector<std::string>& words)
{
    json::array out;
    for (const auto& word : words) out.emplace_back(word);
    return out;
}

std::vector<std::string> read_array(const json::value& value)
{
    std::vector<std::string> out;
    for (const auto& word : value.as_array()) out.emplace_back(word.as_string());
    return out;
}

json::array to_array(const Headers& headers)
{
    json::array out;
    for (const auto& [name, value] : headers) out.push_back(json::array{name, value});
    return out;
}

Headers read_headers(const json::value& value)
{
    Headers out;
    for (const auto& pair : value.as_array())
        out.push_back({std::string{pair.at(0).as_string()}, std::string{pair.at(1).as_string()}});
    return out;
}

json::object parse_object(std::string_view text)
{
    json::parse_options options;
    options.allow_invalid_utf8 = true;  // senders' bytes come back as they were
    return json::parse(text, {}, options).as_object();
}

std::string text_of(const json::object& spec, std::string_view name)
{
    return std::string{spec.at(name).as_string()};
}

std::int64_t integer_of(const json::object& spec, std::string_view name)
{
    return spec.at(name).to_number<std::int64_t>();
}

template <class Enum>
Enum enum_of(const json::object& spec, std::string_view name)
{
    return static_cast<Enum>(integer_of(spec, name));
}

template <class Enum>
std::int64_t number_of(Enum value)
{
    return static_cast<std::int64_t>(value);
}

json::object limits_to_json(const Limits& limits)
{
    return {{"in_flight", limits.in_flight},
            {"per_second", limits.per_second},
            {"burst", limits.burst},
            {"ordering", number_of(limits.ordering)},
            {"order_key", limits.order_key},
            {"adaptive", limits.adaptive},
            {"payload_bytes", limits.payload_bytes}};
}

Limits read_limits(const json::object& spec)
{
    Limits limits;
    limits.in_flight = static_cast<std::uint32_t>(integer_of(spec, "in_flight"));
    limits.per_second = spec.at("per_second").to_number<double>();
    limits.burst = static_cast<std::uint32_t>(integer_of(spec, "burst"));
    limits.ordering = enum_of<Ordering>(spec, "ordering");
    limits.order_key = text_of(spec, "order_key");
    // Absent in rows of the first schema.
    if (const auto* adaptive = spec.if_contains("adaptive")) limits.adaptive = adaptive->as_bool();
    if (const auto* bytes = spec.if_contains("payload_bytes"))
        limits.payload_bytes = bytes->to_number<std::uint64_t>();
    return limits;
}

json::array to_array(const std::vector<StatusRule>& rules)
{
    json::array out;
    for (const auto& rule : rules)
        out.push_back(json::array{rule.status_min, rule.status_max, number_of(rule.retry)});
    return out;
}

std::vector<StatusRule> read_status_rules(const json::value& value)
{
    std::vector<StatusRule> out;
    for (const auto& rule : value.as_array())
        out.push_back({rule.at(0).to_number<unsigned>(), rule.at(1).to_number<unsigned>(),
                       static_cast<RetryClass>(rule.at(2).to_number<std::int64_t>())});
    return out;
}

}  // namespace

std::string to_spec(const Subscription& subscription)
{
    json::array delays;
    for (const auto delay : subscription.retry.delays) delays.emplace_back(delay.count());
    const json::object spec{
        {"sources", to_array(subscription.sources)},
        {"event_types", to_array(subscription.event_types)},
        {"filter", subscription.filter},
        {"handler_kind", number_of(subscription.handler.kind)},
        {"handler_url", subscription.handler.url},
        {"handler_headers", to_array(subscription.handler.headers)},
        {"handler_headers_sealed", subscription.handler.sealed_headers},
        {"handler_identity", subscription.handler.identity},
        {"dialect", number_of(subscription.dialect)},
        {"limits", limits_to_json(subscription.limits)},
        {"retry_delays", delays},
        {"retry_age_max", subscription.retry.age_max.count()},
        {"retry_statuses", to_array(subscription.retry.statuses)},
        {"signature", subscription.signature},
        {"timeout", subscription.timeout.count()},
        {"connect_timeout", subscription.connect_timeout.count()},
        {"first_byte_timeout", subscription.first_byte_timeout.count()},
        {"status", number_of(subscription.status)},
        {"status_reason", subscription.status_reason},
        {"read_only", subscription.read_only},
        {"created_at", to_integer(subscription.created_at)},
        {"updated_at", to_integer(subscription.updated_at)},
    };
    return json::serialize(spec);
}

void read_spec(std::string_view text, Subscription& into)
{
    const auto spec = parse_object(text);
    into.sources = read_array(spec.at("sources"));
    into.event_types = read_array(spec.at("event_types"));
    into.filter = text_of(spec, "filter");
    into.handler.kind = enum_of<HandlerKind>(spec, "handler_kind");
    into.handler.url = text_of(spec, "handler_url");
    into.handler.headers = read_headers(spec.at("handler_headers"));
    // Absent in rows of earlier versions.
    into.handler.sealed_headers.clear();
    if (const auto* sealed = spec.if_contains("handler_headers_sealed"))
        into.handler.sealed_headers = sealed->as_string();
    into.handler.identity.clear();
    if (const auto* identity = spec.if_contains("handler_identity"))
        into.handler.identity = identity->as_string();
    into.dialect = enum_of<Dialect>(spec, "dialect");
    into.limits = read_limits(spec.at("limits").as_object());
    into.retry.delays.clear();
    for (const auto& delay : spec.at("retry_delays").as_array())
        into.retry.delays.emplace_back(delay.to_number<std::int64_t>());
    into.retry.age_max = milliseconds{integer_of(spec, "retry_age_max")};
    into.timeout = milliseconds{integer_of(spec, "timeout")};
    if (spec.contains("signature")) {  // absent in rows of the first schema
        into.retry.statuses = read_status_rules(spec.at("retry_statuses"));
        into.signature = text_of(spec, "signature");
        into.connect_timeout = milliseconds{integer_of(spec, "connect_timeout")};
        into.first_byte_timeout = milliseconds{integer_of(spec, "first_byte_timeout")};
    }
    into.status = enum_of<SubscriptionStatus>(spec, "status");
    into.status_reason = text_of(spec, "status_reason");
    into.read_only = spec.at("read_only").as_bool();
    into.created_at = to_timestamp(integer_of(spec, "created_at"));
    into.updated_at = to_timestamp(integer_of(spec, "updated_at"));
}

std::string to_spec(const Source& source)
{
    const json::object spec{{"schemes", to_array(source.schemes)},
                            {"settings", source.settings},
                            {"read_only", source.read_only},
                            {"created_at", to_integer(source.created_at)},
                            {"updated_at", to_integer(source.updated_at)}};
    return json::serialize(spec);
}

void read_spec(std::string_view text, Source& into)
{
    const auto spec = parse_object(text);
    into.schemes = read_array(spec.at("schemes"));
    into.settings = text_of(spec, "settings");
    into.read_only = spec.at("read_only").as_bool();
    into.created_at = to_timestamp(integer_of(spec, "created_at"));
    into.updated_at = to_timestamp(integer_of(spec, "updated_at"));
}

std::string to_list_text(const std::vector<std::string>& words)
{
    return json::serialize(to_array(words));
}

std::vector<std::string> read_list_text(std::string_view text)
{
    return read_array(json::parse(text));
}

}  // namespace katydid::store
