// Vectors of the schemes with public keys, certificates and tokens, and the edge cases of the
// algorithms that Project Wycheproof looks for.
#include "tests/signing/vectors.hpp"

namespace katydid::signing::test {

BOOST_AUTO_TEST_SUITE(signing_asymmetric_vectors)

const std::string T = std::to_string(vector_time);

Vector signed_by(const std::string& scheme, const std::string& header_name, const std::string& body)
{
    Vector vector;
    vector.scheme = scheme;
    vector.header_name = header_name;
    vector.body = body;
    return vector;
}

// Goal: Ed25519 in hex (Discord), in base64 (Telnyx), and in Standard Webhooks v1a.
BOOST_AUTO_TEST_CASE(ed25519)
{
    const auto pair = oracle::make_ed25519();
    const auto other = oracle::make_ed25519();

    Vector discord = signed_by(
        "discord", "X-Signature-Ed25519",
        R"({"id":"d-1","type":1,"event":{"type":"APPLICATION_AUTHORIZED"}})");
    discord.secret = oracle::hex(oracle::raw_ed25519(pair));
    discord.other_secret = oracle::hex(oracle::raw_ed25519(other));
    discord.headers = {{"X-Signature-Timestamp", T}};
    const std::string discord_bytes = oracle::sign(pair, nullptr, T + discord.body);
    discord.signature = oracle::hex(discord_bytes);
    discord.reencoded = oracle::base64(discord_bytes);
    discord.type = "APPLICATION_AUTHORIZED";
    discord.id = "d-1";
    discord.past_max = discord.future_max = 300;
    check_vector(discord);

    Vector telnyx = signed_by("telnyx", "telnyx-signature-ed25519",
                              R"({"data":{"id":"t-1","event_type":"message.sent"}})");
    telnyx.secret = oracle::base64(oracle::raw_ed25519(pair));
    telnyx.other_secret = oracle::base64(oracle::raw_ed25519(other));
    telnyx.headers = {{"telnyx-timestamp", T}};
    const std::string telnyx_bytes = oracle::sign(pair, nullptr, T + "|" + telnyx.body);
    telnyx.signature = oracle::base64(telnyx_bytes);
    telnyx.reencoded = oracle::hex(telnyx_bytes);
    telnyx.type = "message.sent";
    telnyx.id = "t-1";
    telnyx.past_max = telnyx.future_max = 300;
    check_vector(telnyx);

    for (const auto* scheme : {"standard-webhooks", "standard-webhooks-v1a"}) {
        Vector standard = signed_by(scheme, "webhook-signature", R"({"type":"a.b"})");
        standard.header = "v1a,$";
        standard.secret = "whpk_" + oracle::base64(oracle::raw_ed25519(pair));
        standard.other_secret = "whpk_" + oracle::base64(oracle::raw_ed25519(other));
        standard.headers = {{"webhook-id", "msg_1"}, {"webhook-timestamp", T}};
        standard.signature = oracle::base64(
            oracle::sign(pair, nullptr, "msg_1." + T + "." + standard.body));
        standard.type = "a.b";
        standard.id = "msg_1";
        standard.past_max = standard.future_max = 300;
        check_vector(standard);
    }
}

// Goal: ECDSA in DER over a body with \r\n (SendGrid), and RSA-SHA256 (Wise, Freshchat).
BOOST_AUTO_TEST_CASE(ecdsa_and_rsa)
{
    const auto pair = oracle::make_p256();
    const auto other = oracle::make_p256();
    Vector sendgrid = signed_by("sendgrid", "X-Twilio-Email-Event-Webhook-Signature",
                                "[{\"event\":\"open\",\"sg_event_id\":\"sg-1\"}]\r\n");
    sendgrid.secret = oracle::base64(pair.public_der);
    sendgrid.other_secret = oracle::base64(other.public_der);
    sendgrid.headers = {{"X-Twilio-Email-Event-Webhook-Timestamp", T}};
    const std::string bytes = oracle::sign(pair, "SHA256", T + sendgrid.body);
    sendgrid.signature = oracle::base64(bytes);
    sendgrid.reencoded = oracle::hex(bytes);
    sendgrid.type = "open";
    sendgrid.id = "sg-1";
    sendgrid.past_max = sendgrid.future_max = 300;
    check_vector(sendgrid);

    const auto rsa = oracle::make_rsa();
    const auto other_rsa = oracle::make_rsa();
    Vector wise = signed_by("wise", "X-Signature-SHA256",
                            R"({"event_type":"transfers#state-change"})");
    wise.secret = rsa.public_pem;
    wise.other_secret = oracle::base64(other_rsa.public_der);
    wise.headers = {{"X-Delivery-Id", "w-1"}};
    wise.signature = oracle::base64(oracle::sign(rsa, "SHA256", wise.body));
    wise.type = "transfers#state-change";
    wise.id = "w-1";
    check_vector(wise);

    Vector freshchat = signed_by("freshchat", "X-Freshchat-Signature",
                                 R"({"action":"message_create"})");
    freshchat.secret = rsa.public_pem;
    freshchat.other_secret = other_rsa.public_pem;
    freshchat.signature = oracle::base64(oracle::sign(rsa, "SHA256", freshchat.body));
    freshchat.type = "message_create";
    check_vector(freshchat);
}

// Goal: PayPal: the certificate is fetched, the webhook's id is the secret, the body is a CRC.
BOOST_AUTO_TEST_CASE(paypal)
{
    const auto rsa = oracle::make_rsa();
    Vector vector = signed_by("paypal", "PAYPAL-TRANSMISSION-SIG",
                              R"({"id":"WH-1","event_type":"PAYMENT.SALE.COMPLETED"})");
    vector.secret = "8PT597110X687430LKGECATA";
    vector.other_secret = "WEBHOOK-OF-ANOTHER";
    vector.headers = {{"PAYPAL-TRANSMISSION-ID", "69cd13f0"},
                      {"PAYPAL-TRANSMISSION-TIME", "2025-06-15T12:00:00Z"},
                      {"PAYPAL-CERT-URL", "https://api.paypal.com/v1/notifications/certs/CERT-1"}};
    vector.remote_key = oracle::certificate(rsa, vector_time - 10'000, vector_time + 10'000);
    // zlib's crc32 of the body, computed with python3 -c 'import zlib…'.
    vector.signature = oracle::base64(oracle::sign(
        rsa, "SHA256", "69cd13f0|2025-06-15T12:00:00Z|" + vector.secret + "|1429317798"));
    vector.type = "PAYMENT.SALE.COMPLETED";
    vector.id = "WH-1";
    vector.past_max = 3600;
    vector.future_max = 300;
    check_vector(vector);

    const auto request = vector.request(vector.signature);
    for (const auto& bad : {std::string{}, std::string{"-----BEGIN CERTIFICATE-----\nx\n"},
                            oracle::certificate(rsa, vector_time - 1000, vector_time - 1),
                            oracle::certificate(rsa, vector_time + 1, vector_time + 1000)})
        check_refused(verify(*scheme("paypal"), request.view(), ring({vector.secret}),
                             at_unix(vector_time), bad),
                      RefusalReason::key_undecodable);
    check_refused(
        verify(*scheme("paypal"), request.view(), ring({vector.secret}), at_unix(vector_time)),
        RefusalReason::key_undecodable);
}

// Goal: SNS: both signature versions, only the configured topic.
BOOST_AUTO_TEST_CASE(aws_sns)
{
    const auto rsa = oracle::make_rsa();
    const std::string topic = "arn:aws:sns:us-east-1:123456789012:orders";
    const std::string canonical
        = "Message\nhello\nMessageId\nm-1\nTimestamp\n2025-06-15T12:00:00.000Z\nTopicArn\n" + topic
          + "\nType\nNotification\n";
    for (const auto& [version, hash] : {std::pair{"1", "SHA1"}, std::pair{"2", "SHA256"}}) {
        Vector vector = signed_by(
            "aws-sns", "",
            R"({"Type":"Notification","MessageId":"m-1","TopicArn":")" + topic
                + R"(","Message":"hello","Timestamp":"2025-06-15T12:00:00.000Z",)"
                  R"("SignatureVersion":")"
                + version
                + R"(","Signature":"$","SigningCertURL":"https://sns.us-east-1.amazonaws.com/)"
                  R"(SimpleNotificationService-1.pem"})");
        vector.secret = topic;
        vector.other_secret = topic + "x";
        vector.remote_key = oracle::certificate(rsa, vector_time - 1000, vector_time + 1000);
        const std::string bytes = oracle::sign(rsa, hash, canonical);
        vector.signature = oracle::base64(bytes);
        vector.reencoded = oracle::hex(bytes);
        vector.type = "Notification";
        vector.id = "m-1";
        vector.body_is_signed = false;
        check_vector(vector);
    }
}

