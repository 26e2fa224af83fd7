// No name, mail, phone or address of the sample data reaches the other side, a log or the store.
#include "tests/bridge/bridge_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>

using namespace katydid;
using namespace katydid::test;
namespace json = boost::json;

namespace {

/// Whatever of the sample data names or reaches a person.
constexpr std::string_view personal[] = {"Jane",
                                         "Doe",
                                         "jane.doe@mail.example",
                                         "+49 170 5550199",
                                         "Elm Street",
                                         "10115",
                                         "Jim",
                                         "john.roe@mail.example",
                                         "John Roe",
                                         "Lena Brandt",
                                         "lena.brandt@atlvs.example",
                                         "+49 30 5550101",
                                         "booking@agency.example",
                                         "trio@mail.example",
                                         "+49 30 5550155"};

std::string_view first_personal_in(std::string_view text)
{
    for (const auto value : personal)
        if (text.find(value) != std::string_view::npos) return value;
    return {};
}

const std::string sale_of_jane
    = R"({"eventId":"evt_1","ticketsSold":2,"revenue":178.00,"timestamp":"2026-06-15T18:00:00Z",)"
      R"("customerId":"cus_1","customer":{"id":"cus_1","name":"Jane Doe",)"
      R"("email":"jane.doe@mail.example","phone":"+49 170 5550199"},)"
      R"("billingAddress":{"line1":"Elm Street 5","zip":"10115"}})";

const std::string ticket_of_jane
    = R"({"id":"tkt_1","eventId":"evt_1","quantity":2,"revenue":178.00,"customerId":"cus_1",)"
      R"("customer":{"id":"cus_1","name":"Jane Doe","email":"jane.doe@mail.example"},)"
      R"("attendees":["Jane Doe","Jim Doe"],"holder":{"firstName":"Jane","lastName":"Doe"}})";

const std::string artist
    = R"({"grasshopperId":"art_1","name":"Trio","contactInfo":{"email":"trio@mail.example",)"
      R"("phone":"+49 30 5550155"}})";

}  // namespace

BOOST_AUTO_TEST_SUITE(bridge_privacy)

// Goal: all that passes through the hub in both directions, by calls and by webhooks, leaves no
// person in what the platforms get, in what callers are answered, in the store or in the log.
BOOST_AUTO_TEST_CASE(no_person_passes)
{
    const Receiver partner;
    BridgeFixture stage{{{"ATLVS_PARTNER_SECRET", std::string{partner_secret}},
                         {"ATLVS_WEBHOOK_URL", partner.url("/partner")},
                         {"KATYDID_LOG_LEVEL", "debug"}}};
    std::string seen;
    const auto keep = [&](const Answered& answer) {
        seen += json::serialize(answer.body);
        return answer.status;
    };
    BOOST_TEST(keep(stage.post("/api/business/sales", sale_of_jane)) == 201U);
    BOOST_TEST(keep(stage.post("/api/production/artists", artist)) == 201U);
    BOOST_TEST(keep(stage.post("/api/production/events", event_body("evt_1", "N"))) == 201U);
    BOOST_TEST(keep(stage.get("/api/production/events/evt_1")) == 200U);
    BOOST_TEST(keep(stage.get("/api/production/resources?date=2026-06-20")) == 200U);
    BOOST_TEST(keep(stage.get_grasshopper("/api/orders")) == 200U);
    BOOST_TEST(keep(stage.get_grasshopper("/api/tickets")) == 200U);
    const auto webhook = grasshopper_webhook("msg_1", "ticket.sold", ticket_of_jane);
    BOOST_TEST(exchange(stage.hub.port(), webhook).status == 200U);
    const auto person = atlvs_webhook("1", "person.updated",
                                      R"({"id":"per_1","name":"Lena Brandt","status":"active"})");
    BOOST_TEST(exchange(stage.hub.port(), person).status == 200U);
    seen += partner.wait_for(1).front().body;
    seen += json::serialize(stage.atlvs.writes().at("entries").at(0).at("body"));
    seen += json::serialize(stage.atlvs.writes().at("entries").at(1).at("body"));
    BOOST_TEST(first_personal_in(seen) == "", seen);
    BOOST_TEST(seen.find("tkt_1") != std::string::npos);

    stage.hub.end(SIGTERM);
    const auto on_disk = stage.everything_on_disk();
    BOOST_TEST(on_disk.find("tkt_1") != std::string::npos);
    BOOST_TEST(first_personal_in(on_disk) == "");
}

