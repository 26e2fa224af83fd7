// Two hubs on one PostgreSQL: what is done at one counts at the other.
#include <katydid/hub.hpp>

#include "tests/console/browser.hpp"
#include "tests/hub/running_hub.hpp"
#include "tests/store/postgres/postgres_server.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;
using namespace std::chrono_literals;

namespace {

namespace json = boost::json;

Settings settings_on(const std::string& store, const Folder& folder)
{
    auto settings = settings_in(folder);
    settings.store = store;
    settings.master_key = Secret{"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAc="};
    return settings;
}

/// A hub that runs on the loop of a script beside the script's own.
class Neighbour {
public:
    Neighbour(const asio::any_io_executor& executor, Settings settings)
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

    awaitable<ApiClient> start()
    {
        while (!addresses_ && !has_ended_) co_await changed_.async_wait(use_tuple);
        if (!addresses_) std::rethrow_exception(failure_);
        co_return ApiClient{client_, *addresses_};
    }

    /// Until the operators' page says so.
    awaitable<> wait_for_metric(std::string line)
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

    awaitable<> stop()
    {
        client_.close();
        hub_.stop();
        while (!has_ended_) co_await changed_.async_wait(use_tuple);
        if (failure_) std::rethrow_exception(failure_);
    }

private:
    static http::ClientOptions large_answers()
    {
        http::ClientOptions options;
        options.body_bytes_max = 1024 * 1024;
        return options;
    }
    static http::EgressPolicy loopback()
    {
        http::EgressPolicy policy;
        policy.allowed.push_back(*http::parse_network("127.0.0.0/8"));
        return policy;
    }

    Hub hub_;
    std::optional<Addresses> addresses_;
    std::exception_ptr failure_;
    bool has_ended_ = false;
    asio::steady_timer changed_;
    http::Client client_;
};

using Script = std::function<awaitable<>(ApiClient, ApiClient)>;

awaitable<> run_beside(ApiClient first, const Settings& settings, const Script& script)
{
    const auto executor = co_await asio::this_coro::executor;
    Neighbour neighbour{executor, settings};
    std::exception_ptr failure;
    try {
        auto second = co_await neighbour.start();
        co_await neighbour.wait_for_metric("katydid_hubs 2");
        co_await script(first, second);
    } catch (...) {
        failure = std::current_exception();
    }
    co_await neighbour.stop();
    if (failure) std::rethrow_exception(failure);
}

void run_with_two_hubs(const Script& script)
{
    auto& server = store::test::PostgresServer::shared();
    const auto store = server.uri(server.make_schema());
    const Folder first;
    const Folder second;
    const auto other = settings_on(store, second);
    run_with_hub(settings_on(store, first), [&](ApiClient person) -> awaitable<> {
        co_await run_beside(person, other, script);
    });
}

constexpr const char* event = R"({"type":"a.b","data":1})";

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_cluster)

// Goal: who follows events at one hub hears of those that another hub took, long before the wait
// is over.
BOOST_AUTO_TEST_CASE(followers_hear_of_other_hubs_events)
{
    run_with_two_hubs([](ApiClient first, ApiClient second) -> awaitable<> {
        const auto seen = co_await first.manage_as(202, "POST", "/v1/events", event);
        const auto path = "/v1/events?order=asc&wait=30s&after=" + text(seen, "id");
        const auto executor = co_await asio::this_coro::executor;
        std::optional<json::value> page;
        asio::steady_timer done{executor, asio::steady_timer::time_point::max()};
        const auto begun = std::chrono::steady_clock::now();
        asio::co_spawn(executor, second.manage_as(200, "GET", path),
                       [&](std::exception_ptr failure, json::value value) {
                           if (!failure) page = std::move(value);
                           done.cancel();
                       });
        const auto published = co_await first.manage_as(202, "POST", "/v1/events", event);
        if (!page) co_await done.async_wait(use_tuple);
        BOOST_REQUIRE(page.has_value());
        BOOST_REQUIRE(!page->at("data").as_array().empty());
        BOOST_TEST(text(page->at("data").at(0), "id") == text(published, "id"));
        BOOST_TEST((std::chrono::steady_clock::now() - begun < 15s));
    });
}

