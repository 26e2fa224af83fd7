// Secrets that change without a gap, and a master key that changes.
#include "tests/hub/running_hub.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace katydid;
using namespace katydid::test;

namespace {

constexpr const char* body = R"({"action":"opened"})";

std::string subscription_to(const Inbox& inbox, const std::string& more)
{
    return R"({"name":"to-inbox","event_types":["test.*"],"handler":{"kind":"endpoint","url":")"
           + inbox.url() + "\"}" + more + "}";
}

awaitable<> publish(ApiClient& person)
{
    co_await person.manage_as(202, "POST", "/v1/events", R"({"type":"test.made","data":{"n":1}})");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(registry_served_rotation)

// Goal: after a rotation the new secret works on the next request and the old one through the
// overlap, also over a restart; without an overlap the old one is over at once.
BOOST_AUTO_TEST_CASE(of_a_source)
{
    const Folder folder;
    const auto github = signing::find_scheme("github");
    std::string one;
    std::string second;
    run_with_hub(settings_in(folder), [&](ApiClient person) -> awaitable<> {
        const auto source = co_await person.make_source("github", "github", "first");
        one = "/v1/sources/" + text(source, "id");
        const auto rotated = co_await person.manage_as(200, "POST", one + "/rotate-secret");
        second = text(rotated, "secret");
        BOOST_TEST(text(rotated, "overlap") == "1d");
        BOOST_TEST(rotated.at("keys").as_array().size() == 2U);
        for (const auto& secret : {std::string{"first"}, second}) {
            const auto reply = co_await person.post_signed("github", *github, secret, body);
            BOOST_TEST(reply.status == 200U);
        }
        const auto shown = co_await person.manage(("GET"), one);
        BOOST_TEST(shown.body.find(second) == std::string::npos);
    });
    run_with_hub(settings_in(folder), [&](ApiClient person) -> awaitable<> {
        for (const auto& secret : {std::string{"first"}, second}) {
            const auto reply = co_await person.post_signed("github", *github, secret, body);
            BOOST_TEST(reply.status == 200U);
        }
        co_await person.manage_as(200, "POST", one + "/rotate-secret",
                                  R"({"overlap":"0s","secret":"third"})");
        for (const auto& [secret, status] :
             {std::pair{std::string{"first"}, 401U}, {second, 401U}, {"third", 200U}}) {
            const auto reply = co_await person.post_signed("github", *github, secret, body);
            BOOST_TEST(reply.status == status);
        }
    });
}

// Goal: a secret that begins later does nothing until then, and the one before stays through the
// overlap behind it.
BOOST_AUTO_TEST_CASE(that_begins_later)
{
    const Folder folder;
    const auto github = signing::find_scheme("github");
    run_with_hub(settings_in(folder), [&](ApiClient person) -> awaitable<> {
        const auto source = co_await person.make_source("github", "github", "first");
        const auto path = "/v1/sources/" + text(source, "id") + "/rotate-secret";
        const auto begin = system_clock().now() + std::chrono::hours{1};
        const auto rotated = co_await person.manage_as(
            200, "POST", path,
            R"({"secret":"second","overlap":"1h","not_before":")" + to_rfc3339(begin) + "\"}");
        const auto& keys = rotated.at("keys").as_array();
        BOOST_TEST(!keys[0].at("active").as_bool());
        BOOST_TEST(text(keys[0], "not_before") == to_rfc3339(begin));
        const auto end = parse_rfc3339(text(keys[1], "not_after"));
        BOOST_TEST(
            (end
             && std::chrono::abs(*end - begin - std::chrono::hours{1}) < std::chrono::seconds{1}));
        for (const auto& [secret, status] : {std::pair{"first", 200U}, {"second", 401U}}) {
            const auto reply = co_await person.post_signed("github", *github, secret, body);
            BOOST_TEST(reply.status == status);
        }
        co_await person.manage_as(422, "POST", path, R"({"not_before":"2020-01-01T00:00:00Z"})");
    });
}

// Goal: where the provider makes the secret, the hub makes none, as when the source was made.
// Regression: `katydid sources rotate-secret stripe` made one that Stripe never has, and a day
// later each of its webhooks was refused.
BOOST_AUTO_TEST_CASE(providers_secrets_are_given)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto source = co_await person.make_source("stripe", "stripe", "whsec_first");
        const auto path = "/v1/sources/" + text(source, "id") + "/rotate-secret";
        const auto refused = co_await person.manage_as(422, "POST", path);
        const auto detail = text(refused.at("errors").at(0), "detail");
        BOOST_TEST(detail.starts_with("is missing: give the new secret that "), detail);
        co_await person.manage_as(200, "POST", path, R"({"secret":"whsec_second"})");
    });
}

