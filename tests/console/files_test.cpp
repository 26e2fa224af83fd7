// /console/: the page's files, and that nothing is there when the console is off.
#include "hub/console/console.hpp"
#include "tests/hub/running_hub.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

awaitable<http::ClientReply> fetch(ApiClient& browser, std::string path, Headers headers = {})
{
    Call call{"GET", std::move(path), {}, std::move(headers)};
    auto reply = co_await browser.send(std::move(call));
    co_return reply;
}

boost::test_tools::assertion_result has_console(boost::unit_test::test_unit_id)
{
    return console::is_built_in();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(console_files)

// Goal: every file comes compressed, under the strict policy, and a second time as 304.
BOOST_AUTO_TEST_CASE(files_are_compressed_and_tagged, *boost::unit_test::precondition(has_console))
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient browser) -> awaitable<> {
        const std::vector<std::pair<std::string, std::string>> files{
            {"", "text/html; charset=utf-8"},
            {"app.js", "text/javascript; charset=utf-8"},
            {"app.css", "text/css; charset=utf-8"},
            {"icon.svg", "image/svg+xml"}};
        for (const auto& [name, type] : files) {
            const auto reply = co_await fetch(browser, "/console/" + name);
            BOOST_TEST(reply.status == 200U);
            BOOST_TEST(header_value(reply.headers, "content-type") == type);
            BOOST_TEST(header_value(reply.headers, "content-encoding") == "gzip");
            const auto policy = header_value(reply.headers, "content-security-policy");
            BOOST_TEST(policy.starts_with("default-src 'none'; script-src 'self';"));
            BOOST_TEST(policy.find("unsafe") == policy.npos);
            const std::string tag{header_value(reply.headers, "etag")};
            const Headers known{{"If-None-Match", tag}};
            const auto again = co_await fetch(browser, "/console/" + name, known);
            BOOST_TEST(again.status == 304U);
            BOOST_TEST(again.body.empty());
        }
    });
}

// Goal: without its slash the path leads on, below whatever prefix a proxy puts before the hub.
BOOST_AUTO_TEST_CASE(the_bare_path_leads_on, *boost::unit_test::precondition(has_console))
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient browser) -> awaitable<> {
        const auto reply = co_await fetch(browser, "/console");
        BOOST_TEST(reply.status == 308U);
        BOOST_TEST(header_value(reply.headers, "location") == "console/");
    });
}

// Goal: a hub whose console is off has no trace of it, and its cookie opens nothing.
BOOST_AUTO_TEST_CASE(off_is_404)
{
    const Folder folder;
    auto settings = settings_in(folder);
    settings.has_console = false;
    run_with_hub(std::move(settings), [](ApiClient browser) -> awaitable<> {
        for (const std::string path :
             {"/console", "/console/", "/console/app.js", "/console/session"}) {
            const auto reply = co_await fetch(browser, path);
            BOOST_TEST(reply.status == 404U);
        }
        const Headers cookie{{"Cookie", "katydid-session=x"}, {"Katydid-Csrf", "x"}};
        const auto reply = co_await fetch(browser, "/v1/events", cookie);
        BOOST_TEST(reply.status == 401U);
    });
}

BOOST_AUTO_TEST_SUITE_END()
