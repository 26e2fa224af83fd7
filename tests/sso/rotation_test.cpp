// The provider's keys: rotated ones are found, made-up ones make no flood.
#include "hub/sso/provider.hpp"
#include "tests/sso/fake_provider.hpp"
#include "tests/support/run_coroutine.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::sso;
using namespace katydid::test;

namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

struct RotationFixture {
    FakeProvider fake;
    config::SignOnSettings settings;
    ManualClock clock{system_clock().now()};

    RotationFixture()
    {
        settings.issuer = fake.issuer();
        settings.client_id = "hub";
        settings.client_secret = Secret{"top:secret"};
        settings.roles = {{"groups", "ops", "read"}};
    }

    void run(const std::function<awaitable<>(Provider&)>& script)
    {
        run_coroutine([&]() -> awaitable<> {
            const auto executor = co_await asio::this_coro::executor;
            http::EgressPolicy policy;
            policy.allowed.push_back(http::parse_network("127.0.0.0/8").value());
            http::Client client{executor, policy, {}};
            Provider provider{client, clock, settings};
            co_await script(provider);
            client.close();
        });
    }

    awaitable<bool> is_let_in(Provider& provider)
    {
        const auto state = LoginState::begin("/", clock.now());
        const std::map<std::string, std::string> asked{{"nonce", state.nonce},
                                                       {"code_challenge", state.challenge()}};
        auto code = fake.authorize(asked);
        const auto claims = co_await provider.claims_for(std::move(code), state, "https://hub");
        co_return claims.has_value();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sso_rotation, RotationFixture)

// Goal: a key that is new at the provider is fetched when a token names it.
BOOST_AUTO_TEST_CASE(a_rotated_key_is_fetched)
{
    run([this](Provider& provider) -> awaitable<> {
        const auto first = co_await is_let_in(provider);
        BOOST_TEST(first);
        clock.advance(61s);
        fake.change([](FakeProvider::Settings& now) { now.key = signing::JwsKey::make(); });
        const auto second = co_await is_let_in(provider);
        BOOST_TEST(second);
        BOOST_TEST(fake.counts().key_sets == 2);
        const auto third = co_await is_let_in(provider);
        BOOST_TEST(third);
        BOOST_TEST(fake.counts().key_sets == 2);
    });
}

// Goal: tokens that name keys which never were make one fetch a minute, however many come.
BOOST_AUTO_TEST_CASE(unknown_keys_make_no_flood)
{
    run([this](Provider& provider) -> awaitable<> {
        const auto first = co_await is_let_in(provider);
        BOOST_TEST(first);
        clock.advance(61s);
        fake.change([](FakeProvider::Settings& now) {
            now.sign = [](const signing::JwsKey&, const json::object& claims) {
                return signing::sign_jws(signing::JwsKey::make(), claims);
            };
        });
        for (int i = 0; i < 50; ++i) {
            const auto forged = co_await is_let_in(provider);
            BOOST_TEST(!forged);
        }
        BOOST_TEST(fake.counts().key_sets == 2);
        fake.change([](FakeProvider::Settings& now) { now.sign = nullptr; });
        const auto good = co_await is_let_in(provider);
        BOOST_TEST(good);
    });
}

BOOST_AUTO_TEST_SUITE_END()