// Goal: a key made at one hub opens the other, and once revoked at the one is worth nothing there
// with the next request and at the other as soon as it has heard.
BOOST_AUTO_TEST_CASE(keys_count_at_every_hub)
{
    run_with_two_hubs([](ApiClient first, ApiClient second) -> awaitable<> {
        const auto made = co_await first.manage_as(201, "POST", "/v1/keys",
                                                   R"({"name":"k","scopes":["events:read"]})");
        auto here = first.as(text(made, "key"));
        auto there = second.as(text(made, "key"));
        co_await here.manage_as(200, "GET", "/v1/events");
        const auto becomes = [&](bool open) -> awaitable<bool> {
            const auto end = std::chrono::steady_clock::now() + 20s;
            while (std::chrono::steady_clock::now() < end) {
                const auto reply = co_await there.manage("GET", "/v1/events");
                if ((reply.status == 200) == open) co_return true;
            }
            co_return false;
        };
        const bool opens = co_await becomes(true);
        BOOST_TEST(opens);
        co_await first.manage_as(200, "DELETE", "/v1/keys/" + text(made, "id"));
        co_await here.manage_as(401, "GET", "/v1/events");
        const bool closes = co_await becomes(false);
        BOOST_TEST(closes);
    });
}

// Goal: who signed in at one hub is signed in at the other, and ended at the one the session is
// over at both with the next call.
BOOST_AUTO_TEST_CASE(sessions_count_at_every_hub)
{
    run_with_two_hubs([](ApiClient first, ApiClient second) -> awaitable<> {
        const auto made = co_await first.manage_as(201, "POST", "/v1/keys",
                                                   R"({"name":"k","scopes":["events:read"]})");
        auto there = second.as(text(made, "key"));
        const auto end = std::chrono::steady_clock::now() + 20s;
        unsigned known = 0;
        while (known != 200 && std::chrono::steady_clock::now() < end) {
            const auto reply = co_await there.manage("GET", "/v1/events");
            known = reply.status;
        }
        BOOST_TEST(known == 200U);
        Browser browser{first};
        const auto in = co_await browser.sign_in(text(made, "key"));
        if (in.status == 404) co_return;  // a program without the console
        Browser elsewhere{second, {}, browser.cookie, browser.csrf};
        const auto open = co_await elsewhere.status_of("/v1/events");
        BOOST_TEST(open == 200U);
        const auto listed = co_await elsewhere.call("GET", "/v1/sessions");
        const auto rows = json::parse(listed.body).at("data").as_array();
        BOOST_REQUIRE(rows.size() == 1U);
        const auto ended = co_await elsewhere.call("DELETE", "/v1/sessions/" + text(rows[0], "id"));
        BOOST_TEST(ended.status == 204U);
        const auto here = co_await browser.status_of("/v1/events");
        BOOST_TEST(here == 401U);
    });
}

// Goal: a replay job that was made at one hub is found, listed and cancelled at the other.
BOOST_AUTO_TEST_CASE(replay_jobs_are_known_at_every_hub)
{
    run_with_two_hubs([](ApiClient first, ApiClient second) -> awaitable<> {
        for (int i = 0; i < 4; ++i) {
            const auto made = co_await first.manage_as(202, "POST", "/v1/deliveries/retry",
                                                       R"({"states":["dead"]})");
            const auto path = "/v1/replay-jobs/" + text(made, "id");
            co_await second.manage_as(200, "GET", path);
            const auto page = co_await second.manage_as(200, "GET", "/v1/replay-jobs");
            BOOST_TEST(!page.at("data").as_array().empty());
            co_await first.wait_for(
                path, [](const json::value& job) { return text(job, "status") == "completed"; });
            const auto seen = co_await second.manage_as(200, "GET", path);
            BOOST_TEST(text(seen, "status") == "completed");
        }
    });
}

BOOST_AUTO_TEST_SUITE_END()
