// Vectors of the schemes that sign URLs, forms or fields, or that only carry a token.
#include "tests/signing/vectors.hpp"

namespace katydid::signing::test {

BOOST_AUTO_TEST_SUITE(signing_other_vectors)

const std::string T = std::to_string(vector_time);
const std::string secret = "s3cret of ours";
const std::string other = "s3cret of theirs";

Vector signed_with(const std::string& scheme, const std::string& header_name,
                   const std::string& body)
{
    Vector vector;
    vector.scheme = scheme;
    vector.secret = secret;
    vector.other_secret = other;
    vector.header_name = header_name;
    vector.body = body;
    return vector;
}

void finish(Vector& vector, char encoding, const std::string& mac)
{
    vector.signature = encoding == 'h' ? oracle::hex(mac) : oracle::base64(mac);
    vector.reencoded = encoding == 'h' ? oracle::base64(mac) : oracle::hex(mac);
    check_vector(vector);
}

// Goal: plain SHA-256 of secret and request (HubSpot versions 1 and 2), and version 3.
BOOST_AUTO_TEST_CASE(hubspot)
{
    const std::string body = R"([{"eventId":1,"subscriptionType":"contact.creation"}])";
    Vector v1 = signed_with("hubspot-v1", "X-HubSpot-Signature", body);
    v1.type = "contact.creation";
    finish(v1, 'h', oracle::digest("SHA256", secret + body));

    Vector v2 = signed_with("hubspot-v2", "X-HubSpot-Signature", body);
    v2.type = "contact.creation";
    finish(v2, 'h', oracle::digest("SHA256", secret + "POST" + v2.url + body));

    Vector v3 = signed_with("hubspot-v3", "X-HubSpot-Signature-v3", body);
    v3.type = "contact.creation";
    v3.url = "https://hub.example/a%20b?x=%3F";
    v3.headers = {{"X-HubSpot-Request-Timestamp", T + "000"}};
    v3.past_max = v3.future_max = 300;
    finish(v3, 'b',
           oracle::hmac("SHA256", secret, "POSThttps://hub.example/a b?x=?" + body + T + "000"));
}

// Goal: the URL before or after the body.
BOOST_AUTO_TEST_CASE(url_and_body)
{
    Vector square = signed_with("square", "x-square-hmacsha256-signature",
                                R"({"event_id":"sq-1","type":"payment.created"})");
    square.type = "payment.created";
    square.id = "sq-1";
    finish(square, 'b', oracle::hmac("SHA256", secret, square.url + square.body));

    Vector trello = signed_with("trello", "X-Trello-Webhook",
                                R"({"action":{"id":"tr-1","type":"updateCard"}})");
    trello.type = "updateCard";
    trello.id = "tr-1";
    finish(trello, 'b', oracle::hmac("SHA1", secret, trello.body + trello.url));
}

// Goal: URL and sorted form parameters, every pair of them.
BOOST_AUTO_TEST_CASE(url_and_parameters)
{
    const Headers form{{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
    Vector twilio = signed_with("twilio", "X-Twilio-Signature",
                                "To=%2B1&From=%2B2&Body=a+b&Tag=z&Tag=y&MessageStatus=sent");
    twilio.headers = form;
    twilio.type = "sent";
    finish(twilio, 'b',
           oracle::hmac("SHA1", secret, twilio.url + "Bodya bFrom+2MessageStatussentTagyTagzTo+1"));

    Vector mandrill = signed_with("mandrill", "X-Mandrill-Signature", "mandrill_events=%5B%5D");
    mandrill.headers = form;
    finish(mandrill, 'b', oracle::hmac("SHA1", secret, mandrill.url + "mandrill_events[]"));
}

// Goal: Contentful's canonical request, with a query and several headers.
BOOST_AUTO_TEST_CASE(contentful)
{
    Vector vector = signed_with("contentful", "x-contentful-signature", R"({"sys":{}})");
    vector.target = "/hooks?a=b&x=1";
    vector.headers = {{"X-Contentful-Topic", "ContentManagement.Entry.publish"},
                      {"x-contentful-timestamp", T + "000"},
                      {"x-contentful-signed-headers",
                       "x-contentful-topic,x-contentful-timestamp,x-contentful-signed-headers"}};
    vector.type = "ContentManagement.Entry.publish";
    vector.past_max = 30;
    vector.future_max = 60;
    finish(vector, 'h',
           oracle::hmac("SHA256", secret,
                        "POST\n/hooks?a%253Db%2526x%253D1\n"
                        "x-contentful-signed-headers:x-contentful-topic,x-contentful-timestamp,x-"
                        "contentful-signed-headers;"
                        "x-contentful-timestamp:"
                            + T
                            + "000;x-contentful-topic:ContentManagement.Entry.publish\n"
                              R"({"sys":{}})"));
}

// Goal: signatures inside the body: Mailgun, Adyen, Braintree.
BOOST_AUTO_TEST_CASE(inside_the_body)
{
    Vector mailgun = signed_with(
        "mailgun", "",
        R"({"signature":{"timestamp":")" + T
            + R"(","token":"tok","signature":"$"},"event-data":{"event":"opened"}})");
    mailgun.type = "opened";
    mailgun.id = "tok";
    mailgun.body_is_signed = false;
    finish(mailgun, 'h', oracle::hmac("SHA256", secret, T + "tok"));

