// The presets against the published rules of each product, with payloads that try them. The page a
// rule is from stands at the head of the preset; what is checked here is written from it.
#include "hub/transform/presets.hpp"

#include "tests/transform/running_pool.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <map>

namespace katydid::transform::test {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

/// The presets' own limit of time is for a program as it is released.
#ifdef NDEBUG
constexpr bool is_fast = true;
#else
constexpr bool is_fast = false;
#endif

/// Characters as these products count them: UTF-16 units.
std::size_t length(const json::value& value)
{
    std::size_t units = 0;
    for (const char c : value.as_string()) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xc0U) != 0x80U) ++units;
        if (byte >= 0xf0U) ++units;
    }
    return units;
}

/// Products refuse what is empty after they have trimmed it.
void check_text(const json::value& value, std::size_t most)
{
    const std::string_view text = value.as_string();
    BOOST_TEST(text.find_first_not_of(" \t\n") != std::string_view::npos);
    BOOST_TEST(std::ranges::none_of(text, [](char c) { return c >= 0 && c < 0x20 && c != '\n'; }));
    BOOST_TEST(length(value) <= most);
}

/// No field that the product does not know.
void check_names(const json::value& object, const std::vector<std::string_view>& known)
{
    for (const auto& [name, value] : object.as_object())
        BOOST_TEST((std::ranges::find(known, std::string_view{name}) != known.end()),
                   "unknown field " << name);
}

/// A minute of RFC 3339 at least: "2026-06-15T18:00:00.000Z".
void check_time(const json::value& value)
{
    BOOST_TEST(value.as_string().size() == 24);
    BOOST_TEST(value.as_string().ends_with('Z'));
}

