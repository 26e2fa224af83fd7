#include "signing/keys/remote_key.hpp"

#include "signing/keys/remote_key_cache.hpp"

#include "tests/signing/support.hpp"
#include "tests/support/run_coroutine.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <deque>

namespace katydid::signing {

using namespace test;
using namespace std::chrono_literals;
using katydid::test::run_coroutine;

BOOST_AUTO_TEST_SUITE(signing_remote_key)

/// Answers from a script, and counts.
class ScriptedFetcher final : public Fetcher {
public:
    awaitable<result<std::string>> fetch(std::string url) override
    {
        asked.push_back(std::move(url));
        if (answers.empty()) co_return Error{errc::connect_failed, "nobody there"};
        auto answer = std::move(answers.front());
        answers.pop_front();
        co_return answer;
    }

    std::deque<result<std::string>> answers;
    std::vector<std::string> asked;
};

/// Answers when the test lets it.
class GatedFetcher final : public Fetcher {
public:
    awaitable<result<std::string>> fetch(std::string) override
    {
        ++asked;
        const auto executor = co_await asio::this_coro::executor;
        gate_ = std::make_unique<asio::steady_timer>(executor, SteadyTime::max());
        co_await gate_->async_wait(use_tuple);
        co_return answer_;
    }

    void open(std::string answer)
    {
        answer_ = std::move(answer);
        gate_->cancel();
    }

    int asked = 0;

private:
    std::unique_ptr<asio::steady_timer> gate_;
    std::string answer_;
};

result<std::string> sns_url(const std::string& url)
{
    Request request;
    request.body = R"({"SigningCertURL":")" + url + "\"}";
    return remote_key_url(*scheme("aws-sns"), request.view());
}

// Goal: only https on the provider's own hosts is ever asked for.
BOOST_AUTO_TEST_CASE(allowed_hosts)
{
    for (const auto* good : {"https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem",
                             "https://sns.us-gov-west-1.amazonaws.com/x.pem",
                             "https://sns.cn-north-1.amazonaws.com.cn/x.pem"})
        BOOST_TEST(sns_url(good).has_value(), good);
    for (const auto* bad : {"",
                            "http://sns.us-east-1.amazonaws.com/x.pem",
                            "https://sns.us-east-1.amazonaws.com/x.txt",
                            "https://sns.us-east-1.amazonaws.com.evil.example/x.pem",
                            "https://sns.us-east-1.amazonaws.com:8443/x.pem",
                            "https://u@sns.us-east-1.amazonaws.com/x.pem",
                            "https://sns.a.b.amazonaws.com/x.pem",
                            "https://sns.ab.amazonaws.com/x.pem",
                            "https://sns..amazonaws.com/x.pem",
                            "https://evil.example/sns.us-east-1.amazonaws.com/x.pem",
                            "https://sns.us-east-1.amazonaws.com\\@evil.example/x.pem",
                            "https://sns.us-east-1.amazonaws.com/../x.pem",
                            "https://sns.us-east-1.amazonaws.com/a?x.pem",
                            "https://sns.us-east-1.amazonaws.com/a%2fx.pem",
                            "https://SNS.us-east-1.amazonaws.com/x.pem",
                            "https://sns.us-east-1.amazonaws.com",
                            "https://sns.s3-us-west-2.amazonaws.com/x.pem",
                            "https://sns.evil.amazonaws.com/x.pem",
                            "https://sns.us-east.amazonaws.com/x.pem",
                            "https://sns.us-1.amazonaws.com/x.pem",
                            "https://sns.us-east-1x.amazonaws.com/x.pem",
                            "https://sns.us--1.amazonaws.com/x.pem"})
        BOOST_TEST(sns_url(bad).has_error(), bad << " was allowed");
    Request request;
    BOOST_TEST(remote_key_url(*scheme("github"), request.view()).value() == "");
    BOOST_TEST(remote_key_url(*scheme("google-pubsub"), request.view()).value()
               == "https://www.googleapis.com/oauth2/v3/certs");
    request.headers = {
        {"PAYPAL-CERT-URL", "https://api.paypal.com/v1/notifications/certs/CERT-360caa42"}};
    BOOST_TEST(remote_key_url(*scheme("paypal"), request.view()).has_value());
    request.headers.push_back(request.headers.front());
    BOOST_TEST(remote_key_url(*scheme("paypal"), request.view()).has_error());
}

