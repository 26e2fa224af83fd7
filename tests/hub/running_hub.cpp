#include "tests/hub/running_hub.hpp"

#include <katydid/hub.hpp>

#include "signing/sign.hpp"
#include "tests/support/loops.hpp"

#include <fstream>
#include <stdexcept>

namespace katydid::test {

using namespace std::chrono_literals;

Settings settings_in(const Folder& folder)
{
    Settings settings;
    settings.listen.port(0);
    settings.operator_listen.port(0);
    settings.data_dir = folder.path();
    settings.log_level = log::Level::error;
    settings.egress_allow = {"127.0.0.0/8"};
    settings.loops = test_loops();
#ifdef KATYDID_TRANSFORM
    settings.transforms.program = KATYDID_TRANSFORM;
#endif
    return settings;
}

ApiClient::ApiClient(http::Client& client, const Addresses& addresses)
    : client_{&client},
      base_{"http://127.0.0.1:" + std::to_string(addresses.listen.port())}
{
    std::ifstream file{addresses.operator_key_file};
    std::getline(file, key_);
}

awaitable<http::ClientReply> ApiClient::send(Call call)
{
    http::ClientRequest request;
    request.method = std::move(call.method);
    request.url = base_ + call.path;
    request.headers = std::move(call.headers);
    if (!call.body.empty())
        request.body = std::make_shared<const std::string>(std::move(call.body));
    const auto deadline = Deadline::after(20s);
    auto reply = co_await client_->send(std::move(request), deadline);
    co_return std::move(reply.value());
}

awaitable<http::ClientReply> ApiClient::manage(std::string method, std::string path,
                                               std::string body)
{
    Call call{
        std::move(method), std::move(path), std::move(body), {{"Authorization", "Bearer " + key_}}};
    auto reply = co_await send(std::move(call));
    co_return reply;
}

awaitable<boost::json::value> ApiClient::manage_as(unsigned status, std::string method,
                                                   std::string path, std::string body)
{
    const auto what = method + " " + path;
    const auto reply = co_await manage(std::move(method), std::move(path), std::move(body));
    if (reply.status != status)
        throw std::runtime_error{what + " answered " + std::to_string(reply.status) + " and not "
                                 + std::to_string(status) + ": " + reply.body};
    if (reply.body.empty()) co_return boost::json::value{};
    co_return boost::json::parse(reply.body);
}

awaitable<boost::json::value> ApiClient::make_source(std::string name, std::string scheme,
                                                     std::string secret)
{
    boost::json::object body{{"name", name}, {"schemes", {scheme}}};
    if (!secret.empty()) body["secret"] = secret;
    auto made = co_await manage_as(201, "POST", "/v1/sources", boost::json::serialize(body));
    co_return made;
}

awaitable<http::ClientReply> ApiClient::post_signed(std::string source,
                                                    const signing::Scheme& scheme,
                                                    std::string secret, std::string body)
{
    Call call{"POST", "/api/webhooks/" + source, body, {}};
    const auto url = base_ + call.path;
    signing::SignInput input;
    input.url = url;
    input.id = "msg_1";
    input.event_type = "test.made";
    input.content_type = "application/json";
    input.body = body;
    signing::KeyRing ring;
    ring.keys.push_back({KeyId{}, Secret{std::move(secret)}, {}, {}});
    call.headers = signing::sign(scheme, input, ring, system_clock().now()).value();
    call.headers.push_back({"Content-Type", "application/json"});
    auto reply = co_await send(std::move(call));
    co_return reply;
}

awaitable<boost::json::value>
ApiClient::wait_for(std::string path, std::function<bool(const boost::json::value&)> done)
{
    const auto end = system_clock().steady_now() + 20s;
    for (;;) {
        auto value = co_await manage_as(200, "GET", path);
        if (done(value)) co_return value;
        if (system_clock().steady_now() > end)
            throw std::runtime_error{
                path + " never became what was expected: " + boost::json::serialize(value)};
    }
}

namespace {

awaitable<> carry_out(const std::function<awaitable<>(ApiClient)>& script, Addresses addresses,
                      Hub& hub, std::exception_ptr& failure)
{
    const auto executor = co_await asio::this_coro::executor;
    http::EgressPolicy policy;
    policy.allowed.push_back(*http::parse_network("127.0.0.0/8"));
    http::ClientOptions options;
    options.body_bytes_max = 1024 * 1024;
    http::Client client{executor, policy, options};
    try {
        co_await script(ApiClient{client, addresses});
    } catch (...) {
        failure = std::current_exception();
    }
    client.close();
    hub.stop();
}

}  // namespace

void run_with_hub(Hub& hub, std::function<awaitable<>(ApiClient)> script)
{
    asio::io_context loop{1};
    std::exception_ptr hub_failure;
    std::exception_ptr script_failure;
    hub.on_ready([&](const Addresses& addresses) {
        asio::co_spawn(loop, carry_out(script, addresses, hub, script_failure),
                       [&](std::exception_ptr failure) {
                           if (failure) script_failure = failure;
                       });
    });
    asio::co_spawn(loop, hub.run(), [&](std::exception_ptr failure) { hub_failure = failure; });
    loop.run();
    if (hub_failure) std::rethrow_exception(hub_failure);
    if (script_failure) std::rethrow_exception(script_failure);
}

void run_with_hub(Settings settings, std::function<awaitable<>(ApiClient)> script)
{
    Hub hub{std::move(settings)};
    run_with_hub(hub, std::move(script));
}

struct Inbox::State {
    explicit State(const asio::any_io_executor& executor) : arrived{executor} {}