void check_slack(const json::value& message)
{
    check_names(message, {"text", "blocks"});
    check_text(message.at("text"), 40'000);
    BOOST_TEST(message.at("blocks").as_array().size() <= 50);
    for (const auto& block : message.at("blocks").as_array()) {
        const auto type = block.at("type").as_string();
        if (type == "header") {
            BOOST_TEST((block.at("text").at("type") == "plain_text"));
            check_text(block.at("text").at("text"), 150);
        } else if (type == "section") {
            BOOST_TEST(!block.at("fields").as_array().empty());
            BOOST_TEST(block.at("fields").as_array().size() <= 10);
            for (const auto& field : block.at("fields").as_array()) {
                check_text(field.at("text"), 2000);
                BOOST_TEST(field.at("text").as_string().find('<') == json::string::npos);
            }
        } else {
            BOOST_TEST((type == "context"));
            BOOST_TEST(block.at("elements").as_array().size() <= 10);
        }
    }
}

void check_discord(const json::value& message)
{
    check_names(message, {"embeds", "allowed_mentions"});
    BOOST_TEST(message.at("allowed_mentions").at("parse").as_array().empty());
    BOOST_TEST(message.at("embeds").as_array().size() == 1);
    const auto& embed = message.at("embeds").at(0);
    check_names(embed, {"title", "timestamp", "footer", "fields"});
    check_text(embed.at("title"), 256);
    check_text(embed.at("footer").at("text"), 2048);
    check_time(embed.at("timestamp"));
    auto total = length(embed.at("title")) + length(embed.at("footer").at("text"));
    BOOST_TEST(embed.at("fields").as_array().size() <= 25);
    for (const auto& field : embed.at("fields").as_array()) {
        check_text(field.at("name"), 256);
        check_text(field.at("value"), 1024);
        BOOST_TEST(field.at("inline").is_bool());
        total += length(field.at("name")) + length(field.at("value"));
    }
    BOOST_TEST(total <= 6000);
}

void check_teams(const json::value& message)
{
    BOOST_TEST(json::serialize(message).size() <= 28 * 1024);
    check_names(message, {"type", "attachments"});
    BOOST_TEST((message.at("type") == "message"));
    BOOST_TEST(message.at("attachments").as_array().size() == 1);
    const auto& attachment = message.at("attachments").at(0);
    BOOST_TEST((attachment.at("contentType") == "application/vnd.microsoft.card.adaptive"));
    const auto& card = attachment.at("content");
    check_names(card, {"$schema", "type", "version", "body"});
    BOOST_TEST((card.at("type") == "AdaptiveCard"));
    BOOST_TEST((card.at("version") == "1.4"));
    BOOST_TEST((card.at("body").at(0).at("type") == "TextBlock"));
    check_text(card.at("body").at(0).at("text"), 1000);
    BOOST_TEST((card.at("body").at(1).at("type") == "FactSet"));
    for (const auto& fact : card.at("body").at(1).at("facts").as_array()) {
        check_names(fact, {"title", "value"});
        check_text(fact.at("title"), 1000);
        check_text(fact.at("value"), 1000);
    }
}

void check_mattermost(const json::value& message)
{
    check_names(message, {"attachments"});
    BOOST_TEST(json::serialize(message).size() <= 16'383 * 4);
    const auto& attachment = message.at("attachments").at(0);
    check_names(attachment, {"fallback", "title", "footer", "fields"});
    check_text(attachment.at("fallback"), 300);
    for (const auto& field : attachment.at("fields").as_array()) {
        check_names(field, {"title", "value", "short"});
        check_text(field.at("title"), 1000);
        check_text(field.at("value"), 1000);
        BOOST_TEST(field.at("value").as_string().find("@c") == json::string::npos);
    }
}

void check_google_chat(const json::value& message)
{
    BOOST_TEST(json::serialize(message).size() <= 32'000);
    check_names(message, {"cardsV2"});
    const auto& card = message.at("cardsV2").at(0).at("card");
    check_text(message.at("cardsV2").at(0).at("cardId"), 100);
    check_text(card.at("header").at("title"), 200);
    if (!card.as_object().contains("sections")) return;
    const auto& widgets = card.at("sections").at(0).at("widgets").as_array();
    BOOST_TEST(!widgets.empty());
    BOOST_TEST(widgets.size() <= 100);
    for (const auto& widget : widgets) {
        const auto& text = widget.at("decoratedText").at("text");
        check_text(text, 2000);
        BOOST_TEST(text.as_string().find('<') == json::string::npos);
    }
}

void check_pagerduty(const json::value& event)
{
    BOOST_TEST(json::serialize(event).size() <= 512 * 1024);
    check_names(event, {"routing_key", "event_action", "dedup_key", "payload"});
    BOOST_TEST((event.at("event_action") == "trigger"));
    check_text(event.at("dedup_key"), 255);
    const auto& payload = event.at("payload");
    check_names(payload, {"summary", "source", "severity", "timestamp", "class", "custom_details"});
    check_text(payload.at("summary"), 1024);
    check_text(payload.at("source"), 255);
    check_time(payload.at("timestamp"));
    const std::vector<std::string_view> severities{"critical", "error", "warning", "info"};
    const std::string_view severity = payload.at("severity").as_string();
    BOOST_TEST((std::ranges::find(severities, severity) != severities.end()));
}

void check_opsgenie(const json::value& alert)
{
    check_names(alert,
                {"message", "alias", "description", "details", "source", "tags", "priority"});
    check_text(alert.at("message"), 130);
    check_text(alert.at("alias"), 512);
    check_text(alert.at("description"), 15'000);
    check_text(alert.at("source"), 100);
    BOOST_TEST(alert.at("tags").as_array().size() <= 20);
    for (const auto& tag : alert.at("tags").as_array()) check_text(tag, 50);
    auto details = std::size_t{0};
    for (const auto& [name, value] : alert.at("details").as_object())
        details += name.size() + value.as_string().size();
    BOOST_TEST(details <= 4 * 8000);  // 8,000 characters
    BOOST_TEST((alert.at("priority") == "P3"));
}

const std::map<std::string_view, std::function<void(const json::value&)>> rules{
    {"discord", check_discord},       {"google-chat", check_google_chat},
    {"mattermost", check_mattermost}, {"opsgenie", check_opsgenie},
    {"pagerduty", check_pagerduty},   {"slack", check_slack},
    {"teams", check_teams},
};

std::string large_payload(const std::string& text)
{
    std::string fields;
    for (int i = 0; i < 300; ++i)
        fields += (i == 0 ? "\"" : ",\"") + text.substr(0, 400) + std::to_string(i) + "\":\"" + text
                  + '"';
    return "{" + fields + "}";
}

std::string repeated(std::string_view text, int count)
{
    std::string all;
    for (int i = 0; i < count; ++i) all += text;
    return all;
}

/// As hostile as an event's body may be: what costs time, what grows in JSON, what is no character.
std::vector<std::string> hostile_payloads()
{
    std::string objects = "[{}";
    std::string keys = "{\"k\":0";
    for (int i = 0; i < 60'000; ++i) {
        objects += ",{}";
        keys += ",\"k" + std::to_string(i) + "\":1";
    }
    return {
        "[1" + repeated(",1", 300'000) + "]",
        objects + "]",
        keys + "}",
        "\"" + std::string(900'000, '@') + "\"",
        repeated("[", 200) + repeated("]", 200),
        large_payload(repeated("漢", 1000)),
        large_payload(repeated("\\u0001", 900)),
        R"({"blank":" \t ","none":"\u200b","half":"x\ud83d","other":"\udc00x","\u0007":"\u0000"})"};
}

const std::vector<std::string> payloads{
    R"({"order":{"id":9007199254740993,"total":19.90,"items":["a","b"]},"paid":true,"note":null})",
    R"x({"text":"<!channel> @channel @everyone <b>&amp;</b> [a](b)","empty":""})x",
    large_payload(repeated("x", 1000)),
    large_payload(repeated("😀", 600)),
    large_payload(repeated("&<>", 400)),
    "{}",
    "[]",
    "null",
    "\"\"",
    "no JSON at all",
    "",
};

}  // namespace

BOOST_AUTO_TEST_SUITE(transform_presets)

// Goal: every preset there is has rules here.
BOOST_AUTO_TEST_CASE(all_are_checked)
{
    BOOST_TEST(preset_names().size() == rules.size());
    for (const auto& name : preset_names()) BOOST_TEST(rules.contains(name));
    BOOST_TEST(!preset("common"));
    BOOST_TEST(!preset("unknown"));
}

// Goal: whatever the payload, what a preset makes of it is what its product takes.
BOOST_AUTO_TEST_CASE(products_would_take_them)
{
    RunningPool pool;
    for (const auto& name : preset_names()) {
        const Program program{.source = preset(name).value()};
        for (const auto& type : {std::string{"order.paid"}, repeated("order.", 40) + "paid"}) {
            for (const auto& body : payloads) {
                Input input = payload(body);
                input.headers = {{"X-Routing-Key", "0123456789abcdef0123456789abcdef"}};
                json::value event{{"id", "evt_0197f2c0d6a87c3e9b1f4a5c6d7e8f90"},
                                  {"type", type},
                                  {"source", nullptr},
                                  {"key", nullptr},
                                  {"occurred_at", "2026-06-15T18:00:00.000Z"}};
                input.event = json::serialize(event);
                const auto output = pool.output(program, input);
                BOOST_TEST_CONTEXT(name << " of " << body.substr(0, 60))
                rules.at(name)(json::parse(output.payload.value_or("")));
            }
        }
    }
}

// Regression: payloads of many values took more time than a program has; blanks, control characters
// and halves of characters made messages that products refuse.
BOOST_AUTO_TEST_CASE(products_would_take_hostile_ones)
{
    RunningPool pool;
    for (const auto& name : preset_names()) {
        Program program{.source = preset(name).value()};
        if (!is_fast) program.timeout = 1s;
        for (const auto& body : hostile_payloads()) {
            Input input = payload(body);
            input.headers = {{"X-Routing-Key", "0123456789abcdef0123456789abcdef"}};
            input.event = R"({"id":"evt_1","type":"order.paid","occurred_at":)"
                          R"("2026-06-15T18:00:00.000Z"})";
            const auto output = pool.output(program, input);
            BOOST_TEST_CONTEXT(name << " of " << body.substr(0, 60))
            rules.at(name)(json::parse(output.payload.value_or("")));
        }
    }
}

// Goal: one of them, to be seen: digits, names and nesting.
BOOST_AUTO_TEST_CASE(a_message_for_slack)
{
    RunningPool pool;
    Input input = payload(payloads.front());
    input.event = R"({"id":"evt_1","type":"order.paid","occurred_at":"2026-06-15T18:00:00.000Z"})";
    const Program slack{.source = preset("slack").value()};
    const auto message = json::parse(pool.output(slack, input).payload.value_or(""));
    BOOST_TEST((message.at("blocks").at(0).at("text").at("text") == "order.paid"));
    const auto& fields = message.at("blocks").at(1).at("fields");
    BOOST_TEST((fields.at(0).at("text") == "*order.id*\n9007199254740993"));
    BOOST_TEST((fields.at(2).at("text") == "*order.items.0*\na"));
    BOOST_TEST((fields.at(4).at("text") == "*paid*\ntrue"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::transform::test
