#include "hub/core/text/reserved.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;

BOOST_AUTO_TEST_SUITE(core_reserved)

// Goal: what is the hub's own is told by its beginning, and nothing that only looks like it.
BOOST_AUTO_TEST_CASE(internal_types_and_names)
{
    for (const auto* type : {"katydid.delivery.dead", "bridge.sale", "bridge."})
        BOOST_TEST(is_internal_type(type), type);
    for (const auto* type :
         {"", "bridge", "katydid", "bridges.x", "shop.bridge.sale", "Bridge.sale"})
        BOOST_TEST(!is_internal_type(type), type);
    for (const auto* name :
         {"bridge", "Bridge", "bridge-atlvs", "BRIDGE-x", "katydid", "katydid-2"})
        BOOST_TEST(is_reserved_name(name), name);
    for (const auto* name : {"", "bridges", "my-bridge", "atlvs", "katy"})
        BOOST_TEST(!is_reserved_name(name), name);
}

// Goal: one list says which headers nobody may set, in any case.
BOOST_AUTO_TEST_CASE(headers)
{
    for (const auto* name : {"Host", "content-length", "Transfer-Encoding", "Connection", "Upgrade",
                             "Trailer", "Expect", "Keep-Alive", "TE", "HTTP2-Settings",
                             "Proxy-Connection", "Proxy-Authorization"}) {
        BOOST_TEST(is_connection_header(name), name);
        BOOST_TEST(!is_settable_header(name), name);
    }
    for (const auto* name :
         {"Content-Type", "Content-Encoding", "CONTENT-MD5", "Webhook-Id", "katydid-delivery"}) {
        BOOST_TEST(!is_connection_header(name), name);
        BOOST_TEST(!is_settable_header(name), name);
    }
    for (const auto* name : {"Authorization", "X-Api-Key", "Cookie", "User-Agent", "Contents"})
        BOOST_TEST(is_settable_header(name), name);
}

// Goal: a type is what a header can carry, a terminal can show and JSON can hold; one that is too
// long is none.
BOOST_AUTO_TEST_CASE(writable_types)
{
    const std::string longest(event_type_bytes_max, 'a');
    BOOST_TEST(writable_type("invoice.paid") == "invoice.paid");
    BOOST_TEST(writable_type("caf\xC3\xA9.created") == "caf\xC3\xA9.created");
    BOOST_TEST(writable_type("a b") == "a%20b");
    BOOST_TEST(writable_type("a\r\nX: y") == "a%0D%0AX:%20y");
    BOOST_TEST(writable_type(std::string_view{"a\0b\x7F", 4}) == "a%00b%7F");
    BOOST_TEST(writable_type(" a\t") == "%20a%09");
    BOOST_TEST(writable_type("  ") == "%20%20");
    BOOST_TEST(writable_type("a\xFF") == "a%FF");
    BOOST_TEST(writable_type(longest) == longest);
    BOOST_TEST(writable_type(longest + "a") == "");
    BOOST_TEST(writable_type(std::string(100, '\n')) == "");
    BOOST_TEST(writable_type("") == "");
}

BOOST_AUTO_TEST_SUITE_END()
