// Consuming a stream subscription: by WebSocket, Server-Sent Events, or poll and ack.
#include "hub/core/subscription/subscription.hpp"
#include "hub/input/schemas.hpp"
#include "hub/api/live/carrier.hpp"
#include "hub/api/protocol/named.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/core/json/fields.hpp"
#include "hub/stream/consumer_session.hpp"
#include "hub/stream/frames.hpp"
#include "hub/stream/poll.hpp"

#include <array>
#include <charconv>

namespace katydid::api {
namespace {

namespace json = boost::json;

constexpr milliseconds wait_max{30'000};
constexpr std::uint32_t poll_default = 100;
constexpr std::uint32_t credit_default = 16;

/// The stream of the path, by id or name; nullptr: `response` says why not.
SubscriptionPtr find_stream(const Context& context, const Caller& caller,
                            const http::Request& request, http::Response& response)
{
    auto found = subscription_in_path(context, caller, request, response);
    if (!found) return nullptr;
    if (found->handler.kind != HandlerKind::stream)
        response = http::Response::problem(
            409, "Only a subscription whose handler is {\"kind\": \"stream\"} can be consumed.");
    else if (context.live_sessions == nullptr)
        response = http::Response::problem(503, "This hub serves no streams.");
    else return found;
    return nullptr;
}

/// `credit`. nullopt: `response` says what is wrong.
std::optional<std::uint32_t> read_credit(const http::Request& request, http::Response& response)
{
    const auto text = request.query_parameter("credit");
    if (!text) return credit_default;
    std::uint32_t credit = 0;
    const auto* end = text->data() + text->size();
    const auto [stop, error] = std::from_chars(text->data(), end, credit);
    if (error == std::errc{} && stop == end && credit >= 1 && credit <= stream::credit_max)
        return credit;
    response = parameter_fault("credit", "must be a whole number from 1 to 1000");
    return std::nullopt;
}

awaitable<http::Response> consume(const Context& context, const Caller& caller,
                                  http::Request& request)
{
    http::Response response;
    const auto subscription = find_stream(context, caller, request, response);
    if (!subscription) co_return response;
    const auto credit = read_credit(request, response);
    if (!credit) co_return response;
    if (subscription->status == SubscriptionStatus::disabled)
        co_return http::Response::problem(409, "The subscription is disabled.");
    if (auto refusal = refuse_carrier(request, stream::consumer_protocol))
        co_return std::move(*refusal);
    stream::ConsumerSession::Asked asked;
    asked.name = {caller.tenant, subscription->id};
    asked.credit = *credit;
    asked.hears = carrier_of(request) == Carrier::websocket;
    auto visitor = visitor_of(context, caller, request);
    auto conversation = co_await stream::open_consumer(*context.live_sessions, std::move(visitor),
                                                       asked, response);
    if (!conversation) co_return response;
    co_return carry(request, stream::consumer_protocol, std::move(conversation),
                    *context.live_sessions);
}

awaitable<http::Response> poll(const Context& context, const Caller& caller, http::Request& request,
                               const json::object& body)
{
    http::Response response;
    const auto subscription = find_stream(context, caller, request, response);
    if (!subscription) co_return response;
    std::vector<Fault> faults;
    std::uint32_t max = poll_default;
    milliseconds wait{0};
    FieldReader read{body, "", faults};
    read("max", max);
    read("wait", wait);
    if (wait > wait_max) faults.push_back({"/wait", "must be a duration from \"0s\" to \"30s\""});
    if (!faults.empty()) co_return input::faults_response(faults);
    const store::SubscriptionName name{caller.tenant, subscription->id};
    auto visitor = visitor_of(context, caller, request);
    const auto taken = co_await stream::poll(*context.live_sessions, std::move(visitor), name, max,
                                             wait, response);
    if (!taken) co_return response;
    if (request.has_left && request.has_left()) {
        co_await stream::give_back(*context.live_sessions, name, *taken);
        co_return http::Response::problem(503, "The connection ended.");
    }
    std::string text = R"({"deliveries":[)";
    for (const auto& each : *taken) {
        if (each != taken->front()) text += ',';
        text += stream::write_delivery(*each);
    }
    text += "]}";
    co_return http::Response::json(200, std::move(text));
}

using ReadAnswer = stream::Answer (*)(const json::object&, std::string_view, std::vector<Fault>&);

void read_answers(const json::object& body, std::string_view name, ReadAnswer read,
                  std::vector<stream::Answer>& answers, std::vector<Fault>& faults)
{
    const auto* list = body.if_contains(name);
    if (list == nullptr) return;
    std::size_t index = 0;
    for (const auto& each : list->get_array()) {
        const auto pointer = "/" + std::string{name} + "/" + std::to_string(index++);
        answers.push_back(read(each.get_object(), pointer, faults));
    }
}

awaitable<http::Response> answer(const Context& context, const Caller& caller,
                                 http::Request& request, const json::object& body)
{
    http::Response response;
    const auto subscription = find_stream(context, caller, request, response);
    if (!subscription) co_return response;
    std::vector<Fault> faults;
    std::vector<stream::Answer> answers;
    read_answers(body, "acks", stream::read_ack, answers, faults);
    const auto acks = answers.size();
    read_answers(body, "nacks", stream::read_nack, answers, faults);
    if (!faults.empty()) co_return input::faults_response(faults);
    std::vector<DeliveryId> ids;
    for (const auto& each : answers) ids.push_back(each.delivery);
    const store::SubscriptionName name{caller.tenant, subscription->id};
    const auto known = co_await stream::answer_all(*context.live_sessions, name,
                                                   std::move(answers));
    if (known.has_error()) co_return error_response(known.error());
    std::array<std::size_t, 2> counts{};
    json::array unknown;
    for (std::size_t i = 0; i < ids.size(); ++i)
        if ((*known)[i]) ++counts[i < acks ? 0 : 1];
        else unknown.emplace_back(ids[i].to_string());
    const json::object object{
        {"acked", counts[0]}, {"nacked", counts[1]}, {"unknown", std::move(unknown)}};
    co_return object_response(200, object);
}

Operation consume_operation()
{
    Operation operation{
        "consumeSubscription",
        "Connect as a consumer: with a WebSocket, or with Accept: text/event-stream",
        {{101, "", "a WebSocket with the subprotocol katydid.v1"},
         {200, "bytes", "Server-Sent Events; answers go to /ack"},
         {409, "", "it is no stream, or disabled"},
         {426, "", "neither a WebSocket nor text/event-stream was asked for"}},
        {{"credit", R"({"type":"integer","minimum":1,"maximum":1000,"default":16})",
          "deliveries in this consumer's hands at the same time"}}};
    operation.takes_ticket = true;
    return operation;
}

}  // namespace

void add_stream_routes(Routes& routes)
{
    const std::string scope = "events:consume";
    const std::string one = "/v1/subscriptions/{id}/";
    routes.add("GET", one + "consume", scope, consume_operation(), consume);
    Operation polling{
        "pollSubscription",
        "Take deliveries of a stream, to be answered by /ack",
        {{200, "Polled", "now in your hands"}, {409, "", "it is no stream, or disabled"}}};
    polling.bodies = json_body("NewPoll");
    polling.body_is_optional = true;
    polling.is_repeatable = false;
    routes.add("POST", one + "poll", scope, std::move(polling), poll);
    Operation answering{
        "answerDeliveries",
        "Say what became of deliveries that were taken",
        {{200, "Answered", "recorded as their attempts"}, {409, "", "it is no stream"}}};
    answering.bodies = json_body("DeliveryAnswers");
    answering.is_repeatable = false;
    routes.add("POST", one + "ack", scope, std::move(answering), answer);
}

}  // namespace katydid::api
