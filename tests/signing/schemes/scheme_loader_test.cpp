#include "tests/signing/oracle.hpp"
#include "tests/signing/support.hpp"

namespace katydid::signing {

using namespace test;

BOOST_AUTO_TEST_SUITE(signing_scheme_loader)

const std::string working = R"(
algorithm = "hmac-sha256"
signature = { from = "header:X-Sig", encoding = "hex" }
message = "{body}"
)";

// Goal: a scheme of one's own is a few lines, and works.
BOOST_AUTO_TEST_CASE(own_scheme)
{
    const auto mine = load_scheme("mine", working);
    BOOST_TEST_REQUIRE(mine.has_value());
    Request request;
    request.body = "{}";
    request.headers = {{"x-sig", oracle::hex(oracle::hmac("SHA256", "k", "{}"))}};
    accepted(verify(**mine, request.view(), ring({"k"}), at_unix(0)));
}

// Goal: whose data it is stands in a header or in the body, the first that is there, as text or
// number; never is it the secret.
BOOST_AUTO_TEST_CASE(subjects)
{
    const auto mine = load_scheme(
        "mine", std::string{working} + "subject = [\"header:X-ApiClient\", \"json:/buyer/id\"]\n");
    BOOST_TEST_REQUIRE(mine.has_value());
    const auto subject_of = [&](const std::string& body, Headers headers) {
        Request request;
        request.body = body;
        request.headers = std::move(headers);
        request.headers.push_back({"x-sig", oracle::hex(oracle::hmac("SHA256", "k", body))});
        return accepted(verify(**mine, request.view(), ring({"k"}), at_unix(0))).subject;
    };
    BOOST_TEST(subject_of(R"({"buyer":{"id":"b_1"}})", {}) == "b_1");
    BOOST_TEST(subject_of(R"({"buyer":{"id":42}})", {}) == "42");
    BOOST_TEST(subject_of(R"({"buyer":{"id":"b_1"}})", {{"X-ApiClient", "p_1"}}) == "p_1");
    for (const auto* none :
         {"{}", R"({"buyer":null})", R"({"buyer":{"id":null}})", R"({"buyer":{"id":{}}})"})
        BOOST_TEST(subject_of(none, {}) == "", none);
    for (const auto* wrong : {"subject = \"secret\"\n", "subject = []\n", "subject = \"id\"\n"})
        BOOST_TEST(load_scheme("mine", std::string{working} + wrong).has_error(), wrong);
}

// Goal: a scheme can build on one of the catalog.
BOOST_AUTO_TEST_CASE(extends)
{
    const auto mine = load_scheme("mine",
                                  "extends = \"stripe\"\nsignature = { from = \"header:Mine\" }\n");
    BOOST_TEST_REQUIRE(mine.has_value());
    BOOST_TEST(mentions(**mine, {{"mine", ""}}));
    BOOST_TEST(load_scheme("mine", "extends = \"nothing\"").has_error());
    BOOST_TEST(load_scheme("mine", "extends = \"clerk\"").has_error());
}

