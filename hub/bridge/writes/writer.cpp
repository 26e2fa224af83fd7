#include "hub/bridge/writes/writer.hpp"

#include "hub/bridge/forwarder.hpp"
#include "hub/bridge/upstream.hpp"
#include "hub/observe/log.hpp"
#include "hub/receive/privacy_gate.hpp"

#include <algorithm>

namespace katydid::bridge {
namespace {

constexpr std::size_t key_bytes_max = 200;
constexpr int tries_max = 3;  ///< while another hub writes the same thing

std::string name_of_write(const WriteCall& call, const WriteBody& body)
{
    return std::string{call.type} + "\n" + body.natural;
}

}  // namespace

http::Response not_stored()
{
    auto response = http::Response::plain_error(503, "The hub cannot store this now: try again");
    response.with("Retry-After", "5");
    return response;
}

std::string_view fault_of_key(std::string_view key)
{
    if (key.size() > key_bytes_max) return "Idempotency-Key must not be longer than 200 characters";
    const auto is_plain = [](char c) { return c > ' ' && c < '\x7f'; };
    if (!std::ranges::all_of(key, is_plain))
        return "Idempotency-Key must be of visible ASCII characters";
    return {};
}

Writer::Writer(Parts parts)
    : parts_{std::move(parts)},
      latest_{parts_.store, parts_.clock, parts_.remembered}
{}

awaitable<http::Response> Writer::write(const WriteCall& call, const http::Request& request)
{
    const auto until = parts_.clock.steady_now() + parts_.wait;
    const auto fault = fault_of_key(request.header("idempotency-key"));
    if (!fault.empty()) co_return http::Response::plain_error(400, fault);
    auto checked = validate_body(call, request.body);
    if (auto* refused = std::get_if<http::Response>(&checked)) co_return std::move(*refused);
    auto draft = co_await make_draft(call, request);
    if (!draft) co_return not_stored();
    auto placed = co_await place(*draft);
    if (!placed && placed.error() == errc::invalid_argument)  // the tenant's own schema
        co_return http::Response::plain_error(422, placed.error().message);
    if (!placed) {
        log::warn("bridge.not_stored", placed.error().message, {{"endpoint", call.pattern}});
        co_return not_stored();
    }
    if (!placed->same_payload)
        co_return http::Response::plain_error(
            422, "this Idempotency-Key was used before with another body");
    if (const auto& known = placed->waiter->known()) co_return *known;
    if (placed->duplicate) {
        auto earlier = co_await earlier_answer(placed->id);
        if (earlier) co_return std::move(*earlier);
    }
    const bool soon = co_await can_answer_soon(draft->body.key);
    if (!soon) co_return queued(placed->id);
    auto answer = co_await placed->waiter->wait(until);
    if (answer) co_return std::move(*answer);
    co_return queued(placed->id);
}

awaitable<result<Writer::Draft>> Writer::make_draft(const WriteCall& call,
                                                    const http::Request& request)
{
    const std::string path_id{request.parameter("id")};
    const auto facts = parts_.privacy.subject_of(call.type, request.body);
    bool opted_out = facts.opted_out;
    if (!opted_out && !facts.subject.empty()) {
        const auto asked = co_await receive::has_opted_out(
            parts_.store, default_tenant(), facts.subject, parts_.privacy.receiver());
        if (!asked) co_return asked.error();
        opted_out = *asked;
    }
    Draft draft{call, make_write_body(call, request.body, path_id, parts_.privacy, opted_out),
                path_id, std::string{request.header("idempotency-key")},
                std::string{request.traceparent()}};
    co_return draft;
}

awaitable<result<Writer::Placed>> Writer::place(const Draft& draft)
{
    const auto stripe = std::hash<std::string>{}(name_of_write(draft.call, draft.body))
                        % mutexes_.size();
    const auto lock = co_await mutexes_[stripe].lock();
    for (int tries = 1;; ++tries) {
        auto placed = co_await place_once(draft);
        const bool again = !placed && placed.error() == errc::conflict && tries < tries_max;
        if (!again) co_return placed;
    }
}

awaitable<result<Writer::Placed>> Writer::place_once(const Draft& draft)
{
    const auto latest = co_await latest_.find(name_of_write(draft.call, draft.body));
    if (!latest) co_return latest.error();
    const bool has_key = !draft.idempotency_key.empty();
    const std::uint64_t version = *latest ? (*latest)->version + 1 : 1;
    if (*latest && (*latest)->hash == draft.body.hash) {
        auto placed = co_await append(draft, (*latest)->external_id, true);
        if (!placed || !placed->duplicate || has_key) co_return placed;
        const bool refused = co_await was_refused(placed->id);
        if (!refused) co_return placed;
    } else if (has_key) {
        const auto external_id = std::string{draft.call.type} + ":key:" + draft.idempotency_key;
        auto placed = co_await append(draft, external_id, false);
        if (!placed || placed->duplicate) co_return placed;
        const auto noted = co_await remember(draft, external_id, version);
        if (!noted) log::warn("bridge.not_remembered", noted.error().message);
        co_return placed;
    }
    const auto external_id = new_external_id(draft);
    const auto noted = co_await remember(draft, external_id, version);
    if (!noted) co_return noted.error();
    auto placed = co_await append(draft, external_id, false);
    co_return placed;
}

std::string Writer::new_external_id(const Draft& draft)
{
    return std::string{draft.call.type} + ":" + parts_.ids.make<EventId>().to_string();
}

awaitable<result<void>> Writer::remember(const Draft& draft, std::string external_id,
                                         std::uint64_t version)
{
    LatestWrite latest{draft.body.hash, std::move(external_id), version};
    auto put = co_await latest_.put(name_of_write(draft.call, draft.body), std::move(latest));
    co_return put;
}

/// \param is_known_equal  the bodies have the same hash, so that only their spelling can differ
awaitable<result<Writer::Placed>> Writer::append(const Draft& draft, std::string external_id,
                                                 bool is_known_equal)
{
    Placed placed;
    placed.waiter = std::make_unique<PendingWrites::Waiter>(parts_.pending, external_id,
                                                            draft.body.key);
    Event event;
    event.origin = Origin::bridge;
    event.source = bridge_source;
    event.type = draft.call.type;
    event.subject = draft.body.subject;
    event.key = draft.body.key;
    event.content_type = "application/json";
    event.traceparent = draft.traceparent;
    const auto& key = draft.idempotency_key;
    if (!draft.path_id.empty()) event.headers.push_back({id_header, draft.path_id});
    event.headers.push_back({key_header, key.empty() ? external_id : key});
    event.payload = std::make_shared<const std::string>(draft.body.payload);
    event.external_id = std::move(external_id);
    const auto appended = co_await parts_.intake.accept(std::move(event));
    if (!appended) co_return appended.error();
    placed.id = appended->event;
    placed.duplicate = appended->duplicate;
    placed.same_payload = appended->same_payload || is_known_equal;
    co_return placed;
}

/// Whether ATLVS said no to that write: then the same body is a new one.
awaitable<bool> Writer::was_refused(EventId id)
{
    const auto operation = co_await parts_.operations.find(id);
    if (!operation || operation->delivery.state != DeliveryState::dead) co_return false;
    co_return operation->is_answered();
}

/// What an earlier arrival of the same write came to; nullopt: it is still under way. One that was
/// given up is tried once more, under its own key.
awaitable<std::optional<http::Response>> Writer::earlier_answer(EventId id)
{
    const auto operation = co_await parts_.operations.find(id);
    if (!operation) co_return std::nullopt;
    auto answer = answer_of(*operation);
    if (answer) co_return answer;
    const auto state = operation->delivery.state;
    if (state != DeliveryState::dead && state != DeliveryState::cancelled) co_return std::nullopt;
    std::vector<DeliveryId> deliveries{operation->delivery.id};
    const auto again = co_await parts_.store.redeliver(
        default_tenant(), std::move(deliveries), Lane::retry, parts_.clock.now(), std::nullopt);
    if (!again) log::warn("bridge.not_retried", again.error().message);
    co_return queued(id);
}

awaitable<bool> Writer::can_answer_soon(const std::string& key)
{
    if (parts_.pending.is_held(key) || !parts_.is_active()) co_return false;
    const auto state = co_await parts_.state();
    co_return state.breaker != "open"
        && (!state.resumes_at || *state.resumes_at <= parts_.clock.now());
}

}  // namespace katydid::bridge
