// A signed webhook each way, from the sender's socket to the receiver's.
#include "tests/e2e/fixture.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

namespace katydid::test {
namespace {

namespace json = boost::json;

const std::string resource = R"({"id":"res_42","type":"equipment","availability":false})";

std::string text_of(const json::value& object, const char* key)
{
    return std::string{object.at(key).as_string()};
}

json::value answer_of(const Reply& reply)
{
    BOOST_TEST_REQUIRE(reply.status / 100 == 2, reply.head << reply.body);
    auto answer = json::parse(reply.body);
    BOOST_TEST(answer.at("success").as_bool());
    BOOST_TEST(text_of(answer, "id").starts_with("evt_"));
    return answer;
}

/// What Grasshopper's own route would check and read.
void check_grasshopper_dialect(const http::Request& request, const std::string& type)
{
    BOOST_TEST(request.path == "/api/webhooks/atlvs");
    BOOST_TEST(request.header("X-ATLVS-Signature") == hmac_hex(atlvs_secret, request.body));
    const auto body = json::parse(request.body);
    BOOST_TEST(text_of(body, "event") == type);
    BOOST_TEST(text_of(body.at("data"), "id") == "res_42");
    BOOST_TEST(text_of(body, "timestamp") == "2026-06-15T18:00:00.000Z");
}

BOOST_AUTO_TEST_SUITE(e2e_delivery)

// Goal: what ATLVS's dispatcher posts reaches Grasshopper in Grasshopper's dialect, signed.
BOOST_AUTO_TEST_CASE(atlvs_dispatcher_to_grasshopper)
{
    E2eFixture floor;
    answer_of(floor.post(
        atlvs_webhook("6b1f0a0e-6f1c-4f7e-9a51-0b8a3f1f2c55", "resource.updated", resource)));
    const auto requests = floor.grasshopper.wait_for(1);
    check_grasshopper_dialect(requests[0], "resource.updated");
}

// Goal: the other dialect of ATLVS is accepted by the same route and delivered alike.
BOOST_AUTO_TEST_CASE(atlvs_envelope_to_grasshopper)
{
    E2eFixture floor;
    answer_of(floor.post(atlvs_envelope("resource.updated", resource)));
    const auto requests = floor.grasshopper.wait_for(1);
    check_grasshopper_dialect(requests[0], "resource.updated");
}

// Goal: a type that Grasshopper does not know arrives under its counterpart's name.
BOOST_AUTO_TEST_CASE(atlvs_topic_is_mapped)
{
    E2eFixture floor;
    answer_of(floor.post(atlvs_webhook("staff-1", "staff.assigned", resource)));
    const auto requests = floor.grasshopper.wait_for(1);
    check_grasshopper_dialect(requests[0], "resource.updated");
}

// Goal: what Grasshopper posts reaches ATLVS's partner receiver in ATLVS's dialect, signed.
BOOST_AUTO_TEST_CASE(grasshopper_to_atlvs)
{
    E2eFixture floor;
    answer_of(floor.post(
        grasshopper_webhook("msg_1", "ticket.sold", R"({"id":"tkt_7","eventId":"evt_1"})")));
    const auto requests = floor.atlvs.wait_for(1);
    const auto& request = requests[0];
    BOOST_TEST(request.path == "/webhooks/partner");
    BOOST_TEST(request.header("X-Webhook-Signature") == hmac_hex(partner_secret, request.body));
    BOOST_TEST(request.header("X-Webhook-Event") == "ticket.sold");
    BOOST_TEST(!request.header("X-Webhook-Id").empty());
    const auto body = json::parse(request.body);
    BOOST_TEST(text_of(body, "name") == "ticket.sold");
    BOOST_TEST(text_of(body.at("payload"), "id") == "tkt_7");
    BOOST_TEST(text_of(body, "occurredAt") == "2026-06-15T18:00:00.000Z");
}

// Goal: the same event id again gets the same answer, marked, and no second delivery.
BOOST_AUTO_TEST_CASE(repeated_webhook_is_delivered_once)
{
    E2eFixture floor;
    const auto webhook = grasshopper_webhook("msg_twice", "ticket.sold", R"({"id":"tkt_1"})");
    const auto first = answer_of(floor.post(webhook));
    floor.atlvs.wait_for(1);
    const auto second_reply = floor.post(webhook);
    const auto second = answer_of(second_reply);
    BOOST_TEST(second_reply.status == 200U);
    BOOST_TEST(text_of(second, "id") == text_of(first, "id"));
    BOOST_TEST(second.at("duplicate").as_bool());
    // A later event shows that nothing of the repeat is on its way before it.
    answer_of(floor.post(grasshopper_webhook("msg_last", "ticket.sold", R"({"id":"tkt_last"})")));
    const auto requests = floor.atlvs.wait_for(2);
    BOOST_TEST(requests.size() == 2U);
    BOOST_TEST(requests[1].body.find("tkt_last") != std::string::npos);
    BOOST_TEST(floor.hub.list("/v1/deliveries").size() == 2U);
}

// Goal: a budget alert has no counterpart at Grasshopper: that delivery is dead and says why,
// while a subscription in the standard dialect gets the bytes as they came, signed.
BOOST_AUTO_TEST_CASE(budget_alert_goes_to_the_standard_subscription)
{
    E2eFixture floor;
    const std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=";
    const json::value subscription{
        {"name", "budget"},
        {"sources", {"atlvs"}},
        {"event_types", {"budget.*"}},
        {"dialect", "standard"},
        {"secret", secret},
        {"handler", {{"kind", "endpoint"}, {"url", floor.grasshopper.url("/budget")}}}};
    const auto created = floor.hub.manage("POST", "/v1/subscriptions",
                                          json::serialize(subscription));
    BOOST_TEST_REQUIRE(created.status == 201U, created.body);
    const auto webhook = atlvs_webhook("budget-1", "budget.alert",
                                       R"({"id":"bud_1","percent":120})");
    answer_of(floor.post(webhook));
    const auto requests = floor.grasshopper.wait_for(1);
    const auto& request = requests[0];
    BOOST_TEST(request.path == "/budget");
    BOOST_TEST(request.body == webhook.body);
    const std::string id{request.header("webhook-id")};
    BOOST_TEST(id.starts_with("evt_"));
    BOOST_TEST(
        request.header("webhook-signature")
        == standard_signature(secret, id, request.header("webhook-timestamp"), request.body));
    BOOST_TEST(request.header("katydid-event-type") == "budget.alert");
    BOOST_TEST(request.header("katydid-attempt") == "1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace katydid::test
