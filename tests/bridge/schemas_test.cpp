// The schemas of handlers/dialects/*/schemas, and what they say of bodies.
#include "hub/bridge/writes/write_body.hpp"

#include "handlers/dialects/dialects.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::bridge;
namespace json = boost::json;

namespace {

json::value file(const std::string& name)
{
    const auto text = embedded_text(dialects::embedded_files, name);
    return json::parse(json::string_view{text.data(), text.size()});
}

std::string faults_in(std::string_view type, std::string_view body)
{
    std::string text;
    for (const auto& fault : faults_of(*find_write_call(type),
                                       json::parse(json::string_view{body.data(), body.size()})))
        text += fault.pointer + " " + fault.detail + "\n";
    return text;
}

std::string with(std::string_view members)
{
    return faults_in("bridge.event",
                     R"({"grasshopperId":"e1","name":"N",)" + std::string{members} + "}");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bridge_schemas)

// Goal: every row of both catalogs has a schema, and all of it is enforced.
BOOST_AUTO_TEST_CASE(complete)
{
    for (const std::string platform : {"atlvs", "grasshopper"}) {
        const auto catalog = file(platform + "/catalog.json");
        for (const auto* list : {"types", "bridge"})
            for (const auto& row : catalog.at(list).as_array()) {
                const auto name = platform + "/schemas/"
                                  + std::string{std::string_view{row.at("schema").as_string()}}
                                  + ".json";
                std::vector<Fault> faults;
                const auto compiled = schema::JsonSchema::compile(file(name), faults);
                BOOST_TEST((compiled != nullptr),
                           name << (faults.empty() ? "" : ": " + faults.front().detail));
            }
    }
}

// Goal: the sample of platforms.md is what its schema says.
BOOST_AUTO_TEST_CASE(the_sample_fits)
{
    std::vector<Fault> faults;
    const auto compiled = schema::JsonSchema::compile(file("atlvs/schemas/resource.updated.json"),
                                                      faults);
    BOOST_TEST(
        compiled->check(json::parse(R"({"id":"res_42","type":"equipment","availability":false})"))
            .empty());
    BOOST_TEST(!compiled->check(json::parse("{}")).empty());
}

// Goal: an event without id, name or start date is refused with the reason.
BOOST_AUTO_TEST_CASE(events)
{
    BOOST_TEST(with(R"("startDate":"2026-06-15T18:00:00Z","endDate":"2026-06-16T01:00:00+02:00",)"
                    R"("status":"published","x":[])")
               == "");
    BOOST_TEST(
        faults_in("bridge.event", R"({"grasshopperId":7,"name":"N","startDate":"2026-06-15"})")
        == "");
    BOOST_TEST(faults_in("bridge.event", "{}")
               == "/grasshopperId is missing\n/name is missing\n/startDate is missing\n");
    BOOST_TEST(with(R"("startDate":"15.06.2026")")
               == "/startDate must be a day or a time such as 2026-06-15T18:00:00Z\n");
    BOOST_TEST(with(R"("startDate":"2026-02-30")")
               == "/startDate must be a day or a time such as 2026-06-15T18:00:00Z\n");
    BOOST_TEST(with(R"("startDate":"2026-06-15T18:00:00Z","endDate":"2026-06-15T17:59:59Z")")
               == "/endDate must not be before startDate\n");
    BOOST_TEST(with(R"("startDate":"2026-06-15","endDate":"2026-06-15")") == "");
    BOOST_TEST(with(R"("startDate":"2026-06-15","capacity":-1)")
               == "/capacity must be at least 0\n");
    BOOST_TEST(with(R"("startDate":"2026-06-15","venue":null,"endDate":null)") == "");
    BOOST_TEST(!with(R"("startDate":null)").empty());
}

// Goal: amounts are not negative, times are ISO, counts are whole.
BOOST_AUTO_TEST_CASE(sales)
{
    const auto sale = [](std::string_view sold, std::string_view revenue, std::string_view time) {
        return faults_in("bridge.sale", R"({"eventId":"e1","ticketsSold":)" + std::string{sold}
                                            + R"(,"revenue":)" + std::string{revenue}
                                            + R"(,"timestamp":")" + std::string{time} + "\"}");
    };
    BOOST_TEST(sale("2", "178.5", "2026-06-15T18:00:00.123Z") == "");
    BOOST_TEST(sale("0", "0", "2026-06-15T18:00:00Z") == "");
    BOOST_TEST(sale("-1", "-0.01", "2026-06-15T18:00:00Z")
               == "/ticketsSold must be at least 0\n/revenue must be at least 0\n");
    BOOST_TEST(sale("1", "2", "yesterday")
               == "/timestamp must be a time such as 2026-06-15T18:00:00Z\n");
    BOOST_TEST(!sale("1.5", "\"9\"", "2026-06-15T18:00:00Z").empty());
}

// Goal: bookings have a span and at least one piece.
BOOST_AUTO_TEST_CASE(bookings)
{
    BOOST_TEST(
        faults_in("bridge.booking",
                  R"({"eventId":"e","from":"2026-06-15T20:00:00Z","to":"2026-06-15T18:00:00Z",)"
                  R"("quantity":0})")
        == "/quantity must be at least 1\n/to must not be before from\n");
}

BOOST_AUTO_TEST_SUITE_END()