std::string jwt(const std::string& header, const std::string& claims,
                const std::function<std::string(const std::string&)>& sign)
{
    const std::string first = oracle::base64url(header) + "." + oracle::base64url(claims);
    return first + "." + oracle::base64url(sign(first));
}

std::string p256_jwk(const oracle::Pair& pair, const std::string& kid)
{
    const std::string point = pair.public_der.substr(pair.public_der.size() - 64);
    return R"({"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":")" + kid + R"(","x":")"
           + oracle::base64url(point.substr(0, 32)) + R"(","y":")"
           + oracle::base64url(point.substr(32)) + "\"}";
}

// Goal: Plaid: an ES256 token that claims the body's hash, at most 5 minutes old.
BOOST_AUTO_TEST_CASE(plaid)
{
    const auto pair = oracle::make_p256();
    Vector vector = signed_by("plaid", "Plaid-Verification",
                              R"({"webhook_code":"DEFAULT_UPDATE"})");
    vector.secret = p256_jwk(pair, "k1");
    vector.other_secret = p256_jwk(oracle::make_p256(), "k1");
    const auto es256 = [&](const std::string& text) { return oracle::sign_raw_p256(pair, text); };
    const std::string claims = R"({"iat":)" + T + R"(,"request_body_sha256":")"
                               + oracle::hex(oracle::digest("SHA256", vector.body)) + "\"}";
    vector.signature = jwt(R"({"alg":"ES256","kid":"k1","typ":"JWT"})", claims, es256);
    vector.type = "DEFAULT_UPDATE";
    check_vector(vector);

    const auto refused = [&](const std::string& token, std::int64_t at = vector_time) {
        BOOST_TEST(reason_of(verify(*scheme("plaid"), vector.request(token).view(),
                                    ring({vector.secret}), at_unix(at)))
                       .has_value());
    };
    refused(vector.signature, vector_time + 301);
    refused(vector.signature, vector_time - 61);
    refused(jwt(R"({"alg":"none"})", claims, [](const std::string&) { return std::string{}; }));
    refused(jwt(R"({"alg":"HS256","kid":"k1"})", claims, [&](const std::string& text) {
        return oracle::hmac("SHA256", vector.secret, text);
    }));
    refused(jwt(R"({"alg":"ES256","kid":"k1","crit":["b64"]})", claims, es256));
    refused(jwt(R"({"alg":"ES256","kid":"k1"})",
                R"({"iat":)" + T + R"(,"request_body_sha256":"00"})", es256));
    refused(jwt(R"({"alg":"ES256","kid":"k1"})", R"({"request_body_sha256":"00"})", es256));
    refused("a.b");
    refused("..");
}

