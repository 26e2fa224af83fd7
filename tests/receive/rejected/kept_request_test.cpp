#include "hub/receive/rejected/kept_request.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::receive;

namespace {

signing::Vault make_vault(unsigned char fill)
{
    std::array<unsigned char, 32> key{};
    key.fill(fill);
    return signing::Vault{key};
}

RejectedId some_id(std::uint8_t number)
{
    IdBytes bytes{};
    bytes[15] = number;
    return RejectedId{bytes};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(receive_kept_request)

// Goal: any bytes come back as they were, and outside stands only the path.
BOOST_AUTO_TEST_CASE(round_trip)
{
    const auto vault = make_vault(1);
    KeptRequest request{"/in?code=secret",
                        "https://hub.example/in?code=secret",
                        {{"A", "1:2"}, {"a", std::string{"\x80\xff", 2}}, {"Empty", ""}},
                        std::string{"3:\0 body", 8}};
    store::Rejected row;
    row.id = some_id(1);
    seal(row, request, vault);
    BOOST_TEST(row.target == "/in");
    BOOST_TEST(row.headers.empty());
    BOOST_TEST(row.body_bytes == 8U);
    BOOST_TEST(row.body->find("body") == std::string::npos);
    const auto opened = open(row, vault);
    BOOST_TEST_REQUIRE(opened.has_value());
    BOOST_TEST(opened->target == request.target);
    BOOST_TEST(opened->url == request.url);
    BOOST_TEST((opened->headers == request.headers));
    BOOST_TEST(opened->body == request.body);
}

// Goal: another master key, another row or another tenant opens nothing.
BOOST_AUTO_TEST_CASE(bound_to_its_row)
{
    const auto vault = make_vault(1);
    store::Rejected row;
    row.id = some_id(1);
    seal(row, {"/in", "", {}, "body"}, vault);
    BOOST_TEST(open(row, make_vault(2)).has_error());
    auto moved = row;
    moved.id = some_id(2);
    BOOST_TEST(open(moved, vault).has_error());
    auto foreign = row;
    foreign.tenant = TenantId{};
    BOOST_TEST(open(foreign, vault).has_error());
    auto empty = row;
    empty.body = nullptr;
    BOOST_TEST(open(empty, vault).has_error());
    auto cut = row;
    cut.body = std::make_shared<const std::string>(row.body->substr(0, 20));
    BOOST_TEST(open(cut, vault).has_error());
}

BOOST_AUTO_TEST_SUITE_END()
