// Deliveries under an identity of the operator: its own CA, a client certificate, a token.
#include "certs/dev_ca.hpp"
#include "tests/hub/running_hub.hpp"
#include "tests/handlers/served/tls_server.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>

using namespace katydid;
using namespace katydid::test;

namespace {

/// A bank: its authority, its receiver and its token server, both behind mutual TLS.
struct Bank {
    certs::ServerTls::Options tls()
    {
        return {{{server.certificate, server.key}}, ca.ca_file(), true};
    }
    config::IdentitySettings identity(const std::string& name = "bank")
    {
        config::IdentitySettings made;
        made.name = name;
        made.ca_file = ca.ca_file();
        made.certificate_file = client.certificate;
        made.key_file = client.key;
        made.hosts = {"localhost", "127.0.0.1"};
        return made;
    }
    config::IdentitySettings identity_with_token()
    {
        auto made = identity();
        made.oauth = config::OAuthSettings{tokens.url("/token"), "katydid", Secret{"top secret"},
                                           "hooks more", ""};
        return made;
    }

    Folder folder;
    certs::DevCa ca{folder.path()};
    certs::CertificateFiles server = ca.issue("server", {});
    certs::CertificateFiles client = ca.issue(
        "client", {certs::DevCertificate::Use::client, "hub of Katydid", {}});
    std::atomic<int> tokens_made = 0;
    std::atomic<int> good_token = 1;    ///< the receiver takes this one and later ones
    std::atomic<int> lifetime = 3'600;  ///< of the next token, in seconds
    TlsServer tokens{tls(), [this](const http::Request&) {
                         const auto number = std::to_string(++tokens_made);
                         return http::Response::json(
                             200, R"({"token_type":"Bearer","access_token":"t)" + number
                                      + R"(","expires_in":)" + std::to_string(lifetime) + "}");
                     }};
    TlsServer receiver{tls(), [this](const http::Request& request) {
                           const auto token = request.header("authorization");
                           const bool is_open = good_token == 0;
                           const bool is_good = is_open
                                                || (token.starts_with("Bearer t")
                                                    && std::stoi(std::string{token.substr(8)})
                                                           >= good_token);
                           return is_good ? http::Response::text(200, "ok")
                                          : http::Response::plain_error(401, "no");
                       }};
};

std::string subscription_to(const Bank& bank, const std::string& identity)
{
    return R"({"name":"to-bank","event_types":["test.*"],"retry":{"delays":["1h"]},)"
           R"("handler":{"url":")"
           + bank.receiver.url("/hook") + "\"" + identity + "}}";
}

awaitable<> publish(ApiClient& person)
{
    co_await person.manage_as(202, "POST", "/v1/events", R"({"type":"test.made","data":{}})");
}

/// The deliveries, newest first, when there are `count` of them in that state.
awaitable<boost::json::value> wait_deliveries(ApiClient& person, std::string state,
                                              std::size_t count)
{
    auto page = co_await person.wait_for("/v1/deliveries?state=" + state,
                                         [count](const boost::json::value& value) {
                                             return value.at("data").as_array().size() == count;
                                         });
    co_return page;
}

