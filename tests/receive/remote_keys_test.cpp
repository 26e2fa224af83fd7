// Sources whose key is fetched, with a network that is scripted.
#include "signing/algorithms/digest.hpp"
#include "hub/core/codec/encoding.hpp"
#include "tests/receive/sender.hpp"
#include "tests/signing/keys/certificates.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace katydid;
using namespace katydid::test;
using namespace std::chrono_literals;
using signing::test::Issued;
using signing::test::make_authority;
using signing::test::make_leaf;

namespace {

constexpr const char* topic = "arn:aws:sns:us-east-1:1:orders";
constexpr const char* certificate_url = "https://sns.us-east-1.amazonaws.com/a.pem";
constexpr const char* subscribe_url
    = "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336";

const Issued& authority()
{
    static const Issued made = make_authority("root", nullptr);
    return made;
}

const Issued& provider()
{
    static const Issued made = make_leaf("provider", authority());
    return made;
}

/// When the messages are made.
const std::string& now_text()
{
    static const std::string text = to_rfc3339(system_clock().now());
    return text;
}

std::string base64(const std::string& bytes) { return encode(Encoding::base64, bytes); }

/// A message of SNS with its signature (version 2).
std::string sns_message(boost::json::object message)
{
    std::string canonical;
    for (const auto* name :
         {"Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"}) {
        if (!message.contains(name)) continue;
        canonical.append(name).append("\n").append(message[name].as_string()).append("\n");
    }
    message["SignatureVersion"] = "2";
    message["Signature"] = base64(signing::test::sign_rsa_sha256(provider(), canonical));
    if (!message.contains("SigningCertURL")) message["SigningCertURL"] = certificate_url;
    return boost::json::serialize(message);
}

std::string confirmation()
{
    return sns_message({{"Type", "SubscriptionConfirmation"},
                        {"MessageId", "m-1"},
                        {"Token", "2336"},
                        {"TopicArn", topic},
                        {"Message", "You have chosen to subscribe"},
                        {"SubscribeURL", subscribe_url},
                        {"Timestamp", now_text()}});
}

std::string notification(const char* id)
{
    return sns_message({{"Type", "Notification"},
                        {"MessageId", id},
                        {"TopicArn", topic},
                        {"Message", "hello"},
                        {"Timestamp", now_text()}});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(receive_remote_keys)

// Goal: SNS is confirmed by visiting its URL after a good signature; its messages are verified
// under one fetched certificate.
BOOST_AUTO_TEST_CASE(sns_is_confirmed_and_verified)
{
    ReceiverFixture house;
    house.fetcher.answers.emplace(certificate_url, provider().pem);
    house.fetcher.answers.emplace(subscribe_url, "<ConfirmSubscriptionResponse/>");
    house.run([&]() -> awaitable<> {
        co_await house.add_source("provider", "aws-sns", topic);
        auto response = co_await house.post(provider_path, {}, confirmation());
        BOOST_TEST(response.status == 200U);
        BOOST_TEST(house.fetcher.asked
                       == (std::vector<std::string>{certificate_url, subscribe_url}),
                   boost::test_tools::per_element());
        for (const auto* id : {"m-2", "m-3"}) {
            response = co_await house.post(provider_path, {}, notification(id));
            BOOST_TEST(response.status == 200U);
        }
        BOOST_TEST(house.fetcher.asked.size() == 2U);
        const auto events = co_await house.store->events({});
        BOOST_TEST(events->size() == 2U);
    });
}

// Goal: no URL is visited for a confirmation with a bad signature, of another topic, or to another
// host; and no certificate is fetched from anywhere else.
BOOST_AUTO_TEST_CASE(sns_refusals)
{
    ReceiverFixture house;
    house.fetcher.answers.emplace(certificate_url, provider().pem);
    house.run([&]() -> awaitable<> {
        co_await house.add_source("provider", "aws-sns", topic);
        auto forged = confirmation();
        forged.replace(forged.find("2336"), 4, "2337");
        const boost::json::object elsewhere{
            {"Type", "Notification"},  {"MessageId", "m"},
            {"TopicArn", topic},       {"Message", "hello"},
            {"Timestamp", now_text()}, {"SigningCertURL", "https://evil.example/a.pem"}};
        for (const auto& body : {forged, sns_message(elsewhere), std::string{"{}"}}) {
            const auto response = co_await house.post(provider_path, {}, body);
            BOOST_TEST(response.status == 401U);
        }
        BOOST_TEST(house.fetcher.asked == std::vector<std::string>{certificate_url},
                   boost::test_tools::per_element());
    });
}

// Goal: when the key cannot be fetched now the provider is told to try again; a host that says no
// is a refusal.
BOOST_AUTO_TEST_CASE(fetch_failures)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        co_await house.add_source("provider", "aws-sns", topic);
        auto response = co_await house.post(provider_path, {}, notification("m-1"));
        BOOST_TEST(response.status == 503U);
        BOOST_TEST(header_value(response.headers, "Retry-After") == "5");
        house.clock.advance(31s);
        house.fetcher.answers.emplace(certificate_url, Error{errc::refused, "404"});
        response = co_await house.post(provider_path, {}, notification("m-1"));
        BOOST_TEST(response.status == 401U);
        house.clock.advance(31s);
        house.fetcher.answers.insert_or_assign(certificate_url,
                                               result<std::string>{provider().pem});
        response = co_await house.post(provider_path, {}, notification("m-1"));
        BOOST_TEST(response.status == 200U);
    });
}

