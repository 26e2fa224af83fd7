#include "hub/cli/client/hub_client.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::cli;

BOOST_AUTO_TEST_SUITE(cli_hub_client)

// Goal: a query carries any text, and leaves out what nobody said.
BOOST_AUTO_TEST_CASE(queries)
{
    BOOST_TEST(Query{}.text() == "");
    BOOST_TEST(Query{}.add("a", "").add("b", "x y&z=\xC3\xBC").add("c", "1").text()
               == "?b=x%20y%26z%3D%C3%BC&c=1");
}

// Goal: a hub that is not there is an error in time, not a hang.
BOOST_AUTO_TEST_CASE(nobody_there)
{
    HubAddress address;
    address.url = "http://127.0.0.1:1/";
    HubClient client{address};
    const auto answer = client.send({"GET", "/v1/events", {}, {}, milliseconds{5'000}});
    BOOST_REQUIRE(!answer);
    BOOST_TEST((answer.error() == errc::connect_failed), answer.error().message);
    const auto bad = client.send({"GET", " /", {}, {}, milliseconds{5'000}});
    BOOST_TEST((bad.error() == errc::invalid_argument));
}

BOOST_AUTO_TEST_SUITE_END()
