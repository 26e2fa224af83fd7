#include "examples/simulators/common/realtime.hpp"

#include "examples/simulators/common/json.hpp"
#include "examples/simulators/common/poster.hpp"
#include "hub/core/async/event.hpp"
#include "hub/http/egress/resolver.hpp"
#include "hub/observe/log.hpp"
#include "hub/stream/websocket/client_socket.hpp"

#include <boost/json.hpp>

#include <map>

namespace katydid::simulators {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using http::Request;
using http::Response;

constexpr std::size_t updates_max = 1'000;
constexpr auto answer_timeout = 5s;
constexpr auto pause_after_failure = 200ms;

/// Where and as whom it connects.
struct Target {
    std::string hub;
    std::string key;
    json::array topics;
};

}  // namespace

struct Realtime::Impl : std::enable_shared_from_this<Impl> {
    explicit Impl(Parts p) : parts{std::move(p)} {}

    awaitable<> run(Target target);
    awaitable<> converse(const Target& target);
    void hear(const json::object& frame);
    awaitable<Response> connect(const Request& request);
    awaitable<Response> publish();
    [[nodiscard]] json::object to_json() const;
    void stop();

    struct Waiting {
        AsyncEvent answered;
        json::object answer{};
    };

    Parts parts;
    std::unique_ptr<stream::ClientSocket> socket;  ///< null: not connected
    AsyncEvent stopped;
    bool is_running = false;
    bool is_subscribed = false;
    std::string after;
    json::array updates;
    std::map<std::string, Waiting, std::less<>> waiting;  ///< by ref
    std::uint64_t refs = 0;
};

awaitable<> Realtime::Impl::run(Target target)
{
    while (!stopped.is_set()) {
        try {
            co_await converse(target);
        } catch (const std::exception& error) {
            log::info("simulator.realtime_ended", error.what());
        }
        socket.reset();
        is_subscribed = false;
        const auto until = SteadyTime::clock::now() + pause_after_failure;
        co_await stopped.wait(until);
    }
}

awaitable<> Realtime::Impl::converse(const Target& target)
{
    http::Dialer::Options options;
    options.policy = loopback_only();
    options.resolver = http::make_system_resolver();
    options.tls = parts.tls;
    auto made = std::make_unique<stream::ClientSocket>(parts.executor, std::move(options));
    auto url = target.hub + "/api/realtime";
    stream::Socket::Opening opening{
        {}, "katydid.realtime.v1", {{"Authorization", "Bearer " + target.key}}};
    const auto opened = co_await made->open(std::move(url), std::move(opening));
    if (!opened) throw std::runtime_error{opened.error().message};
    if (opened->error) throw std::runtime_error{opened->body};
    if (stopped.is_set()) co_return;
    socket = std::move(made);
    json::object subscribe{{"type", "subscribe"}, {"topics", target.topics}};
    if (!after.empty()) subscribe["after"] = after;
    socket->say(json::serialize(subscribe));
    while (true) {
        const auto text = co_await socket->read();
        if (!text) co_return;
        if (const auto frame = parse_object(*text)) hear(*frame);
    }
}

void Realtime::Impl::hear(const json::object& frame)
{
    const auto type = text_at(frame, "type");
    if (type == "subscribed") {
        is_subscribed = true;
        if (after.empty()) after = text_at(frame, "after");
    } else if (type == "update") {
        after = text_at(frame, "id");
        const auto happened = parse_rfc3339(text_at(frame, "occurredAt"));
        const auto took = happened ? (parts.clock.now() - *happened).count() : 0;
        if (updates.size() < updates_max)
            updates.push_back(json::object{{"id", after},
                                           {"name", text_at(frame, "name")},
                                           {"data_id", text_at(object_at(frame, "payload"), "id")},
                                           {"took_ms", took}});
    } else if (const auto found = waiting.find(text_at(frame, "ref")); found != waiting.end()) {
        found->second.answer = frame;
        found->second.answered.set();
    }
}

awaitable<Response> Realtime::Impl::connect(const Request& request)
{
    const auto settings = parse_object(request.body);
    if (!settings) co_return Response::plain_error(400, settings.error().message);
    Target target{std::string{text_at(*settings, "hub")}, std::string{text_at(*settings, "key")},
                  json::array{"*"}};
    if (target.hub.empty() || target.key.empty())
        co_return Response::plain_error(400, "say the hub's address and a key");
    if (const auto* topics = settings->if_contains("topics"); topics && topics->is_array())
        target.topics = topics->get_array();
    if (is_running) co_return Response::plain_error(409, "it is connected already");
    is_running = true;
    asio::co_spawn(
        parts.executor, [self = shared_from_this(), target]() { return self->run(target); },
        log::OnFailure{"simulator.realtime"});
    co_return Response::json(200, R"({"connecting":true})");
}

awaitable<Response> Realtime::Impl::publish()
{
    if (!is_subscribed) co_return Response::plain_error(503, "not connected: POST /_sim/realtime");
    const auto happening = parts.next();
    const auto ref = std::to_string(++refs);
    const auto time = to_rfc3339(happening.occurred_at);
    const json::object frame{{"type", "publish"},  {"ref", ref},
                             {"id", happening.id}, {"name", happening.type},
                             {"occurredAt", time}, {"payload", happening.data}};
    const auto answered = waiting[ref].answered;
    const auto until = SteadyTime::clock::now() + answer_timeout;
    if (socket) socket->say(json::serialize(frame));
    co_await answered.wait(until);
    const auto node = waiting.extract(ref);
    const auto& answer = node.mapped().answer;
    const bool is_accepted = text_at(answer, "type") == "accepted";
    const auto subject = subject_of(text_at(happening.data, "id"), time);
    const std::string event{text_at(answer, "id")};
    if (is_accepted)
        parts.ledger.add_posted({happening.id, happening.type, subject, 200, event, false});
    json::object shown{
        {"name", happening.type}, {"data_id", text_at(happening.data, "id")}, {"answer", answer}};
    co_return Response::json(is_accepted ? 200 : 502, json::serialize(shown));
}

json::object Realtime::Impl::to_json() const
{
    return {{"connected", is_subscribed}, {"updates", updates}};
}

void Realtime::Impl::stop()
{
    stopped.set();
    if (socket) socket->cut();
}

Realtime::Realtime(Parts parts) : impl_{std::make_shared<Impl>(std::move(parts))} {}
Realtime::~Realtime() = default;

void Realtime::add_routes(http::Router& router)
{
    auto& impl = *impl_;
    router.add({"POST", "/_sim/realtime", [&impl](Request& request) -> awaitable<Response> {
                    auto response = co_await impl.connect(request);
                    co_return response;
                }});
    router.add({"GET", "/_sim/realtime", [&impl](Request&) -> awaitable<Response> {
                    co_return Response::json(200, json::serialize(impl.to_json()) + "\n");
                }});
    router.add({"POST", "/_sim/realtime/publish", [&impl](Request&) -> awaitable<Response> {
                    auto response = co_await impl.publish();
                    co_return response;
                }});
}

void Realtime::stop() { impl_->stop(); }

}  // namespace katydid::simulators
