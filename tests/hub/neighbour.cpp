#include "tests/hub/neighbour.hpp"

#include "tests/store/postgres/postgres_server.hpp"

namespace katydid::test {

using namespace std::chrono_literals;

namespace {

http::ClientOptions large_answers()
{
    http::ClientOptions options;
    options.body_bytes_max = 1024 * 1024;
    return options;
}

http::EgressPolicy loopback()
{
    http::EgressPolicy policy;
    policy.allowed.push_back(*http::parse_network("127.0.0.0/8"));
    return policy;
}

}  // namespace

Neighbour::Neighbour(const asio::any_io_executor& executor, Settings settings)
    : hub_{std::move(settings)},
      changed_{executor, asio::steady_timer::time_point::max()},
      client_{executor, loopback(), large_answers()}
{
    hub_.on_ready([this](const Addresses& addresses) {
        addresses_ = addresses;
        changed_.cancel();
    });
    asio::co_spawn(executor, hub_.run(), [this](std::exception_ptr failure) {
        failure_ = failure;
        has_ended_ = true;
        changed_.cancel();
    });
}

awaitable<ApiClient> Neighbour::start()
{
    while (!addresses_ && !has_ended_) co_await changed_.async_wait(use_tuple);
    if (!addresses_) std::rethrow_exception(failure_);
    co_return ApiClient{client_, *addresses_};
}

awaitable<> Neighbour::wait_for_metric(std::string line)
{
    const auto end = system_clock().steady_now() + 20s;
    while (system_clock().steady_now() < end) {
        http::ClientRequest request;
        request.method = "GET";
        request.url = "http://127.0.0.1:" + std::to_string(addresses_->operator_listen.port())
                      + "/metrics";
        const auto deadline = Deadline::after(20s);
        const auto reply = co_await client_.send(std::move(request), deadline);
        if (reply.value().body.find("\n" + line + "\n") != std::string::npos) co_return;
    }
    throw std::runtime_error{"the metrics never said " + line};
}

awaitable<> Neighbour::stop()
{
    client_.close();
    hub_.stop();
    while (!has_ended_) co_await changed_.async_wait(use_tuple);
    if (failure_) std::rethrow_exception(failure_);
}

Settings settings_on(const std::string& store, const Folder& folder)
{
    auto settings = settings_in(folder);
    settings.store = store;
    settings.master_key = Secret{"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAc="};
    return settings;
}

std::string make_shared_store()
{
    auto& server = store::test::PostgresServer::shared();
    return server.uri(server.make_schema());
}

namespace {

using Script = std::function<awaitable<>(std::vector<ApiClient>)>;

/// Starts one hub after another, and stops them in turn whatever the script comes to.
awaitable<> run_beside(std::vector<ApiClient> clients, std::string store, std::size_t count,
                       Script script)
{
    if (clients.size() == count) {
        co_await script(clients);
        co_return;
    }
    const auto executor = co_await asio::this_coro::executor;
    const Folder folder;
    Neighbour neighbour{executor, settings_on(store, folder)};
    std::exception_ptr failure;
    try {
        auto client = co_await neighbour.start();
        clients.push_back(client);
        co_await neighbour.wait_for_metric("katydid_hubs " + std::to_string(clients.size()));
        auto rest = run_beside(std::move(clients), store, count, script);
        co_await std::move(rest);
    } catch (...) {
        failure = std::current_exception();
    }
    co_await neighbour.stop();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace

void run_with_hubs(std::size_t count, Script script)
{
    const auto store = make_shared_store();
    const Folder folder;
    run_with_hub(settings_on(store, folder), [&](ApiClient person) -> awaitable<> {
        std::vector<ApiClient> clients(1, person);
        auto run = run_beside(std::move(clients), store, count, script);
        co_await std::move(run);
    });
}

}  // namespace katydid::test
