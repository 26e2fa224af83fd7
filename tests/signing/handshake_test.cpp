#include "signing/handshake.hpp"

#include "tests/signing/oracle.hpp"
#include "tests/signing/support.hpp"

namespace katydid::signing {

using namespace test;

BOOST_AUTO_TEST_SUITE(signing_handshake)

const Timestamp now = at_unix(1'750'000'000);
const std::string T = "1750000000";

Request get(const std::string& query)
{
    Request request;
    request.method = "GET";
    request.target = "/api/webhooks/test?" + query;
    return request;
}

std::optional<HandshakeReply> ask(std::string_view name, const Request& request,
                                  const KeyRing& keys = ring({"k"}))
{
    return handshake(*scheme(name), request.view(), keys, now);
}

void check_reply(const std::optional<HandshakeReply>& reply, unsigned status,
                 const std::string& type, const std::string& body)
{
    BOOST_TEST_REQUIRE(reply.has_value());
    BOOST_TEST(reply->status == status);
    BOOST_TEST(reply->content_type == type);
    BOOST_TEST(reply->body == body);
}

// Goal: challenges in a query are echoed.
BOOST_AUTO_TEST_CASE(echoes)
{
    check_reply(ask("dropbox", get("challenge=abc%20d")), 200, "text/plain", "abc d");
    BOOST_TEST(!ask("dropbox", get("challenge=" + std::string(5000, 'a'))).has_value());
    BOOST_TEST(!ask("dropbox", get("challenge=a&challenge=b")).has_value());
    BOOST_TEST(!ask("dropbox", get("")).has_value());
    Request graph;
    graph.target = "/x?validationToken=tok";
    check_reply(ask("microsoft-graph", graph), 200, "text/plain", "tok");
}

// Goal: Meta's check shows the source's verify token, which is not the app secret, and no key.
BOOST_AUTO_TEST_CASE(meta_verify_token)
{
    const auto answer = [](const std::string& token, std::string_view wanted) {
        Request request = get("hub.mode=subscribe&hub.verify_token=" + token + "&hub.challenge=42");
        request.expected.verify_token_sha256 = wanted;
        return ask("meta", request);
    };
    const std::string wanted = oracle::hex(oracle::digest("SHA256", "shown"));
    for (const auto* name : {"meta", "whatsapp"}) {
        Request request = get("hub.mode=subscribe&hub.verify_token=shown&hub.challenge=42");
        request.expected.verify_token_sha256 = wanted;
        check_reply(ask(name, request), 200, "text/plain", "42");
    }
    BOOST_TEST(!answer("k", wanted).has_value(), "the app secret was taken");
    BOOST_TEST(!answer("k", "").has_value());
    BOOST_TEST(!answer("", "").has_value());
    BOOST_TEST(!answer("", wanted).has_value());
    BOOST_TEST(!answer(wanted, wanted).has_value());
    BOOST_TEST(!answer("shown&hub.verify_token=x", wanted).has_value());
}

// Goal: no answer of a handshake is the signature of a webhook: a MAC is told of tokens only, and a
// body that could be one is no webhook.
BOOST_AUTO_TEST_CASE(no_signing_oracle)
{
    for (const auto* token : {"%7B%22direct_message_events%22:[]%7D", "a%20b", "%22a%22", "a%0A",
                              "%5B%5D", "a:b", "a%26b"})
        BOOST_TEST(!ask("x", get("crc_token=" + std::string{token})).has_value(), token);
    BOOST_TEST(!ask("x", get("crc_token=" + std::string(257, 'a'))).has_value());
    for (const auto* token : {"123", "true", "null", "1e5", "-0.5"}) {
        const auto reply = ask("x", get("crc_token=" + std::string{token}));
        BOOST_TEST_REQUIRE(reply.has_value());
        const auto mac = reply->body.substr(reply->body.find("sha256="));
        Request webhook;
        webhook.body = token;
        webhook.headers = {{"x-twitter-webhooks-signature", mac.substr(0, mac.find('"'))}};
        check_refused(verify(*scheme("x"), webhook.view(), ring({"k"}), now),
                      RefusalReason::signature_wrong);
    }
    Request zoom;
    zoom.body = R"({"event":"endpoint.url_validation","payload":{"plainToken":"v0:1:{}"}})";
    zoom.headers = {
        {"x-zm-request-timestamp", T},
        {"x-zm-signature",
         "v0=" + oracle::hex(oracle::hmac("SHA256", "k", "v0:" + T + ":" + zoom.body))}};
    BOOST_TEST(!ask("zoom", zoom).has_value());
}

// Goal: the MAC that X's check tells is no token's signature either, on a source of both schemes.
BOOST_AUTO_TEST_CASE(told_macs_sign_no_jwt)
{
    const auto webhook = [](const std::string& more) {
        Request request;
        request.body = R"({"type":"admin.granted"})";
        const auto part = oracle::base64url(R"({"alg":"HS256"})") + "."
                          + oracle::base64url(
                              R"({"iss":"Upstash","exp":9999999999,"body":")"
                              + oracle::base64url(oracle::digest("SHA256", request.body)) + "\""
                              + more + "}");
        const auto mac = oracle::hmac("SHA256", "k", part);
        request.headers = {{"Upstash-Signature", part + "." + oracle::base64url(mac)}};
        request.expected.mac_is_told = true;
        return request;
    };
    const auto reason_for = [](const Request& request) {
        return reason_of(verify(*scheme("qstash"), request.view(), ring({"k"}), now));
    };
    auto forged = webhook("");
    const auto& token = forged.headers[0].value;
    BOOST_TEST(ask("x", get("crc_token=" + token.substr(0, token.rfind('.')))).has_value());
    BOOST_TEST((reason_for(forged) == RefusalReason::signature_wrong));
    forged.expected.mac_is_told = false;
    BOOST_TEST(!reason_for(forged).has_value());
    // QStash's own are longer than any token of a handshake.
    BOOST_TEST(!reason_for(webhook(R"(,"sub":")" + std::string(150, 'u') + '"')).has_value());
}

// Goal: the same for every scheme, a user's own too: what it tells a MAC of is never a webhook.
BOOST_AUTO_TEST_CASE(own_schemes_are_no_oracles)
{
    const auto own = load_scheme("own", R"(
        algorithm = "hmac-sha256"
        signature = { from = "header:X-Sig", encoding = "hex" }
        message = "{body}"
        body = "any"
        [[handshake]]
        method = "GET"
        when = ["query:c"]
        content_type = "text/plain"
        body = "{query:c|hmac-hex}")");
    BOOST_TEST_REQUIRE(own.has_value());
    for (const auto* text : {"abc", "{}", "a=b&c=d", "pay=1"}) {
        const auto reply = handshake(**own, get("c=" + std::string{text}).view(), ring({"k"}), now);
        Request webhook;
        webhook.body = text;
        webhook.headers = {{"X-Sig", oracle::hex(oracle::hmac("SHA256", "k", text))}};
        const auto verdict = verify(**own, webhook.view(), ring({"k"}), now);
        BOOST_TEST((!reply || reason_of(verdict).has_value()), text);
    }
}

// Goal: X and Zoom get an HMAC of their token; quotes in a challenge cannot break the JSON.
BOOST_AUTO_TEST_CASE(computed_replies)
{
    check_reply(ask("x", get("crc_token=abc")), 200, "application/json",
                R"({"response_token":"sha256=)" + oracle::base64(oracle::hmac("SHA256", "k", "abc"))
                    + "\"}");
    BOOST_TEST(!ask("x", get("crc_token=abc"), KeyRing{}).has_value());

    Request zoom;
    zoom.body = R"({"event":"endpoint.url_validation","payload":{"plainToken":"qgg8_-"}})";
    zoom.headers = {
        {"x-zm-request-timestamp", T},
        {"x-zm-signature",
         "v0=" + oracle::hex(oracle::hmac("SHA256", "k", "v0:" + T + ":" + zoom.body))}};
    check_reply(ask("zoom", zoom), 200, "application/json",
                R"({"plainToken":"qgg8_-","encryptedToken":")"
                    + oracle::hex(oracle::hmac("SHA256", "k", "qgg8_-")) + "\"}");
    zoom.headers[1].value = "v0=00";
    BOOST_TEST(!ask("zoom", zoom).has_value());

    Request okta = get("");
    okta.headers = {{"x-okta-verification-challenge", "c\"d"}};
    check_reply(ask("okta", okta), 200, "application/json", R"({"verification":"c\"d"})");
}

