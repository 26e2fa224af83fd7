// For every scheme of the catalog: a time that is signed is judged, and no byte can move over the
// border between two parts of what is signed.
#include "signing/schemes/scheme_data.hpp"
#include "signing/schemes/scheme_traits.hpp"
#include "tests/signing/oracle.hpp"
#include "tests/signing/support.hpp"

namespace katydid::signing {

using namespace test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(signing_borders)

const Timestamp now = at_unix(1'750'000'000);
const std::string T = "1750000000";

/// Whether the value could be nothing but what it is: its length is fixed, or it is not the
/// sender's.
bool is_fixed(const ValueRef& source)
{
    switch (source.kind) {
    case ValueKind::literal:
    case ValueKind::method:
    case ValueKind::secret:
    case ValueKind::timestamp: return true;
    default: return false;
    }
}

// Goal: every time that a scheme signs has an age both ways; clocks may be 60 s ahead everywhere.
BOOST_AUTO_TEST_CASE(signed_times_are_judged)
{
    for (const auto& name : scheme_names()) {
        BOOST_TEST_CONTEXT(name)
        {
            const auto found = scheme(name);
            if (found->timestamp) {
                BOOST_TEST(found->timestamp->required);
                BOOST_TEST_REQUIRE(found->timestamp->past_max.has_value());
                BOOST_TEST_REQUIRE(found->timestamp->future_max.has_value());
                BOOST_TEST((*found->timestamp->future_max >= 60s));
                BOOST_TEST((*found->timestamp->past_max <= 24h));
            }
            for (const auto& source : found->message) {
                const bool is_time = source.name == "t" || source.name == "ts"
                                     || source.name.find("imestamp") != std::string::npos
                                     || source.name.find("TIME") != std::string::npos;
                BOOST_TEST((source.kind == ValueKind::literal || !is_time),
                           "signs the time " << source.name << " and judges none");
            }
            if (!found->jwt.algorithm.empty())
                BOOST_TEST((!found->jwt.age_max || *found->jwt.age_max <= 24h));
        }
    }
}

// Goal: between two values of the sender there is a separator, or a body that must be JSON, which
// no JSON goes on or begins in the middle of.
BOOST_AUTO_TEST_CASE(values_have_borders)
{
    for (const auto& name : scheme_names()) {
        const auto found = scheme(name);
        const auto& message = found->message;
        for (std::size_t i = 1; i < message.size(); ++i) {
            if (is_fixed(message[i - 1]) || is_fixed(message[i])) continue;
            const bool has_body = message[i - 1].kind == ValueKind::body
                                  || message[i].kind == ValueKind::body;
            // Mandrill's form has no separators: its SDK joins names and values as they are.
            BOOST_TEST(((has_body && found->body == BodyFormat::json) || name == "mandrill"),
                       name << ": no border before " << message[i].name);
        }
    }
}

// Goal: what each scheme signs itself is too old in 2001 and one second after its age, and not with
// the source's own tolerance, which never makes it less.
BOOST_AUTO_TEST_CASE(old_signatures_are_refused)
{
    for (const auto& name : signing_scheme_names()) {
        const auto found = scheme(name);
        if (!found->timestamp || found->methods.front().algorithm != Algorithm::hmac) continue;
        BOOST_TEST_CONTEXT(name)
        {
            const KeyRing keys = ring({oracle::hex("0123456789abcdef")});
            Request request;
            request.body = R"({"id":"1","type":"a"})";
            request.headers = sign(*found, {"POST", request.url, "msg_1", "a", "", request.body},
                                   keys, now)
                                  .value();
            const auto past = *found->timestamp->past_max;
            const auto late = now + std::chrono::ceil<std::chrono::seconds>(past) + 1s;
            accepted(verify(*found, request.view(), keys, now - 59s));
            check_refused(verify(*found, request.view(), keys, late), RefusalReason::timestamp_old);
            check_refused(verify(*found, request.view(), keys, now + 24 * 365h),
                          RefusalReason::timestamp_old);
            request.expected.tolerance = past + 10s;
            accepted(verify(*found, request.view(), keys, late));
            request.expected.tolerance = 1s;
            accepted(verify(*found, request.view(), keys, late - 1s));
        }
    }
}

Request mailgun(const std::string& time, const std::string& token, const std::string& mac)
{
    Request request;
    request.body = R"({"signature":{"timestamp":")" + time + R"(","token":")" + token
                   + R"(","signature":")" + mac + R"("},"event-data":{"event":"a"}})";
    return request;
}

// Goal: Mailgun: one signature is good for one time and one token.
BOOST_AUTO_TEST_CASE(mailgun_has_a_border)
{
    const std::string text = T + "1234567890abcdef";
    const auto mac = oracle::hex(oracle::hmac("SHA256", "k", text));
    for (std::size_t border = 1; border < text.size(); ++border) {
        const auto request = mailgun(text.substr(0, border), text.substr(border), mac);
        const auto verdict = verify(*scheme("mailgun"), request.view(), ring({"k"}), now);
        BOOST_TEST(reason_of(verdict).has_value() == (border != T.size()), border);
    }
    const auto padded = "000" + T;
    const auto zeros = mailgun(padded, "t", oracle::hex(oracle::hmac("SHA256", "k", padded + "t")));
    check_refused(verify(*scheme("mailgun"), zeros.view(), ring({"k"}), now),
                  RefusalReason::timestamp_malformed);
}

