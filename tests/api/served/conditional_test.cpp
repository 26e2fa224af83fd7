// If-Match on a running hub: of several changes that start from the same version one is made.
#include "tests/hub/running_hub.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace katydid;
using namespace katydid::test;

namespace {

namespace json = boost::json;

awaitable<http::ClientReply> call_if(ApiClient person, std::string method, std::string path,
                                     std::string etag, std::string body)
{
    Call call{std::move(method),
              std::move(path),
              std::move(body),
              {person.authorisation(), {"If-Match", std::move(etag)}}};
    auto reply = co_await person.send(std::move(call));
    co_return reply;
}

awaitable<http::ClientReply> change_if(ApiClient person, std::string path, std::string etag,
                                       std::string body)
{
    auto reply = co_await call_if(person, "PATCH", std::move(path), std::move(etag),
                                  std::move(body));
    co_return reply;
}

/// A call of a race: method and body.
using Start = std::pair<std::string, std::string>;

/// Sends all of them at once with the same If-Match. Returns the statuses in their order.
awaitable<std::vector<unsigned>> race(ApiClient person, std::string path, std::string etag,
                                      std::vector<Start> starts)
{
    const auto executor = co_await asio::this_coro::executor;
    std::vector<unsigned> statuses(starts.size());
    std::size_t left = starts.size();
    asio::steady_timer all{executor, asio::steady_timer::time_point::max()};
    for (std::size_t i = 0; i < starts.size(); ++i)
        asio::co_spawn(executor, call_if(person, starts[i].first, path, etag, starts[i].second),
                       [&, i](std::exception_ptr failure, const http::ClientReply& reply) {
                           statuses[i] = failure ? 0 : reply.status;
                           if (--left == 0) all.cancel();
                       });
    co_await all.async_wait(use_tuple);
    co_return statuses;
}

std::string scheme_body(const std::string& header, bool is_new)
{
    const std::string toml = "algorithm = \"hmac-sha256\"\nmessage = \"{body}\"\n"
                             "signature = { from = \"header:"
                             + header + "\", encoding = \"hex\" }\n";
    json::object body{{"toml", toml}};
    if (is_new) body["name"] = "own";
    return json::serialize(body);
}

struct Race {
    std::string collection;
    std::string fresh;
    std::string key;  ///< member of the answer that names the row in its path
    std::string method;
    std::vector<std::string> changes;
};

std::vector<Race> races()
{
    return {
        {"/v1/schemes",
         scheme_body("A", true),
         "name",
         "PUT",
         {scheme_body("B", false), scheme_body("C", false), scheme_body("D", false)}},
        {"/v1/event-types",
         R"({"name":"a.b"})",
         "name",
         "PUT",
         {R"({"description":"b"})", R"({"description":"c"})", R"({"description":"d"})"}},
        {"/v1/sources",
         R"({"name":"s","schemes":["github"]})",
         "id",
         "PATCH",
         {R"({"public_url":"https://b.example/"})", R"({"public_url":"https://c.example/"})",
          R"({"public_url":"https://d.example/"})"}},
        {"/v1/subscriptions",
         R"({"name":"s","event_types":["x"],"handler":{"url":"http://127.0.0.1:9/"}})",
         "id",
         "PATCH",
         {R"({"timeout":"2s"})", R"({"timeout":"3s"})", R"({"timeout":"4s"})"}},
    };
}

/// Makes the row that a race is about. Returns its path.
awaitable<std::string> make_row(ApiClient person, Race race)
{
    const auto made = co_await person.manage_as(201, "POST", race.collection, race.fresh);
    co_return race.collection + "/" + text(made, race.key);
}

template <class Walk>
void run_on_two_loops(Walk walk)
{
    const Folder folder;
    auto settings = settings_in(folder);
    settings.loops = 2;
    run_with_hub(settings, walk);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_conditional)

// Goal: a change that names the version it is meant for is refused once there is a newer one.
BOOST_AUTO_TEST_CASE(changes_with_if_match)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto made = co_await person.manage_as(
            201, "POST", "/v1/subscriptions",
            R"({"name":"s","event_types":["x"],"handler":{"url":"http://127.0.0.1:9/"}})");
        const auto path = "/v1/subscriptions/" + text(made, "id");
        const auto shown = co_await person.manage("GET", path);
        const std::string etag{header_value(shown.headers, "etag")};
        BOOST_TEST(etag == "\"1\"");
        const auto first = co_await change_if(person, path, etag, R"({"timeout":"9s"})");
        BOOST_TEST(first.status == 200U);
        BOOST_TEST(header_value(first.headers, "etag") == "\"2\"");
        const auto late = co_await change_if(person, path, etag, R"({"timeout":"8s"})");
        BOOST_TEST(late.status == 412U);
        const auto any = co_await change_if(person, path, "*", R"({"timeout":"8s"})");
        BOOST_TEST(any.status == 200U);
        const auto weak = co_await change_if(person, path, "W/\"3\"", R"({"timeout":"7s"})");
        BOOST_TEST(weak.status == 412U);
        const auto listed = co_await change_if(person, path, "\"1\", \"3\"", R"({"timeout":"7s"})");
        BOOST_TEST(listed.status == 200U);
    });
}

// Goal: of changes that name the same version and come at the same moment exactly one is made, on
// whatever loop they arrive, for every kind of row; the others learn that they are late.
BOOST_AUTO_TEST_CASE(one_of_many_changes_is_made)
{
    run_on_two_loops([](ApiClient person) -> awaitable<> {
        for (const auto& row : races()) {
            const auto path = co_await make_row(person, row);
            std::vector<Start> starts;
            for (int again = 0; again < 3; ++again)
                for (const auto& change : row.changes) starts.emplace_back(row.method, change);
            const auto statuses = co_await race(person, path, "\"1\"", starts);
            BOOST_TEST_CONTEXT(path)
            {
                BOOST_TEST(std::ranges::count(statuses, 200U) == 1);
                BOOST_TEST(std::ranges::count(statuses, 412U)
                           == static_cast<std::ptrdiff_t>(starts.size()) - 1);
            }
            const auto shown = co_await person.manage("GET", path);
            BOOST_TEST(header_value(shown.headers, "etag") == "\"2\"");
        }
        const auto tenant = co_await person.manage_as(201, "POST", "/v1/tenants",
                                                      R"({"name":"acme"})");
        const std::vector<Start> starts{{"PATCH", R"({"in_flight":1})"},
                                        {"PATCH", R"({"in_flight":2})"},
                                        {"PATCH", R"({"in_flight":3})"}};
        const auto path = "/v1/tenants/" + text(tenant, "id");
        const auto statuses = co_await race(person, path, "\"1\"", starts);
        BOOST_TEST(std::ranges::count(statuses, 200U) == 1);
        BOOST_TEST(std::ranges::count(statuses, 412U) == 2);
    });
}

// Goal: a deletion that names a version does not take away what somebody has just changed.
BOOST_AUTO_TEST_CASE(deletions_with_if_match)
{
    run_on_two_loops([](ApiClient person) -> awaitable<> {
        for (const auto& row : races()) {
            const auto path = co_await make_row(person, row);
            const std::vector<Start> starts{{row.method, row.changes[0]}, {"DELETE", ""}};
            const auto statuses = co_await race(person, path, "\"1\"", starts);
            const bool was_changed = statuses[0] == 200;
            BOOST_TEST_CONTEXT(path << " " << statuses[0] << " " << statuses[1])
            {
                BOOST_TEST(statuses[1] == (was_changed ? 412U : 204U));
                BOOST_TEST((was_changed || statuses[0] == 404 || statuses[0] == 412));
            }
            if (was_changed) co_await person.manage_as(204, "DELETE", path);
            co_await person.manage_as(404, "GET", path);
        }
    });
}

BOOST_AUTO_TEST_SUITE_END()
