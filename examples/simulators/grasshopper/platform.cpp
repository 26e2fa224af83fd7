#include "examples/simulators/grasshopper/platform.hpp"

#include "examples/simulators/common/json.hpp"
#include "examples/simulators/grasshopper/api.hpp"
#include "examples/simulators/grasshopper/kinds.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstdlib>

namespace katydid::simulators::grasshopper {
namespace {

namespace json = boost::json;

/// All that Grasshopper's route knows: the four types, and what it does on each.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> actions{{
    {"event.updated", "update_event"},
    {"event.cancelled", "cancel_event"},
    {"resource.updated", "update_resource"},
    {"artist.updated", "update_artist"},
}};

std::string_view action_of(std::string_view type)
{
    const auto found = std::ranges::find(actions, type, [](const auto& row) { return row.first; });
    return found == actions.end() ? std::string_view{} : found->second;
}

/// A second route that is not configured answers 503 until it is.
signing::KeyRing optional_keys(const std::string& variable)
{
    return std::getenv(variable.c_str()) != nullptr ? keys_from_environment(variable)
                                                    : signing::KeyRing{};
}

class Grasshopper final : public Platform {
public:
    Grasshopper(const Options& options, const Clock& clock)
        : happenings_{kinds(), options.types, options.seed, clock},
          atlvs_{signing::find_scheme("grasshopper"),
                 keys_from_environment(options.verify_secret_env), "Invalid webhook signature",
                 "Webhook processing failed", &accept_atlvs_webhook},
          standard_{signing::find_scheme("standard-webhooks"),
                    optional_keys(options.standard_secret_env), "Invalid webhook signature",
                    "Webhook processing failed", &accept_standard_webhook},
          api_{clock, text_from_environment(options.api_key_env), options.seed}
    {}

    std::string_view name() const override { return "grasshopper"; }
    std::string_view hub_path() const override { return "/api/webhooks/grasshopper"; }
    Happening next_happening() override { return happenings_.next(); }
    Webhook next_webhook() override { return write_webhook(happenings_.next()); }

    void add_routes(http::Router& router, Receiver& receiver) override
    {
        router.add({"POST", "/api/webhooks/atlvs",
                    [&](http::Request& request) { return receiver.receive(request, atlvs_); }});
        router.add({"POST", "/api/webhooks/katydid",
                    [&](http::Request& request) { return receiver.receive(request, standard_); }});
        api_.add_routes(router);
    }

private:
    Happenings happenings_;
    ReceiverRules atlvs_;
    ReceiverRules standard_;
    Api api_;
};

}  // namespace

std::unique_ptr<Platform> make_platform(const Options& options, const Clock& clock)
{
    return std::make_unique<Grasshopper>(options, clock);
}

Webhook write_webhook(const Happening& happening)
{
    const auto time = to_rfc3339(happening.occurred_at);
    const json::object body{
        {"type", happening.type}, {"timestamp", time}, {"data", happening.data}};
    return {happening.id, happening.type,        subject_of(text_at(happening.data, "id"), time),
            {},           json::serialize(body), signing::find_scheme("standard-webhooks")};
}

Answer accept_atlvs_webhook(const http::Request& request)
{
    const auto body = parse_object(request.body);
    // Grasshopper's route fails on a body that it cannot parse as it does on any other fault.
    if (!body) return {http::Response::plain_error(500, "Webhook processing failed")};
    const auto type = text_at(*body, "event");
    const auto action = action_of(type);
    if (action.empty()) return {http::Response::plain_error(400, "Unknown event type")};
    const json::object answer{{"success", true}, {"action", action}};
    const auto subject = subject_of(text_at(object_at(*body, "data"), "id"),
                                    text_at(*body, "timestamp"));
    return {http::Response::json(200, json::serialize(answer)),
            Received{std::string{request.header("webhook-id")}, std::string{type}, subject}};
}

Answer accept_standard_webhook(const http::Request& request)
{
    return {http::Response::json(200, R"({"ok":true})"),
            Received{std::string{request.header("webhook-id")},
                     std::string{request.header("katydid-event-type")},
                     {}}};
}

}  // namespace katydid::simulators::grasshopper
