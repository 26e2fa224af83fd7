#include "hub/input/subscription_input.hpp"

#include "hub/input/body.hpp"
#include "hub/core/text/reserved.hpp"
#include "hub/core/subscription/subscription_json.hpp"
#include "hub/filter/compile.hpp"
#include "hub/registry/named.hpp"
#include "hub/registry/subscription_matcher.hpp"
#include "signing/keys/secrets.hpp"

#include <boost/json.hpp>

namespace katydid::input {
namespace {

namespace json = boost::json;

constexpr milliseconds timeout_max{120'000};
constexpr milliseconds transform_timeout_max{1'000};

/// Headers are credentials in practice: they stay with the host that they were given for.
void settle_headers(const json::object& handler, const Subscription& base, HandlerSpec& spec,
                    std::vector<Fault>& faults)
{
    const auto fault = [&](std::string detail) {
        faults.push_back({"/handler/headers", std::move(detail)});
    };
    const bool is_same_host = has_same_origin(base.handler.url, spec.url);
    if (!handler.contains("headers") && !is_same_host && !base.handler.headers.empty())
        return fault("were given for another host: give them again with the new URL, or {} for "
                     "none");
    if (!handler.contains("headers")) return;
    for (auto& [name, value] : spec.headers) {
        if (!is_header_safe(name, value) || !is_settable_header(name))
            fault("\"" + name
                  + "\" is not a header that can be set: the name must be a token, the value a "
                    "text without control characters, and what belongs to the connection (Host, "
                    "Connection, Expect, TE …), Content-*, webhook-* and katydid-* are the hub's");
        if (value != hidden_value) continue;
        // What the API showed comes back unchanged: the value that is there is meant.
        const auto* kept = is_same_host ? find_header(base.handler.headers, name) : nullptr;
        if (kept != nullptr) value = *kept;
        else fault("give the value of \"" + name + "\": it is not kept here");
    }
}

/// An endpoint is somewhere; a stream's consumers come here.
void check_kind(const json::object& body, HandlerSpec& spec, std::vector<Fault>& faults)
{
    const auto* given = body.if_contains("handler");
    if (given == nullptr) return;
    const auto& handler = given->get_object();
    if (spec.kind == HandlerKind::endpoint && spec.url.empty())
        faults.push_back({"/handler/url", "is missing: where to POST"});
    if (spec.kind != HandlerKind::stream) return;
    for (const auto* name : {"url", "headers", "identity"})
        if (handler.contains(name))
            faults.push_back({pointer_to("/handler", name),
                              "is not for a stream, whose consumers connect to the hub: leave it "
                              "out, or say \"kind\": \"endpoint\""});
    spec = {HandlerKind::stream, {}, {}, {}};
}

/// An identity shows itself to the hosts that the operator names, and to no other. Another
/// tenant's is as unknown as one that is not there.
void check_identity(const json::object& body, const Subscription& subscription,
                    const http::Identities* identities, std::vector<Fault>& faults)
{
    const auto& spec = subscription.handler;
    const auto* handler = body.if_contains("handler");
    if (spec.identity.empty() || handler == nullptr) return;
    const auto* offered = identities != nullptr
                              ? identities->find(subscription.tenant, spec.identity)
                              : nullptr;
    const auto url = http::EgressPolicy::parse_url(spec.url);
    if (offered == nullptr && handler->get_object().contains("identity"))
        faults.push_back({"/handler/identity", "there is no identity of that name: an operator "
                                               "offers them in [[identities]] of katydid.toml"});
    if (offered != nullptr && url && !http::may_go_to(*offered, *url))
        faults.push_back({"/handler/identity", http::wrong_host_fault(*offered, *url)});
}

void check_url(const json::object& body, const Subscription& subscription,
               const http::EgressPolicy& egress, std::vector<Fault>& faults)
{
    const auto* handler = body.if_contains("handler");
    if (handler == nullptr || !handler->get_object().contains("url")) return;
    const auto checked = egress.check_url(subscription.handler.url);
    if (checked) return;
    const bool is_closed = checked.error() == errc::refused;
    faults.push_back(
        {"/handler/url", checked.error().message
                             + (is_closed ? "; an operator can open its network with egress.allow "
                                            "(KATYDID_EGRESS_ALLOW)"
                                          : "")});
}

void check_timeouts(const json::object& body, const Subscription& subscription,
                    std::vector<Fault>& faults)
{
    const auto check = [&](std::string_view name, milliseconds value) {
        const auto* given = body.if_contains(name);
        if (given != nullptr && !given->is_null() && (value.count() < 1 || value > timeout_max))
            faults.push_back({pointer_to("", name), "must be from \"1ms\" to \"2m\""});
    };
    check("timeout", subscription.timeout);
    check("connect_timeout", subscription.connect_timeout);
    check("first_byte_timeout", subscription.first_byte_timeout);
}

void check_filter(const json::value& filter, std::vector<Fault>& faults)
{
    std::vector<Fault> found;
    static_cast<void>(katydid::filter::compile(filter, found));
    for (auto& each : found) faults.push_back({"/filter" + each.pointer, std::move(each.detail)});
    if (json::serialize(filter).size() > katydid::filter::filter_bytes_max)
        faults.push_back({"/filter", "must have at most 16384 bytes"});
}

/// Whether the code compiles, only a worker can say.
void check_transform(const json::object& body, const Transform& transform,
                     std::vector<Fault>& faults)
{
    const auto* given = body.if_contains("transform");
    if (given == nullptr || given->is_null()) return;
    if (transform.code.empty())
        faults.push_back({"/transform/code", "is missing: give the program, or null for no "
                                             "transform"});
    if (transform.timeout.count() < 1 || transform.timeout > transform_timeout_max)
        faults.push_back({"/transform/timeout", "must be from \"1ms\" to \"1s\""});
}

}  // namespace

bool has_same_origin(const std::string& one, const std::string& other)
{
    const auto a = http::EgressPolicy::parse_url(one);
    const auto b = http::EgressPolicy::parse_url(other);
    return a && b && a->tls == b->tls && a->host == b->host && a->port == b->port;
}

Subscription with_changes(const json::object& body, const Subscription& base,
                          std::vector<Fault>& faults)
{
    auto changed = base;
    from_json(body, changed, faults);
    if (body.contains("status")) changed.status_reason.clear();
    if (changed.name != base.name && is_reserved_name(changed.name))
        faults.push_back({"/name", reserved_name_fault(changed.name)});
    if (auto fault = registry::id_name_fault<SubscriptionId>(changed.name); !fault.empty())
        faults.push_back({"/name", std::move(fault)});
    for (const auto& type : changed.event_types)
        if (auto fault = registry::pattern_fault(type); !fault.empty())
            faults.push_back({"/event_types", std::move(fault)});
    if (const auto* filter = body.if_contains("filter"); filter && !filter->is_null())
        check_filter(*filter, faults);
    check_kind(body, changed.handler, faults);
    const auto* handler = body.if_contains("handler");
    if (handler != nullptr && changed.handler.kind == HandlerKind::endpoint)
        settle_headers(handler->get_object(), base, changed.handler, faults);
    check_timeouts(body, changed, faults);
    check_transform(body, changed.transform, faults);
    return changed;
}

std::optional<SubscriptionInput>
read_subscription(const json::object& body, const Subscription& base,
                  const SubscriptionRules& rules, std::vector<Fault>& faults)
{
    SubscriptionInput input{with_changes(body, base, faults), std::nullopt};
    check_url(body, input.subscription, rules.egress, faults);
    check_identity(body, input.subscription, rules.identities, faults);
    if (const auto* secret = body.if_contains("secret"))
        input.secret = signing::read_secret(secret->get_string());
    if (!faults.empty()) return std::nullopt;
    return input;
}

}  // namespace katydid::input