// Goal: a document is fetched once an hour; a failure is remembered for half a minute.
BOOST_AUTO_TEST_CASE(documents_are_kept)
{
    ScriptedFetcher fetcher;
    ManualClock clock;
    RemoteKeyCache cache{fetcher, clock};
    fetcher.answers = {result<std::string>{"key 1"}, result<std::string>{"key 2"}};
    run_coroutine([&]() -> awaitable<> {
        auto document = co_await cache.get("https://a/");
        BOOST_TEST(*document.value() == "key 1");
        clock.advance(59min);
        document = co_await cache.get("https://a/");
        BOOST_TEST(*document.value() == "key 1");
        clock.advance(1min);
        document = co_await cache.get("https://a/");
        BOOST_TEST(*document.value() == "key 2");
        BOOST_TEST(fetcher.asked.size() == 2U);

        document = co_await cache.get("https://b/");
        BOOST_TEST(document.has_error());
        document = co_await cache.get("https://b/");
        BOOST_TEST(fetcher.asked.size() == 3U);
        clock.advance(30s);
        fetcher.answers = {result<std::string>{std::string(Fetcher::bytes_max + 1, 'x')}};
        document = co_await cache.get("https://b/");
        BOOST_TEST((document.error() == errc::too_large));
    });
}

// Goal: endless different URLs take no endless memory, and what is kept still counts.
BOOST_AUTO_TEST_CASE(bounded)
{
    ScriptedFetcher fetcher;
    ManualClock clock;
    RemoteKeyCache cache{fetcher, clock};
    run_coroutine([&]() -> awaitable<> {
        for (int i = 0; i < 200; ++i) {
            fetcher.answers = {result<std::string>{"key"}};
            clock.advance(2s);  // no faster, or the cache would refuse to ask
            const auto document = co_await cache.get("https://a/" + std::to_string(i));
            BOOST_TEST(document.has_value());
        }
        const auto kept = co_await cache.get("https://a/199");
        BOOST_TEST(kept.has_value());
        BOOST_TEST(fetcher.asked.size() == 200U);
        const auto dropped = co_await cache.get("https://a/0");
        BOOST_TEST(dropped.has_error());
    });
}

// Goal: many requests for one key are one fetch, and all get its answer.
BOOST_AUTO_TEST_CASE(concurrent_requests_share_a_fetch)
{
    asio::io_context loop{1};  // first, so that it goes last
    ManualClock clock;
    GatedFetcher fetcher;
    RemoteKeyCache cache{fetcher, clock};
    std::vector<std::string> got;
    for (int i = 0; i < 5; ++i)
        asio::co_spawn(
            loop,
            [&]() -> awaitable<> {
                const auto document = co_await cache.get("https://a/");
                got.push_back(document ? **document : document.error().message);
            },
            [](std::exception_ptr failure) { BOOST_TEST(!failure); });
    loop.poll();
    BOOST_TEST(fetcher.asked == 1);
    BOOST_TEST(got.empty());
    fetcher.open("key");
    loop.restart();
    loop.run();
    BOOST_TEST(got == std::vector<std::string>(5, "key"), boost::test_tools::per_element());
    BOOST_TEST(fetcher.asked == 1);
}

// Goal: a request that goes away while it waits takes nobody else's fetch with it.
BOOST_AUTO_TEST_CASE(a_cancelled_wait_ends_alone)
{
    asio::io_context loop{1};  // first, so that it goes last
    ManualClock clock;
    GatedFetcher fetcher;
    RemoteKeyCache cache{fetcher, clock};
    asio::cancellation_signal leave;
    bool left = false;
    std::string got;
    const auto wait = [&]() -> awaitable<> {
        const auto document = co_await cache.get("https://a/");
        got = **document;
    };
    asio::co_spawn(
        loop, wait(),
        asio::bind_cancellation_slot(leave.slot(), [&](std::exception_ptr) { left = true; }));
    asio::co_spawn(loop, wait(), [](std::exception_ptr failure) { BOOST_TEST(!failure); });
    loop.poll();
    leave.emit(asio::cancellation_type::terminal);
    loop.restart();
    loop.poll();
    BOOST_TEST(left);
    BOOST_TEST(got.empty());
    fetcher.open("key");
    loop.restart();
    loop.run();
    BOOST_TEST(got == "key");
}