// Goal: what an operator allows by name passes; a person's opt-out is stronger, wherever it is
// said: in the payload, or by PUT /v1/subjects/{subject}/privacy.
BOOST_AUTO_TEST_CASE(allowed_and_opted_out)
{
    BridgeFixture stage{{{"KATYDID_BRIDGE_ALLOW", "bridge.artist:contactInfo.email"}}};
    const auto latest_body = [&] {
        return json::serialize(stage.atlvs.writes().at("entries").as_array().back().at("body"));
    };
    BOOST_TEST(stage.post("/api/production/artists", artist).status == 201U);
    BOOST_TEST(latest_body().find("trio@mail.example") != std::string::npos);
    BOOST_TEST(latest_body().find("+49 30 5550155") == std::string::npos);

    const auto put = stage.hub.manage("PUT", "/v1/subjects/art_1/privacy",
                                      R"({"opt_out":["atlvs"]})");
    BOOST_TEST_REQUIRE(put.status / 100 == 2U, put.body);
    auto renamed = artist;
    renamed.replace(renamed.find("Trio"), 4, "Duo2");
    BOOST_TEST(stage.post("/api/production/artists", renamed).status == 201U);
    BOOST_TEST(latest_body().find("Duo2") != std::string::npos);
    BOOST_TEST(first_personal_in(latest_body()) == "");

    auto other = artist;
    other.replace(other.find("art_1"), 5, "art_2");
    other.insert(1, R"("privacy":{"optOut":true},)");
    BOOST_TEST(stage.post("/api/production/artists", other).status == 201U);
    BOOST_TEST(first_personal_in(latest_body()) == "");
}

// Goal: erasing a person takes what the hub stored of their writes.
BOOST_AUTO_TEST_CASE(erasure)
{
    BridgeFixture stage;
    BOOST_TEST(stage.post("/api/business/sales", sale_of_jane).status == 201U);
    stage.wait_until([&] { return stage.hub.list("/v1/events?subject=cus_1").size() == 2; },
                     "the write and its result are stored");
    const auto erased = stage.hub.manage("POST", "/v1/subjects/cus_1/erase");
    BOOST_TEST(erased.status == 200U);
    BOOST_TEST(json::parse(erased.body).at("events").to_number<int>() == 2);
    BOOST_TEST(stage.hub.list("/v1/events?subject=cus_1").empty());
}

// Goal: one log line a call, in both directions, with endpoint, status and duration; no key.
BOOST_AUTO_TEST_CASE(log_lines)
{
    BridgeFixture stage{{{"KATYDID_LOG_FORMAT", "json"}}};
    BOOST_TEST(stage.post("/api/business/sales", sale_of_jane).status == 201U);
    stage.atlvs.stop();
    BOOST_TEST(stage.get("/api/intelligence/analytics?eventId=evt_secret").status == 503U);
    stage.hub.end(SIGTERM);
    std::ifstream file{stage.folder.path() / "hub.log"};
    const std::string log{std::istreambuf_iterator<char>{file}, {}};
    int calls = 0;
    for (std::size_t at = 0, end = 0; at < log.size(); at = end + 1) {
        end = std::min(log.find('\n', at), log.size());
        const auto line = log.substr(at, end - at);
        const bool is_call = line.find("bridge.call") != std::string::npos
                             || line.find("bridge.request") != std::string::npos;
        const bool is_ours = line.find("/business/sales") != std::string::npos
                             || line.find("/intelligence/analytics") != std::string::npos;
        if (!is_call || !is_ours) continue;
        ++calls;
        for (const auto* field : {"endpoint", "status", "duration_ms"})
            BOOST_TEST(line.find(field) != std::string::npos, line);
    }
    BOOST_TEST(calls == 4, log);
    for (const auto& secret : {atlvs_key, stage.to_atlvs, std::string{"evt_secret"}})
        BOOST_TEST(log.find(secret) == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