// Goal: QStash: HS256 with the body's hash, issuer and expiry checked.
BOOST_AUTO_TEST_CASE(qstash)
{
    Vector vector = signed_by("qstash", "Upstash-Signature", "any bytes");
    vector.secret = "sig_current";
    vector.other_secret = "sig_next";
    vector.headers = {{"Upstash-Message-Id", "q-1"}};
    vector.id = "q-1";
    const auto hs256 = [&](const std::string& text) {
        return oracle::hmac("SHA256", vector.secret, text);
    };
    const auto claims = [&](const std::string& issuer, std::int64_t expires) {
        return R"({"iss":")" + issuer + R"(","exp":)" + std::to_string(expires) + R"(,"body":")"
               + oracle::base64url(oracle::digest("SHA256", vector.body)) + "\"}";
    };
    const std::string header = R"({"alg":"HS256","typ":"JWT"})";
    vector.signature = jwt(header, claims("Upstash", vector_time + 300), hs256);
    check_vector(vector);
    for (const auto& bad :
         {claims("Upstash", vector_time - 61), claims("Somebody", vector_time + 300)})
        BOOST_TEST(
            reason_of(verify(*scheme("qstash"), vector.request(jwt(header, bad, hs256)).view(),
                             ring({vector.secret}), at_unix(vector_time)))
                .has_value());
}