// Goal: signed challenges are answered after a good signature only; events are no handshake.
BOOST_AUTO_TEST_CASE(signed_challenges)
{
    const auto slack = [](const std::string& body, const std::string& secret) {
        Request request;
        request.body = body;
        request.headers = {
            {"X-Slack-Request-Timestamp", T},
            {"X-Slack-Signature",
             "v0=" + oracle::hex(oracle::hmac("SHA256", secret, "v0:" + T + ":" + body))}};
        return request;
    };
    const std::string challenge = R"({"type":"url_verification","challenge":"3eZb"})";
    check_reply(ask("slack", slack(challenge, "k")), 200, "text/plain", "3eZb");
    BOOST_TEST(!ask("slack", slack(challenge, "x")).has_value());
    BOOST_TEST(!ask("slack", slack(R"({"type":"event_callback","text":"url_verification"})", "k"))
                    .has_value());

    Request twitch;
    twitch.body = R"({"challenge":"pogchamp","subscription":{}})";
    twitch.headers = {
        {"Twitch-Eventsub-Message-Id", "m"},
        {"Twitch-Eventsub-Message-Timestamp", "2025-06-15T15:06:40Z"},
        {"Twitch-Eventsub-Message-Type", "webhook_callback_verification"},
        {"Twitch-Eventsub-Message-Signature",
         "sha256="
             + oracle::hex(oracle::hmac("SHA256", "k", "m2025-06-15T15:06:40Z" + twitch.body))}};
    check_reply(ask("twitch", twitch), 200, "text/plain", "pogchamp");

    Request grid;
    grid.target = "/x?code=k";
    grid.headers = {{"aeg-event-type", "SubscriptionValidation"}};
    grid.body = R"([{"data":{"validationCode":"512d"}}])";
    check_reply(ask("event-grid", grid), 200, "application/json",
                R"({"validationResponse":"512d"})");
    grid.target = "/x?code=z";
    BOOST_TEST(!ask("event-grid", grid).has_value());
}