/// How the one attempt of the one delivery in that state ended, and what it says.
awaitable<boost::json::value> one_attempt(ApiClient& person, std::string state)
{
    const auto page = co_await wait_deliveries(person, std::move(state), 1);
    const auto id = text(page.at("data").at(0), "id");
    const auto attempts = co_await person.manage_as(200, "GET",
                                                    "/v1/deliveries/" + id + "/attempts");
    co_return attempts.at("data").at(0);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(handlers_served_identities)

// Goal: a subscription's identity brings its CA, its client certificate and a token: the token is
// fetched once, again when the receiver no longer takes it, and again when its time is over.
BOOST_AUTO_TEST_CASE(mutual_tls_and_token)
{
    Bank bank;
    const Folder folder;
    auto settings = settings_in(folder);
    settings.identities = {bank.identity_with_token()};
    run_with_hub(settings, [&bank](ApiClient person) -> awaitable<> {
        const auto made = co_await person.manage_as(201, "POST", "/v1/subscriptions",
                                                    subscription_to(bank, R"(,"identity":"bank")"));
        BOOST_TEST(text(made.at("handler"), "identity") == "bank");

        for (std::size_t count = 1; count <= 3; ++count) {
            co_await publish(person);
            co_await wait_deliveries(person, "delivered", count);
        }
        BOOST_TEST(bank.tokens_made == 1);

        bank.good_token = 2;  // the first is revoked: a second one, in the same attempt
        co_await publish(person);
        const auto after = co_await wait_deliveries(person, "delivered", 4);
        BOOST_TEST(after.at("data").at(0).at("attempts").as_int64() == 1);
        BOOST_TEST(bank.tokens_made == 2);

        bank.lifetime = 1;  // too short to be kept
        bank.good_token = 3;
        for (std::size_t count = 5; count <= 7; ++count) {
            co_await publish(person);
            co_await wait_deliveries(person, "delivered", count);
        }
        BOOST_TEST(bank.tokens_made == 5);
    });
    for (const auto& request : bank.receiver.requests())
        BOOST_TEST(request.peer.client_subject == "CN=hub of Katydid,O=Katydid development");
    const auto asked = bank.tokens.requests();
    BOOST_TEST_REQUIRE(!asked.empty());
    BOOST_TEST(asked[0].peer.client_subject == "CN=hub of Katydid,O=Katydid development");
    BOOST_TEST(asked[0].body == "grant_type=client_credentials&scope=hooks%20more");
}

// Goal: without an identity, or with one that has no certificate, the receiver is not reached; what
// the delivery says tells which of both it was. An identity without a token sends none.
BOOST_AUTO_TEST_CASE(each_part_counts)
{
    Bank bank;
    bank.good_token = 0;
    auto trusting = bank.identity("trusting");
    trusting.certificate_file.clear();
    trusting.key_file.clear();
    struct Row {
        std::string identity;
        std::string state;
        std::string outcome;
        std::string words;
    };
    for (const Row& row : {Row{"", "scheduled", "tls_failed", "certificate is not accepted"},
                           // Told by an alert, or by a reset that overtakes it.
                           Row{R"(,"identity":"trusting")", "scheduled", "", "the receiver"},
                           Row{R"(,"identity":"bank")", "delivered", "success", ""}}) {
        const Folder folder;
        auto settings = settings_in(folder);
        settings.identities = {bank.identity(), trusting};
        run_with_hub(settings, [&bank, &row](ApiClient person) -> awaitable<> {
            co_await person.manage_as(201, "POST", "/v1/subscriptions",
                                      subscription_to(bank, row.identity));
            co_await publish(person);
            const auto attempt = co_await one_attempt(person, row.state);
            const auto shown = boost::json::serialize(attempt);
            if (!row.outcome.empty()) BOOST_TEST(text(attempt, "outcome") == row.outcome, shown);
            BOOST_TEST(shown.find(row.words) != std::string::npos, shown);
        });
    }
    BOOST_TEST_REQUIRE(bank.receiver.requests().size() == 1U);
    BOOST_TEST(bank.receiver.requests()[0].header("authorization") == "");
    BOOST_TEST(bank.tokens_made == 0);
}

// Goal: a token server that refuses is a failure of the setup in words; the secret is not in them.
BOOST_AUTO_TEST_CASE(no_token)
{
    Bank bank;
    TlsServer refusing{bank.tls(), [](const http::Request&) {
                           return http::Response::plain_error(400, "top secret");
                       }};
    const Folder folder;
    auto settings = settings_in(folder);
    settings.identities = {bank.identity_with_token()};
    settings.identities[0].oauth->token_url = refusing.url("/token");
    run_with_hub(settings, [&bank](ApiClient person) -> awaitable<> {
        co_await person.manage_as(201, "POST", "/v1/subscriptions",
                                  subscription_to(bank, R"(,"identity":"bank")"));
        co_await publish(person);
        const auto attempt = co_await one_attempt(person, "scheduled");
        BOOST_TEST(text(attempt, "outcome") == "refused");
        BOOST_TEST(text(attempt, "error") == "no OAuth token: the token server answered 400");
    });
    BOOST_TEST(bank.receiver.requests().empty());
}

// Goal: an identity that is unknown, or another tenant's, is a fault with its pointer; null takes
// the name away.
BOOST_AUTO_TEST_CASE(offered_to_whom)
{
    Bank bank;
    const Folder folder;
    auto settings = settings_in(folder);
    settings.identities = {bank.identity()};
    settings.identities[0].tenants = {default_tenant()};
    run_with_hub(settings, [&bank](ApiClient person) -> awaitable<> {
        const auto named = subscription_to(bank, R"(,"identity":"bank")");
        const auto made = co_await person.manage_as(201, "POST", "/v1/subscriptions", named);
        const auto path = "/v1/subscriptions/" + text(made, "id");
        const auto refused = co_await person.manage_as(422, "PATCH", path,
                                                       R"({"handler":{"identity":"other"}})");
        BOOST_TEST(text(refused.at("errors").at(0), "pointer") == "/handler/identity");
        auto shown = co_await person.manage_as(200, "PATCH", path,
                                               R"({"handler":{"identity":null}})");
        BOOST_TEST(!shown.at("handler").as_object().contains("identity"));

        const auto tenant = co_await person.manage_as(201, "POST", "/v1/tenants",
                                                      R"({"name":"other"})");
        const Header as_tenant{"Katydid-Tenant", text(tenant, "id")};
        Call call{"POST", "/v1/subscriptions", named, {person.authorisation(), as_tenant}};
        const auto foreign = co_await person.send(std::move(call));
        BOOST_TEST(foreign.status == 422U);
        BOOST_TEST(foreign.body.find("/handler/identity") != std::string::npos, foreign.body);
    });
}

// Goal: an identity that the operator takes away is not replaced by the hub's own: nothing is
// sent, and the delivery says why.
BOOST_AUTO_TEST_CASE(taken_away)
{
    Bank bank;
    bank.good_token = 0;
    const Folder folder;
    auto settings = settings_in(folder);
    settings.identities = {bank.identity()};
    run_with_hub(settings, [&bank](ApiClient person) -> awaitable<> {
        co_await person.manage_as(201, "POST", "/v1/subscriptions",
                                  subscription_to(bank, R"(,"identity":"bank")"));
    });
    settings.identities.clear();
    run_with_hub(settings, [](ApiClient person) -> awaitable<> {
        co_await publish(person);
        const auto attempt = co_await one_attempt(person, "scheduled");
        BOOST_TEST(text(attempt, "outcome") == "refused");
        BOOST_TEST(text(attempt, "error").find("\"bank\"") != std::string::npos);
    });
    BOOST_TEST(bank.receiver.requests().empty());
}

// Goal: an identity goes to the hosts that the operator names: another one is a fault when the
// subscription is made or changed, and refused at each send when the operator changes his mind. No
// token is even asked for.
BOOST_AUTO_TEST_CASE(only_to_its_hosts)
{
    Bank bank;
    const Folder folder;
    auto settings = settings_in(folder);
    settings.identities = {bank.identity_with_token()};
    run_with_hub(settings, [&bank](ApiClient person) -> awaitable<> {
        const auto named = subscription_to(bank, R"(,"identity":"bank")");
        const auto made = co_await person.manage_as(201, "POST", "/v1/subscriptions", named);
        const auto path = "/v1/subscriptions/" + text(made, "id");
        const auto moved = co_await person.manage_as(
            422, "PATCH", path, R"({"handler":{"url":"https://evil.example/hook"}})");
        BOOST_TEST(text(moved.at("errors").at(0), "pointer") == "/handler/identity");
        BOOST_TEST(text(moved.at("errors").at(0), "detail").find("evil.example")
                   != std::string::npos);
        const auto other = co_await person.manage_as(
            422, "POST", "/v1/subscriptions",
            R"({"name":"b","event_types":["x"],)"
            R"("handler":{"url":"https://evil.example/","identity":"bank"}})");
        BOOST_TEST(text(other.at("errors").at(0), "pointer") == "/handler/identity");
    });
    settings.identities[0].hosts = {"api.bank.example"};
    run_with_hub(settings, [](ApiClient person) -> awaitable<> {
        co_await publish(person);
        const auto attempt = co_await one_attempt(person, "scheduled");
        BOOST_TEST(text(attempt, "outcome") == "refused");
        const auto error = text(attempt, "error");
        BOOST_TEST(error.find("\"bank\" may not be used for") != std::string::npos, error);
    });
    BOOST_TEST(bank.receiver.requests().empty());
    BOOST_TEST(bank.tokens_made == 0);
}

// Goal: a receiver that redirects gets its own answer counted: the token goes nowhere else.
BOOST_AUTO_TEST_CASE(no_redirect_is_followed)
{
    Bank bank;
    TlsServer elsewhere{
        bank.tls(), [](const http::Request&) { return http::Response::text(200, "thank you"); }};
    TlsServer redirecting{bank.tls(), [&elsewhere](const http::Request&) {
                              auto response = http::Response::text(307, "");
                              response.with("Location", elsewhere.url("/hook"));
                              return response;
                          }};
    const Folder folder;
    auto settings = settings_in(folder);
    settings.identities = {bank.identity_with_token()};
    run_with_hub(settings, [&redirecting](ApiClient person) -> awaitable<> {
        co_await person.manage_as(201, "POST", "/v1/subscriptions",
                                  R"({"name":"r","event_types":["test.*"],"handler":{"url":")"
                                      + redirecting.url("/hook") + R"(","identity":"bank"}})");
        co_await publish(person);
        const auto attempt = co_await one_attempt(person, "scheduled");
        BOOST_TEST(attempt.at("status").as_int64() == 307);
    });
    BOOST_TEST(elsewhere.requests().empty());
}

// Goal: an identity that names no hosts keeps the hub from starting.
BOOST_AUTO_TEST_CASE(without_hosts)
{
    Bank bank;
    const Folder folder;
    auto settings = settings_in(folder);
    settings.identities = {bank.identity("anywhere")};
    settings.identities[0].hosts.clear();
    BOOST_CHECK_EXCEPTION(run_with_hub(settings, [](ApiClient) -> awaitable<> { co_return; }),
                          Failure, [](const Failure& failure) {
                              const std::string_view why = failure.what();
                              return why.find("\"anywhere\"") != std::string_view::npos
                                     && why.find("name its hosts") != std::string_view::npos;
                          });
}

// Goal: files that cannot be used keep the hub from starting, with the identity's name.
BOOST_AUTO_TEST_CASE(bad_files)
{
    Bank bank;
    const Folder folder;
    auto settings = settings_in(folder);
    settings.identities = {bank.identity("broken")};
    settings.identities[0].key_file = bank.server.key;
    try {
        run_with_hub(settings, [](ApiClient) -> awaitable<> { co_return; });
        BOOST_FAIL("the hub started");
    } catch (const Failure& failure) {
        BOOST_TEST(std::string{failure.what()}.find("\"broken\"") != std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()
