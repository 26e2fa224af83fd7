#include "hub/api/subscription_input.hpp"

#include "hub/api/limits_input.hpp"
#include "hub/registry/routes.hpp"

#include <array>

namespace katydid::api {
namespace {

namespace json = boost::json;

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
    headers.clear();
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

/// null: the hub's own again. Another tenant's is as unknown as one that is not there.
void read_identity(ObjectReader& handler, Subscription& subscription,
                   const http::Identities* identities)
{
    const auto* value = handler.take("identity");
    if (value == nullptr) return;
    auto& name = subscription.handler.identity;
    if (value->is_null()) {
        name.clear();
        return;
    }
    auto text = handler.text("identity", 100);
    if (!text) return;
    const bool is_offered = identities != nullptr
                            && identities->find(subscription.tenant, *text) != nullptr;
    if (!is_offered)
        handler.fault("identity", "there is no identity of that name: an operator offers them in "
                                  "[[identities]] of katydid.toml");
    name = std::move(*text);
}

void read_handler(ObjectReader& reader, Subscription& subscription, const SubscriptionRules& rules,
                  std::vector<Fault>& faults)
{
    const auto* object = reader.object("handler");
    const bool is_new = subscription.id.is_nil();
    if (object == nullptr) {
        if (is_new)
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
    if (is_new && !object->contains("url")) handler.fault("url", "is missing: where to POST");
    if (url) {
        if (const auto checked = rules.egress.check_url(*url); !checked) {
            const bool is_closed = checked.error() == errc::refused;
            handler.fault("url", checked.error().message
                                     + (is_closed ? "; an operator can open its network with "
                                                    "egress.allow (KATYDID_EGRESS_ALLOW)"
                                                  : ""));
        }
        subscription.handler.url = *url;
    }
    read_headers(handler, subscription.handler.headers);
    read_identity(handler, subscription, rules.identities);
    handler.finish();
}

void read_types(ObjectReader& reader, Subscription& subscription)
{
    const auto types = reader.texts("event_types");
    const bool is_given = reader.contains("event_types");
    if (!is_given && !subscription.id.is_nil()) return;
    if (!types || types->empty()) {
        reader.fault("event_types", "name at least one type, \"prefix.*\" or \"*\"");
        return;
    }
    for (const auto& type : *types)
        if (const auto fault = registry::pattern_fault(type); !fault.empty())
            reader.fault("event_types", fault);
    subscription.event_types = *types;
}

/// null: the dialect's own again. Whether the scheme can sign is settled with the secret.
void read_signature(ObjectReader& reader, Subscription& subscription)
{
    const auto* value = reader.take("signature");
    if (value == nullptr) return;
    if (value->is_null()) subscription.signature.clear();
    else if (auto name = reader.text("signature", 64)) subscription.signature = std::move(*name);
}

void read_secret(ObjectReader& reader, SubscriptionInput& input)
{
    const auto text = reader.text("secret", 1024);
    if (!text) return;
    input.secret = signing::Secret{*text};
}

}  // namespace

std::optional<SubscriptionInput>
read_subscription(const json::object& body, const Subscription& base,
                  const SubscriptionRules& rules, std::vector<Fault>& faults)
{
    SubscriptionInput input;
    auto& subscription = input.subscription;
    subscription = base;
    ObjectReader reader{body, "", faults};
    if (base.id.is_nil() && !body.contains("name"))
        reader.fault("name", "is missing: name the subscription");
    if (auto name = reader.text("name", 100)) subscription.name = std::move(*name);
    if (auto sources = reader.texts("sources")) subscription.sources = std::move(*sources);
    read_types(reader, subscription);
    read_filter(reader, subscription.filter, faults);
    read_handler(reader, subscription, rules, faults);
    if (const auto text = reader.text("dialect")) {
        const auto dialect = parse_dialect(*text);
        if (!dialect)
            reader.fault("dialect", "must be \"standard\", \"raw\", \"cloudevents\", \"atlvs\" or "
                                    "\"grasshopper\"");
        subscription.dialect = dialect.value_or(Dialect::standard);
    }
    read_signature(reader, subscription);
    read_secret(reader, input);
    read_limits(reader, subscription.limits, faults);
    read_retry(reader, subscription.retry, faults);
    read_timeouts(reader, subscription);
    if (const auto text = reader.text("status")) {
        const auto status = parse_subscription_status(*text);
        if (!status) reader.fault("status", "must be \"active\", \"paused\" or \"disabled\"");
        subscription.status = status.value_or(SubscriptionStatus::active);
        subscription.status_reason.clear();
    }
    reader.finish();
    if (!faults.empty()) return std::nullopt;
    return input;
}

}  // namespace katydid::api
