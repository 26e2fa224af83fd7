// What the signature does not cover is refused, and so is what is over a limit: nothing is cut off.
#include "tests/signing/oracle.hpp"
#include "tests/signing/support.hpp"

namespace katydid::signing {

using namespace test;

BOOST_AUTO_TEST_SUITE(signing_limits)

const Timestamp now = at_unix(1'750'000'000);
const std::string T = "1750000000";
const std::string url = "https://hub.example/api/webhooks/test";

Request form(const std::string& header, const std::string& signed_text, const std::string& body)
{
    Request request;
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                       {header, oracle::base64(oracle::hmac("SHA1", "k", signed_text))}};
    request.body = body;
    return request;
}

std::string repeated(std::string_view text, std::size_t times)
{
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
}

std::optional<RefusalReason> judge(std::string_view name, const Request& request,
                                   const std::string& secret = "k")
{
    return reason_of(verify(*scheme(name), request.view(), ring({secret}), now));
}

// Goal: a form with more fields than anybody sends is refused whole: its end was not signed.
BOOST_AUTO_TEST_CASE(form_fields_over_the_limit_are_not_cut_off)
{
    const std::string original = "From=%2B1&Body=hello";
    for (const auto& [name, header] : {std::pair{"twilio", "X-Twilio-Signature"},
                                       std::pair{"mandrill", "X-Mandrill-Signature"}}) {
        const std::string text = url + "BodyhelloFrom+1";
        BOOST_TEST(!judge(name, form(header, text, original)).has_value());
        const auto many = original + repeated("&From=%2B1", 998);
        const auto forged = many + "&Body=evil&Admin=true";
        BOOST_TEST((judge(name, form(header, text, forged)) == RefusalReason::over_limit));
        BOOST_TEST((judge(name, form(header, text, original + repeated("&From=%2B1", 1)))
                    == RefusalReason::signature_wrong),
                   name << ": a copy of a pair is not signed");
        const std::string twice = url + "BodyhelloFrom+1From+1";
        BOOST_TEST(!judge(name, form(header, twice, original + "&From=%2B1")).has_value());
    }
}

// Goal: Braintree signs one field: a second one of that name and every other field are refused.
BOOST_AUTO_TEST_CASE(braintree_signs_one_field)
{
    const auto mac = oracle::hex(oracle::hmac("SHA1", oracle::digest("SHA1", "k"), "cGF5"));
    const std::string original = "bt_signature=pub%7C" + mac + "&bt_payload=cGF5";
    const auto reason = [&](const std::string& body) {
        Request request;
        request.body = body;
        return judge("braintree", request);
    };
    BOOST_TEST(!reason(original).has_value());
    BOOST_TEST((reason(original + "&bt_payload=ZXZpbA") == RefusalReason::signature_duplicated));
    BOOST_TEST((reason(original + "&bt%5fpayload=x") == RefusalReason::signature_duplicated));
    BOOST_TEST((reason(original + "&admin=true") == RefusalReason::signature_wrong));
    BOOST_TEST((reason(original + "&bt_payload[]=x") == RefusalReason::signature_wrong));
    BOOST_TEST((reason(original + repeated("&", 2000)) == std::nullopt));
    BOOST_TEST((reason(original + repeated("&a=1", 1000) + "&bt_payload=ZXZpbA")
                == RefusalReason::over_limit));
}

// Goal: Twilio's hash of the body counts in the URL that is signed, and in no other target.
BOOST_AUTO_TEST_CASE(twilio_hash_is_read_where_it_is_signed)
{
    const std::string body = R"({"evil":true})";
    const auto query = "?bodySHA256=" + oracle::hex(oracle::digest("SHA256", body));
    Request request;
    request.url = url + "?x=1";
    request.target = "/api/webhooks/test" + query;
    request.body = body;
    request.headers = {
        {"X-Twilio-Signature", oracle::base64(oracle::hmac("SHA1", "k", request.url))}};
    BOOST_TEST((judge("twilio", request) == RefusalReason::signature_wrong));
    request.url = url + query;
    request.headers = {
        {"X-Twilio-Signature", oracle::base64(oracle::hmac("SHA1", "k", request.url))}};
    BOOST_TEST(!judge("twilio", request).has_value());
}

// Goal: the ninth signature of every list is over the limit, wherever the good one stands.
BOOST_AUTO_TEST_CASE(nine_signatures)
{
    const std::string body = R"({"id":"evt_1","type":"a"})";
    const auto good = "v1=" + oracle::hex(oracle::hmac("SHA256", "k", T + "." + body));
    const auto stripe = [&](const std::string& list) {
        Request request;
        request.body = body;
        request.headers = {{"Stripe-Signature", "t=" + T + "," + list}};
        return judge("stripe", request);
    };
    BOOST_TEST(!stripe(good + repeated(",v1=00", 7)).has_value());
    BOOST_TEST((stripe(good + repeated(",v1=00", 8)) == RefusalReason::over_limit));
    BOOST_TEST((stripe("v1=00" + repeated(",v1=00", 7) + "," + good) == RefusalReason::over_limit));
}

Request http_signed(const std::string& input, const std::string& digests = {})
{
    Request request;
    request.body = "{}";
    const auto right = "sha-256=:" + oracle::base64(oracle::digest("SHA256", "{}")) + ":";
    request.headers = {{"Content-Type", "application/json"},
                       {"Content-Digest", digests.empty() ? right : digests},
                       {"Signature-Input", input},
                       {"Signature", "a=:AAAA:, b=:AAAA:, c=:AAAA:, d=:AAAA:"}};
    return request;
}

// Goal: RFC 9421: too many labels or components, a label, a digest or a time twice are refused.
BOOST_AUTO_TEST_CASE(http_signature_limits)
{
    const std::string secret = "whsec_AAAA";
    const auto member = [](const std::string& label, const std::string& more = {}) {
        return label + R"(=("@method" "@target-uri" "content-type" "content-digest")" + more
               + ");created=" + T + R"(;keyid="k")";
    };
    const auto reason = [&](const std::string& input, const std::string& digests = {}) {
        return judge("rfc9421", http_signed(input, digests), secret);
    };
    BOOST_TEST((reason(member("a")) == RefusalReason::signature_wrong));
    const auto four = member("a") + ", " + member("b") + ", " + member("c") + ", " + member("d");
    BOOST_TEST((reason(four) == RefusalReason::signature_wrong));
    BOOST_TEST((reason(four + ", " + member("e")) == RefusalReason::over_limit));
    std::string components;
    for (int i = 0; i < 29; ++i) components += " \"x" + std::to_string(i) + '"';
    BOOST_TEST((reason(member("a", components)) == RefusalReason::over_limit));
    BOOST_TEST((reason(member("a") + ", " + member("a")) == RefusalReason::signature_malformed));
    BOOST_TEST((reason(member("a") + ";created=1") == RefusalReason::signature_malformed));
    const auto digest = "sha-256=:" + oracle::base64(oracle::digest("SHA256", "{}")) + ":";
    BOOST_TEST((reason(member("a"), digest + ", " + digest) == RefusalReason::signature_malformed));
}

// Goal: Contentful: the 65th name is not left out, and no value reads as another header.
BOOST_AUTO_TEST_CASE(contentful_limits)
{
    const auto reason = [&](const Headers& extra, const std::string& query = {}) {
        std::string names = "x-contentful-timestamp,x-contentful-signed-headers";
        for (const auto& header : extra) names += "," + header.name;
        Request request;
        request.target += query;
        request.headers = extra;
        request.headers.push_back({"x-contentful-signed-headers", names});
        request.headers.push_back({"x-contentful-timestamp", T + "000"});
        Headers sorted = request.headers;
        std::sort(sorted.begin(), sorted.end(),
                  [](const auto& a, const auto& b) { return a.name < b.name; });
        std::string text = "POST\n/api/webhooks/test";
        text += query.empty() ? "\n" : "?a%253D1\n";
        for (std::size_t i = 0; i < sorted.size(); ++i)
            text += (i > 0 ? ";" : "") + sorted[i].name + ":" + sorted[i].value;
        text += "\n";
        request.headers.push_back(
            {"x-contentful-signature", oracle::hex(oracle::hmac("SHA256", "k", text))});
        return judge("contentful", request);
    };
    Headers many;
    for (int i = 0; i < 62; ++i) many.push_back({"a" + std::to_string(i), "1"});
    BOOST_TEST(!reason(many).has_value());
    many.push_back({"b", "1"});
    BOOST_TEST((reason(many) == RefusalReason::over_limit));
    BOOST_TEST((reason({{"a", "1;b:2"}, {"b", "3"}}) == RefusalReason::signature_wrong));
    BOOST_TEST(!reason({}, "?a=1").has_value());
    BOOST_TEST((reason({}, "?a=1?b=2") == RefusalReason::signature_wrong));
}

std::string adyen_body(const std::string& members)
{
    const auto mac = oracle::base64(
        oracle::hmac("SHA256", "k", "P::M:R:1130:EUR:AUTHORISATION:true"));
    return R"({"notificationItems":[{"NotificationRequestItem":{"additionalData":{)"
           R"("hmacSignature":")"
           + mac
           + R"("},"merchantAccountCode":"M","merchantReference":"R","amount":{"value":1130,)"
             R"("currency":"EUR"},"eventCode":"AUTHORISATION","success":"true",)"
           + members + "}}]}";
}

