// A source that is bound to a client certificate.
#include "certs/dev_ca.hpp"
#include "certs/tls.hpp"
#include "signing/sign.hpp"
#include "tests/hub/running_hub.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

constexpr const char* secret = "a-secret-of-the-bound-source";
constexpr const char* subject = "CN=provider,O=Katydid development";

/// A hub on TLS that asks for client certificates, and people who come with one or without.
struct Gate {
    explicit Gate(const Folder& folder) : settings{settings_in(folder)}
    {
        const auto server = ca.issue("server", {});
        settings.tls.certificate_files = {server.certificate};
        settings.tls.key_files = {server.key};
        settings.tls.client_ca_file = ca.ca_file();
    }

    certs::ClientTls::Options with(const std::string& name)
    {
        const auto made = ca.issue(name, {certs::DevCertificate::Use::client, name, {}});
        return {ca.ca_file(), made.certificate, made.key};
    }
    certs::ClientTls::Options without() { return {ca.ca_file(), "", ""}; }

    /// POSTs to the hub over TLS under that identity.
    awaitable<http::ClientReply> post(ApiClient person, certs::ClientTls::Options tls,
                                      std::string path, Headers headers, std::string body,
                                      std::string method = "POST")
    {
        const auto executor = co_await asio::this_coro::executor;
        http::ClientOptions options;
        options.tls = std::make_shared<certs::ClientTls>(std::move(tls));
        http::EgressPolicy policy;
        policy.allowed.push_back(*http::parse_network("127.0.0.0/8"));
        http::Client client{executor, policy, options};
        http::ClientRequest request;
        request.method = std::move(method);
        request.url = "https" + person.url().substr(4) + path;
        request.headers = std::move(headers);
        if (!body.empty()) request.body = std::make_shared<const std::string>(std::move(body));
        auto reply = co_await client.send(std::move(request),
                                          Deadline::after(std::chrono::seconds{10}));
        client.close();
        co_return std::move(reply.value());
    }

    /// A webhook with a good signature.
    awaitable<unsigned> post_signed(ApiClient person, certs::ClientTls::Options tls,
                                    std::string source, std::string& answer)
    {
        const std::string body = R"({"action":"opened"})";
        const auto scheme = signing::find_scheme("github");
        signing::SignInput input;
        input.id = "delivery-1";
        input.event_type = "push";
        input.content_type = "application/json";
        input.body = body;
        signing::KeyRing ring;
        ring.keys.push_back({KeyId{}, Secret{secret}, {}, {}});
        auto headers = signing::sign(*scheme, input, ring, system_clock().now()).value();
        auto reply = co_await post(person, std::move(tls), "/api/webhooks/" + source,
                                   std::move(headers), body);
        answer = reply.body;
        co_return reply.status;
    }

    Folder files;
    certs::DevCa ca{files.path()};
    Settings settings;
};

/// The bound source three times over: right certificate, none, another's.
awaitable<> check_bound(Gate& gate, ApiClient person, std::string source)
{
    std::string answer;
    auto status = co_await gate.post_signed(person, gate.with("provider"), source, answer);
    BOOST_TEST(status == 200U, answer);
    status = co_await gate.post_signed(person, gate.without(), source, answer);
    BOOST_TEST(status == 403U, answer);
    BOOST_TEST(answer.find("asks for a TLS client certificate") != std::string::npos, answer);
    status = co_await gate.post_signed(person, gate.with("somebody"), source, answer);
    BOOST_TEST(status == 403U, answer);
    BOOST_TEST(answer.find("not the one of this source") != std::string::npos, answer);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(receive_served_client_subject)

// Goal: a source of the settings takes webhooks under its certificate's subject only, though the
// signature is good; a source that is bound to none takes them as ever.
BOOST_AUTO_TEST_CASE(by_setting)
{
    const Folder folder;
    Gate gate{folder};
    gate.settings.sources = {{"bound", {"github"}, {Secret{secret}}, {}},
                             {"free", {"github"}, {Secret{secret}}, {}}};
    gate.settings.sources[0].settings.client_subject = subject;
    run_with_hub(gate.settings, [&gate](ApiClient person) -> awaitable<> {
        co_await check_bound(gate, person, "bound");
        std::string answer;
        const auto status = co_await gate.post_signed(person, gate.without(), "free", answer);
        BOOST_TEST(status == 200U, answer);
    });
}

// Goal: the same through the API; null takes the binding away, handshakes are bound too.
BOOST_AUTO_TEST_CASE(by_api)
{
    const Folder folder;
    Gate gate{folder};
    gate.settings.operator_key = Secret{"key_operator_for_this_test_0123456789"};
    run_with_hub(gate.settings, [&gate](ApiClient person) -> awaitable<> {
        const Headers key{{"Authorization", "Bearer key_operator_for_this_test_0123456789"}};
        const boost::json::object body{{"name", "bound"},
                                       {"schemes", {"github"}},
                                       {"secret", secret},
                                       {"client_subject", subject}};
        const auto made = co_await gate.post(person, gate.without(), "/v1/sources", key,
                                             boost::json::serialize(body));
        BOOST_TEST_REQUIRE(made.status == 201U, made.body);
        const auto source = boost::json::parse(made.body);
        BOOST_TEST(text(source, "client_subject") == subject);
        co_await check_bound(gate, person, "bound");

        const Headers none;
        const auto handshake = co_await gate.post(person, gate.without(), "/api/webhooks/bound",
                                                  none, "", "GET");
        BOOST_TEST(handshake.status == 403U, handshake.body);
        const auto path = "/v1/sources/" + text(source, "id");
        const auto freed = co_await gate.post(person, gate.without(), path, key,
                                              R"({"client_subject":null})", "PATCH");
        BOOST_TEST(freed.status == 200U, freed.body);
        std::string answer;
        const auto status = co_await gate.post_signed(person, gate.without(), "bound", answer);
        BOOST_TEST(status == 200U, answer);
    });
}

// Goal: a listener that asks for no certificates cannot bind a source to one.
BOOST_AUTO_TEST_CASE(nobody_asks)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto refused = co_await person.manage_as(
            422, "POST", "/v1/sources",
            R"({"name":"a","schemes":["github"],"client_subject":"CN=x"})");
        BOOST_TEST(text(refused.at("errors").at(0), "pointer") == "/client_subject");
    });
}

BOOST_AUTO_TEST_SUITE_END()