// Goal: many rotations at once lose no key: all of the newest eight are known.
BOOST_AUTO_TEST_CASE(concurrent_rotations)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto source = co_await person.make_source("github", "github", "first");
        const auto one = "/v1/sources/" + text(source, "id");
        const auto executor = co_await asio::this_coro::executor;
        int pending = 5;
        asio::steady_timer done{executor, SteadyTime::max()};
        for (int i = 0; i < 5; ++i)
            asio::co_spawn(
                executor,
                [&]() -> awaitable<> {
                    co_await person.manage_as(200, "POST", one + "/rotate-secret");
                },
                [&](std::exception_ptr failure) {
                    BOOST_TEST(!failure);
                    if (--pending == 0) done.cancel();
                });
        co_await done.async_wait(use_tuple);
        const auto shown = co_await person.manage_as(200, "GET", one);
        BOOST_TEST(shown.at("keys").as_array().size() == 6U);
    });
}

// Goal: through the overlap what goes out carries both signatures, and each receiver is content.
BOOST_AUTO_TEST_CASE(of_a_subscription)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        Inbox inbox{executor};
        const auto standard = signing::find_scheme("standard-webhooks");
        const auto made = co_await person.manage_as(201, "POST", "/v1/subscriptions",
                                                    subscription_to(inbox, ""));
        const auto old_secret = text(made, "secret");
        const auto one = "/v1/subscriptions/" + text(made, "id");
        const auto rotated = co_await person.manage_as(200, "POST", one + "/rotate-secret");
        co_await publish(person);
        auto request = co_await inbox.next();
        for (const auto& secret : {old_secret, text(rotated, "secret")})
            BOOST_TEST(std::holds_alternative<signing::Verified>(
                verdict_of(request, inbox.url(), *standard, secret)));

        co_await person.manage_as(200, "POST", one + "/rotate-secret", R"({"overlap":"0s"})");
        co_await publish(person);
        request = co_await inbox.next();
        for (const auto& secret : {old_secret, text(rotated, "secret")})
            BOOST_TEST(std::holds_alternative<signing::Refusal>(
                verdict_of(request, inbox.url(), *standard, secret)));
        co_await inbox.close();
    });
}

// Goal: a secret that a PATCH brings takes the place of the one before, which ends a day later; the
// signature survives a restart.
BOOST_AUTO_TEST_CASE(by_a_patch)
{
    const Folder folder;
    std::string one;
    run_with_hub(settings_in(folder), [&](ApiClient person) -> awaitable<> {
        const auto made = co_await person.manage_as(
            201, "POST", "/v1/subscriptions",
            R"({"name":"a","event_types":["test.*"],"signature":"github","secret":"first",
                "handler":{"kind":"endpoint","url":"http://127.0.0.1:9/"}})");
        one = "/v1/subscriptions/" + text(made, "id");
        co_await person.manage_as(200, "PATCH", one, R"({"secret":"second"})");
    });
    run_with_hub(settings_in(folder), [&](ApiClient person) -> awaitable<> {
        const auto rotated = co_await person.manage_as(200, "POST", one + "/rotate-secret");
        const auto& keys = rotated.at("keys").as_array();
        BOOST_TEST_REQUIRE(keys.size() == 3U);
        BOOST_TEST(!keys[1].at("not_after").is_null());
        BOOST_TEST(!keys[2].at("not_after").is_null());
        const auto shown = co_await person.manage_as(200, "GET", one);
        BOOST_TEST(text(shown, "signature") == "github");
    });
}

// Goal: secrets that a setting holds are read-only, and the answer says where to change them.
BOOST_AUTO_TEST_CASE(settings_secrets_are_read_only)
{
    const Folder folder;
    auto settings = settings_in(folder);
    settings.sources.push_back({"atlvs", {"atlvs"}, {Secret{"from-setting"}}, {}});
    run_with_hub(settings, [](ApiClient person) -> awaitable<> {
        const auto page = co_await person.manage_as(200, "GET", "/v1/sources");
        const auto& source = page.at("data").as_array().front();
        const auto one = "/v1/sources/" + text(source, "id");
        for (const auto& [method, path] :
             {std::pair{"POST", one + "/rotate-secret"}, {"DELETE", one}}) {
            const auto refused = co_await person.manage_as(409, method, path);
            BOOST_TEST(text(refused, "detail").find("setting") != std::string::npos);
        }
    });
}