// Goal: what cannot work is refused, with the reason.
BOOST_AUTO_TEST_CASE(refusals)
{
    const std::string sig = "signature = { from = \"header:X\", encoding = \"hex\" }\n";
    const std::string hmac = "algorithm = \"hmac-sha256\"\n";
    const std::string body = "message = \"{body}\"\n";
    const std::vector<std::pair<std::string, std::string>> cases{
        {"not toml at all = =", "line 1"},
        {"", "algorithm is missing"},
        {hmac + body, "signature.from is missing"},
        {sig + body, "algorithm is missing"},
        {hmac + sig, "message is missing"},
        {"algorithm = \"md5\"\n" + sig + body, "unknown algorithm \"md5\""},
        {hmac + sig + "message = \"{bodi}\"", "unknown value source \"bodi\""},
        {hmac + sig + "message = \"{header}\"", "needs a name"},
        {hmac + sig + "message = \"{body:x}\"", "takes no name"},
        {hmac + sig + "message = \"{header:}\"", "empty name"},
        {hmac + sig + "message = \"{header:a b}\"", "is no header name"},
        {hmac + sig + "message = \"{json:id}\"", "must begin with a slash"},
        {hmac + sig + "message = \"{body|rot13}\"", "unknown transform \"rot13\""},
        {hmac + sig + "message = \"{body\"", "without a }"},
        {hmac + sig + "message = \"body}\"", "without a {"},
        {hmac + sig + "message = \"{timestamp}{body}\"", "there is no timestamp rule"},
        {hmac + sig + "message = \"{id}{body}\"", "there is no id source"},
        {hmac + sig + "message = \"{field:t}{body}\"", "needs a signature list"},
        {hmac + sig + "message = \"{secret}{body}\"", "plain hash only"},
        {hmac + sig + "message = \"{body|hmac-hex}\"", "handshakes only"},
        {"algorithm = \"sha256\"\n" + sig + body, "proves nothing"},
        {"algorithm = \"token\"\n" + sig + body, "signs no message"},
        {"algorithm = \"jwt\"\n" + sig, "jwt.algorithm"},
        {hmac + body + "signature = { from = \"body\" }", "must be header"},
        {hmac + body + "signature = { from = \"header:X\", encoding = \"rot13\" }",
         "unknown value \"rot13\""},
        {hmac + body + "signature = { from = \"header:X\", encoding = \"text\" }",
         "for tokens only"},
        {hmac + body + "signature = { from = \"header:X\", items = \",\", pair = \"=\" }",
         "needs the field"},
        {hmac + body + "signature = { from = \"header:X\", field = \"v1\" }",
         "needs signature.pair"},
        {hmac + body + "signature = { from = \"header:X\", position = 1 }", "it needs items"},
        {hmac + body + "signature = { from = \"header:X\", colour = 1 }", "unknown key"},
        {hmac + body + "signature = \"header:X\"", "must be a table"},
        {hmac + body + "signature = { from = [] }", "empty array"},
        {hmac + body + "signature = { from = 7 }", "must be text"},
        {hmac + sig + body + "key = { decode = \"base32\" }", "unknown value \"base32\""},
        {hmac + sig + body + "key = { derive = \"md5\" }", "none or sha1"},
        {hmac + sig + body + "timestamp = { format = \"unix\" }", "timestamp.from is missing"},
        {hmac + sig + body + "timestamp = { from = \"header:T\", tolerance = \"soon\" }",
         "must be a duration"},
        {hmac + sig + body + "body = \"xml\"", "unknown value \"xml\""},
        {hmac + sig + body + "unknown = 1", "unknown key"},
        {hmac + sig + body + "builtin = \"magic\"", "unknown value \"magic\""},
        {hmac + sig + body + "type = \"secret\"", "cannot be the secret"},
        {hmac + sig + body + "[[handshake]]\nmethod = \"POST\"", "needs a condition"},
        {hmac + sig + body + "[[handshake]]\nmethod = \"GET\"\nbody = \"{secret}\"",
         "must not tell the secret"},
        {hmac + sig + body + "[[handshake]]\nmethod = \"GET\"\nstatus = 302",
         "between 200 and 299"},
        {hmac + sig + body + "[[handshake]]\nmethod = \"BREW\"", "must be GET"},
        {hmac + sig + body + "[remote_key]\nkind = \"jwks\"\nurl = \"literal:https://x/\"",
         "allowed hosts only"},
    };
    for (const auto& [text, expected] : cases) {
        const auto loaded = load_scheme("mine", text);
        BOOST_TEST_REQUIRE(loaded.has_error(), text << " was loaded");
        BOOST_TEST((loaded.error() == errc::invalid_argument));
        BOOST_TEST(loaded.error().message.starts_with("mine"), loaded.error().message);
        BOOST_TEST(loaded.error().message.find(expected) != std::string::npos,
                   "\"" << loaded.error().message << "\" does not say \"" << expected << "\"");
    }
    BOOST_TEST((load_scheme("mine", std::string(70'000, ' ')).error() == errc::too_large));
}

// Goal: a certificate on an allowed host may be anybody's, so a value of the source is signed, too.
BOOST_AUTO_TEST_CASE(fetched_certificates_need_a_principal)
{
    const auto load = [](const char* message) {
        return load_scheme("mine", std::string{R"(
            algorithm = "rsa-sha256"
            signature = { from = "header:X-Sig", encoding = "base64" }
            remote_key = { kind = "certificate", url = "header:X-Cert", host = "certs.example" }
            message = ")"} + message + "\"\n");
    };
    const auto refused = load("{body}");
    BOOST_TEST_REQUIRE(refused.has_error());
    BOOST_TEST(refused.error().message.find("may sign for anybody") != std::string::npos);
    BOOST_TEST(load("{secret}|{body}").has_value());
}

// Goal: a scheme is data of a tenant: it answers nothing that a browser, a proxy or a provider
// would take for more than it is, and the sentence says what it may.
BOOST_AUTO_TEST_CASE(answers_are_of_a_short_list)
{
    const std::string start = "algorithm = \"hmac-sha256\"\nmessage = \"{body}\"\n"
                              "signature = { from = \"header:X\", encoding = \"hex\" }\n";
    const std::string get = start + "[[handshake]]\nmethod = \"GET\"\n";
    const std::vector<std::pair<std::string, std::string>> refused{
        {start + "accepted = { status = 99999 }", "must be a status of HTTP"},
        {start + "accepted = { status = 205 }", "not 205"},
        {start + "accepted = { status = 4294967496 }", "must be a status of HTTP"},
        {start + "accepted = { status = 302 }", "accepted.status must be between 200 and 299"},
        {start + "accepted = { status = 500 }", "accepted.status must be between 200 and 299"},
        {start + "accepted = { status = 101 }", "accepted.status must be between 200 and 299"},
        {start + "duplicate = { status = 409 }", "duplicate.status must be between 200 and 299"},
        {start + "rejected = { status = 307 }", "or between 400 and 499"},
        {start + "rejected = { status = 600 }", "must be a status of HTTP"},
        {start + "accepted = { body = \"" + std::string(5'000, 'x') + "\" }", "4096 bytes"},
        {get + "status = 4294967496", "must be a status of HTTP"},
        {get + "content_type = \"text/html\"", "text/plain or application/json"},
        {get + "content_type = \"image/svg+xml\"", "text/plain or application/json"},
        {get + "content_type = \"text/plain\\r\\nSet-Cookie: a=b\"",
         "text/plain or application/json"},
        {get + "content_type = \"text/javascript\"", "text/plain or application/json"},
    };
    for (const auto& [text, expected] : refused) {
        const auto loaded = load_scheme("mine", text);
        BOOST_TEST_REQUIRE(loaded.has_error(), text << " was loaded");
        BOOST_TEST(loaded.error().message.find(expected) != std::string::npos,
                   loaded.error().message);
    }
    for (const auto* name : {"Set-Cookie", "Service-Worker-Allowed", "Location", "Refresh", "Link",
                             "Content-Security-Policy", "Access-Control-Allow-Origin",
                             "Clear-Site-Data", "X-Accel-Redirect", "X-Sendfile", "X-Frame-Options",
                             "Strict-Transport-Security", "Alt-Svc", "X-", "WebHook-"}) {
        const auto loaded = load_scheme("mine", get + "headers = { \"" + name + "\" = \"x\" }");
        BOOST_TEST_REQUIRE(loaded.has_error(), name);
        BOOST_TEST(loaded.error().message.find("handshake.headers cannot have")
                       != std::string::npos,
                   loaded.error().message);
    }
    for (const auto* name : {"Allow", "WebHook-Allowed-Origin", "X-Hook-Secret", "x-webhook-check",
                             "X-Shop-Challenge", "X-Content-Type-Options"})
        BOOST_TEST(load_scheme("mine", get + "headers = { \"" + name + "\" = \"x\" }").has_value(),
                   name);
    for (const auto* text : {"accepted = { status = 202 }", "rejected = { status = 410 }",
                             "rejected = { status = 200 }", "duplicate = { status = 204 }"})
        BOOST_TEST(load_scheme("mine", start + text).has_value(), text);
    for (const auto* type : {"text/plain", "application/json; charset=utf-8"})
        BOOST_TEST(load_scheme("mine", get + "content_type = \"" + type + "\"").has_value(), type);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::signing
