#include "hub/bridge/operations.hpp"

#include "hub/core/json/scan.hpp"
#include "hub/bridge/calls.hpp"
#include "hub/core/json/parse.hpp"

#include <boost/json.hpp>

namespace katydid::bridge {
namespace {

namespace json = boost::json;

std::string_view status_of(DeliveryState state)
{
    switch (state) {
    case DeliveryState::delivered: return "completed";
    case DeliveryState::dead: return "failed";
    case DeliveryState::cancelled: return "cancelled";
    default: return "queued";
    }
}

json::value time_or_null(bool is_there, Timestamp time)
{
    return is_there ? json::value(to_rfc3339(time)) : json::value{};
}

/// \param call  null: its event is gone
json::object describe(const Delivery& delivery, const WriteCall* call)
{
    const auto& reason = delivery.reason;
    return {{"id", delivery.event.to_string()},
            {"delivery", delivery.id.to_string()},
            {"call", call != nullptr ? json::value(call->name) : json::value{}},
            {"status", status_of(delivery.state)},
            {"attempts", delivery.attempts},
            {"reason", reason.empty() ? json::value{} : json::value(reason)},
            {"created_at", to_rfc3339(delivery.created_at)},
            {"ended_at", time_or_null(is_final(delivery.state), delivery.ended_at)},
            {"next_attempt_at",
             time_or_null(delivery.state == DeliveryState::scheduled, delivery.due_at)}};
}

}  // namespace

std::string result_id_of(EventId operation) { return "result:" + operation.to_string(); }

bool Operation::is_answered() const
{
    return attempt && is_final(delivery.state) && is_last_word(attempt->status);
}

awaitable<result<Operation>> Operations::find(EventId id)
{
    Operation operation;
    auto event = co_await store_.event(default_tenant(), id);
    if (!event) co_return event.error();
    operation.event = std::move(*event);
    const Error unknown{errc::not_found, "There is no such operation."};
    if (operation.event->source != bridge_source || !find_write_call(operation.event->type))
        co_return unknown;
    store::DeliveryQuery query;
    query.event = id;
    query.subscription = subscription_();
    auto deliveries = co_await store_.deliveries(std::move(query));
    if (!deliveries) co_return deliveries.error();
    if (deliveries->empty()) co_return unknown;
    operation.delivery = std::move(deliveries->front());
    if (operation.delivery.attempts == 0) co_return operation;
    auto attempts = co_await store_.attempts(default_tenant(), operation.delivery.id);
    if (!attempts) co_return attempts.error();
    for (auto& attempt : *attempts)
        if (!operation.attempt || attempt.number > operation.attempt->number)
            operation.attempt = std::move(attempt);
    if (!operation.is_answered()) co_return operation;
    auto answer = co_await whole_answer(operation);
    operation.answer = std::move(answer);
    co_return operation;
}

awaitable<result<json::object>> Operations::list(std::optional<DeliveryId> cursor,
                                                 std::uint32_t limit)
{
    json::array data;
    json::value next;
    const auto subscription = subscription_();
    store::DeliveryQuery query;
    query.subscription = subscription;
    query.cursor = cursor;
    query.limit = limit;
    const auto deliveries = co_await store_.deliveries(std::move(query));
    if (!deliveries) co_return deliveries.error();
    for (const auto& delivery : *deliveries) {
        const auto event = co_await store_.event(default_tenant(), delivery.event);
        data.push_back(describe(delivery, event ? find_write_call((*event)->type) : nullptr));
    }
    if (deliveries->size() == limit) next = deliveries->back().id.to_string();
    json::object page;
    page["data"] = std::move(data);
    page["cursor"] = std::move(next);
    co_return page;
}

/// An attempt keeps the beginning of an answer. All of it is in what the hub published about it.
awaitable<std::string> Operations::whole_answer(const Operation& operation)
{
    const auto& kept = operation.attempt->response;
    if (kept.size() < response_bytes_max) co_return kept;
    store::EventQuery query;
    query.source = bridge_source;
    query.external_id = result_id_of(operation.event->id);
    query.limit = 1;
    const auto rows = co_await store_.events(std::move(query));
    if (!rows || rows->empty()) co_return std::string{};
    const auto published = co_await store_.event(default_tenant(), rows->front().event.id);
    if (!published || !(*published)->payload) co_return std::string{};
    const auto* call = find_write_call(operation.event->type);
    const auto member = json_text::member(*(*published)->payload, call->result_member);
    co_return member ? std::string{*member} : std::string{};
}

std::string to_json(const Operation& operation)
{
    const auto& delivery = operation.delivery;
    const auto* call = find_write_call(operation.event->type);
    json::object object{{"operationId", operation.event->id.to_string()},
                        {"call", call != nullptr ? call->name : ""},
                        {"status", status_of(delivery.state)},
                        {"attempts", delivery.attempts},
                        {"createdAt", to_rfc3339(operation.event->received_at)}};
    if (is_final(delivery.state)) object["completedAt"] = to_rfc3339(delivery.ended_at);
    if (delivery.state == DeliveryState::scheduled)
        object["nextAttemptAt"] = to_rfc3339(delivery.due_at);
    if (!delivery.reason.empty()) object["error"] = delivery.reason;
    if (operation.attempt && operation.attempt->status != 0)
        object["httpStatus"] = operation.attempt->status;
    if (operation.is_answered()) object["result"] = json_text::parse_or_null(operation.answer);
    return json::serialize(object);
}

std::optional<http::Response> answer_of(const Operation& operation)
{
    if (!operation.is_answered()) return std::nullopt;
    return http::Response::json(operation.attempt->status, operation.answer);
}

http::Response queued(EventId id)
{
    const auto text = id.to_string();
    auto response = http::Response::json(202,
                                         R"({"operationId":")" + text + R"(","status":"queued"})");
    response.with("Location", "/api/operations/" + text);
    return response;
}

}  // namespace katydid::bridge