// Goal: Pub/Sub: RS256 by a key of Google's set, issuer, audience and email_verified checked.
BOOST_AUTO_TEST_CASE(google_pubsub)
{
    const auto rsa = oracle::make_rsa();
    // A 2048-bit SubjectPublicKeyInfo ends in the modulus (256 bytes) and 02 03 01 00 01.
    const std::string modulus = rsa.public_der.substr(rsa.public_der.size() - 5 - 256, 256);
    Vector vector = signed_by(
        "google-pubsub", "Authorization",
        R"({"message":{"messageId":"g-1","attributes":{"eventType":"OBJECT_FINALIZE"}}})");
    vector.header = "Bearer $";
    vector.secret = "https://hub.example/pubsub";
    vector.other_secret = "https://hub.example/else";
    vector.body_is_signed = false;
    vector.remote_key = R"({"keys":[{"kty":"RSA","kid":"old","n":"AQAB","e":"AQAB"},)"
                        R"({"kty":"RSA","alg":"RS256","use":"sig","kid":"g","n":")"
                        + oracle::base64url(modulus) + R"(","e":"AQAB"}]})";
    const auto rs256 = [&](const std::string& text) { return oracle::sign(rsa, "SHA256", text); };
    const std::string header = R"({"alg":"RS256","kid":"g"})";
    const auto claims = [&](const std::string& verified, const std::string& issuer) {
        return R"({"iss":")" + issuer + R"(","aud":")" + vector.secret + R"(","email_verified":)"
               + verified + R"(,"email":"push@project.iam.gserviceaccount.com","exp":)"
               + std::to_string(vector_time + 60) + "}";
    };
    vector.principal = "push@project.iam.gserviceaccount.com";
    vector.signature = jwt(header, claims("true", "https://accounts.google.com"), rs256);
    vector.type = "OBJECT_FINALIZE";
    vector.id = "g-1";
    check_vector(vector);
    for (const auto& bad :
         {claims("false", "https://accounts.google.com"), claims("true", "https://evil.example")})
        BOOST_TEST(reason_of(verify(*scheme("google-pubsub"),
                                    vector.request(jwt(header, bad, rs256)).view(),
                                    ring({vector.secret}), at_unix(vector_time), vector.remote_key))
                       .has_value());
}

// Goal: a key set that signs for anybody: only the principal's tokens count, and without a
// principal none does. A token that never ends is none.
BOOST_AUTO_TEST_CASE(principal)
{
    const auto rsa = oracle::make_rsa();
    const std::string modulus = rsa.public_der.substr(rsa.public_der.size() - 5 - 256, 256);
    const std::string keys = R"({"keys":[{"kty":"RSA","kid":"g","n":")" + oracle::base64url(modulus)
                             + R"(","e":"AQAB"}]})";
    const auto judge = [&](const std::string& email, std::string_view wanted,
                           const std::string& more = R"(,"exp":1749988900)") {
        Request request;
        request.body = "{}";
        request.expected.principal = wanted;
        const auto claims = R"({"iss":"accounts.google.com","aud":"a","email_verified":true)"
                            + (email.empty() ? "" : R"(,"email":")" + email + '"') + more + "}";
        request.headers = {
            {"Authorization",
             "Bearer " + jwt(R"({"alg":"RS256","kid":"g"})", claims, [&](const std::string& text) {
                 return oracle::sign(rsa, "SHA256", text);
             })}};
        return verify(*scheme("google-pubsub"), request.view(), ring({"a"}), at_unix(vector_time),
                      keys);
    };
    const std::string ours = "push@ours.iam.gserviceaccount.com";
    accepted(judge(ours, ours));
    check_refused(judge("push@theirs.iam.gserviceaccount.com", ours),
                  RefusalReason::signature_wrong);
    check_refused(judge("", ours), RefusalReason::signature_wrong);
    check_refused(judge(ours, ""), RefusalReason::signature_wrong);
    check_refused(judge("", ""), RefusalReason::signature_wrong);
    BOOST_TEST(diagnosis_of(judge(ours, "")).find("principal") != std::string::npos);
    check_refused(judge(ours, ours, ""), RefusalReason::signature_wrong);
    const auto loaded = load_scheme("own", R"(
        algorithm = "jwt"
        signature = { from = "bearer", encoding = "text" }
        remote_key = { kind = "jwks", url = "literal:https://x.example/k", host = "x.example" }
        jwt = { algorithm = "RS256", claims = { aud = "{secret}" } })");
    BOOST_TEST_REQUIRE(loaded.has_error());
    BOOST_TEST(loaded.error().message.find("jwt.principal") != std::string::npos);
}