// Goal: unfit secrets and overlaps are refused with a pointer, and nothing changes.
BOOST_AUTO_TEST_CASE(bad_rotations)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto source = co_await person.make_source("standard", "standard-webhooks");
        const auto one = "/v1/sources/" + text(source, "id");
        for (const auto& [given, pointer] : {std::pair{R"({"secret":"no base64!"})", "/secret"},
                                             {R"({"overlap":"yesterday"})", "/overlap"},
                                             {R"({"overlap":"91d"})", "/overlap"},
                                             {R"({"secret":""})", "/secret"},
                                             {R"({"what":1})", "/what"}}) {
            const auto refused = co_await person.manage_as(422, "POST", one + "/rotate-secret",
                                                           given);
            BOOST_TEST(text(refused.at("errors").as_array().front(), "pointer") == pointer);
        }
        co_await person.manage_as(404, "POST",
                                  "/v1/sources/src_00000000000000000000000009/rotate-secret");
        const auto shown = co_await person.manage_as(200, "GET", one);
        BOOST_TEST(shown.at("keys").as_array().size() == 1U);
    });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(registry_served_master_key)

// Goal: with the key of before beside the new one every secret is sealed anew; then the old key is
// not needed. Without it the hub does not start, and says what to do.
BOOST_AUTO_TEST_CASE(changes_over_a_restart)
{
    const Folder folder;
    const auto github = signing::find_scheme("github");
    const Secret first{std::string(64, '1')};
    const Secret second{std::string(64, '2')};
    auto settings = settings_in(folder);
    settings.master_key = first;
    const auto verifies = [&](ApiClient person) -> awaitable<> {
        const auto reply = co_await person.post_signed("github", *github, "topsecret", body);
        BOOST_TEST(reply.status == 200U);
    };
    run_with_hub(settings, [&](ApiClient person) -> awaitable<> {
        co_await person.make_source("github", "github", "topsecret");
        Call refused{"POST", "/api/webhooks/github", "{}", {{"X-Hub-Signature-256", "sha256=00"}}};
        co_await person.send(std::move(refused));
        const auto has_rows = [](const boost::json::value& page) {
            return !page.at("data").as_array().empty();
        };
        co_await person.wait_for("/v1/rejected", has_rows);
    });
    settings.master_key = second;
    BOOST_CHECK_EXCEPTION(run_with_hub(settings, verifies), Failure, [](const Failure& failure) {
        return std::string_view{failure.what()}.find("KATYDID_MASTER_KEY_PREVIOUS")
               != std::string_view::npos;
    });
    settings.master_key_previous = first;
    run_with_hub(settings, verifies);
    settings.master_key_previous.reset();
    run_with_hub(settings, [&](ApiClient person) -> awaitable<> {
        co_await verifies(person);
        // What was rejected can still be read.
        const auto page = co_await person.manage_as(200, "GET", "/v1/rejected");
        const auto id = text(page.at("data").as_array().front(), "id");
        const auto shown = co_await person.manage_as(200, "GET", "/v1/rejected/" + id);
        BOOST_TEST(text(shown, "body_base64") == "e30=");
    });
    settings.master_key = first;
    BOOST_CHECK_THROW(run_with_hub(settings, verifies), Failure);
}

// Goal: the same by files, for a hub that made its master key itself.
BOOST_AUTO_TEST_CASE(changes_by_files)
{
    const Folder folder;
    const auto github = signing::find_scheme("github");
    const auto settings = settings_in(folder);
    run_with_hub(settings, [](ApiClient person) -> awaitable<> {
        co_await person.make_source("github", "github", "topsecret");
    });
    const auto current = folder.path() / "master.key";
    const auto previous = folder.path() / "master.key.previous";
    std::filesystem::rename(current, previous);
    std::ofstream{current} << std::string(64, 'a');
    std::filesystem::permissions(current, std::filesystem::perms::owner_read);
    const auto verifies = [&](ApiClient person) -> awaitable<> {
        const auto reply = co_await person.post_signed("github", *github, "topsecret", body);
        BOOST_TEST(reply.status == 200U);
    };
    run_with_hub(settings, verifies);
    std::filesystem::remove(previous);
    run_with_hub(settings, verifies);
    std::filesystem::remove(current);
    BOOST_CHECK_THROW(run_with_hub(settings, verifies), Failure);
}

BOOST_AUTO_TEST_SUITE_END()
