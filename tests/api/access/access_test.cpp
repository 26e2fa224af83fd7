#include "hub/api/access/access.hpp"

#include "hub/api/access/recognise.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::api;

namespace {

constexpr std::string_view good = "kd_live_0123456789012345678901234567890123456789012";

/// A table with one key, and a clock that stands still.
struct AccessFixture {
    registry::Tables tables;
    ManualClock clock;
    IdSource ids{clock, 1};
    LoginThrottle throttle;
    registry::ApiKey key;

    AccessFixture()
    {
        key.id = ids.make<KeyId>();
        key.sha256 = hash_api_key(good);
        key.scopes = {"events:read"};
        put();
    }

    void put() { tables.put_api_key(std::make_shared<const registry::ApiKey>(key)); }

    /// 200, or the status of the refusal.
    unsigned ask(const std::string& authorisation, std::string_view scope = "events:read",
                 const char* address = "192.0.2.1")
    {
        http::Request request;
        request.peer.address = boost::asio::ip::make_address(address);
        if (!authorisation.empty()) request.headers = {{"Authorization", authorisation}};
        const auto access = throttle.admit(request, tables, clock, scope);
        const auto* refusal = std::get_if<http::Response>(&access);
        return refusal == nullptr ? 200 : refusal->status;
    }
    unsigned ask_with_key() { return ask("Bearer " + std::string{good}); }
};

/// What judging one Authorization header came to, and what it cost.
struct Judged {
    bool is_good = false;
    std::size_t hashes = 0;
    std::size_t hashed_bytes = 0;
    std::size_t look_ups = 0;
};

Judged judge(const AccessFixture& house, const std::string& authorisation)
{
    Judged judged;
    const auto hash = [&](std::string_view text) {
        ++judged.hashes;
        judged.hashed_bytes = text.size();
        return hash_api_key(text);
    };
    const auto find = [&](const std::string& sha256) {
        ++judged.look_ups;
        return house.tables.api_key(sha256);
    };
    judged.is_good = recognise(authorisation, house.clock.now(), hash, find) != nullptr;
    return judged;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(api_access)

// Goal: a key is good until the moment it expires, and not from then on, with nobody's help.
BOOST_AUTO_TEST_CASE(keys_expire)
{
    AccessFixture house;
    house.key.expires_at = house.clock.now() + std::chrono::hours{24};
    house.put();
    BOOST_TEST(house.ask_with_key() == 200U);
    house.clock.advance(std::chrono::hours{24} - milliseconds{1});
    BOOST_TEST(house.ask_with_key() == 200U);
    house.clock.advance(milliseconds{1});
    BOOST_TEST(house.ask_with_key() == 401U);
    house.clock.advance(std::chrono::hours{24 * 365});
    BOOST_TEST(house.ask_with_key() == 401U);
}

// Goal: a revoked key is worth nothing with the next request.
BOOST_AUTO_TEST_CASE(revocation_is_at_once)
{
    AccessFixture house;
    BOOST_TEST(house.ask_with_key() == 200U);
    house.key.revoked_at = house.clock.now();
    house.put();
    BOOST_TEST(house.ask_with_key() == 401U);
}

// Goal: judging costs the same whatever is wrong with a key: one hash of what was sent, one look-up
// by it. Nothing returns early, so that there is nothing to time.
BOOST_AUTO_TEST_CASE(wrong_keys_cost_what_right_ones_cost)
{
    AccessFixture house;
    const auto hash_of_another = hash_api_key("kd_live_another");
    auto another = house.key;
    another.sha256 = hash_of_another;
    another.revoked_at = house.clock.now();
    house.tables.put_api_key(std::make_shared<const registry::ApiKey>(another));
    auto expired = house.key;
    expired.sha256 = hash_api_key("kd_live_expired");
    expired.expires_at = house.clock.now();
    house.tables.put_api_key(std::make_shared<const registry::ApiKey>(expired));
    auto near = std::string{good};
    near.back() = 'x';

    BOOST_TEST(judge(house, "Bearer " + std::string{good}).is_good);
    for (const auto& sent :
         {"Bearer " + std::string{good}, "Bearer " + near, std::string{"Bearer kd_live_another"},
          std::string{"Bearer kd_live_expired"}, std::string{"Bearer nonsense"},
          std::string{"Bearer "}, std::string{"Basic YTpi"}, std::string{}})
        BOOST_TEST_CONTEXT(sent)
        {
            const auto judged = judge(house, sent);
            BOOST_TEST(judged.hashes == 1U);
            BOOST_TEST(judged.look_ups == 1U);
            BOOST_TEST(judged.is_good == (sent == "Bearer " + std::string{good}));
        }
    BOOST_TEST(judge(house, "Bearer " + near).hashed_bytes == good.size());
}

// Goal: the refusal does not tell a key that was revoked from one that never was; the name of the
// scheme may be written in any case (RFC 9110, section 11.1).
BOOST_AUTO_TEST_CASE(refusals_tell_nothing)
{
    AccessFixture house;
    const auto text_of = [&](const std::string& authorisation) {
        http::Request request;
        request.headers = {{"Authorization", authorisation}};
        const auto access = authorise(request, house.tables, house.clock.now(), "events:read");
        const auto& refusal = std::get<http::Response>(access);
        return std::to_string(refusal.status) + refusal.body;
    };
    const auto unknown = text_of("Bearer kd_live_unknown");
    house.key.revoked_at = house.clock.now();
    house.put();
    BOOST_TEST(text_of("Bearer " + std::string{good}) == unknown);
    house.key.revoked_at.reset();
    house.key.expires_at = house.clock.now();
    house.put();
    BOOST_TEST(text_of("Bearer " + std::string{good}) == unknown);
    house.key.expires_at.reset();
    house.put();
    BOOST_TEST(house.ask("bearer " + std::string{good}) == 200U);
    BOOST_TEST(house.ask("Bearer " + std::string{good}, "events:write") == 403U);
}

// Goal: an address that tries wrong keys has to wait, gets its tries back with time, and keeps
// nobody else waiting, nor its own right key.
BOOST_AUTO_TEST_CASE(guessing_is_slowed_down)
{
    AccessFixture house;
    for (std::uint32_t tries = 0; tries < LoginThrottle::wrong_keys.burst; ++tries)
        BOOST_TEST(house.ask("Bearer wrong") == 401U);
    BOOST_TEST(house.ask("Bearer wrong") == 429U);
    BOOST_TEST(house.ask_with_key() == 200U);
    BOOST_TEST(house.ask("Bearer wrong", "events:read", "192.0.2.2") == 401U);
    BOOST_TEST(house.ask("") == 401U);  // no key is no guess
    house.clock.advance(milliseconds{1'000});
    BOOST_TEST(house.ask("Bearer wrong") == 401U);
    BOOST_TEST(house.ask("Bearer wrong") == 429U);
}

// Goal: who has an IPv6 network of 64 bits has no new tries with each of its addresses.
BOOST_AUTO_TEST_CASE(an_ipv6_network_is_one_guesser)
{
    AccessFixture house;
    const auto guess_from = [&house](const std::string& address) {
        return house.ask("Bearer wrong", "events:read", address.c_str());
    };
    for (std::uint32_t tries = 0; tries < LoginThrottle::wrong_keys.burst; ++tries)
        BOOST_TEST(guess_from("2001:db8::" + std::to_string(tries)) == 401U);
    BOOST_TEST(guess_from("2001:db8::ffff") == 429U);
    BOOST_TEST(guess_from("2001:db8:0:1::1") == 401U);
}

BOOST_AUTO_TEST_SUITE_END()
