#include "examples/simulators/atlvs/platform.hpp"

#include "examples/simulators/atlvs/api.hpp"
#include "examples/simulators/atlvs/kinds.hpp"
#include "examples/simulators/common/json.hpp"

#include <boost/json/serialize.hpp>

namespace katydid::simulators::atlvs {
namespace {

namespace json = boost::json;

class Atlvs final : public Platform {
public:
    Atlvs(const Options& options, const Clock& clock)
        : happenings_{kinds(), options.types, options.seed, clock},
          dice_{~options.seed},
          partner_{signing::find_scheme("atlvs"), keys_from_environment(options.verify_secret_env),
                   "Invalid signature", "Internal error", &accept_partner_webhook},
          api_{clock, text_from_environment(options.api_key_env), options.seed}
    {}

    std::string_view name() const override { return "atlvs"; }
    std::string_view hub_path() const override { return "/api/webhooks/atlvs"; }

    Happening next_happening() override { return happenings_.next(); }
    Webhook next_webhook() override
    {
        const auto happening = happenings_.next();
        if (dice_.one_in(4)) return write_envelope(happening);
        return write_dispatcher(happening, dice_.one_in(2));
    }

    void add_routes(http::Router& router, Receiver& receiver) override
    {
        router.add({"POST", "/webhooks/partner",
                    [&](http::Request& request) { return receiver.receive(request, partner_); }});
        api_.add_routes(router);
    }

private:
    Happenings happenings_;
    Dice dice_;
    ReceiverRules partner_;
    Api api_;
};

}  // namespace

std::unique_ptr<Platform> make_platform(const Options& options, const Clock& clock)
{
    return std::make_unique<Atlvs>(options, clock);
}

Webhook write_dispatcher(const Happening& happening, bool with_id_header)
{
    const auto time = to_rfc3339(happening.occurred_at);
    const json::object body{{"id", happening.id},
                            {"name", happening.type},
                            {"occurredAt", time},
                            {"payload", happening.data}};
    return {happening.id,
            happening.type,
            subject_of(text_at(happening.data, "id"), time),
            {{"X-Webhook-Event", happening.type}},
            json::serialize(body),
            signing::find_scheme("atlvs"),
            with_id_header};
}

Webhook write_envelope(const Happening& happening)
{
    const auto time = to_rfc3339(happening.occurred_at);
    const json::object body{
        {"event", happening.type}, {"data", happening.data}, {"timestamp", time}};
    return {happening.id, happening.type,        subject_of(text_at(happening.data, "id"), time),
            {},           json::serialize(body), signing::find_scheme("grasshopper"),
            false};
}

Answer accept_partner_webhook(const http::Request& request)
{
    const auto body = parse_object(request.body);
    if (!body) return {http::Response::plain_error(400, "Invalid JSON")};
    const auto type = text_at(*body, "name").empty() ? text_at(*body, "event")
                                                     : text_at(*body, "name");
    if (type.empty()) return {http::Response::plain_error(400, "Missing event")};
    const auto id = request.header("X-Webhook-Id");
    const auto subject = subject_of(text_at(object_at(*body, "payload"), "id"),
                                    text_at(*body, "occurredAt"));
    return {
        http::Response::json(200, R"({"received":true})"),
        Received{std::string{id.empty() ? text_at(*body, "id") : id}, std::string{type}, subject}};
}

}  // namespace katydid::simulators::atlvs