// Goal: where fields of JSON are signed, a duplicate member is refused: two readers would
// see two values. However its name is written, and wherever it stands.
BOOST_AUTO_TEST_CASE(one_reading_of_signed_json)
{
    const auto adyen = [](const std::string& members) {
        Request request;
        request.body = adyen_body(members);
        return judge("adyen", request, oracle::hex("k"));
    };
    BOOST_TEST(!adyen(R"("pspReference":"P")").has_value());
    for (const auto* members : {R"("pspReference":"evil","pspReference":"P")",
                                R"("psp\u0052eference":"x","pspReference":"P")",
                                R"("pspReference":"P","other":[{"a":1,"a":2}])",
                                R"("pspReference":"P","amount":{"value":1,"currency":"EUR"})"})
        BOOST_TEST((adyen(members) == RefusalReason::signature_duplicated), members);
    Request graph;
    graph.body = R"({"value":[{"clientState":"k","changeType":"a","changeType":"b"}]})";
    BOOST_TEST((judge("microsoft-graph", graph) == RefusalReason::signature_duplicated));
    Request mailgun;
    mailgun.body = R"({"signature":{"timestamp":")" + T + R"(","token":"t","signature":")"
                   + oracle::hex(oracle::hmac("SHA256", "k", T + "t"))
                   + R"("},"event-data":{"event":"a"},"event-data":{"event":"b"}})";
    BOOST_TEST((judge("mailgun", mailgun) == RefusalReason::signature_duplicated));
    mailgun.body = "[" + repeated("1,", 60'000) + "1]";
    BOOST_TEST((judge("mailgun", mailgun) == RefusalReason::over_limit));
}