// Goal: Discord: a ping is answered, a webhook ping is answered without a body.
BOOST_AUTO_TEST_CASE(discord)
{
    const auto pair = oracle::make_ed25519();
    const auto ping = [&](const std::string& body) {
        Request request;
        request.body = body;
        request.headers = {
            {"X-Signature-Timestamp", T},
            {"X-Signature-Ed25519", oracle::hex(oracle::sign(pair, nullptr, T + body))}};
        return request;
    };
    const KeyRing keys = ring({oracle::hex(oracle::raw_ed25519(pair))});
    check_reply(ask("discord", ping(R"({"type":1,"token":"t"})"), keys), 200, "application/json",
                R"({"type":1})");
    check_reply(ask("discord", ping(R"({"type":0})"), keys), 204, "", "");
    BOOST_TEST(!ask("discord", ping(R"({"type":1,"event":{"type":"X"}})"), keys).has_value());
    Request wrong = ping(R"({"type":1,"token":"t"})");
    wrong.body += ' ';
    BOOST_TEST(!ask("discord", wrong, keys).has_value());
}

// Goal: a key that arrives with the first POST is kept only while the source has none.
BOOST_AUTO_TEST_CASE(delivered_keys)
{
    Request asana;
    asana.headers = {{"X-Hook-Secret", "b537207f"}};
    const auto reply = ask("asana", asana, KeyRing{});
    BOOST_TEST_REQUIRE(reply.has_value());
    BOOST_TEST(header_value(reply->headers, "X-Hook-Secret") == "b537207f");
    BOOST_TEST_REQUIRE(reply->new_key.has_value());
    BOOST_TEST(reply->new_key->text() == "b537207f");
    BOOST_TEST(!ask("asana", asana).has_value(), "a stranger could set the key");
    KeyRing over = ring({"old"});
    over.keys[0].not_after = now;
    BOOST_TEST(!ask("asana", asana, over).has_value(), "trust in a first key opened again");
    asana.headers[0].value = "a\r\nSet-Cookie: x";
    BOOST_TEST(!ask("asana", asana, KeyRing{}).has_value());

    Request notion;
    notion.body = R"({"verification_token":"secret_1"})";
    const auto second = ask("notion", notion, KeyRing{});
    BOOST_TEST_REQUIRE(second.has_value());
    BOOST_TEST(second->new_key->text() == "secret_1");
    BOOST_TEST(!ask("notion", notion).has_value());
}

