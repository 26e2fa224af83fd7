#include "hub/api/subscription_input.hpp"

#include "hub/registry/routes.hpp"

#include <array>

namespace katydid::api {
namespace {

namespace json = boost::json;

constexpr std::uint32_t in_flight_max = 10'000;
constexpr milliseconds timeout_max{120'000};
constexpr std::size_t delays_max = 50;

/// Headers the hub writes itself, or that would change how a request is framed.
constexpr std::array<std::string_view, 7> kept_headers{
    "host",    "content-length", "transfer-encoding", "connection",
    "upgrade", "trailer",        "content-type"};

bool is_kept(std::string_view name)
{
    for (const auto kept : kept_headers)
        if (equal_names(kept, name)) return true;
    constexpr std::string_view prefix = "webhook-";
    return name.size() >= prefix.size() && equal_names(name.substr(0, prefix.size()), prefix);
}

void read_headers(ObjectReader& handler, Headers& headers)
{
    const auto* object = handler.object("headers");
    if (object == nullptr) return;
    for (const auto& member : *object) {
        const std::string_view name = member.key();
        const auto* value = member.value().if_string();
        if (value == nullptr || !is_header_safe(name, *value) || is_kept(name)) {
            handler.fault("headers",
                          "\"" + std::string{name}
                              + "\" is not a header that can be set: the name must be a "
                                "token, the value a text without control characters, and "
                                "Host, Content-*, Connection and webhook-* are the hub's");
            continue;
        }
        headers.push_back({std::string{name}, std::string{*value}});
    }
}

void read_handler(ObjectReader& reader, Subscription& subscription,
                  const http::EgressPolicy& egress, std::vector<Fault>& faults)
{
    const auto* object = reader.object("handler");
    if (object == nullptr) {
        reader.fault("handler",
                     "is missing: give {\"kind\": \"endpoint\", \"url\": \"https://…\"}");
        return;
    }
    ObjectReader handler{*object, "/handler", faults};
    const auto kind = handler.text("kind").value_or("endpoint");
    if (kind != "endpoint")
        handler.fault("kind",
                      "must be \"endpoint\": coroutine handlers are registered in the program");
    const auto url = handler.text("url", 2048);
    if (!url && !object->contains("url")) handler.fault("url", "is missing: where to POST");
    if (url) {
        if (const auto checked = egress.check_url(*url); !checked) {
            const bool is_closed = checked.error() == errc::refused;
            handler.fault("url", checked.error().message
                                     + (is_closed ? "; an operator can open its network with "
                                                    "egress.allow (KATYDID_EGRESS_ALLOW)"
                                                  : ""));
        }
        subscription.handler.url = *url;
    }
    read_headers(handler, subscription.handler.headers);
    handler.finish();
}

void read_limits(ObjectReader& reader, Limits& limits, std::vector<Fault>& faults)
{
    const auto* object = reader.object("limits");
    if (object == nullptr) return;
    ObjectReader inner{*object, "/limits", faults};
    if (const auto value = inner.number("in_flight", 1, in_flight_max))
        limits.in_flight = static_cast<std::uint32_t>(*value);
    if (const auto value = inner.real("per_second", 0, 100'000)) limits.per_second = *value;
    if (const auto value = inner.number("burst", 0, 100'000))
        limits.burst = static_cast<std::uint32_t>(*value);
    if (const auto text = inner.text("ordering")) {
        const auto ordering = parse_ordering(*text);
        if (!ordering) inner.fault("ordering", "must be \"none\" or \"key\"");
        limits.ordering = ordering.value_or(Ordering::none);
    }
    if (const auto text = inner.text("order_key", 256)) {
        if (!text->starts_with('/') && !text->starts_with("header:"))
            inner.fault("order_key",
                        "must be a JSON pointer such as \"/payload/id\" or \"header:X\"");
        limits.order_key = *text;
    }
    inner.finish();
}

void read_retry(ObjectReader& reader, RetrySettings& retry, std::vector<Fault>& faults)
{
    const auto* object = reader.object("retry");
    if (object == nullptr) return;
    ObjectReader inner{*object, "/retry", faults};
    if (const auto texts = inner.texts("delays")) {
        if (texts->size() > delays_max) inner.fault("delays", "has at most 50 entries");
        for (const auto& text : *texts) {
            const auto delay = parse_duration(text);
            if (!delay) inner.fault("delays", "\"" + text + "\" is not a duration such as \"5s\"");
            retry.delays.push_back(delay.value_or(milliseconds{0}));
        }
    }
    if (const auto age = inner.duration("age_max")) retry.age_max = *age;
    inner.finish();
}

void read_types(ObjectReader& reader, Subscription& subscription)
{
    const auto types = reader.texts("event_types");
    if (!types || types->empty()) {
        reader.fault("event_types", "name at least one type, \"prefix.*\" or \"*\"");
        return;
    }
    for (const auto& type : *types)
        if (const auto fault = registry::pattern_fault(type); !fault.empty())
            reader.fault("event_types", fault);
    subscription.event_types = *types;
}

void read_secret(ObjectReader& reader, SubscriptionInput& input)
{
    const auto text = reader.text("secret", 1024);
    if (!text) return;
    if (input.subscription.dialect == Dialect::raw)
        reader.fault("secret", "the dialect \"raw\" is not signed: leave the secret out");
    input.secret = signing::Secret{*text};
}

}  // namespace

std::optional<SubscriptionInput> read_subscription(const json::object& body,
                                                   const http::EgressPolicy& egress,
                                                   std::vector<Fault>& faults)
{
    SubscriptionInput input;
    auto& subscription = input.subscription;
    ObjectReader reader{body, "", faults};
    if (!body.contains("name")) reader.fault("name", "is missing: name the subscription");
    subscription.name = reader.text("name", 100).value_or("");
    subscription.sources = reader.texts("sources").value_or(std::vector<std::string>{});
    read_types(reader, subscription);
    read_handler(reader, subscription, egress, faults);
    if (const auto text = reader.text("dialect")) {
        const auto dialect = parse_dialect(*text);
        if (!dialect)
            reader.fault("dialect", "must be \"standard\", \"raw\", \"cloudevents\", \"atlvs\" or "
                                    "\"grasshopper\"");
        subscription.dialect = dialect.value_or(Dialect::standard);
    }
    read_secret(reader, input);
    read_limits(reader, subscription.limits, faults);
    read_retry(reader, subscription.retry, faults);
    if (const auto timeout = reader.duration("timeout")) {
        if (timeout->count() < 1 || *timeout > timeout_max)
            reader.fault("timeout", "must be from \"1ms\" to \"2m\"");
        subscription.timeout = *timeout;
    }
    if (const auto text = reader.text("status")) {
        const auto status = parse_subscription_status(*text);
        if (!status) reader.fault("status", "must be \"active\", \"paused\" or \"disabled\"");
        subscription.status = status.value_or(SubscriptionStatus::active);
    }
    reader.finish();
    if (!faults.empty()) return std::nullopt;
    return input;
}

}  // namespace katydid::api
