#include "hub/stream/frames.hpp"

#include "hub/core/codec/encoding.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::stream;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

const std::string id_text = "dlv_01HZY6Q0TV5Q6Z1A2B3C4D5E6F";

handlers::stream::Handover make_handover(std::string body)
{
    auto event = std::make_shared<Event>();
    event->type = "order.made";
    event->external_id = "x-1";
    event->key = "k";
    handlers::stream::Handover made;
    made.delivery = DeliveryId::parse(id_text).value();
    made.attempt = 2;
    made.event = event;
    made.headers = {{"Content-Type", "text/plain"}, {"X-A", "1"}, {"x-a", "2"}};
    made.body = std::make_shared<const std::string>(std::move(body));
    return made;
}

std::string refusal(const std::string& text)
{
    const auto frame = read_frame(text);
    return frame.has_error() ? frame.error().message : "taken";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stream_frames)

// Goal: the payload arrives with its exact bytes, as text where it is UTF-8 and else as base64;
// headers keep their order and repetitions.
BOOST_AUTO_TEST_CASE(payload_is_exact)
{
    const std::string text = "{\"a\": \"é\\u0000\"}\n\t\"\\";
    const auto shown = json::parse(write_delivery(make_handover(text)));
    BOOST_TEST(shown.at("payload").as_string() == text);
    BOOST_TEST(!shown.as_object().contains("payload_base64"));
    BOOST_TEST(shown.at("type").as_string() == "delivery");
    BOOST_TEST(shown.at("delivery").as_string() == id_text);
    BOOST_TEST(shown.at("attempt").as_int64() == 2);
    BOOST_TEST(shown.at("content_type").as_string() == "text/plain");
    BOOST_TEST(json::serialize(shown.at("headers"))
               == R"([["Content-Type","text/plain"],["X-A","1"],["x-a","2"]])");
    BOOST_TEST(shown.at("event").at("source").is_null());
    BOOST_TEST(shown.at("event").at("key").as_string() == "k");

    const std::string bytes{"\xff\x00\xc3\x28", 4};
    const auto coded = json::parse(write_delivery(make_handover(bytes)));
    BOOST_TEST(!coded.as_object().contains("payload"));
    const std::string base64{coded.at("payload_base64").as_string()};
    BOOST_TEST((decode(Encoding::base64, base64) == bytes));
}

// Goal: what a client says becomes what the delivery came to.
BOOST_AUTO_TEST_CASE(answers)
{
    const auto ack = read_frame(R"({"type":"ack","delivery":")" + id_text
                                + R"(","status":201,"body":"ok"})");
    const auto& delivered = std::get<Answer>(*ack);
    BOOST_TEST(delivered.delivery.to_string() == id_text);
    BOOST_TEST(delivered.outcome.is_success());
    BOOST_TEST(delivered.outcome.status == 201U);
    BOOST_TEST(delivered.outcome.response == "ok");

    const auto nack = read_frame(R"({"type":"nack","delivery":")" + id_text
                                 + R"(","reason":"busy","retry_after":"5s"})");
    const auto& failed = std::get<Answer>(*nack).outcome;
    BOOST_TEST((failed.outcome == AttemptClass::rejected));
    BOOST_TEST(failed.error == "busy");
    BOOST_TEST((failed.retry_after == 5s));
    BOOST_TEST(!failed.final);

    const auto dead = read_frame(R"({"type":"nack","delivery":")" + id_text
                                 + R"(","dead":true,"status":500})");
    BOOST_TEST(std::get<Answer>(*dead).outcome.final);
    BOOST_TEST(std::get<Answer>(*dead).outcome.error == "the consumer's receiver answered 500");

    const auto more = read_frame(R"({"type":"extend","delivery":")" + id_text + R"("})");
    BOOST_TEST(std::get<Extension>(*more).delivery.to_string() == id_text);
    const auto credit = read_frame(R"({"type":"credit","count":0})");
    BOOST_TEST(std::get<Credit>(*credit).count == 0U);
    const auto ping = read_frame(R"({"type":"ping"})");
    BOOST_TEST(std::holds_alternative<Ping>(*ping));
    BOOST_TEST(refusal(R"({"type":"ping","n":1})").starts_with("/n is not a field"));
}

// Goal: everything else is refused with a sentence.
BOOST_AUTO_TEST_CASE(refused)
{
    BOOST_TEST(refusal("") == "the frame is empty: JSON is needed.");
    BOOST_TEST(refusal("{").starts_with("the frame is not valid JSON"));
    BOOST_TEST(refusal("[]") == "the frame must be an object");
    BOOST_TEST(refusal("{}").starts_with("a frame has a \"type\""));
    BOOST_TEST(refusal(R"({"type":1})").starts_with("the \"type\" of a frame is a text"));
    BOOST_TEST(refusal(R"({"type":"subscribe"})").starts_with("there is no frame of that type"));
    BOOST_TEST(refusal(R"({"type":"ack"})")
               == "/delivery is missing: which delivery is acknowledged");
    BOOST_TEST(refusal(R"({"type":"ack","delivery":"x"})") == "/delivery is not a valid id");
    BOOST_TEST(refusal(R"({"type":"ack","delivery":")" + id_text + R"(","status":500})")
                   .starts_with("/status must be a whole number from 200 to 299"));
    BOOST_TEST(refusal(R"({"type":"ack","delivery":")" + id_text + R"(","x":1})")
                   .starts_with("/x is not a field"));
    BOOST_TEST(refusal(R"({"type":"ack","type":"ack","delivery":")" + id_text + R"("})")
               == "/type is a duplicate");
    for (const auto* count : {"9223372036854775808", "18446744073709551616", "-1", "1001", "1.5",
                              "\"1\"", "null", "1e3000"})
        BOOST_TEST(refusal(R"({"type":"credit","count":)" + std::string{count} + "}") != "taken",
                   count);
    BOOST_TEST(refusal(R"({"type":"nack","delivery":")" + id_text + R"(","retry_after":"soon"})")
                   .starts_with("/retry_after must be a duration"));
}

BOOST_AUTO_TEST_SUITE_END()
