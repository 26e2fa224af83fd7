// Secrets of sources and subscriptions: a new one beside the old (POST …/rotate-secret), and once
// more the one that receivers need (GET …/secret).
#include "hub/api/resources/key_json.hpp"
#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/named.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/route.hpp"
#include "hub/core/json/fields.hpp"
#include "hub/input/source_input.hpp"
#include "hub/input/subscription_signature.hpp"

namespace katydid::api {
namespace {

namespace json = boost::json;
using Rotation = registry::Rotation;

constexpr milliseconds overlap_default = std::chrono::hours{24};
constexpr milliseconds overlap_max = std::chrono::days{90};

struct RotationInput {
    milliseconds overlap = overlap_default;
    std::optional<Timestamp> not_before;
    std::optional<Secret> secret;
};

RotationInput read_rotation(const json::object& body, Timestamp now, std::vector<Fault>& faults)
{
    RotationInput input;
    FieldReader read{body, "", faults};
    read("overlap", input.overlap);
    read("not_before", input.not_before);
    if (input.overlap > overlap_max)
        faults.push_back({"/overlap", "must be at most \"90d\": then the old secret is over"});
    if (input.not_before && (*input.not_before < now || *input.not_before > now + overlap_max))
        faults.push_back(
            {"/not_before", "must be in the next 90 days: then the new secret begins"});
    if (const auto* text = body.if_contains("secret"))
        input.secret = signing::read_secret(text->get_string());
    return input;
}

/// The secret that was given, when it fits, else one that is made.
template <class Check, class Make>
result<signing::MadeSecret> choose(const RotationInput& input, Check check, Make make)
{
    if (!input.secret) return make();
    if (const auto fits = check(*input.secret); !fits) return fits.error();
    return signing::MadeSecret{*input.secret, {}};
}

http::Response no_secret(const Error& error)
{
    return input::faults_response({{"/secret", error.message}});
}

struct Rotated {
    std::string id;
    std::string shown;  ///< the secret, when the hub made it
    milliseconds overlap;
};

http::Response to_response(const Rotated& rotated, const signing::KeyRing& keys, Timestamp now)
{
    json::object object{{"id", rotated.id},
                        {"overlap", to_duration_text(rotated.overlap)},
                        {"keys", keys_json(keys, now)}};
    if (!rotated.shown.empty()) object["secret"] = rotated.shown;  // shown this once
    if (!keys.keys.empty())
        if (auto shared = signing::public_key_of(keys.keys.front().secret); !shared.empty())
            object["public_key"] = std::move(shared);
    return object_response(200, object);
}

awaitable<http::Response> rotate_source(const Context& context, const Caller& caller,
                                        http::Request& request, const json::object& body)
{
    http::Response response;
    const auto entry = source_in_path(context, caller, request, response);
    if (!entry) co_return response;
    if (entry->source.read_only)
        co_return error_response(registry::kept_in_settings("source", entry->source.name));
    std::vector<Fault> faults;
    const auto input = read_rotation(body, context.clock.now(), faults);
    if (!faults.empty()) co_return input::faults_response(faults);
    auto next = choose(
        input, [&](const Secret& given) { return input::check_any(entry->schemes, given); },
        [&] { return input::make_any(entry->schemes); });
    if (!next) co_return no_secret(next.error());
    Rotated rotated{entry->source.id.to_string(), {}, input.overlap};
    if (!input.secret) rotated.shown = next->secret.text();
    Rotation rotation{std::move(next->secret), input.overlap, input.not_before};
    const auto keys = co_await context.registry.sources.rotate(caller.tenant, rotated.id,
                                                               std::move(rotation));
    if (!keys) co_return error_response(keys.error());
    co_await audit_change(context, caller, "source.secret_rotated", rotated.id);
    co_return to_response(rotated, **keys, context.clock.now());
}

awaitable<http::Response> rotate_subscription(const Context& context, const Caller& caller,
                                              http::Request& request, const json::object& body)
{
    http::Response response;
    const auto subscription = subscription_in_path(context, caller, request, response);
    if (!subscription) co_return response;
    if (subscription->read_only)
        co_return error_response(registry::kept_in_settings("subscription", subscription->name));
    const auto scheme = input::signing_scheme_of(*subscription, context.tables.schemes());
    if (!scheme)
        co_return http::Response::problem(
            409, "This subscription is not signed, so it has no secret: name a `signature`, or "
                 "another dialect than \"raw\".");
    std::vector<Fault> faults;
    const auto input = read_rotation(body, context.clock.now(), faults);
    if (!faults.empty()) co_return input::faults_response(faults);
    const auto known = context.tables.subscription_keys(subscription->id);
    auto next = choose(
        input,
        [&](const Secret& given) {
            return signing::check_secret(*scheme, given, signing::KeyUse::sign);
        },
        [&] { return input::make_successor(*scheme, known ? *known : signing::KeyRing{}); });
    if (!next) co_return no_secret(next.error());
    Rotated rotated{subscription->id.to_string(), {}, input.overlap};
    if (!input.secret) rotated.shown = next->secret.text();
    Rotation rotation{std::move(next->secret), input.overlap, input.not_before};
    const auto keys = co_await context.registry.subscriptions.rotate(caller.tenant, rotated.id,
                                                                     std::move(rotation));
    if (!keys) co_return error_response(keys.error());
    co_await audit_change(context, caller, "subscription.secret_rotated", rotated.id);
    co_return to_response(rotated, **keys, context.clock.now());
}

/// What signs now; empty: nothing does.
Secret newest_active(const signing::KeyRingPtr& ring, Timestamp now)
{
    if (!ring) return {};
    for (const auto& key : ring->keys)
        if (key.is_active(now)) return key.secret;
    return {};
}

/// Shown only when the audit log tells that it was.
awaitable<http::Response> show_secret(const Context& context, const Caller& caller,
                                      http::Request& request)
{
    http::Response response;
    const auto subscription = subscription_in_path(context, caller, request, response);
    if (!subscription) co_return response;
    if (subscription->read_only)
        co_return error_response(registry::kept_in_settings("subscription", subscription->name));
    const auto ring = context.tables.subscription_keys(subscription->id);
    const auto key = newest_active(ring, context.clock.now());
    if (key.empty())
        co_return http::Response::problem(409,
                                          "This subscription has no secret: it is not signed.");
    const auto id = subscription->id.to_string();
    const auto noted = co_await note_change(context, caller, "subscription.secret_shown", id);
    if (!noted) co_return error_response(noted.error());
    json::object object{{"id", id}, {"secret", nullptr}, {"public_key", nullptr}};
    auto shared = signing::public_key_of(key);
    // Receivers need no more than the public half of a pair.
    if (shared.empty()) object["secret"] = key.text();
    else object["public_key"] = std::move(shared);
    auto shown = object_response(200, object);
    shown.with("Cache-Control", "no-store");
    co_return shown;
}

}  // namespace

void add_rotation_routes(Routes& routes)
{
    const auto operation = [](std::string id, std::string summary) {
        Operation rotation{std::move(id),
                           std::move(summary),
                           {{200, "Rotated", "the new ring"},
                            {409, "", "a setting holds the secret, or nothing is signed"}}};
        rotation.bodies = json_body("Rotation");
        rotation.body_is_optional = true;
        return rotation;
    };
    routes.add("POST", "/v1/sources/{id}/rotate-secret", "sources:write",
               operation("rotateSourceSecret", "Verify with a new secret; the old one ends later"),
               rotate_source);
    routes.add("POST", "/v1/subscriptions/{id}/rotate-secret", "subscriptions:write",
               operation("rotateSubscriptionSecret", "Sign with a new secret beside the old one"),
               rotate_subscription);
    Operation showing{
        "getSubscriptionSecret",
        "Show once more what its receiver verifies with; the audit log says who asked",
        {{200, "SubscriptionSecret", "the newest that signs"},
         {409, "", "a setting holds the secret, or nothing is signed"}}};
    routes.add("GET", "/v1/subscriptions/{id}/secret", "secrets:read", std::move(showing),
               show_secret);
}

}  // namespace katydid::api
