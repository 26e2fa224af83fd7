#include "hub/receive/rejected/erase_kept.hpp"

#include "tests/receive/gzip.hpp"
#include "tests/receive/sender.hpp"
#include "tests/support/lists.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::receive;
using namespace katydid::test;

BOOST_AUTO_TEST_SUITE(receive_erase_kept)

// Goal: a person is found wherever they stand, as a whole word, compressed and escaped; and others
// are not taken for them.
BOOST_AUTO_TEST_CASE(finds_the_subject)
{
    const std::string who = "erika@example.com";
    const std::vector<KeptRequest> told{
        {"/x?member=erika%40example.com", "", {}, ""},
        {"/x", "", {{"X-Member", "erika@example.com"}}, ""},
        {"/x", "", {}, R"({"member":"erika@example.com"})"},
        {"/x", "", {}, R"({"member":"erika\u0040example.com"})"},
        {"/x", "", {}, "member=erika%40example.com&x=1"},
        {"/x", "", {{"Content-Encoding", "gzip"}}, pack(R"({"m":"erika@example.com"})")}};
    for (const auto& request : told) BOOST_TEST(mentions(request, who));
    BOOST_TEST(mentions({"/x", "", {}, R"({"id":7})"}, "7"));
    for (const std::string body : {R"({"id":17})", R"({"id":"a7"})", R"({"id":70})", "{}"})
        BOOST_TEST(!mentions({"/x", "", {}, body}, "7"), body);
    BOOST_TEST(!mentions({"/x", "", {}, R"({"m":"marika@example.com"})"}, who));
}

// Goal: an erasure takes the kept requests that name the person, and leaves the others.
BOOST_AUTO_TEST_CASE(erases_what_names_the_subject)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        co_await add_provider(house, names("atlvs"));
        for (const auto& body : names(R"({"m":"erika"})", R"({"m":"max"})", "erika, no JSON")) {
            const Webhook webhook{"atlvs", body, {}, "another secret"};
            const auto refused = co_await send(house, webhook);
            BOOST_TEST(refused.status == 401U);
        }
        const auto kept = co_await rejected_of(house);
        BOOST_TEST(kept.size() == 3U);
        const auto erased = co_await erase_kept(*house.store, house.vault, default_tenant(),
                                                "erika");
        BOOST_TEST(erased.value() == 2U);
        const auto left = co_await rejected_of(house);
        BOOST_TEST_REQUIRE(left.size() == 1U);
        const auto row = co_await house.store->rejected(default_tenant(), left[0].id);
        BOOST_TEST(receive::open(*row, house.vault).value().body == R"({"m":"max"})");
    });
}

BOOST_AUTO_TEST_SUITE_END()
