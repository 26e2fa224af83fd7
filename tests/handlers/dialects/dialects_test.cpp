#include "handlers/dialects/atlvs/atlvs_dialect.hpp"
#include "handlers/dialects/dialects.hpp"
#include "handlers/dialects/grasshopper/grasshopper_dialect.hpp"
#include "handlers/dialects/grasshopper/type_map.hpp"

#include "tests/handlers/events.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::dialects;
using namespace katydid::test;

namespace {

const std::string data = R"({"id":"res_42","type":"equipment", "availability":false,"n":1.50})";
const std::string atlvs_body
    = R"({"id":"6b1f","name":"resource.updated","occurredAt":"2026-06-15T18:00:00.000Z","payload":)"
      + data + "}";
const std::string grasshopper_body = R"({"event":"resource.updated","data":)" + data
                                     + R"(,"timestamp":"2026-06-15T18:00:00.000Z"})";
const std::string standard_body
    = R"({"type":"ticket.sold","timestamp":"2026-06-15T18:00:00.000Z","data":)" + data + "}";

std::string text_of(const Headers& headers)
{
    std::string text;
    for (const auto& header : headers) text += header.name + ": " + header.value + "\n";
    return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(handlers_dialects)

// Goal: the payload goes out as it is, without a copy, with the headers of api.md.
BOOST_AUTO_TEST_CASE(standard)
{
    auto event = make_event("stripe", "invoice.paid", "{ \"any\" : 1 }");
    event.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const auto request = write_standard(event, {*DeliveryId::parse(delivery_id_text), 3});
    BOOST_TEST(request.body.get() == event.payload.get());
    BOOST_TEST(request.scheme == "standard-webhooks");
    BOOST_TEST(request.signed_id == event_id_text);
    BOOST_TEST(text_of(request.headers)
               == "Content-Type: application/json\nwebhook-id: " + event_id_text
                      + "\nkatydid-event-type: invoice.paid\nkatydid-delivery: " + delivery_id_text
                      + "\nkatydid-attempt: 3\n"
                        "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\n");
}

// Goal: the provider's own request again, its signature included and nothing of ours.
BOOST_AUTO_TEST_CASE(raw)
{
    auto event = make_event("github", "push", "payload=%7B%7D");
    event.content_type = "application/x-www-form-urlencoded";
    event.headers = {{"Host", "hub"},           {"X-GitHub-Event", "push"},
                     {"Content-Length", "14"},  {"X-Hub-Signature-256", "sha256=ab"},
                     {"Connection", "close"},   {"Authorization", "Bearer x"},
                     {"Katydid-Delivery", "1"}, {"HTTP2-Settings", "x"}};
    const auto request = write_raw(event);
    BOOST_TEST(request.scheme.empty());
    BOOST_TEST(request.body.get() == event.payload.get());
    BOOST_TEST(text_of(request.headers)
               == "Content-Type: application/x-www-form-urlencoded\nX-GitHub-Event: push\n"
                  "X-Hub-Signature-256: sha256=ab\n");
}

// Goal: what came compressed goes out as its sender signed it, and to others as what it says.
BOOST_AUTO_TEST_CASE(compressed)
{
    auto event = make_event("shop", "order.paid", "{}");
    event.compressed = std::make_shared<const std::string>("gzip bytes");
    const auto request = write_raw(event);
    BOOST_TEST(request.body.get() == event.compressed.get());
    BOOST_TEST(header_value(request.headers, "content-encoding") == "gzip");
    const auto standard = write_standard(event, {});
    BOOST_TEST(standard.body.get() == event.payload.get());
    BOOST_TEST((find_header(standard.headers, "content-encoding") == nullptr));
}

// Goal: JSON of any kind is wrapped as it came, without its byte order mark.
BOOST_AUTO_TEST_CASE(odd_json_is_wrapped)
{
    const std::string deep = std::string(160'000, '[') + std::string(160'000, ']');
    for (const auto& text : {std::string{R"({"t":"\ud83d"})"}, std::string{"[1e400]"}, deep}) {
        const auto plain = atlvs::write(make_event("shop", "ticket.sold", text));
        BOOST_TEST_REQUIRE(plain.has_value());
        BOOST_TEST((plain->body->find(text) != std::string::npos));
        const auto marked = atlvs::write(make_event("shop", "ticket.sold", "\xEF\xBB\xBF" + text));
        BOOST_TEST_REQUIRE(marked.has_value());
        BOOST_TEST((*marked->body == *plain->body));
    }
}

// Goal: attributes that a header cannot carry are percent-encoded.
BOOST_AUTO_TEST_CASE(cloudevents)
{
    auto event = make_event("", "ticket.sold", "{}");
    event.subject = "J\xC3\xBCrgen \"1\"";
    const auto request = write_cloudevents(event, {});
    BOOST_TEST(header_value(request.headers, "ce-source") == "/v1/events");
    BOOST_TEST(header_value(request.headers, "ce-subject") == "J%C3%BCrgen%20%221%22");
    BOOST_TEST(header_value(request.headers, "ce-time") == "2026-06-15T18:00:00.000Z");
    BOOST_TEST(header_value(request.headers, "ce-id") == event_id_text);
}

// Goal: whatever an event came in, ATLVS's partner receiver gets its envelope with the same data.
BOOST_AUTO_TEST_CASE(atlvs_wraps)
{
    const auto expected = R"({"id":")" + event_id_text + R"(","name":"ticket.sold",)"
                          + R"("occurredAt":"2026-06-15T18:00:00.000Z","payload":)" + data + "}";
    for (const auto& [source, payload] : {std::pair{"", data},
                                          {"grasshopper", standard_body},
                                          {"grasshopper", data},
                                          {"atlvs", grasshopper_body}}) {
        const auto request = atlvs::write(make_event(source, "ticket.sold", payload));
        BOOST_REQUIRE(request.has_value());
        BOOST_TEST(*request->body == expected, payload);
        BOOST_TEST(request->scheme == "atlvs");
        BOOST_TEST(text_of(request->headers)
                   == "Content-Type: application/json\nX-Webhook-Id: " + event_id_text
                          + "\nX-Webhook-Event: ticket.sold\n");
    }
}

// Goal: what is in the dialect already is not touched.
BOOST_AUTO_TEST_CASE(own_dialect_passes)
{
    const auto from_atlvs = make_event("atlvs", "resource.updated", atlvs_body);
    BOOST_TEST(atlvs::write(from_atlvs)->body.get() == from_atlvs.payload.get());
    const auto from_hopper = make_event("atlvs", "resource.updated", grasshopper_body);
    BOOST_TEST(grasshopper::write(from_hopper)->body.get() == from_hopper.payload.get());
}

BOOST_AUTO_TEST_CASE(grasshopper_wraps)
{
    const auto request = grasshopper::write(make_event("atlvs", "resource.updated", atlvs_body));
    BOOST_REQUIRE(request.has_value());
    BOOST_TEST(*request->body == grasshopper_body);
    BOOST_TEST(request->scheme == "grasshopper");
    BOOST_TEST(text_of(request->headers) == "Content-Type: application/json\n");
}

// Goal: the table of platforms.md, and a dead end for what has no counterpart.
BOOST_AUTO_TEST_CASE(grasshopper_types)
{
    using grasshopper::map_type;
    for (const auto* same :
         {"event.updated", "event.cancelled", "resource.updated", "artist.updated"})
        BOOST_TEST((map_type(same) == same));
    BOOST_TEST((map_type("production.status_changed") == "event.updated"));
    BOOST_TEST((map_type("resource.allocation_changed") == "resource.updated"));
    BOOST_TEST((map_type("staff.assigned") == "resource.updated"));
    BOOST_TEST(!map_type("budget.alert").has_value());
    const auto mapped = grasshopper::write(make_event("", "staff.assigned", data));
    BOOST_REQUIRE(mapped.has_value());
    BOOST_TEST(*mapped->body == grasshopper_body);
    const auto refused = grasshopper::write(make_event("", "budget.alert", data));
    BOOST_REQUIRE(refused.has_error());
    BOOST_TEST(refused.error().message == "no counterpart in dialect grasshopper");
}

// Goal: published data that looks like an envelope is data.
BOOST_AUTO_TEST_CASE(published_data_is_never_opened)
{
    const auto request = grasshopper::write(make_event("", "resource.updated", atlvs_body));
    BOOST_REQUIRE(request.has_value());
    BOOST_TEST(*request->body
               == R"({"event":"resource.updated","data":)" + atlvs_body
                      + R"(,"timestamp":"2026-06-15T18:00:00.000Z"})");
}

// Goal: bytes that are not JSON never end up inside an envelope.
BOOST_AUTO_TEST_CASE(not_json)
{
    const std::vector<std::string> payloads{"", "a=b", "{\"a\":1}}", "\xEF\xBB\xBF",
                                            "{\"a\":\"\xFF\"}"};
    for (const auto& payload : payloads)
        BOOST_TEST(atlvs::write(make_event("x", "ticket.sold", payload)).has_error(), payload);
}

// Goal: receiving finds time and key in every envelope of the two platforms.
BOOST_AUTO_TEST_CASE(facts_of_bodies)
{
    for (const auto& facts :
         {atlvs::read_facts(atlvs_body), grasshopper::read_facts(grasshopper_body),
          grasshopper::read_facts(standard_body)}) {
        BOOST_TEST((facts.occurred_at == parse_rfc3339("2026-06-15T18:00:00Z")));
        BOOST_TEST(facts.key == "res_42");
    }
    const auto number = grasshopper::read_facts(
        R"({"event":"a.b","data":{"id":7},"timestamp":"soon"})");
    BOOST_TEST(number.key == "7");
    BOOST_TEST(!number.occurred_at.has_value());
    for (const auto* body : {"", "[]", "{", "\"a\"", "{\"a\":1,}", R"({"payload":{"id":"x"})"})
        BOOST_TEST(atlvs::read_facts(body).key == "", body);
}

// Goal: an id is what its JSON text means, and only a text or a whole number is one.
BOOST_AUTO_TEST_CASE(keys_of_bodies)
{
    const std::vector<std::pair<std::string, std::string>> rows{
        {R"("a\"b\u00e9")", "a\"b\u00e9"},
        {"-7", "-7"},
        {"18446744073709551615", "18446744073709551615"},
        {"1e3", ""},
        {"1.5", ""},
        {"184467440737095516150", "184467440737095516150"},
        {"null", ""},
        {"[\"a\"]", ""},
        {R"({"id":"b"})", ""},
        {R"("first","id":"last")", "last"}};
    for (const auto& [id, key] : rows) {
        const auto facts = atlvs::read_facts(R"({ "payload" : {"x":{"id":"no"},"id":)" + id
                                             + "} }");
        BOOST_TEST(facts.key == key, id);
    }
}

BOOST_AUTO_TEST_SUITE_END()
