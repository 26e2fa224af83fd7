// docs/asyncapi.json says what the channels say.
#include "hub/schema/json_schema.hpp"
#include "hub/stream/frames.hpp"
#include "tests/hub/consumer_client.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <map>
#include <set>

using namespace katydid;
using namespace katydid::test;
namespace json = boost::json;

namespace {

std::string read_text(const std::string& path)
{
    std::ifstream file{std::string{KATYDID_SOURCE_DIR} + "/docs/" + path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// The messages of the channels, with what they mean of the API's document.
class Channels {
public:
    /// \param api  /openapi.json
    explicit Channels(const std::string& api)
    {
        auto text = read_text("asyncapi.json");
        const std::string elsewhere = "/openapi.json#";
        for (auto at = text.find(elsewhere); at != std::string::npos; at = text.find(elsewhere, at))
            text.replace(at, elsewhere.size(), "#");
        document_ = json::parse(text);
        root_ = json::parse(api);
        root_.at("components").as_object()["messages"] = document_.at("components").at("messages");
    }

    /// Whether a frame is one of the operation's messages, and fits it.
    void judge(const std::string& operation, const json::value& frame)
    {
        for (const auto& each :
             document_.at("operations").at(operation).at("messages").as_array()) {
            const std::string reference{each.at("$ref").as_string()};
            const auto message = reference.substr(reference.rfind('/') + 1);
            if (type_of(message) != text(frame, "type")) continue;
            const auto faults = schema_of(message)->check(frame);
            BOOST_TEST(faults.empty(), message << ": " << json::serialize(frame) << ": "
                                               << (faults.empty() ? "" : faults.front().pointer)
                                               << (faults.empty() ? "" : faults.front().detail));
            seen.insert(operation + " " + message);
            return;
        }
        BOOST_ERROR(operation << " has no " << json::serialize(frame));
    }

    std::set<std::string> seen;

private:
    [[nodiscard]] std::string type_of(const std::string& message) const
    {
        const auto* name
            = document_.at("components").at("messages").at(message).as_object().if_contains("name");
        return name == nullptr ? message : std::string{name->as_string()};
    }
    const schema::JsonSchemaPtr& schema_of(const std::string& message)
    {
        auto& known = schemas_[message];
        if (known) return known;
        std::vector<Fault> faults;
        known = schema::JsonSchema::compile(root_, faults,
                                            "/components/messages/" + message + "/payload");
        if (!known)
            throw std::runtime_error{message + ": " + faults.front().pointer
                                     + faults.front().detail};
        return known;
    }

    json::value document_;
    json::value root_;
    std::map<std::string, schema::JsonSchemaPtr> schemas_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_stream_asyncapi)

// Goal: every frame that goes over the channels is in the document as it is sent.
BOOST_AUTO_TEST_CASE(frames_are_as_described)
{
    const Folder folder;
    std::set<std::string> seen;
    run_with_hub(settings_in(folder), [&seen](ApiClient person) -> awaitable<> {
        const auto api = co_await person.manage("GET", "/openapi.json");
        Channels channels{api.body};
        const auto id = co_await make_stream(person, "work");
        ConsumerClient watcher;
        auto status = co_await watcher.connect(person, "/v1/feed?include=deliveries,attempts",
                                               "katydid.feed.v1");
        BOOST_REQUIRE(status == 101U);
        ConsumerClient consumer;
        status = co_await consumer.connect(person, "/v1/subscriptions/work/consume");
        BOOST_REQUIRE(status == 101U);
        auto frame = co_await consumer.next();
        channels.judge("tellConsumer", frame);
        co_await publish(person, "1");
        frame = co_await consumer.next();
        channels.judge("tellConsumer", frame);
        const auto delivery = text(frame, "delivery");
        const std::vector<json::object> said{
            {{"type", "credit"}, {"count", 4}},
            {{"type", "extend"}, {"delivery", delivery}},
            {{"type", "nack"}, {"delivery", delivery}, {"status", 500}, {"retry_after", "1ms"}},
            {{"type", "ack"}, {"delivery", delivery}, {"status", 201}, {"body", "ok"}}};
        for (const auto& each : said) {
            channels.judge("hearConsumer", each);
            // It came again after the nack.
            if (each.at("type") == "ack") co_await consumer.next("delivery");
            co_await consumer.say(json::serialize(each));
        }
        co_await wait_for_state(person, id, "delivered", 1);
        for (const std::string text : {"{}", R"({"type":"ping"})"}) {
            co_await consumer.say(text);
            frame = co_await consumer.next();
            channels.judge("tellConsumer", frame);
        }
        const json::object ping{{"type", "ping"}};
        channels.judge("hearConsumer", ping);
        while (!channels.seen.contains("tellWatcher attempt")
               || !channels.seen.contains("tellWatcher event")
               || !channels.seen.contains("tellWatcher deliveryChanged")) {
            frame = co_await watcher.next();
            BOOST_REQUIRE(!frame.is_null());
            channels.judge("tellWatcher", frame);
        }
        co_await publish(person, "2");
        co_await consumer.next("delivery");
        co_await person.manage("DELETE", "/v1/subscriptions/" + id);
        frame = co_await consumer.next();
        channels.judge("tellConsumer", frame);
        channels.judge("tellConsumer", json::parse(stream::write_draining()));
        channels.judge("tellWatcher", json::parse(stream::write_draining()));
        channels.judge("tellWatcher", json::parse(stream::write_gap(3)));
        seen = channels.seen;
    });
    BOOST_TEST(seen.contains("tellConsumer revoked"));
    BOOST_TEST(seen.size() == 16U);
}

BOOST_AUTO_TEST_SUITE_END()