    Vector adyen = signed_with(
        "adyen", "",
        R"({"notificationItems":[{"NotificationRequestItem":{"additionalData":{)"
        R"("hmacSignature":"$"},"pspReference":"P","merchantAccountCode":"M",)"
        R"("merchantReference":"R","amount":{"value":1130,"currency":"EUR"},)"
        R"("eventCode":"AUTHORISATION","success":"true"}}]})");
    adyen.secret = oracle::hex(secret);
    adyen.other_secret = oracle::hex(other);
    adyen.type = "AUTHORISATION";
    adyen.body_is_signed = false;
    finish(adyen, 'b', oracle::hmac("SHA256", secret, "P::M:R:1130:EUR:AUTHORISATION:true"));

    Vector braintree = signed_with("braintree", "",
                                   "bt_signature=pub%7C$%26old%7C00&bt_payload=PHg%2BCg%3D%3D%0A");
    braintree.body_is_signed = false;
    finish(braintree, 'h', oracle::hmac("SHA1", oracle::digest("SHA1", secret), "PHg+Cg==\n"));
}

// Goal: what is signed in those bodies cannot be changed.
BOOST_AUTO_TEST_CASE(fields_inside_the_body_are_signed)
{
    const std::string mac = oracle::base64(
        oracle::hmac("SHA256", secret, "P::M:R:1130:EUR:AUTHORISATION:true"));
    const auto body = [&](const std::string& amount, const std::string& items) {
        return R"({"notificationItems":[{"NotificationRequestItem":{"additionalData":{"hmacSignature":")"
               + mac
               + R"("},"pspReference":"P","merchantAccountCode":"M","merchantReference":"R",)"
                 R"("amount":{"value":)"
               + amount + R"(,"currency":"EUR"},"eventCode":"AUTHORISATION","success":"true"}})"
               + items + "]}";
    };
    const KeyRing keys = ring({oracle::hex(secret)});
    Request request;
    request.body = body("1130", "");
    accepted(verify(*scheme("adyen"), request.view(), keys, at_unix(vector_time)));
    request.body = body("9130", "");
    check_refused(verify(*scheme("adyen"), request.view(), keys, at_unix(vector_time)),
                  RefusalReason::signature_wrong);
    request.body = body("1130", ",{}");
    check_refused(verify(*scheme("adyen"), request.view(), keys, at_unix(vector_time)),
                  RefusalReason::signature_wrong);
}

