// Secrets of sources and subscriptions: a new one beside the old (POST …/rotate-secret), and once
// more the one that receivers need (GET …/secret).
#include "hub/api/resources/key_json.hpp"
#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/named.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/route.hpp"
#include "hub/core/json/fields.hpp"
#include "hub/core/subscription/subscription.hpp"
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

http::Response to_response(const RotationInput& asked, const std::string& id,
                           const std::string& made, const signing::KeyRing& keys, Timestamp now)
{
    json::object object{
        {"id", id}, {"overlap", to_duration_text(asked.overlap)}, {"keys", keys_json(keys, now)}};
    if (!asked.secret) object["secret"] = made;  // shown this once
    if (!keys.keys.empty())
        if (auto shared = signing::public_key_of(keys.keys.front().secret); !shared.empty())
            object["public_key"] = std::move(shared);
    return object_response(200, object);
}

/// Puts the secret that was given on the ring, when it fits, else one that is made.
/// \param kind   "source" or "subscription"
/// \param check  result<void>(const Secret&): whether a given one fits
/// \param make   result<signing::MadeSecret>()
template <class Setting, class Catalog, class Check, class Make>
awaitable<http::Response> rotate(const Context& context, const Caller& caller,
                                 const json::object& body, std::string kind, const Setting& setting,
                                 Catalog& catalog, const Check& check, const Make& make)
{
    if (setting.read_only) co_return error_response(registry::kept_in_settings(kind, setting.name));
    std::vector<Fault> faults;
    const auto asked = read_rotation(body, context.clock.now(), faults);
    if (!faults.empty()) co_return input::faults_response(faults);
    auto next = asked.secret ? result<signing::MadeSecret>{{*asked.secret, {}}} : make();
    if (asked.secret)
        if (const auto fits = check(*asked.secret); !fits) next = fits.error();
    if (!next) co_return input::faults_response({{"/secret", next.error().message}});
    const auto id = setting.id.to_string();
    const std::string made{next->secret.text()};
    Rotation rotation{std::move(next->secret), asked.overlap, asked.not_before};
    const auto keys = co_await catalog.rotate(caller.tenant, id, std::move(rotation));
    if (!keys) co_return error_response(keys.error());
    co_await audit_change(context, caller, kind + ".secret_rotated", id);
    co_return to_response(asked, id, made, **keys, context.clock.now());
}

awaitable<http::Response> rotate_source(const Context& context, const Caller& caller,
                                        http::Request& request, const json::object& body)
{
    http::Response response;
    const auto entry = source_in_path(context, caller, request, response);
    if (!entry) co_return response;
    const auto check = [&](const Secret& given) { return input::check_any(entry->schemes, given); };
    const auto make = [&]() -> result<signing::MadeSecret> {
        if (const auto issuing = input::issuing_scheme(entry->schemes))
            return Error{errc::invalid_argument, "is missing: give the new secret that "
                                                     + signing::scheme_title(*issuing) + " shows"};
        return input::make_any(entry->schemes);
    };
    co_return co_await rotate(context, caller, body, "source", entry->source,
                              context.registry.sources, check, make);
}

awaitable<http::Response> rotate_subscription(const Context& context, const Caller& caller,
                                              http::Request& request, const json::object& body)
{
    http::Response response;
    const auto subscription = subscription_in_path(context, caller, request, response);
    if (!subscription) co_return response;
    const auto scheme = input::signing_scheme_of(*subscription, context.tables.schemes());
    if (!scheme)
        co_return http::Response::problem(
            409, "This subscription is not signed, so it has no secret: name a `signature`, or "
                 "another dialect than \"raw\".");
    const auto known = context.tables.subscription_keys(subscription->id);
    const auto check = [&](const Secret& given) {
        return signing::check_secret(*scheme, given, signing::KeyUse::sign);
    };
    const auto make = [&] {
        return input::make_successor(*scheme, known ? *known : signing::KeyRing{});
    };
    co_return co_await rotate(context, caller, body, "subscription", *subscription,
                              context.registry.subscriptions, check, make);
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
