// The simulators' own parts: what they write, how they answer, how they fail on demand.
#include "examples/simulators/atlvs/kinds.hpp"
#include "examples/simulators/atlvs/platform.hpp"
#include "examples/simulators/common/json.hpp"
#include "examples/simulators/grasshopper/kinds.hpp"
#include "examples/simulators/grasshopper/platform.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <set>

namespace katydid::simulators {
namespace {

namespace json = boost::json;

http::Request request_with(std::string body)
{
    http::Request request;
    request.method = "POST";
    request.body = std::move(body);
    return request;
}

BOOST_AUTO_TEST_SUITE(simulator_parts)

// Goal: the same seed makes the same webhooks, another seed others.
BOOST_AUTO_TEST_CASE(same_seed_same_happenings)
{
    const auto run = [](std::uint64_t seed) {
        const ManualClock clock;
        Happenings happenings{atlvs::kinds(), {}, seed, clock};
        std::string all;
        for (int i = 0; i < 100; ++i) all += atlvs::write_dispatcher(happenings.next(), true).body;
        return all;
    };
    BOOST_TEST((run(7) == run(7)));
    BOOST_TEST((run(7) != run(8)));
}

// Goal: every type of both platforms comes up, each with an id in its data and a time of its own.
BOOST_AUTO_TEST_CASE(every_type_comes_up)
{
    for (const auto kinds : {atlvs::kinds(), grasshopper::kinds()}) {
        const ManualClock clock;
        Happenings happenings{kinds, {}, 1, clock};
        std::set<std::string> types;
        std::set<std::string> subjects;
        for (int i = 0; i < 5'000; ++i) {
            const auto happening = happenings.next();
            BOOST_TEST_REQUIRE(!text_at(happening.data, "id").empty());
            types.insert(happening.type);
            subjects.insert(
                subject_of(text_at(happening.data, "id"), to_rfc3339(happening.occurred_at)));
        }
        BOOST_TEST(types.size() == kinds.size());
        BOOST_TEST(subjects.size() == 5'000U);
    }
}

// Goal: --types picks exact names and families, and refuses what does not exist.
BOOST_AUTO_TEST_CASE(chosen_types)
{
    const ManualClock clock;
    Happenings happenings{atlvs::kinds(), {"resource.*", "budget.alert"}, 1, clock};
    std::set<std::string> types;
    for (int i = 0; i < 500; ++i) types.insert(happenings.next().type);
    BOOST_TEST((types
                == std::set<std::string>{"budget.alert", "resource.allocation_changed",
                                         "resource.updated"}));
    BOOST_CHECK_THROW((Happenings{atlvs::kinds(), {"resources.*"}, 1, clock}), Failure);
}

// Goal: Grasshopper answers each of its four types with its action, and no other.
BOOST_AUTO_TEST_CASE(grasshopper_answers_as_documented)
{
    struct Row {
        const char* body;
        unsigned status;
        const char* answer;
    };
    const Row rows[] = {
        {R"({"event":"resource.updated","data":{"id":"r"},"timestamp":"t"})", 200,
         R"({"success":true,"action":"update_resource"})"},
        {R"({"event":"event.updated","data":{"id":"r"},"timestamp":"t"})", 200,
         R"({"success":true,"action":"update_event"})"},
        {R"({"event":"event.cancelled","data":{},"timestamp":"t"})", 200,
         R"({"success":true,"action":"cancel_event"})"},
        {R"({"event":"artist.updated","data":{},"timestamp":"t"})", 200,
         R"({"success":true,"action":"update_artist"})"},
        {R"({"event":"budget.alert","data":{},"timestamp":"t"})", 400,
         R"({"error":"Unknown event type"})"},
        {R"({"name":"resource.updated"})", 400, R"({"error":"Unknown event type"})"},
        {R"({"event":7})", 400, R"({"error":"Unknown event type"})"},
        {R"({"event":)", 500, R"({"error":"Webhook processing failed"})"},
    };
    for (const auto& row : rows) {
        const auto answer = grasshopper::accept_atlvs_webhook(request_with(row.body));
        BOOST_TEST(answer.response.status == row.status, row.body);
        BOOST_TEST(answer.response.body == row.answer, row.body);
        BOOST_TEST(answer.received.has_value() == (row.status == 200), row.body);
    }
}

// Goal: ATLVS's partner receiver takes any JSON object with a name, and nothing else.
BOOST_AUTO_TEST_CASE(atlvs_partner_answers_as_documented)
{
    const auto good = atlvs::accept_partner_webhook(request_with(
        R"({"id":"7","name":"ticket.sold","occurredAt":"T","payload":{"id":"tkt_1"}})"));
    BOOST_TEST(good.response.status == 200U);
    BOOST_TEST(good.response.body == R"({"received":true})");
    BOOST_TEST(good.received.value().subject == "tkt_1@T");
    for (const char* bad : {"", "{", "[]", "{}", R"({"name":7})"})
        BOOST_TEST(atlvs::accept_partner_webhook(request_with(bad)).response.status == 400U, bad);
}

// Goal: a mode with a count ends behind so many requests, one with a time at its time.
BOOST_AUTO_TEST_CASE(mode_ends_by_itself)
{
    ManualClock clock;
    ModeSwitch mode{clock};
    BOOST_TEST((mode.take() == Mode::ok));
    BOOST_TEST(mode.set({{"mode", "error"}, {"for", 2}}).has_value());
    BOOST_TEST((mode.take() == Mode::error));
    BOOST_TEST((mode.take() == Mode::error));
    BOOST_TEST((mode.take() == Mode::ok));
    BOOST_TEST(mode.set({{"mode", "down"}, {"for", "3s"}}).has_value());
    clock.advance(milliseconds{2'999});
    BOOST_TEST((mode.take() == Mode::down));
    clock.advance(milliseconds{1});
    BOOST_TEST((mode.take() == Mode::ok));
}

// Goal: a mode that does not exist, or a time that is none, changes nothing.
BOOST_AUTO_TEST_CASE(bad_mode_is_refused)
{
    const ManualClock clock;
    ModeSwitch mode{clock};
    for (const json::object& bad :
         {json::object{}, json::object{{"mode", "broken"}}, json::object{{"mode", 1}},
          json::object{{"mode", "down"}, {"for", "soon"}},
          json::object{{"mode", "down"}, {"for", 0}}}) {
        BOOST_TEST(mode.set(bad).has_error(), json::serialize(bad));
        BOOST_TEST((mode.now() == Mode::ok));
    }
}

// Goal: the ledger tells a delivery that came again from a new one, and a repeat from a loss.
BOOST_AUTO_TEST_CASE(ledger_counts)
{
    Ledger ledger;
    ledger.add_posted({"1", "ticket.sold", "tkt_1@T", 200, "evt_1", false});
    ledger.add_posted({"1", "ticket.sold", "tkt_1@T", 200, "evt_1", true});
    ledger.add_posted({"2", "ticket.sold", "tkt_2@T", 503, "", false});
    ledger.add_received({"evt_1", "ticket.sold", "tkt_1@T"});
    ledger.add_received({"evt_1", "ticket.sold", "tkt_1@T"});
    ledger.add_refused(500);
    const auto counts = ledger.to_json(false);
    BOOST_TEST(json::serialize(counts)
               == R"({"posted":{"accepted":1,"repeats":1,"by_status":{"200":2,"503":1}},)"
                  R"("received":{"accepted":2,"again":1,"refused":{"500":1}}})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace katydid::simulators