    http::Router router;
    std::unique_ptr<http::Server> server;
    std::vector<http::Request> requests;
    std::size_t taken = 0;
    unsigned status = 200;
    asio::steady_timer arrived;
};

Inbox::Inbox(const asio::any_io_executor& executor) : state_{std::make_shared<State>(executor)}
{
    http::Route route;
    route.method = "POST";
    route.pattern = "/{rest*}";
    route.handle = [state = state_.get()](http::Request& request) -> awaitable<http::Response> {
        state->requests.push_back(request);
        state->arrived.cancel();
        co_return http::Response::text(state->status, "ok");
    };
    state_->router.add(std::move(route));
    const boost::asio::ip::tcp::endpoint any{boost::asio::ip::address_v4::loopback(), 0};
    state_->server = std::make_unique<http::Server>(executor, any, state_->router,
                                                    http::ServerOptions{});
    state_->server->start();
}

Inbox::~Inbox() = default;

std::string Inbox::url() const
{
    return "http://127.0.0.1:" + std::to_string(state_->server->local_endpoint().port()) + "/hook";
}

awaitable<http::Request> Inbox::next()
{
    const auto state = state_;
    const auto end = system_clock().steady_now() + 20s;
    while (state->requests.size() == state->taken) {
        if (system_clock().steady_now() >= end)
            throw std::runtime_error{"no request came to the receiver"};
        state->arrived.expires_at(end);
        co_await state->arrived.async_wait(use_tuple);
    }
    co_return state->requests[state->taken++];
}

void Inbox::answer_with(unsigned status) { state_->status = status; }

awaitable<> Inbox::close()
{
    const auto state = state_;
    const auto deadline = Deadline::after(1s);
    co_await state->server->drain(deadline);
}

signing::Verdict verdict_of(const http::Request& request, const std::string& url,
                            const signing::Scheme& scheme, const std::string& secret)
{
    signing::KeyRing ring;
    ring.keys.push_back({KeyId{}, Secret{secret}, {}, {}});
    return signing::verify(scheme,
                           {request.method, request.target, url, request.headers, request.body},
                           ring, system_clock().now());
}

std::string text(const boost::json::value& value, std::string_view member)
{
    return std::string{value.at(member).as_string()};
}

}  // namespace katydid::test