// Goal: Adyen's fields keep their places: no separator and no object in them.
BOOST_AUTO_TEST_CASE(adyen_fields_keep_their_places)
{
    const auto adyen = [](const std::string& members, const std::string& text) {
        Request request;
        request.body = R"({"notificationItems":[{"NotificationRequestItem":{"additionalData":{)"
                       R"("hmacSignature":")"
                       + oracle::base64(oracle::hmac("SHA256", "k", text)) + R"("},)" + members
                       + "}}]}";
        return judge("adyen", request, oracle::hex("k"));
    };
    const std::string rest = R"("merchantAccountCode":"M","amount":{"value":1,"currency":"EUR"},)"
                             R"("eventCode":"A","success":"true",)";
    BOOST_TEST(
        !adyen(rest + R"("pspReference":"P","merchantReference":"R:2")", "P::M:R:2:1:EUR:A:true")
             .has_value());
    BOOST_TEST(
        (adyen(rest + R"("pspReference":"P:","merchantReference":"R")", "P:::M:R:1:EUR:A:true")
         == RefusalReason::signature_wrong));
    BOOST_TEST(
        (adyen(rest + R"("pspReference":"P","merchantReference":{"$ne":1})", "P::M::1:EUR:A:true")
         == RefusalReason::signature_wrong));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::signing
