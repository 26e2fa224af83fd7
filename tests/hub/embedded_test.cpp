// The hub as a library: coroutines as handlers, over two runs of the embedding program.
#include <katydid/hub.hpp>

#include "hub/http/client/client.hpp"
#include "hub/core/subscription/subscription_json.hpp"
#include "hub/store/open_store.hpp"
#include "tests/support/loops.hpp"
#include "tests/support/run_coroutine.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>

using namespace katydid;

namespace {

Settings settings_in(const std::filesystem::path& folder)
{
    Settings settings;
    settings.listen.port(0);
    settings.operator_listen.port(0);
    settings.data_dir = folder;
    settings.log_level = log::Level::error;
    settings.retry_delays = {milliseconds{1}, milliseconds{1}};
    settings.loops = test::test_loops();
    return settings;
}

const HandlerOptions stock{"stock", {}, {"resource.*"}, {}, {}, milliseconds{2'000}};

/// Publishes one event through the API of a running hub; the hub is stopped when that fails.
awaitable<> publish(Addresses addresses, std::string body, Hub& hub)
{
    const auto executor = co_await asio::this_coro::executor;
    std::ifstream file{addresses.operator_key_file};
    std::string key;
    std::getline(file, key);
    http::EgressPolicy policy;
    policy.allowed.push_back(*http::parse_network("127.0.0.0/8"));
    http::Client client{executor, policy, {}};
    http::ClientRequest request;
    request.url = "http://127.0.0.1:" + std::to_string(addresses.listen.port()) + "/v1/events";
    request.headers = {{"Authorization", "Bearer " + key}};
    request.body = std::make_shared<const std::string>(std::move(body));
    const auto deadline = Deadline::after(std::chrono::seconds{30});
    const auto reply = co_await client.send(std::move(request), deadline);
    client.close();
    const bool published = reply.has_value() && reply->status == 202;
    BOOST_TEST(published);
    if (!published) hub.stop();
}

void run(Hub& hub, const std::string& body)
{
    asio::io_context loop{1};
    hub.on_ready([&](const Addresses& addresses) {
        if (body.empty()) return;
        asio::co_spawn(loop, publish(addresses, body, hub),
                       [](std::exception_ptr failure) { BOOST_TEST(!failure); });
    });
    std::exception_ptr failure;
    asio::co_spawn(loop, hub.run(), [&](std::exception_ptr exception) { failure = exception; });
    loop.run();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_embedded)

// Goal: a handler gets the exact bytes; an exception and a failure are tried again, with the same
// event id.
BOOST_AUTO_TEST_CASE(failures_are_tried_again)
{
    const test::TemporaryFolder folder;
    Hub hub{settings_in(folder.path())};
    std::vector<std::string> ids;
    std::vector<std::string> payloads;
    hub.on(stock, [&](const Event& event) -> awaitable<Outcome> {
        ids.push_back(event.id.to_string());
        payloads.push_back(*event.payload);
        if (ids.size() == 1) throw std::runtime_error{"not today"};
        if (ids.size() == 2) co_return Outcome::failed("not now");
        hub.stop();
        co_return Outcome::delivered();
    });
    run(hub, R"({"type":"resource.updated","data":{"n": 1.50}})");
    BOOST_REQUIRE(ids.size() == 3U);
    BOOST_TEST(ids[0] == ids[2]);
    BOOST_TEST(payloads[2] == R"({"n": 1.50})");
}

// Goal: what was accepted while no program had the handler is handed over at the next start.
BOOST_AUTO_TEST_CASE(deliveries_wait_for_the_next_run)
{
    const test::TemporaryFolder folder;
    {
        Hub first{settings_in(folder.path())};
        first.on(stock, [&](const Event&) -> awaitable<Outcome> {
            first.stop();
            co_return Outcome::failed("the program is about to end");
        });
        run(first, R"({"type":"resource.updated","data":"kept"})");
    }
    Hub second{settings_in(folder.path())};
    std::string payload;
    second.on(stock, [&](const Event& event) -> awaitable<Outcome> {
        payload = *event.payload;
        second.stop();
        co_return Outcome::delivered();
    });
    run(second, "");
    BOOST_TEST(payload == "\"kept\"");
}

// Goal: whatever a program changes in hub.on() is stored, and what it does not change is not
// written again.
BOOST_AUTO_TEST_CASE(changed_options_are_stored)
{
    const test::TemporaryFolder folder;
    const auto stored_after = [&](const HandlerOptions& options) {
        {
            Hub hub{settings_in(folder.path())};
            hub.on(options,
                   [](const Event&) -> awaitable<Outcome> { co_return Outcome::delivered(); });
            hub.stop();
            run(hub, "");
        }
        asio::io_context loop{1};  // the store's threads know it until the store has closed
        store::StoreOptions opening;
        opening.url = settings_in(folder.path()).store_url();
        const auto store = store::open_store(std::move(opening));
        std::vector<Subscription> rows;
        test::run_coroutine(loop, [&]() -> awaitable<> {
            const auto read = co_await store->records(store::subscription_kind);
            for (const auto& record : read.value()) {
                const auto object = boost::json::parse(record.json);
                auto& row = rows.emplace_back();
                row.version = record.version;
                std::vector<Fault> faults;
                from_json(object.at("subscription").as_object(), row, faults);
                BOOST_TEST(faults.empty());
            }
        });
        store->close();
        BOOST_TEST_REQUIRE(rows.size() == 1U);
        return rows.front();
    };
    auto options = stock;
    const auto first = stored_after(options);
    BOOST_TEST((stored_after(options) == first));
    const std::vector<std::function<void()>> changes{
        [&] { options.retry.statuses = {{404, 404, RetryClass::dead}}; },
        [&] { options.retry.statuses[0].retry = RetryClass::few; },
        [&] { options.retry.age_max = std::chrono::hours{1}; },
        [&] { options.limits.burst = 3; },
        [&] { options.timeout = milliseconds{5'000}; },
        [&] { options.filter = R"({"payload":{"a":1}})"; },
        [&] { options.sources = {"atlvs"}; }};
    auto version = first.version;
    for (const auto& change : changes) {
        change();
        const auto stored = stored_after(options);
        BOOST_TEST(stored.version == ++version);
        BOOST_TEST((stored.retry == options.retry));
        BOOST_TEST((stored.limits == options.limits));
        BOOST_TEST((stored.timeout == options.timeout));
        BOOST_TEST(stored.filter == options.filter);
        BOOST_TEST(stored.sources == options.sources);
    }
}

// Goal: a handler cannot take one of the hub's own names.
BOOST_AUTO_TEST_CASE(reserved_names)
{
    const test::TemporaryFolder folder;
    for (const auto* name : {"bridge-atlvs", "katydid"}) {
        Hub hub{settings_in(folder.path())};
        auto options = stock;
        options.name = name;
        BOOST_CHECK_THROW(
            hub.on(options,
                   [](const Event&) -> awaitable<Outcome> { co_return Outcome::delivered(); }),
            Failure);
    }
}

// Goal: a hub does not start with a key or a secret that anybody can guess.
BOOST_AUTO_TEST_CASE(guessable_secrets)
{
    const test::TemporaryFolder folder;
    const auto refused_with = [&](const Settings& settings, std::string_view words) {
        Hub hub{settings};
        BOOST_CHECK_EXCEPTION(run(hub, ""), Failure, [&](const Failure& failure) {
            return std::string_view{failure.what()}.find(words) != std::string_view::npos;
        });
    };
    auto settings = settings_in(folder.path());
    settings.operator_key = Secret{"o"};
    refused_with(settings, "KATYDID_OPERATOR_KEY: the key can be guessed");
    settings.operator_key.reset();
    FixedSource shop;
    shop.name = "shop";
    shop.schemes = {"github"};
    shop.secrets = {Secret{"s"}};
    settings.sources = {shop};
    refused_with(settings, "\"shop\": its secret can be guessed");
}

// Goal: two handlers cannot share a name, and a hub that cannot start says why.
BOOST_AUTO_TEST_CASE(start_fails_with_a_sentence)
{
    const test::TemporaryFolder folder;
    const auto nothing = [](const Event&) -> awaitable<Outcome> { co_return Outcome::delivered(); };
    {
        Hub twice{settings_in(folder.path())};
        twice.on(stock, nothing);
        twice.on(stock, nothing);
        BOOST_CHECK_THROW(run(twice, ""), Failure);
    }
    auto settings = settings_in(folder.path());
    settings.listen = {boost::asio::ip::make_address("203.0.113.1"), 1};  // not ours to bind
    Hub elsewhere{settings};
    BOOST_CHECK_EXCEPTION(run(elsewhere, ""), Failure, [](const Failure& failure) {
        return std::string_view{failure.what()}.find("203.0.113.1") != std::string_view::npos;
    });
}

// Goal: stop() before run() is not lost, and may be repeated.
BOOST_AUTO_TEST_CASE(stop_before_run)
{
    const test::TemporaryFolder folder;
    Hub hub{settings_in(folder.path())};
    hub.stop();
    hub.stop();
    run(hub, "");
    BOOST_TEST(std::filesystem::exists(folder.path() / "operator.key"));
}

BOOST_AUTO_TEST_SUITE_END()
