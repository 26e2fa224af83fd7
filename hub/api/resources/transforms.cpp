// /v1/transforms: code tried on an event before a subscription has it, and ready programs.
#include "handlers/shaping/shape.hpp"
#include "hub/api/access/access.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/route.hpp"
#include "hub/api/resources/transform_check.hpp"
#include "hub/core/json/scan.hpp"
#include "hub/transform/pool.hpp"
#include "hub/transform/presets.hpp"
#include "hub/core/subscription/subscription.hpp"

namespace katydid::api {
namespace transforms {
namespace {

namespace json = boost::json;

constexpr std::chrono::seconds run_timeout{10};

void check(const Context&, const Caller&, const http::Request&, const json::object& body,
           std::vector<Fault>& faults)
{
    if (body.contains("event") == body.contains("sample"))
        faults.push_back({"/event", "give an event, or a sample instead: one of them"});
    const auto* timeout = body.if_contains("timeout");
    const auto read = timeout != nullptr ? parse_duration(timeout->get_string()) : milliseconds{50};
    if (!read || read->count() < 1 || *read > transform::timeout_max)
        faults.push_back({"/timeout", "must be from \"1ms\" to \"1s\""});
}

transform::Program program_of(const json::object& body)
{
    transform::Program program;
    program.source = body.at("code").as_string();
    const auto* language = body.if_contains("language");
    if (language != nullptr && language->get_string() == to_text(Language::jq))
        program.language = Language::jq;
    if (const auto* timeout = body.if_contains("timeout"))
        program.timeout = *parse_duration(timeout->get_string());
    return program;
}

/// \param text  of the request: numbers of the payload keep their digits, as in a delivery
transform::Input input_of(const json::object& sample, std::string_view text, Timestamp now)
{
    transform::Input input;
    if (const auto* payload = sample.if_contains("payload"))
        input.payload = payload->is_string()
                            ? std::string{payload->get_string()}
                            : std::string{json_text::find(text, "/sample/payload").value_or("")};
    if (const auto* headers = sample.if_contains("headers"))
        for (const auto& [name, value] : headers->get_object())
            input.headers.push_back({name, std::string{value.as_string()}});
    json::object event{{"id", "evt_sample"},
                       {"type", "sample"},
                       {"source", nullptr},
                       {"subject", nullptr},
                       {"key", nullptr},
                       {"external_id", "sample"},
                       {"occurred_at", to_rfc3339(now)}};
    if (const auto* given = sample.if_contains("event"))
        for (const auto& [name, value] : given->get_object()) event[name] = value;
    input.event = json::serialize(event);
    input.now = now;
    return input;
}

/// What the event of that id would be given to a subscription without headers of its own.
awaitable<result<transform::Input>> input_of(const Context& context, const Caller& caller,
                                             std::string id)
{
    const Error absent{errc::not_found, "There is no such event."};
    const auto read = EventId::parse(id);
    const bool may_read = caller.api_key == nullptr || has_scope(*caller.api_key, "events:read");
    if (!may_read)
        co_return Error{errc::refused, "This key may not read events: it lacks events:read."};
    if (!read) co_return absent;
    const auto event = co_await context.store.event(caller.tenant, *read);
    if (!event) co_return event.error() == errc::not_found ? absent : event.error();
    co_return handlers::shaping::input_of(**event, {});
}

json::value number_or_null(std::uint32_t number)
{
    return number == 0 ? json::value{} : json::value(number);
}

json::object to_json(const transform::Reply& reply)
{
    if (const auto* fault = std::get_if<transform::Fault>(&reply.outcome))
        return {{"error", json::object{{"message", safe_text(fault->message)},
                                       {"line", number_or_null(fault->line)},
                                       {"column", number_or_null(fault->column)}}}};
    const auto& output = std::get<transform::Output>(reply.outcome);
    json::object shown;
    if (output.payload) shown["payload"] = safe_text(*output.payload);
    json::object headers;
    for (const auto& [name, value] : output.headers) headers[name] = value;
    if (!headers.empty()) shown["headers"] = std::move(headers);
    if (output.path) shown["path"] = safe_text(*output.path);
    if (output.cancel) shown["cancel"] = safe_text(*output.cancel);
    json::object object{{"output", std::move(shown)}, {"duration_us", reply.duration.count()}};
    json::array ignored;
    for (const auto& name : output.ignored) ignored.emplace_back(safe_text(name));
    if (!ignored.empty()) object["ignored"] = std::move(ignored);
    return object;
}

/// What a delivery would die of says so here too.
void refuse_what_is_reserved(transform::Reply& reply)
{
    const auto* output = std::get_if<transform::Output>(&reply.outcome);
    if (output == nullptr) return;
    auto refused = handlers::shaping::fault_of(*output);
    if (refused) reply.outcome = std::move(*refused);
}

http::Response input_refused(const Error& error)
{
    if (error == errc::refused) return http::Response::problem(403, error.message);
    return error_response(error);
}

awaitable<http::Response> test(const Context& context, const Caller& caller, http::Request& request,
                               const json::object& body)
{
    if (context.transforms == nullptr)
        co_return workers_response({errc::not_found, "this hub runs no transforms"});
    std::vector<Fault> faults;
    check(context, caller, {}, body, faults);
    if (!faults.empty()) co_return input::faults_response(faults);
    result<transform::Input> input{transform::Input{}};
    if (const auto* event = body.if_contains("event")) {
        auto reading = input_of(context, caller, std::string{event->get_string()});
        input = co_await std::move(reading);
    } else {
        input = input_of(body.at("sample").get_object(), request.body, context.clock.now());
    }
    if (!input) co_return input_refused(input.error());
    auto running = context.transforms->run_timed(program_of(body), std::move(*input),
                                                 caller.tenant.to_string(),
                                                 Deadline::after(run_timeout));
    auto reply = co_await std::move(running);
    if (!reply) co_return workers_response(reply.error());
    refuse_what_is_reserved(*reply);
    co_return object_response(200, to_json(*reply));
}

awaitable<http::Response> presets(const Context&, const Caller&, http::Request&)
{
    json::array data;
    for (const auto name : transform::preset_names())
        data.push_back(json::object{{"name", name},
                                    {"title", transform::preset_title(name)},
                                    {"language", to_text(Language::javascript)},
                                    {"code", *transform::preset(name)}});
    co_return object_response(200, {{"data", std::move(data)}});
}

}  // namespace
}  // namespace transforms

void add_transform_routes(Routes& routes)
{
    Operation test{"testTransform",
                   "Try code on an event, or on a sample: nothing is kept or sent",
                   {{200, "TransformTest", "what it made of it, or why it came to nothing"},
                    {404, "", "there is no such event"}}};
    test.bodies = json_body("NewTransformTest");
    test.is_repeatable = false;
    routes.add("POST", "/v1/transforms/test", "subscriptions:write", std::move(test),
               transforms::test, transforms::check);
    routes.add("GET", "/v1/transforms/presets", "subscriptions:read",
               {"listTransformPresets",
                "Ready programs for well-known products",
                {{200, "TransformPresets", "all of them"}}},
               transforms::presets);
}

}  // namespace katydid::api