// Goal: a malleable Ed25519 signature (S + L), another length and all zeros are refused.
BOOST_AUTO_TEST_CASE(ed25519_edges)
{
    const auto pair = oracle::make_ed25519();
    Vector vector = signed_by("discord", "X-Signature-Ed25519", R"({"type":1})");
    vector.secret = oracle::hex(oracle::raw_ed25519(pair));
    vector.headers = {{"X-Signature-Timestamp", T}};
    const std::string good = oracle::sign(pair, nullptr, T + vector.body);
    const std::string order = oracle::unhex(
        "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    std::string malleable = good;
    unsigned carry = 0;
    for (std::size_t i = 0; i < 32; ++i) {
        carry += static_cast<unsigned char>(good[32 + i])
                 + static_cast<unsigned>(static_cast<unsigned char>(order[i]));
        malleable[32 + i] = static_cast<char>(carry & 0xffU);
        carry >>= 8U;
    }
    const auto verdict = [&](const std::string& bytes) {
        return verify(*scheme("discord"), vector.request(oracle::hex(bytes)).view(),
                      ring({vector.secret}), at_unix(vector_time));
    };
    accepted(verdict(good));
    for (const auto& bad :
         {malleable, std::string(64, '\0'), good + '\0', good.substr(0, 63), good.substr(32)})
        check_refused(verdict(bad), RefusalReason::signature_wrong);
    for (const auto* bad : {"00", "zz", ""})
        check_refused(verify(*scheme("discord"), vector.request(oracle::hex(good)).view(),
                             ring({bad}), at_unix(vector_time)),
                      RefusalReason::key_undecodable);
}

// Goal: ECDSA: zero, negative and overlong numbers, trailing bytes, BER lengths, another curve.
BOOST_AUTO_TEST_CASE(ecdsa_edges)
{
    const auto pair = oracle::make_p256();
    Vector vector = signed_by("sendgrid", "X-Twilio-Email-Event-Webhook-Signature", "[]");
    vector.secret = oracle::base64(pair.public_der);
    vector.headers = {{"X-Twilio-Email-Event-Webhook-Timestamp", T}};
    const std::string good = oracle::sign(pair, "SHA256", T + vector.body);
    const auto verdict = [&](const std::string& bytes) {
        return verify(*scheme("sendgrid"), vector.request(oracle::base64(bytes)).view(),
                      ring({vector.secret}), at_unix(vector_time));
    };
    accepted(verdict(good));
    std::string long_form = good;
    long_form.insert(1, 1, '\x81');
    std::string padded = good;
    padded.insert(4, 1, '\0');
    padded[1] = static_cast<char>(padded[1] + 1);
    padded[3] = static_cast<char>(padded[3] + 1);
    for (const auto& bad : {good + '\0', long_form, padded, oracle::unhex("3006020100020100"),
                            oracle::unhex("3006020101020100"), oracle::unhex("30060201ff0201ff"),
                            oracle::unhex("3000"), std::string(64, '\x01'),
                            oracle::sign_raw_p256(pair, T + vector.body)})
        check_refused(verdict(bad), RefusalReason::signature_wrong);
    check_refused(verify(*scheme("sendgrid"), vector.request(oracle::base64(good)).view(),
                         ring({oracle::base64(oracle::make_ed25519().public_der)}),
                         at_unix(vector_time)),
                  RefusalReason::key_undecodable);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::signing::test
