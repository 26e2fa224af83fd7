#include "hub/bridge/cache/reader.hpp"

#include "hub/bridge/forwarder.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::bridge;

namespace {

unsigned fault_of(std::string query)
{
    http::Request request;
    request.query = std::move(query);
    for (const auto& call : read_calls()) {
        if (!call.is_resources) continue;
        const auto fault = query_fault(call, request);
        return fault ? fault->status : 0;
    }
    return 999;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bridge_reads)

// Goal: date and type of a question for resources are validated.
BOOST_AUTO_TEST_CASE(resource_queries)
{
    for (const auto* good : {"date=2026-06-15", "date=2026-06-15&type=staff",
                             "type=venue&date=2024-02-29", "date=2026-06-15&type=equipment&x=1"})
        BOOST_TEST(fault_of(good) == 0U, good);
    for (const auto* bad :
         {"", "type=staff", "date=", "date=tomorrow", "date=2026-02-30",
          "date=2026-06-15&type=", "date=2026-06-15&type=people", "date=2026-06-15 "})
        BOOST_TEST(fault_of(bad) == 400U, bad);
}

// Goal: the type filter keeps elements as they stand.
BOOST_AUTO_TEST_CASE(type_filter)
{
    constexpr std::string_view all
        = R"([{"id":1,"type":"staff"}, {"id":2,"type":"venue","m":{"type":"staff"},"c":4200.50},)"
          R"({"id":3}])";
    BOOST_TEST(only_of_type(all, "venue").value()
               == R"([{"id":2,"type":"venue","m":{"type":"staff"},"c":4200.50}])");
    BOOST_TEST(only_of_type(all, "equipment").value() == "[]");
    BOOST_TEST(only_of_type("[]", "staff").value() == "[]");
    BOOST_TEST(!only_of_type("{}", "staff"));
}

// Goal: a value in a path can be nothing but one segment of it.
BOOST_AUTO_TEST_CASE(paths)
{
    for (const auto& [value, path] : {std::pair{"evt_1", "/events/evt_1/x"},
                                      {"a/b?c#d", "/events/a%2Fb%3Fc%23d/x"},
                                      {"..", "/events/%2E%2E/x"},
                                      {"\xc3\xa4 ", "/events/%C3%A4%20/x"}})
        BOOST_TEST(fill_path("/events/{id}/x", value) == path);
    BOOST_TEST(fill_path("/business/sales", "x") == "/business/sales");
}

// Goal: which answers end a write, and which mean that it is tried again.
BOOST_AUTO_TEST_CASE(last_words)
{
    for (const unsigned status : {200U, 201U, 204U, 400U, 404U, 409U, 410U, 422U})
        BOOST_TEST(is_last_word(status), status);
    for (const unsigned status : {0U, 301U, 401U, 403U, 408U, 425U, 429U, 500U, 502U, 503U})
        BOOST_TEST(!is_last_word(status), status);
}

// Goal: a success whose end is doubtful is taken when its object is whole, or the write would be
// made again; half an object is not.
BOOST_AUTO_TEST_CASE(usable_answers)
{
    constexpr bool truncated = true;
    BOOST_TEST(is_usable({200, {}, R"({"id":"1"})", false}));
    BOOST_TEST(is_usable({200, {}, R"({"id":"1"})", truncated}));
    BOOST_TEST(is_usable({204, {}, "", false}));
    BOOST_TEST(is_usable({422, {}, "no", false}));
    BOOST_TEST(!is_usable({200, {}, R"({"id":)", truncated}));
    BOOST_TEST(!is_usable({200, {}, "[]", false}));
    BOOST_TEST(!is_usable({200, {}, "", truncated}));
    BOOST_TEST(!is_usable({422, {}, "no", truncated}));
}

// Goal: what the hub publishes holds both sides' ids, and for a refusal the reason.
BOOST_AUTO_TEST_CASE(results)
{
    Event event;
    event.id = *EventId::parse("evt_01JXT21Q00TVHEAVKXVX8W3A02");
    event.type = "bridge.event";
    event.payload = std::make_shared<const std::string>(R"({"grasshopperId":"e1","name":"N"})");
    const auto& call = *find_write_call(event.type);
    const auto good = make_result(call, event, 201, R"({"id":"prd_1","name":"N"})");
    BOOST_TEST(good.type == "production.created");
    BOOST_TEST(good.external_id == "result:evt_01JXT21Q00TVHEAVKXVX8W3A02");
    BOOST_TEST(*good.payload
               == R"({"operationId":"evt_01JXT21Q00TVHEAVKXVX8W3A02","grasshopperId":"e1",)"
                  R"("productionId":"prd_1","production":{"id":"prd_1","name":"N"}})");
    const auto bad = make_result(call, event, 409, "{}");
    BOOST_TEST(bad.type == "operation.failed");
    BOOST_TEST(*bad.payload
               == R"({"operationId":"evt_01JXT21Q00TVHEAVKXVX8W3A02","grasshopperId":"e1",)"
                  R"("call":"event","httpStatus":409,"error":"ATLVS answered 409 Conflict"})");
}

BOOST_AUTO_TEST_SUITE_END()