// Goal: PayPal's certificate must chain to a root that is trusted; one made by a stranger that the
// host hands out is refused.
BOOST_AUTO_TEST_CASE(paypal_chain)
{
    constexpr const char* url = "https://api.paypal.com/v1/notifications/certs/CERT-1";
    const auto stranger = make_leaf("provider", make_authority("root", nullptr));
    const auto roots = std::filesystem::temp_directory_path()
                       / ("katydid-paypal-" + std::to_string(::getpid()) + ".pem");
    std::ofstream{roots} << authority().pem;
    for (const auto* signer : {&provider(), &stranger}) {
        ReceiverFixture house{roots.string()};
        house.fetcher.answers.emplace(url, signer->pem);
        house.run([&]() -> awaitable<> {
            co_await house.add_source("provider", "paypal", "webhook-id");
            const std::string body = R"({"id":"WH-1","event_type":"PAYMENT.SALE.COMPLETED"})";
            const std::string message = "t-1|" + now_text() + "|webhook-id|"
                                        + std::to_string(signing::crc32(body));
            const Headers headers{{"PAYPAL-TRANSMISSION-ID", "t-1"},
                                  {"PAYPAL-TRANSMISSION-TIME", now_text()},
                                  {"PAYPAL-CERT-URL", url},
                                  {"PAYPAL-TRANSMISSION-SIG",
                                   base64(signing::test::sign_rsa_sha256(*signer, message))}};
            const auto response = co_await house.post(provider_path, headers, body);
            BOOST_TEST(response.status == (signer == &provider() ? 200U : 401U));
        });
    }
    std::filesystem::remove(roots);
}

// Goal: a token under a key that the set does not have makes the set be fetched anew, once.
BOOST_AUTO_TEST_CASE(jwks_rotation)
{
    constexpr const char* url = "https://www.googleapis.com/oauth2/v3/certs";
    const auto newer = make_leaf("newer", authority());
    ReceiverFixture house;
    const auto set = [](const std::string& keys) { return R"({"keys":[)" + keys + "]}"; };
    const auto old_key = signing::test::to_jwk(provider(), "old");
    house.fetcher.answers.emplace(url, set(old_key));
    const auto now = house.clock.now().time_since_epoch().count() / 1000;
    const auto post = [&](const Issued& signer, const char* kid,
                          const char* id) -> awaitable<unsigned> {
        const auto claims = R"({"iss":"accounts.google.com","aud":"https://hub.example",)"
                            R"("email_verified":true,"email":"push@ours.example","exp":)"
                            + std::to_string(now + 86'400) + "}";
        const Headers headers{
            {"Authorization", "Bearer " + signing::test::make_jwt(signer, kid, claims)}};
        const auto body = R"({"message":{"messageId":")" + std::string{id} + "\"}}";
        const auto response = co_await house.post(provider_path, headers, body);
        co_return response.status;
    };
    house.run([&]() -> awaitable<> {
        co_await house.add_source("provider", "google-pubsub", "https://hub.example",
                                  R"({"principal":"push@ours.example"})");
        auto status = co_await post(provider(), "old", "1");
        BOOST_TEST(status == 200U);
        status = co_await post(newer, "new", "2");
        BOOST_TEST(status == 401U);
        BOOST_TEST(house.fetcher.asked.size() == 1U);  // fetched a moment ago
        house.clock.advance(2min);
        house.fetcher.answers.insert_or_assign(
            url, result<std::string>{set(old_key + "," + signing::test::to_jwk(newer, "new"))});
        status = co_await post(newer, "new", "2");
        BOOST_TEST(status == 200U);
        status = co_await post(newer, "newest", "3");
        BOOST_TEST(status == 401U);
        BOOST_TEST(house.fetcher.asked.size() == 2U);
    });
}

// Goal: a certificate that a scheme may use without its chain does not reach, over the cache, a
// scheme that checks chains.
BOOST_AUTO_TEST_CASE(the_chain_is_checked_for_each_scheme)
{
    const auto stranger = make_leaf("stranger", make_authority("root", nullptr));
    const auto roots = std::filesystem::temp_directory_path()
                       / ("katydid-chains-" + std::to_string(::getpid()) + ".pem");
    std::ofstream{roots} << authority().pem;
    const auto scheme = [](const char* chain) {
        return signing::load_scheme("own", "algorithm = \"rsa-sha256\"\n"
                                           "message = \"{secret}{body}\"\n"
                                           "signature = { from = \"header:X-Sig\", encoding = "
                                           "\"base64\" }\nremote_key = { kind = \"certificate\", "
                                           "url = \"header:X-Cert\", host = \"certs.example\""
                                               + std::string{chain} + " }\n")
            .value();
    };
    const auto loose = scheme("");
    const auto strict = scheme(", chain = true");
    ScriptedFetcher fetcher;
    fetcher.answers.emplace("https://certs.example/a.pem", stranger.pem);
    ManualClock clock{system_clock().now()};
    receive::RemoteKeys keys{fetcher, clock, roots.string()};
    const Headers headers{{"X-Cert", "https://certs.example/a.pem"}};
    const signing::RequestView request{"POST", "/", "", headers, "{}"};
    run_coroutine([&]() -> awaitable<> {
        for (int i = 0; i < 2; ++i) {
            const auto unchecked = co_await keys.document_for(*loose, signing::traits_of(*loose),
                                                              request, SourceId{});
            BOOST_TEST(unchecked.has_value());
            const auto checked = co_await keys.document_for(*strict, signing::traits_of(*strict),
                                                            request, SourceId{});
            BOOST_TEST(checked.has_error());
        }
    });
    std::filesystem::remove(roots);
}

BOOST_AUTO_TEST_SUITE_END()
