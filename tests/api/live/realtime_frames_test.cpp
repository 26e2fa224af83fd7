#include "hub/api/live/realtime_frames.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::api;

namespace {

Event event_with(std::string source, std::string payload)
{
    Event event;
    event.source = std::move(source);
    event.type = "a.b";
    event.payload = std::make_shared<const std::string>(std::move(payload));
    return event;
}

std::string payload_of(const std::string& update)
{
    return update.substr(update.find(R"(,"payload)"));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(realtime_frames)

// Goal: what is published is stored in the envelope of its platform, the payload byte for byte.
BOOST_AUTO_TEST_CASE(events)
{
    const auto frame = read_platform_frame(
        R"({"type":"publish","ref":"7","id":"x\"1","name":"ticket.sold",)"
        R"("occurredAt":"2026-06-15T18:00:00+02:00","payload": {"id":"t", "n":1.0} })");
    const auto& publish = std::get<PlatformPublish>(frame);
    const auto from_atlvs = to_event(publish, "atlvs");
    BOOST_TEST(*from_atlvs.payload
               == R"({"id":"x\"1","name":"ticket.sold","occurredAt":"2026-06-15T18:00:00+02:00",)"
                  R"("payload":{"id":"t", "n":1.0}})");
    const auto event = to_event(publish, "grasshopper");
    BOOST_TEST(*event.payload
               == R"({"type":"ticket.sold","timestamp":"2026-06-15T18:00:00+02:00",)"
                  R"("data":{"id":"t", "n":1.0}})");
    BOOST_TEST(event.source == "grasshopper");
    BOOST_TEST(event.external_id == "x\"1");
    BOOST_TEST(event.key == "t");
    BOOST_TEST(to_rfc3339(event.occurred_at) == "2026-06-15T16:00:00.000Z");
    BOOST_TEST((event.origin == Origin::received));
}

// Goal: an update has the data of whatever envelope, and loses no byte of what is none.
BOOST_AUTO_TEST_CASE(updates)
{
    const auto data_of = [](std::string source, std::string payload) {
        return payload_of(write_update(event_with(std::move(source), std::move(payload))));
    };
    BOOST_TEST(data_of("atlvs", R"({"name":"a.b","occurredAt":"x","payload":{"n": 1}})")
               == R"(,"payload":{"n": 1}})");
    BOOST_TEST(data_of("atlvs", R"({"event":"a.b","data":[2]})") == R"(,"payload":[2]})");
    BOOST_TEST(data_of("grasshopper", R"({"type":"a.b","timestamp":"x","data":3})")
               == R"(,"payload":3})");
    BOOST_TEST(data_of("bridge", R"({"operationId":"1"})") == R"(,"payload":{"operationId":"1"}})");
    BOOST_TEST(data_of("atlvs", "no \"JSON\"") == R"(,"payload":"no \"JSON\""})");
    BOOST_TEST(data_of("atlvs", "\xff\x01") == R"(,"payload_base64":"/wE="})");
}

// Goal: who publishes hears which event is no good, whatever is wrong with it: else it would send
// it again for ever.
BOOST_AUTO_TEST_CASE(misfits_name_their_ref)
{
    const auto ref_of = [](std::string frame) {
        const auto read = read_platform_frame(frame);
        BOOST_REQUIRE(std::holds_alternative<Misfit>(read));
        return std::get<Misfit>(read).ref;
    };
    const auto publish = [](std::string payload, std::string ref = R"("7")") {
        return R"({"type":"publish","ref":)" + ref
               + R"(,"id":"1","name":"a.b","occurredAt":"2026-06-15T18:00:00Z","payload":)"
               + payload + "}";
    };
    BOOST_TEST(ref_of(publish(std::string(40, '[') + std::string(40, ']'))) == "7");
    BOOST_TEST(ref_of(publish(R"({"a":"\ud83d"})")) == "7");
    BOOST_TEST(ref_of(publish(R"(1,"id":"2")")) == "7");
    BOOST_TEST(ref_of(publish("1,\"more\":1")) == "7");
    BOOST_TEST(ref_of(publish("1,\"more\":1", R"("\"")")) == "\"");
    BOOST_TEST(ref_of(publish("1", '"' + std::string(65, 'x') + '"')).empty());
    BOOST_TEST(ref_of(publish("1", "7")).empty());
    BOOST_TEST(ref_of(publish("1,")).empty());
    BOOST_TEST(ref_of(R"({"type":"subscribe","ref":"7"})").empty());
}

BOOST_AUTO_TEST_SUITE_END()
