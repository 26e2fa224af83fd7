#include "examples/simulators/common/realtime.hpp"

#include "examples/simulators/common/json.hpp"
#include "hub/core/async/event.hpp"
#include "hub/core/async/mutex.hpp"
#include "hub/http/egress/egress.hpp"
#include "hub/observe/log.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <boost/json.hpp>

#include <map>

namespace katydid::simulators {
namespace {

namespace json = boost::json;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using namespace std::chrono_literals;
using asio::ip::tcp;
using http::Request;
using http::Response;

constexpr std::size_t updates_max = 1'000;
constexpr auto answer_timeout = 5s;
constexpr auto pause_after_failure = 200ms;

/// A connection with or without TLS, as one type.
class Wire {
public:
    using executor_type = asio::any_io_executor;

    Wire(tcp::socket socket, std::shared_ptr<asio::ssl::context> context)
        : socket_{std::move(socket)},
          context_{std::move(context)}
    {
        if (context_) tls_.emplace(socket_, *context_);
    }
    [[nodiscard]] executor_type get_executor() { return socket_.get_executor(); }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token)
    {
        return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            [this](auto handler, const Buffers& each) {
                if (tls_) tls_->async_read_some(each, std::move(handler));
                else socket_.async_read_some(each, std::move(handler));
            },
            token, buffers);
    }
    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token)
    {
        return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            [this](auto handler, const Buffers& each) {
                if (tls_) tls_->async_write_some(each, std::move(handler));
                else socket_.async_write_some(each, std::move(handler));
            },
            token, buffers);
    }

    tcp::socket socket_;
    std::shared_ptr<asio::ssl::context> context_;
    std::optional<asio::ssl::stream<tcp::socket&>> tls_;

private:
    friend void beast_close_socket(Wire& wire)
    {
        boost::system::error_code ignored;
        wire.socket_.close(ignored);
    }
    template <class Handler>
    friend void async_teardown(beast::role_type, Wire& wire, Handler&& handler)
    {
        beast_close_socket(wire);
        asio::post(wire.get_executor(), beast::bind_front_handler(std::forward<Handler>(handler),
                                                                  boost::system::error_code{}));
    }
};

using Socket = websocket::stream<Wire, false>;

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
    awaitable<std::unique_ptr<Socket>> open(const Target& target);
    awaitable<> say(const json::object& frame);
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
    std::unique_ptr<Socket> socket;  ///< null: not connected
    AsyncMutex writing;
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

awaitable<std::unique_ptr<Socket>> Realtime::Impl::open(const Target& target)
{
    const auto url = http::EgressPolicy::parse_url(target.hub).value();
    const tcp::endpoint endpoint{asio::ip::make_address(url.host), url.port};
    tcp::socket connection{parts.executor};
    co_await connection.async_connect(endpoint, asio::use_awaitable);
    connection.set_option(tcp::no_delay{true});
    auto context = url.tls && parts.tls ? parts.tls->context() : nullptr;
    auto made = std::make_unique<Socket>(std::move(connection), std::move(context));
    if (auto& tls = made->next_layer().tls_)
        co_await tls->async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
    made->set_option(websocket::stream_base::timeout::suggested(beast::role_type::client));
    made->set_option(websocket::stream_base::decorator{
        [authorisation = "Bearer " + target.key](websocket::request_type& request) {
            request.set(beast::http::field::authorization, authorisation);
            request.set(beast::http::field::sec_websocket_protocol, "katydid.realtime.v1");
        }});
    const auto host = url.authority();
    const std::string path = "/api/realtime";
    co_await made->async_handshake(host, path, asio::use_awaitable);
    co_return made;
}

awaitable<> Realtime::Impl::converse(const Target& target)
{
    auto made = co_await open(target);
    if (stopped.is_set()) co_return;
    socket = std::move(made);
    json::object subscribe{{"type", "subscribe"}, {"topics", target.topics}};
    if (!after.empty()) subscribe["after"] = after;
    co_await say(subscribe);
    beast::flat_buffer buffer;
    while (true) {
        co_await socket->async_read(buffer, asio::use_awaitable);
        const auto text = beast::buffers_to_string(buffer.data());
        buffer.consume(buffer.size());
        if (const auto frame = parse_object(text)) hear(*frame);
    }
}

awaitable<> Realtime::Impl::say(const json::object& frame)
{
    const auto text = json::serialize(frame);
    const auto lock = co_await writing.lock();
    if (!socket) co_return;
    const auto buffer = asio::buffer(text);
    co_await socket->async_write(buffer, asio::use_awaitable);
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
    co_await say(frame);
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
    boost::system::error_code ignored;
    if (socket) socket->next_layer().socket_.close(ignored);
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
