#include "hub/api/input/subscription_input.hpp"

#include "hub/api/input/limits_input.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/core/reserved.hpp"
#include "hub/registry/subscription_matcher.hpp"
#include "signing/keys/secrets.hpp"

namespace katydid::api {
namespace {

namespace json = boost::json;

void read_header(ObjectReader& handler, const json::key_value_pair& member, const Headers& known,
                 Headers& headers)
{
    const std::string name{member.key()};
    const auto* value = member.value().if_string();
    if (value == nullptr || !is_header_safe(name, *value) || !is_settable_header(name)) {
        handler.fault("headers", "\"" + name
                                     + "\" is not a header that can be set: the name must be a "
                                       "token, the value a text without control characters, and "
                                       "what belongs to the connection (Host, Connection, Expect, "
                                       "TE …), Content-*, webhook-* and katydid-* are the hub's");
        return;
    }
    if (*value != hidden_value) {
        headers.push_back({name, std::string{*value}});
        return;
    }
    // What the API showed comes back unchanged: the value that is there is meant.
    const auto* kept = find_header(known, name);
    if (kept != nullptr) headers.push_back({name, *kept});
    else handler.fault("headers", "give the value of \"" + name + "\": it is not kept here");
}

/// Headers are credentials in practice: they stay with the host that they were given for.
void read_headers(ObjectReader& handler, const Subscription& base, HandlerSpec& operation)
{
    const bool is_given = handler.contains("headers");
    const auto* object = handler.object("headers");
    const bool is_same_host = has_same_origin(base.handler.url, operation.url);
    if (!is_given && !is_same_host && !base.handler.headers.empty())
        handler.fault("headers", "were given for another host: give them again with the new URL, "
                                 "or {} for none");
    if (object == nullptr) return;
    const Headers nothing;
    operation.headers.clear();
    for (const auto& member : *object)
        read_header(handler, member, is_same_host ? base.handler.headers : nothing,
                    operation.headers);
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

/// An identity shows itself to the hosts that the operator names, and to no other.
void check_identity_host(ObjectReader& handler, const Subscription& subscription,
                         const http::Identities* identities)
{
    const auto& operation = subscription.handler;
    if (operation.identity.empty() || identities == nullptr) return;
    const auto* offered = identities->find(subscription.tenant, operation.identity);
    const auto url = http::EgressPolicy::parse_url(operation.url);
    if (offered != nullptr && url && !http::may_go_to(*offered, *url))
        handler.fault("identity", http::wrong_host_fault(*offered, *url));
}

void read_url(ObjectReader& handler, HandlerSpec& operation, const http::EgressPolicy& egress)
{
    const auto url = handler.text("url", 2048);
    if (!url) return;
    if (const auto checked = egress.check_url(*url); !checked) {
        const bool is_closed = checked.error() == errc::refused;
        handler.fault("url", checked.error().message
                                 + (is_closed ? "; an operator can open its network with "
                                                "egress.allow (KATYDID_EGRESS_ALLOW)"
                                              : ""));
    }
    operation.url = *url;
}

void read_handler(ObjectReader& reader, const Subscription& base, Subscription& subscription,
                  const SubscriptionRules& rules, std::vector<Fault>& faults)
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
    if (is_new && !object->contains("url")) handler.fault("url", "is missing: where to POST");
    read_url(handler, subscription.handler, rules.egress);
    read_headers(handler, base, subscription.handler);
    read_identity(handler, subscription, rules.identities);
    check_identity_host(handler, subscription, rules.identities);
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

void read_name(ObjectReader& reader, const Subscription& base, Subscription& subscription)
{
    if (base.id.is_nil() && !reader.contains("name"))
        reader.fault("name", "is missing: name the subscription");
    auto name = reader.text("name", 100);
    if (!name) return;
    if (*name != base.name && is_reserved_name(*name))
        reader.fault("name", reserved_name_fault(*name));
    subscription.name = std::move(*name);
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
    input.secret = signing::read_secret(*text);
}

}  // namespace

bool has_same_origin(const std::string& one, const std::string& other)
{
    const auto a = http::EgressPolicy::parse_url(one);
    const auto b = http::EgressPolicy::parse_url(other);
    return a && b && a->tls == b->tls && a->host == b->host && a->port == b->port;
}

std::optional<SubscriptionInput>
read_subscription(const json::object& body, const Subscription& base,
                  const SubscriptionRules& rules, std::vector<Fault>& faults)
{
    SubscriptionInput input;
    auto& subscription = input.subscription;
    subscription = base;
    ObjectReader reader{body, "", faults};
    read_name(reader, base, subscription);
    if (auto sources = reader.texts("sources")) subscription.sources = std::move(*sources);
    read_types(reader, subscription);
    read_filter(reader, subscription.filter, faults);
    read_handler(reader, base, subscription, rules, faults);
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
