#include "hub/cli/listen/model.hpp"

#include "hub/cli/listen/view.hpp"
#include "hub/cli/terminal/terminal.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::cli;

namespace {

constexpr Timestamp noon{std::chrono::hours{12}};

Webhook webhook(const std::string& delivery, const std::string& type)
{
    Webhook made;
    made.delivery = delivery;
    made.event = "evt_" + delivery;
    made.type = type;
    made.source = "stripe";
    made.headers = {{"Stripe-Signature", "t=1,v1=aa"}};
    made.payload = R"({"amount":4200,"name":"Ida"})";
    return made;
}

KeyPress character(const char* text) { return {KeyKind::character, text}; }

Try answered(unsigned status)
{
    Try made;
    made.at = noon;
    made.status = status;
    made.duration = milliseconds{12};
    made.attempt = 1;
    return made;
}

std::string all_of(const std::vector<std::string>& lines)
{
    std::string text;
    for (const auto& line : lines) text += line + "\n";
    return text;
}

/// A model with `count` webhooks that were answered, "type.1" the oldest.
ListenModel model_of(std::size_t count)
{
    ListenModel model;
    model.set_connection(true, "");
    for (std::size_t i = 1; i <= count; ++i) {
        const auto name = std::to_string(i);
        const auto number = model.begin(webhook("dlv_" + name, "type." + name), noon);
        model.end(number, answered(200));
    }
    return model;
}

ListenLook plain() { return {"http://127.0.0.1:8080", "http://localhost:3000/hooks", false, {}}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_listen_model)

// Goal: the newest is chosen whatever comes, until a key chooses another, which then stays.
BOOST_AUTO_TEST_CASE(choice)
{
    auto model = model_of(3);
    BOOST_TEST(model.selected()->webhook.type == "type.3");
    model.press({KeyKind::down}, 10);
    BOOST_TEST(model.selected()->webhook.type == "type.2");
    model.begin(webhook("dlv_4", "type.4"), noon);
    BOOST_TEST(model.selected()->webhook.type == "type.2");
    model.press(character("j"), 10);
    model.press(character("j"), 10);
    BOOST_TEST(model.selected()->webhook.type == "type.1");
    model.press(character("g"), 10);
    BOOST_TEST(model.selected()->webhook.type == "type.4");
    model.press(character("k"), 10);
    BOOST_TEST(model.selected()->webhook.type == "type.4");
}

// Goal: a delivery that comes again is the same row with one more try; an edited one is its own.
BOOST_AUTO_TEST_CASE(one_row_for_a_delivery)
{
    auto model = model_of(1);
    auto again = webhook("dlv_1", "type.1");
    again.attempt = 2;
    const auto number = model.begin(again, noon);
    model.wait(number);
    BOOST_TEST(model.selected()->is_waiting);
    model.end(number, answered(500));
    BOOST_TEST(model.size() == 1U);
    BOOST_TEST(model.selected()->tries.size() == 2U);
    model.begin_edited(again, noon);
    BOOST_TEST(model.size() == 2U);
    BOOST_TEST(model.selected()->is_edited);
}

// Goal: rows and their bytes are bounded; what is said of one that has gone is nothing.
BOOST_AUTO_TEST_CASE(bounded)
{
    auto model = model_of(ListenModel::rows_max + 10);
    BOOST_TEST(model.size() == ListenModel::rows_max);
    model.end(1, answered(200));
    auto large = webhook("dlv_large", "large");
    large.payload.assign(ListenModel::bytes_max + 1, 'x');
    model.begin(large, noon);
    BOOST_TEST(model.size() == 1U);
}

// Goal: what is typed after / filters by type, source, ids and status; escape ends it.
BOOST_AUTO_TEST_CASE(filter)
{
    auto model = model_of(12);
    for (const auto* key : {"/", "t", "y", "p", "e", ".", "1", "x"}) model.press(character(key), 9);
    model.press({KeyKind::backspace}, 9);
    BOOST_TEST(model.visible_rows().size() == 4U);  // 1, 10, 11, 12
    BOOST_TEST((model.press(character("q"), 9) == ListenModel::Wish::none));
    model.press({KeyKind::escape}, 9);
    BOOST_TEST(model.visible_rows().size() == 12U);
    BOOST_TEST((model.press(character("q"), 9) == ListenModel::Wish::quit));
}

// Goal: what keys ask for, on each page.
BOOST_AUTO_TEST_CASE(wishes)
{
    ListenModel empty;
    BOOST_TEST((empty.press(character("r"), 9) == ListenModel::Wish::none));
    empty.press({KeyKind::enter}, 9);
    BOOST_TEST((empty.page() == ListenModel::Page::list));
    auto model = model_of(2);
    BOOST_TEST((model.press(character("p"), 9) == ListenModel::Wish::pause));
    model.press({KeyKind::enter}, 9);
    BOOST_TEST((model.page() == ListenModel::Page::details));
    BOOST_TEST((model.press(character("r"), 9) == ListenModel::Wish::again));
    BOOST_TEST((model.press(character("e"), 9) == ListenModel::Wish::edit));
    model.press({KeyKind::down}, 9);
    BOOST_TEST(model.scroll() == 1U);
    BOOST_TEST((model.press(character("q"), 9) == ListenModel::Wish::none));
    BOOST_TEST((model.page() == ListenModel::Page::list));
    model.press(character("?"), 9);
    BOOST_TEST((model.page() == ListenModel::Page::help));
    model.press(character("x"), 9);
    BOOST_TEST((model.page() == ListenModel::Page::list));
}

// Goal: in every size no line is wider than the screen, and there are no more than it has.
BOOST_AUTO_TEST_CASE(fits_every_screen)
{
    auto model = model_of(30);
    auto wide = webhook("dlv_w", "\xE6\xBC\xA2\xE5\xAD\x97.\xF0\x9F\x98\x80.made");
    wide.payload = "{\"a\":\"" + std::string(300, 'x') + "\xE6\xBC\xA2\"}";
    model.end(model.begin(wide, noon), answered(404));
    for (const auto* keys : {"", "\r", "?"}) {
        if (*keys != '\0')
            model.press(*keys == '\r' ? KeyPress{KeyKind::enter} : character(keys), 9);
        for (const std::size_t columns : {40U, 41U, 59U, 60U, 80U, 120U, 300U})
            for (const std::size_t rows : {1U, 2U, 5U, 24U, 60U}) {
                const auto lines = render(model, plain(), {columns, rows});
                BOOST_TEST(lines.size() <= rows + 2);
                for (const auto& line : lines)
                    BOOST_TEST(width_of(line) <= columns, columns << ": " << line);
            }
    }
}

// Goal: nothing of a webhook makes the terminal do something.
BOOST_AUTO_TEST_CASE(control_characters)
{
    ListenModel model;
    auto evil = webhook("dlv_\x1b[2J", "evil.\x1b]0;owned\x07");
    evil.source = "\x1b[31m";
    evil.payload = "\x1b[?1049l\x9b"
                   "2J\r\n\x08";
    evil.headers = {{"X-\x1b[H", "\x1b[H"}};
    auto result = answered(0);
    result.error = "\x1b[5m";
    result.answer = "\x1b[6n";
    model.end(model.begin(evil, noon), result);
    model.set_connection(false, "\x1b[1m");
    for (const auto* key : {"/", "\x1b"}) model.press(character(key), 9);
    for (int page = 0; page < 2; ++page) {
        const auto text = all_of(render(model, plain(), {80, 40}));
        BOOST_TEST(text.find('\x1b') == std::string::npos, text);
        BOOST_TEST(text.find('\x07') == std::string::npos);
        model.press({KeyKind::escape}, 9);
        model.press({KeyKind::enter}, 9);
    }
}

// Goal: the list says status, time and type; details the headers, payload, tries and what to do.
BOOST_AUTO_TEST_CASE(what_is_said)
{
    auto model = model_of(2);
    auto refused = answered(0);
    refused.error = "cannot connect to localhost:3000: Connection refused";
    refused.remedy = "Is a server listening at http://localhost:3000/hooks?";
    model.end(model.begin(webhook("dlv_3", "invoice.paid"), noon), refused);
    const auto list = all_of(render(model, plain(), {80, 24}));
    for (const auto* part :
         {"connected", "3 webhooks", "12:00:00", "ERR", "invoice.paid", "200", "12 ms", "q end"})
        BOOST_TEST((list.find(part) != std::string::npos), part << " is not in\n" << list);
    model.press({KeyKind::enter}, 9);
    const auto details = all_of(render(model, plain(), {80, 40}));
    for (const auto* part : {"Stripe-Signature: t=1,v1=aa", "  \"amount\": 4200",
                             "Connection refused", "Is a server listening", "attempt 1"})
        BOOST_TEST((details.find(part) != std::string::npos), part << " is not in\n" << details);
}

// Goal: without colour there is none; with it, only sequences of ours.
BOOST_AUTO_TEST_CASE(colour)
{
    const auto model = model_of(1);
    BOOST_TEST(all_of(render(model, plain(), {80, 24})).find('\x1b') == std::string::npos);
    auto look = plain();
    look.colour = true;
    BOOST_TEST(all_of(render(model, look, {80, 24})).find("\x1b[32m200") != std::string::npos);
}

// Goal: JSON with a member a line, numbers and order as they are; other text as it is.
BOOST_AUTO_TEST_CASE(pretty)
{
    const std::vector<std::string> expected{"{",    "  \"b\": [",    "    1,", "    {}",
                                            "  ],", "  \"a\": null", "}"};
    BOOST_TEST((pretty_lines(R"({"b":[1,{}],"a":null})") == expected));
    BOOST_TEST((pretty_lines("a=1\nb=2") == std::vector<std::string>{"a=1", "b=2"}));
    BOOST_TEST((pieces("abcde", 2) == std::vector<std::string>{"ab", "cd", "e"}));
    BOOST_TEST((pieces("", 2) == std::vector<std::string>{""}));
}

BOOST_AUTO_TEST_SUITE_END()