// Goal: the times that nobody judged: Mercado Pago in either unit, Front and PayPal.
BOOST_AUTO_TEST_CASE(times_of_2001)
{
    const auto judge = [](const char* name, const Request& request) {
        return reason_of(verify(*scheme(name), request.view(), ring({"k"}), now));
    };
    for (const auto* time : {"1750000000", "1750000000123", "1000000000", "1000000000123"}) {
        const bool is_now = std::string_view{time}.starts_with("175");
        const auto signed_text = "id:7;request-id:r;ts:" + std::string{time} + ";";
        Request mercado;
        mercado.target = "/hooks?data.id=7";
        mercado.body = R"({"id":1,"action":"payment.created"})";
        mercado.headers = {
            {"x-request-id", "r"},
            {"x-signature", "ts=" + std::string{time}
                                + ",v1=" + oracle::hex(oracle::hmac("SHA256", "k", signed_text))}};
        BOOST_TEST((judge("mercado-pago", mercado)
                    == (is_now ? std::nullopt : std::optional{RefusalReason::timestamp_old})),
                   time);
        Request front;
        front.body = R"({"type":"inbound"})";
        front.headers = {
            {"X-Front-Request-Timestamp", time},
            {"X-Front-Signature",
             oracle::base64(oracle::hmac("SHA256", "k", std::string{time} + ":" + front.body))}};
        BOOST_TEST((judge("front", front)
                    == (is_now ? std::nullopt : std::optional{RefusalReason::timestamp_old})),
                   time);
    }
    Request paypal;
    paypal.headers = {{"PAYPAL-TRANSMISSION-SIG", "AAAA"},
                      {"PAYPAL-TRANSMISSION-ID", "1"},
                      {"PAYPAL-TRANSMISSION-TIME", "2001-06-15T12:00:00Z"},
                      {"PAYPAL-CERT-URL", "https://api.paypal.com/v1/notifications/certs/C"}};
    BOOST_TEST((judge("paypal", paypal) == RefusalReason::timestamp_old));
}

// Goal: SNS: an old message is refused after its good signature, and only the message itself may
// have lines: another field with one could hold the field after it.
BOOST_AUTO_TEST_CASE(sns_fields_are_lines)
{
    const auto rsa = oracle::make_rsa();
    const std::string certificate = oracle::certificate(rsa, 1'749'000'000, 1'751'000'000);
    const std::string topic = "arn:aws:sns:us-east-1:1:t";
    const auto judge = [&](const std::string& id, const std::string& message,
                           const std::string& subject, const std::string& time) {
        const auto text = "Message\n" + message + "\nMessageId\n" + id
                          + (subject.empty() ? "" : "\nSubject\n" + subject) + "\nTimestamp\n"
                          + time + "\nTopicArn\n" + topic + "\nType\nNotification\n";
        const auto escaped = [](std::string value) {
            for (auto at = value.find('\n'); at != std::string::npos; at = value.find('\n'))
                value.replace(at, 1, "\\n");
            return '"' + value + '"';
        };
        Request request;
        request.body = R"({"Type":"Notification","MessageId":)" + escaped(id) + R"(,"Message":)"
                       + escaped(message)
                       + (subject.empty() ? "" : R"(,"Subject":)" + escaped(subject))
                       + R"(,"Timestamp":")" + time + R"(","SignatureVersion":"2","TopicArn":")"
                       + topic + R"(","Signature":")"
                       + oracle::base64(oracle::sign(rsa, "SHA256", text)) + "\"}";
        return reason_of(
            verify(*scheme("aws-sns"), request.view(), ring({topic}), now, certificate));
    };
    const std::string time = "2025-06-15T15:06:40.000Z";
    BOOST_TEST(!judge("1", "two\nlines", "", time).has_value());
    BOOST_TEST(!judge("1", "m", "s", time).has_value());
    BOOST_TEST((judge("1", "m", "s\nMessageId\n2", time) == RefusalReason::signature_wrong));
    BOOST_TEST((judge("1\nSubject\nx", "m", "", time) == RefusalReason::signature_wrong));
    BOOST_TEST((judge("1", "m", "", "2001-06-15T15:06:40.000Z") == RefusalReason::timestamp_old));
}

// Goal: a plain hash cannot be extended, whatever the length of the secret (HubSpot 1 and 2).
BOOST_AUTO_TEST_CASE(plain_hashes_cannot_be_extended)
{
    const std::string padding = std::string{"\x80"} + std::string(9, '\0') + "\x01\x40";
    for (const auto* name : {"hubspot-v1", "hubspot-v2"}) {
        const auto judge = [&](const std::string& body) {
            Request request;
            request.body = body;
            const auto text = name == std::string_view{"hubspot-v1"} ? "k" + body
                                                                     : "kPOST" + request.url + body;
            request.headers = {
                {"X-HubSpot-Signature", oracle::hex(oracle::digest("SHA256", text))}};
            return reason_of(verify(*scheme(name), request.view(), ring({"k"}), now));
        };
        BOOST_TEST(!judge(R"([{"subscriptionType":"a"}])").has_value());
        // As if the secret's owner had signed it: that is what an extension achieves.
        BOOST_TEST((judge("[]" + padding + "[]") == RefusalReason::signature_wrong));
        BOOST_TEST(judge("not JSON").has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::signing