// Goal: signatures in the URL (PandaDoc); query and headers signed, not the body (Mercado Pago).
BOOST_AUTO_TEST_CASE(inside_the_query)
{
    Vector pandadoc = signed_with("pandadoc", "", R"([{"event":"document_state_changed"}])");
    pandadoc.target = "/hooks?signature=$";
    pandadoc.type = "document_state_changed";
    finish(pandadoc, 'h', oracle::hmac("SHA256", secret, pandadoc.body));

    Vector mercado = signed_with("mercado-pago", "x-signature",
                                 R"({"id":12345,"action":"payment.created"})");
    mercado.header = "ts=" + T + ",v1=$";
    mercado.target = "/hooks?data.id=ABC&type=payment";
    mercado.headers = {{"x-request-id", "rq-1"}};
    mercado.type = "payment.created";
    mercado.id = "12345";
    mercado.body_is_signed = false;
    finish(mercado, 'h', oracle::hmac("SHA256", secret, "id:abc;request-id:rq-1;ts:" + T + ";"));
}

// Goal: tokens and passwords are compared whole.
BOOST_AUTO_TEST_CASE(tokens)
{
    const auto token = [](const std::string& scheme, const std::string& header_name,
                          const std::string& header, const std::string& body,
                          const std::string& type, const std::string& id) {
        Vector vector = signed_with(scheme, header_name, body);
        vector.header = header;
        vector.signature = secret;
        vector.type = type;
        vector.id = id;
        vector.body_is_signed = false;
        check_vector(vector);
    };
    token("telegram", "X-Telegram-Bot-Api-Secret-Token", "$", R"({"update_id":7})", "", "7");
    token("gitlab", "X-Gitlab-Token", "$", R"({"object_kind":"push"})", "push", "");
    token("flutterwave", "verif-hash", "$", R"({"event":"charge.completed"})", "charge.completed",
          "");
    token("okta", "Authorization", "$",
          R"({"eventId":"ok-1","data":{"events":[{"eventType":"user.create"}]}})", "user.create",
          "ok-1");
    token("auth0", "Authorization", "$", R"([{"log_id":"au-1","data":{"type":"s"}}])", "s", "au-1");
    token("supabase", "Authorization", "Bearer $", R"({"type":"INSERT"})", "INSERT", "");
    token("cloudflare", "cf-webhook-auth", "$", R"({"alert_type":"x"})", "x", "");
    token("cloudevents", "Authorization", "Bearer $", R"({"id":"ce-1","type":"com.example"})",
          "com.example", "ce-1");
    token("microsoft-graph", "", "$", R"({"value":[{"clientState":"$","changeType":"updated"}]})",
          "updated", "");
    Vector grid = signed_with("event-grid", "", R"([{"id":"eg-1","eventType":"Blob.Created"}])");
    grid.target = "/hooks?code=$";
    grid.secret = "s3cret";
    grid.signature = "s3cret";
    grid.type = "Blob.Created";
    grid.id = "eg-1";
    grid.body_is_signed = false;
    check_vector(grid);
}

// Goal: Basic credentials.
BOOST_AUTO_TEST_CASE(basic_credentials)
{
    const auto basic = [](const std::string& scheme, const std::string& body,
                          const std::string& type, const std::string& id) {
        Vector vector = signed_with(scheme, "Authorization", body);
        vector.header = "Basic $";
        vector.secret = "user:password";
        vector.other_secret = "user:passwort";
        vector.signature = oracle::base64(vector.secret);
        vector.type = type;
        vector.id = id;
        vector.body_is_signed = false;
        check_vector(vector);
    };
    basic("postmark", R"({"RecordType":"Delivery"})", "Delivery", "");
    basic("chargebee", R"({"id":"cb-1","event_type":"customer_created"})", "customer_created",
          "cb-1");
    basic("pipedrive", R"({"event":"updated.deal"})", "updated.deal", "");
    basic("datadog", R"({"id":"dd-1","event_type":"metric_alert"})", "metric_alert", "dd-1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::signing::test
