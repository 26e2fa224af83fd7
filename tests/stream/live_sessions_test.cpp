// How many streams each may have.
#include "hub/stream/live_sessions.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::stream;

namespace {

struct Streams {
    /// The status of one more: 200, or of the refusal.
    unsigned open(TenantId tenant, KeyId key, std::string session = {},
                  const char* address = "192.0.2.1")
    {
        http::Response refusal;
        Visitor visitor{tenant, key, boost::asio::ip::make_address(address)};
        visitor.session = std::move(session);
        auto place = sessions.admit(std::move(visitor),
                                    std::make_shared<Mailbox>(loop.get_executor()), refusal);
        if (!place) return refusal.status;
        places.push_back(std::move(place));
        return 200;
    }

    asio::io_context loop{1};
    IdSource ids{system_clock(), 3};
    LiveSessions sessions{{loop.get_executor(),
                           system_clock(),
                           nullptr,
                           {},
                           [](const boost::asio::ip::address& from) { return from.is_v6(); },
                           1'000}};
    std::vector<std::unique_ptr<LiveSessions::Place>> places{};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(stream_live_sessions, Streams)

// Goal: people have no key. One of them, by any way in, leaves room for all others, and for
// the operator's key, which has no id either.
BOOST_AUTO_TEST_CASE(a_person_leaves_room_for_others)
{
    const auto tenant = ids.make<TenantId>();
    for (std::size_t i = 0; i < LiveSessions::session_max; ++i)
        BOOST_TEST(open(tenant, {}, "mallory") == 200U);
    BOOST_TEST(open(tenant, {}, "mallory") == 429U);
    BOOST_TEST(open(tenant, {}, "ada") == 200U);
    BOOST_TEST(open(tenant, {}) == 200U);
    places.clear();
    BOOST_TEST(open(tenant, {}, "mallory") == 200U);
}

// Goal: a tenant that makes itself many keys does not take every connection of the hub.
BOOST_AUTO_TEST_CASE(a_tenant_leaves_room_for_others)
{
    const auto greedy = ids.make<TenantId>();
    for (int i = 0; i < 1'000; ++i) BOOST_TEST(open(greedy, ids.make<KeyId>()) == 200U);
    BOOST_TEST(open(greedy, ids.make<KeyId>()) == 429U);
    BOOST_TEST(open(ids.make<TenantId>(), ids.make<KeyId>()) == 200U);
}

// Goal: an IPv6 host is counted by its network of 64 bits, in which it has every address.
BOOST_AUTO_TEST_CASE(an_ipv6_network_is_one_address)
{
    const auto tenant = ids.make<TenantId>();
    for (std::size_t i = 0; i < LiveSessions::address_max; ++i) {
        const auto address = "2001:db8::" + std::to_string(i);
        BOOST_TEST(open(tenant, ids.make<KeyId>(), {}, address.c_str()) == 200U);
    }
    BOOST_TEST(open(tenant, ids.make<KeyId>(), {}, "2001:db8::ffff:1") == 429U);
    BOOST_TEST(open(tenant, ids.make<KeyId>(), {}, "2001:db8:0:1::1") == 200U);
}

BOOST_AUTO_TEST_SUITE_END()
