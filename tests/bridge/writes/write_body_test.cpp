#include "hub/bridge/writes/write_body.hpp"

#include "hub/bridge/writes/writer.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::bridge;

namespace {

const WriteCall& call(std::string_view type) { return *find_write_call(type); }

WriteBody made(std::string_view type, std::string_view body, std::string_view path_id = "")
{
    static const privacy::PrivacyTables tables;
    return make_write_body(call(type), body, path_id, tables.grasshopper(), false);
}

std::string fault(std::string_view type, std::string_view body)
{
    const auto checked = validate_body(call(type), body);
    const auto* refused = std::get_if<http::Response>(&checked);
    if (refused == nullptr) return "none";
    BOOST_TEST(refused->status == 400U);
    return std::string{std::string_view{boost::json::parse(refused->body).at("error").as_string()}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bridge_write_body)

// Goal: a refusal names every fault in one sentence, and never a value.
BOOST_AUTO_TEST_CASE(refusals)
{
    BOOST_TEST(fault("bridge.event", R"({"grasshopperId":"e","name":"N","startDate":"2026-06-15"})")
               == "none");
    BOOST_TEST(fault("bridge.event", "{}")
               == "grasshopperId is missing; name is missing; startDate is missing");
    for (const std::string_view text :
         {"", "{", "nonsense", "\xff\xfe", "{\"a\":\"\xc3\x28\"}", "\xef\xbb\xbf{}", "{} {}"})
        BOOST_TEST(fault("bridge.sale", text) == "the body is not JSON", text);
    BOOST_TEST(fault("bridge.sale", std::string(40, '[') + std::string(40, ']'))
               == "the body is not JSON");
    BOOST_TEST(fault("bridge.sale", "[]") == "the body must be an object");
}

// Goal: an event is named by its id, so another body of it is another write of the same thing.
BOOST_AUTO_TEST_CASE(names)
{
    const auto first = made("bridge.event",
                            R"({"grasshopperId":"e1","name":"A","startDate":"2026-06-15"})");
    const auto other = made("bridge.event",
                            R"({"grasshopperId":"e1","name":"B","startDate":"2026-06-15"})");
    BOOST_TEST(first.key == "e1");
    BOOST_TEST(first.natural == other.natural);
    BOOST_TEST(first.hash != other.hash);
    BOOST_TEST(made("bridge.event", R"({"grasshopperId":7})").key == "7");
}

// Goal: equal content is equal, whatever its order and white space; a sale is its whole body.
BOOST_AUTO_TEST_CASE(equal_content)
{
    const auto one = made("bridge.sale", R"({"eventId":"e","ticketsSold":2,"revenue":10})");
    const auto same = made("bridge.sale", R"( {"revenue" : 10, "ticketsSold":2,"eventId":"e"})");
    const auto more = made("bridge.sale", R"({"eventId":"e","ticketsSold":3,"revenue":10})");
    BOOST_TEST(one.hash == same.hash);
    BOOST_TEST(one.natural == same.natural);
    BOOST_TEST(one.natural != more.natural);
    BOOST_TEST(one.key == "e");
}

// Goal: bookings are named by resource, event and time.
BOOST_AUTO_TEST_CASE(bookings)
{
    constexpr std::string_view body = R"({"eventId":"e","from":"F","to":"T","quantity":1})";
    BOOST_TEST(made("bridge.booking", body, "res_1").natural
               != made("bridge.booking", body, "res_2").natural);
    BOOST_TEST(made("bridge.booking", body, "res_1").natural == "res_1\ne\nF\nT");
}

// Goal: what the table does not list is not stored; bytes that may pass stay as they came.
BOOST_AUTO_TEST_CASE(privacy)
{
    const auto sale = made("bridge.sale",
                           R"({"eventId":"e", "revenue":10.50,"customerId":"c1","buyer":"Jane"})");
    BOOST_TEST(sale.payload == R"({"eventId":"e","revenue":10.50})");
    BOOST_TEST(sale.subject == "c1");
    const std::string plain = R"({ "eventId":"e", "revenue":10.50 })";
    BOOST_TEST(made("bridge.sale", plain).payload == plain);
}

// Goal: keys that could not be sent on are refused.
BOOST_AUTO_TEST_CASE(keys)
{
    BOOST_TEST(fault_of_key("").empty());
    BOOST_TEST(fault_of_key("8e03978e-40d5-43dd-bc93-6894a57f9324").empty());
    BOOST_TEST(!fault_of_key("a b").empty());
    BOOST_TEST(!fault_of_key("\xc3\xa4").empty());
    BOOST_TEST(!fault_of_key(std::string(201, 'k')).empty());
}

BOOST_AUTO_TEST_SUITE_END()