// Goal: SNS: the confirmation is to be visited only when it is signed and on Amazon's host.
BOOST_AUTO_TEST_CASE(sns)
{
    const auto rsa = oracle::make_rsa();
    const std::string certificate = oracle::certificate(rsa, 1'749'999'000, 1'750'001'000);
    const std::string topic = "arn:aws:sns:us-east-1:1:t";
    const std::string time = "2025-06-15T15:06:40.000Z";
    const auto confirm = [&](const std::string& url) {
        const std::string canonical = "Message\nm\nMessageId\ni\nSubscribeURL\n" + url
                                      + "\nTimestamp\n" + time + "\nToken\nk\nTopicArn\n" + topic
                                      + "\nType\nSubscriptionConfirmation\n";
        Request request;
        request.body
            = R"({"Type":"SubscriptionConfirmation","Message":"m","MessageId":"i","SubscribeURL":")"
              + url + R"(","Timestamp":")" + time
              + R"(","Token":"k","SignatureVersion":"2","TopicArn":")" + topic
              + R"(","Signature":")" + oracle::base64(oracle::sign(rsa, "SHA256", canonical))
              + "\"}";
        return request;
    };
    const std::string good
        = "https://sns.us-east-1.amazonaws.com/"
          "?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-east-1:1:t&Token=2336";
    const auto reply = handshake(*scheme("aws-sns"), confirm(good).view(), ring({topic}), now,
                                 certificate);
    BOOST_TEST_REQUIRE(reply.has_value());
    BOOST_TEST(reply->visit_url == good);
    for (const auto* bad : {"https://sns.us-east-1.amazonaws.com.evil.example/",
                            "http://sns.us-east-1.amazonaws.com/",
                            "https://evil.example/?sns.us-east-1.amazonaws.com/"})
        BOOST_TEST(
            !handshake(*scheme("aws-sns"), confirm(bad).view(), ring({topic}), now, certificate)
                 .has_value(),
            bad);
    BOOST_TEST(
        !handshake(*scheme("aws-sns"), confirm(good).view(), ring({topic}), now).has_value());
    BOOST_TEST(
        !handshake(*scheme("aws-sns"), confirm(good).view(), ring({"arn:other"}), now, certificate)
             .has_value());
}

// Goal: CloudEvents' OPTIONS, Trello's HEAD, and what a scheme says it answers.
BOOST_AUTO_TEST_CASE(methods)
{
    Request options;
    options.method = "OPTIONS";
    options.headers = {{"WebHook-Request-Origin", "eventemitter.example.com"}};
    const auto reply = ask("cloudevents", options);
    BOOST_TEST_REQUIRE(reply.has_value());
    BOOST_TEST(header_value(reply->headers, "WebHook-Allowed-Origin")
               == "eventemitter.example.com");
    BOOST_TEST(header_value(reply->headers, "Allow") == "POST");
    Request head;
    head.method = "HEAD";
    check_reply(ask("trello", head), 200, "", "");
    BOOST_TEST(!ask("github", head).has_value());
    BOOST_TEST((handshake_methods(*scheme("trello")) == std::vector<std::string>{"HEAD"}));
    BOOST_TEST(handshake_methods(*scheme("github")).empty());
    BOOST_TEST(custom_answer(*scheme("adyen"), AnswerKind::accepted).body.value_or("")
               == "[accepted]");
    BOOST_TEST(custom_answer(*scheme("github"), AnswerKind::accepted).status == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::signing
