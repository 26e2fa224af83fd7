#include "hub/observe/log.hpp"

#include "tests/observe/captured_log.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace katydid;

namespace {

struct Restored {
    ~Restored() { log::configure(log::Level::error, log::Format::text); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(observe_log)

// Goal: a line of JSON is one JSON object, whatever its values hold, and secrets are not in it.
BOOST_AUTO_TEST_CASE(json_lines)
{
    const Restored restored;
    log::configure(log::Level::info, log::Format::json);
    const auto line = test::captured_log([] {
        log::info("attempt.failed", "the receiver said \"no\"\n",
                  {{"url", "https://x/?token=abc"},
                   {"error", "Bearer kd_live_abc"},
                   {"attempt", 3},
                   {"tls", true},
                   {"bytes", "\x01\xff"}});
        log::debug("quiet", "not shown");
    });
    BOOST_TEST(std::count(line.begin(), line.end(), '\n') == 1);
    BOOST_TEST((line.find("abc") == std::string::npos), line);
    const auto object = boost::json::parse(line.substr(0, line.size() - 1));
    BOOST_TEST(object.at("event").as_string() == "attempt.failed");
    BOOST_TEST(object.at("level").as_string() == "info");
    BOOST_TEST(object.at("attempt").as_int64() == 3);
    BOOST_TEST(object.at("url").as_string() == "https://x/?token=[redacted]");
}

// Goal: a line of text is one line, and secrets are not in it.
BOOST_AUTO_TEST_CASE(text_lines)
{
    const Restored restored;
    log::configure(log::Level::warn, log::Format::text);
    const auto line = test::captured_log([] {
        log::warn("store.warning", "cannot reach postgres://u:p@db", {{"a", "x\ny z"}, {"n", 1}});
    });
    BOOST_TEST((line.find("store.warning: cannot reach postgres://[redacted]@db a=\"x\\ny z\" n=1")
                != std::string::npos),
               line);
    BOOST_TEST(std::count(line.begin(), line.end(), '\n') == 1);
}

// Goal: nothing that a stranger wrote makes a second line, acts on a terminal, or hides in one.
BOOST_AUTO_TEST_CASE(strangers_texts_are_visible)
{
    const Restored restored;
    for (const auto format : {log::Format::text, log::Format::json}) {
        log::configure(log::Level::warn, format);
        const auto line = test::captured_log([] {
            log::warn("webhook.refused", "it says \"a\nforged: line\x1b[2J\xE2\x80\xAE\"",
                      {{"agent", "x\xE2\x80\xAEy"}, {"other", "a b\xC2\x9B\x7f"}});
        });
        BOOST_TEST(std::count(line.begin(), line.end(), '\n') == 1);
        for (const auto* hidden : {"\xE2\x80\xAE", "\xC2\x9B", "\x7f", "\x1b[2J"})
            BOOST_TEST((line.find(hidden) == std::string::npos), line);
        BOOST_TEST((line.find("x\\u202Ey") != std::string::npos), line);
    }
}

// Goal: a field without a text is left out; a number is one in JSON.
BOOST_AUTO_TEST_CASE(empty_fields_are_left_out)
{
    const Restored restored;
    for (const auto format : {log::Format::text, log::Format::json}) {
        log::configure(log::Level::warn, format);
        const auto line = test::captured_log([] {
            log::warn("a.b", "c", {{"peer", ""}, {"status", 503}, {"last", std::string{}}});
        });
        BOOST_TEST((line.find("peer") == std::string::npos), line);
        BOOST_TEST((line.find("last") == std::string::npos), line);
        const auto* status = format == log::Format::json ? "\"status\":503}" : "status=503";
        BOOST_TEST((line.find(status) != std::string::npos), line);
    }
}

// Goal: what goes well has its line only where it was asked for.
BOOST_AUTO_TEST_CASE(routine_lines)
{
    BOOST_TEST((log::routine() == log::Level::debug));
    log::configure_routine(true);
    BOOST_TEST((log::routine() == log::Level::info));
    log::configure_routine(false);
}

BOOST_AUTO_TEST_SUITE_END()