// Goal: an unknown key id makes the set be fetched anew, once a minute at most, and a set that is
// good is not lost when that fails.
BOOST_AUTO_TEST_CASE(refresh_is_rate_limited)
{
    ScriptedFetcher fetcher;
    ManualClock clock;
    RemoteKeyCache cache{fetcher, clock};
    fetcher.answers = {result<std::string>{"set 1"}, result<std::string>{"set 2"}};
    run_coroutine([&]() -> awaitable<> {
        auto document = co_await cache.get("https://a/");
        document = co_await cache.refresh("https://a/");
        BOOST_TEST(*document.value() == "set 1");
        clock.advance(1min);
        document = co_await cache.refresh("https://a/");
        BOOST_TEST(*document.value() == "set 2");
        clock.advance(1min);
        document = co_await cache.refresh("https://a/");
        BOOST_TEST(*document.value() == "set 2");
        BOOST_TEST(fetcher.asked.size() == 3U);
    });
}

// Goal: a stranger who names endless keys makes the hub send no flood.
BOOST_AUTO_TEST_CASE(fetches_are_rate_limited)
{
    ScriptedFetcher fetcher;
    ManualClock clock;
    RemoteKeyCache cache{fetcher, clock};
    run_coroutine([&]() -> awaitable<> {
        for (int i = 0; i < 100; ++i) {
            const auto document = co_await cache.get("https://a/" + std::to_string(i));
            BOOST_TEST(document.has_error());
        }
        BOOST_TEST(fetcher.asked.size() == 8U);
        const auto over = co_await cache.get("https://a/x");
        BOOST_TEST((over.error() == errc::over_limit));
        clock.advance(2s);
        const auto later = co_await cache.get("https://a/x");
        BOOST_TEST((later.error() == errc::connect_failed));
    });
}

// Goal: strangers at some sources take neither the fetches nor the kept documents of others.
BOOST_AUTO_TEST_CASE(users_have_shares)
{
    ScriptedFetcher fetcher;
    ManualClock clock;
    RemoteKeyCache cache{fetcher, clock};
    run_coroutine([&]() -> awaitable<> {
        const auto flood = [&](std::string user, int count) -> awaitable<int> {
            int refused = 0;
            for (int i = 0; i < count; ++i) {
                const auto document = co_await cache.get(
                    "https://" + user + "/" + std::to_string(i), nullptr, user);
                refused += document.has_error() && document.error() == errc::over_limit ? 1 : 0;
            }
            co_return refused;
        };
        fetcher.answers = {result<std::string>{"key"}};
        const auto first = co_await cache.get("https://good/", nullptr, "good");
        BOOST_TEST(first.has_value());
        for (const auto* user : {"a", "b", "c", "d", "e", "f"}) {
            const auto refused = co_await flood(user, 100);
            BOOST_TEST(refused >= 92);
        }
        // A source that has not asked lately is served all the same, and what it had is kept.
        const auto newcomer = co_await cache.get("https://new/", nullptr, "new");
        BOOST_TEST((newcomer.error() == errc::connect_failed));
        for (int i = 0; i < 400; ++i) {
            clock.advance(2s);
            fetcher.answers = {result<std::string>{"key"}};
            const auto more = co_await cache.get("https://a/more" + std::to_string(i), nullptr,
                                                 "a");
            BOOST_TEST(more.has_value());
        }
        const auto asked = fetcher.asked.size();
        const auto kept = co_await cache.get("https://good/", nullptr, "good");
        BOOST_TEST(kept.has_value());
        BOOST_TEST(fetcher.asked.size() == asked);
    });
}

// Goal: what a check refuses is not used, and is not asked for again at once.
BOOST_AUTO_TEST_CASE(unacceptable_documents_are_failures)
{
    ScriptedFetcher fetcher;
    ManualClock clock;
    RemoteKeyCache cache{fetcher, clock};
    fetcher.answers = {result<std::string>{"forged"}};
    const auto refuse = [](std::string_view) -> result<void> { return Error{errc::refused, "no"}; };
    run_coroutine([&]() -> awaitable<> {
        for (int i = 0; i < 2; ++i) {
            const auto document = co_await cache.get("https://a/", refuse);
            BOOST_TEST((document.error() == errc::refused));
        }
        BOOST_TEST(fetcher.asked.size() == 1U);
    });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::signing
