// What a stranger's request may cost, for every scheme of the catalog: counted in bytes that are
// hashed in the same time, so that it does not depend on the machine (signing/algorithms/work.hpp).
#include "signing/handshake.hpp"
#include "signing/keys/remote_key.hpp"
#include "signing/schemes/scheme_data.hpp"
#include "signing/keys/secrets.hpp"
#include "signing/algorithms/work.hpp"
#include "tests/signing/oracle.hpp"
#include "tests/signing/support.hpp"

#include <ctime>

namespace katydid::signing {

using namespace test;

BOOST_AUTO_TEST_SUITE(signing_work)

const Timestamp now = at_unix(1'750'000'000);
constexpr std::size_t body_bytes = 1024 * 1024;
/// 20 ms of hashing at 500 MB/s.
constexpr std::uint64_t work_max = 10 * 1024 * 1024;

/// Two keys that the scheme can use.
KeyRing keys_of(const Scheme& scheme)
{
    const auto ed25519 = oracle::raw_ed25519(oracle::make_ed25519());
    const auto p256 = oracle::make_p256();
    const auto point = p256.public_der.substr(p256.public_der.size() - 64);
    const std::vector<std::string> candidates{
        "whpk_" + oracle::base64(ed25519),
        oracle::hex(ed25519),
        oracle::base64(ed25519),
        oracle::base64(p256.public_der),
        oracle::make_rsa().public_pem,
        R"({"kty":"EC","crv":"P-256","x":")" + oracle::base64url(point.substr(0, 32)) + R"(","y":")"
            + oracle::base64url(point.substr(32)) + "\"}",
        "arn:aws:sns:us-east-1:1:t",
        "whsec_" + oracle::base64("0123456789abcdef"),
        "some:secret"};
    for (const auto& text : candidates)
        if (check_secret(scheme, Secret{text}, KeyUse::verify)) return ring({text, text});
    BOOST_FAIL("no key for " << scheme.name);
    return {};
}

/// As many signatures as the scheme takes, each of the right form and all of them wrong.
std::string signatures_of(const Scheme& scheme)
{
    const auto& rule = scheme.signature;
    const bool is_hex = scheme.methods.empty() || scheme.methods.front().encoding == Encoding::hex;
    const std::string one = is_hex ? std::string(128, '1') : oracle::base64(std::string(64, '\1'));
    if (rule.items.empty()) return rule.prefix + one;
    std::string list;
    if (scheme.timestamp && scheme.timestamp->refs.front().kind == ValueKind::field) {
        const auto& name = scheme.timestamp->refs.front().name;
        list = (rule.pair.empty() ? "" : name + rule.pair)
               + (scheme.timestamp->format == TimeFormat::unix_ms ? "1750000000000" : "1750000000")
               + rule.items;
    }
    for (std::size_t i = 0; i < candidates_max; ++i) {
        const auto& field = scheme.methods[i % scheme.methods.size()].field;
        list += (i > 0 ? rule.items : "") + (rule.pair.empty() ? "" : (field == "*" ? "x" : field))
                + rule.pair + one;
    }
    return list;
}

std::string time_text(const Scheme& scheme)
{
    switch (scheme.timestamp->format) {
    case TimeFormat::unix_ms: return "1750000000000";
    case TimeFormat::rfc3339: return "2025-06-15T15:06:40Z";
    case TimeFormat::http_date: return "Sun, 15 Jun 2025 15:06:40 GMT";
    default: return "1750000000";
    }
}

void add(Request& request, const ValueRef& source, const std::string& text)
{
    if (source.kind == ValueKind::header) request.headers.push_back({source.name, text});
    if (source.kind == ValueKind::query) request.target += "&" + source.name + "=" + text;
    if (source.kind == ValueKind::bearer)
        request.headers.push_back({"Authorization", "Bearer " + text});
    if (source.kind == ValueKind::basic)
        request.headers.push_back({"Authorization", "Basic " + oracle::base64(text)});
}

/// RFC 9421 with everything that it allows, and more digests than that.
void add_http_signatures(Request& request)
{
    const auto digest = "sha-256=:" + oracle::base64(oracle::digest("SHA256", request.body)) + ":";
    const auto other = "sha-512=:" + oracle::base64(oracle::digest("SHA512", request.body)) + ":";
    std::string inputs;
    std::string signatures;
    for (const auto* label : {"a", "b", "c", "d"}) {
        inputs += (inputs.empty() ? "" : ", ") + std::string{label}
                  + R"(=("@method" "@target-uri" "content-type" "content-digest");)"
                    R"(created=1750000000;keyid="k")";
        signatures += (signatures.empty() ? "" : ", ") + std::string{label}
                      + "=:" + oracle::base64(std::string(64, '\1')) + ":";
    }
    request.headers.push_back({"Content-Digest", digest + ", " + other});
    request.headers.push_back({"Signature-Input", inputs});
    request.headers.push_back({"Signature", signatures});
}

Request attack(const Scheme& scheme, std::string body, const std::string& content_type)
{
    Request request;
    request.target = "/api/webhooks/test?crc_token=a&challenge=b&data.id=1";
    request.body = std::move(body);
    request.headers = {{"Content-Type", content_type}, {"x-request-id", "1"}};
    for (const auto& source : scheme.id) add(request, source, "1");
    if (scheme.timestamp && scheme.timestamp->refs.front().kind == ValueKind::header)
        add(request, scheme.timestamp->refs.front(), time_text(scheme));
    if (scheme.builtin == Builtin::rfc9421) {
        add_http_signatures(request);
        return request;
    }
    if (scheme.builtin == Builtin::contentful)
        request.headers.push_back(
            {"x-contentful-signed-headers", "x-contentful-timestamp,x-contentful-signed-headers"});
    if (scheme.remote_key.url.kind == ValueKind::header)
        add(request, scheme.remote_key.url, "https://api.paypal.com/v1/notifications/certs/C");
    if (scheme.name == "paypal") request.headers.push_back({"PAYPAL-TRANSMISSION-ID", "1"});
    add(request, scheme.signature.refs.front(), signatures_of(scheme));
    return request;
}

std::string filled_with(std::string_view front, std::string_view middle, std::string_view back)
{
    std::string text{front};
    while (text.size() + middle.size() + back.size() <= body_bytes) text += middle;
    return text.append(back);
}

std::string repeated(std::string_view text, std::size_t times)
{
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
}

std::string members()
{
    std::string text = R"({"type":"url_verification","challenge":"c")";
    for (std::size_t i = 0; text.size() < body_bytes - 20; ++i)
        text += ",\"" + std::to_string(i) + "\":1";
    return text + "}";
}

/// Bodies that are slow to read in one way or another.
std::vector<std::pair<std::string, std::string>> bodies()
{
    const std::string form = "application/x-www-form-urlencoded";
    const std::string json = "application/json";
    std::string fields = "bt_signature=x%7c00&bt_payload=";
    for (int i = 0; i < 990; ++i) fields += "%41%42&a" + std::to_string(i) + "=";
    return {
        {filled_with("", "a", ""), json},
        {filled_with("\xef\xbb\xbf[", "[],", "[]]"), json},
        {filled_with("[", "[],", "[]]"), json},
        {filled_with("[", "1,", "1]"), json},
        {filled_with("[" + repeated("{},", 49'000) + "\"", "a", "\"]"), json},
        {filled_with("[" + repeated("{\"abcdefgh\":\"b\"},", 20'000) + "\"", "a", "\"]"), json},
        {members(), json},
        {filled_with("{\"event\":\"endpoint.url_validation\",\"x\":\"", "\\u0041", "\"}"), json},
        {filled_with("", "\n", ""), json},
        {filled_with("", "a=%41&", ""), form},
        {filled_with(fields, "%41", ""), form},
        {filled_with(R"({"signature":{"timestamp":"1750000000","token":"t","signature":"11"},)"
                     R"("x":")",
                     "a", "\"}"),
         json},
        {filled_with(R"({"value":[{"clientState":"11"}],"x":[)", "{},", "{}]}"), json},
        {filled_with(R"({"Type":"Notification","SignatureVersion":"2","Signature":"AAAA",)"
                     R"("TopicArn":"arn:aws:sns:us-east-1:1:t","SigningCertURL":)"
                     R"("https://sns.us-east-1.amazonaws.com/a.pem","Message":")",
                     "\\n", "\"}"),
         json},
        {filled_with(R"({"notificationItems":[{"NotificationRequestItem":{"additionalData":)"
                     R"({"hmacSignature":"AAAA"},"pspReference":")",
                     "a", "\"}}]}"),
         json},
    };
}

/// Whether the body is more to a verification than bytes that are hashed.
bool reads_body(const Scheme& scheme)
{
    const auto reads = [](const ValueRefs& sources) {
        return std::any_of(sources.begin(), sources.end(), [](const ValueRef& source) {
            return source.kind == ValueKind::json || source.kind == ValueKind::form
                   || source.kind == ValueKind::form_all;
        });
    };
    return scheme.builtin != Builtin::none || reads(scheme.message) || reads(scheme.signature.refs);
}

double thread_seconds()
{
    timespec at{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_nsec) / 1e9;
}

/// Everything that a hub does with a request before it knows the sender.
void handle(const Scheme& scheme, const Request& request, const KeyRing& keys,
            const std::string& certificate)
{
    const auto view = request.view();
    static_cast<void>(handshake(scheme, view, keys, now, certificate));
    static_cast<void>(remote_key_url(scheme, view));
    auto verdict = verify(scheme, view, keys, now, certificate);
    if (auto* refusal = std::get_if<Refusal>(&verdict))
        static_cast<void>(diagnose(scheme, view, keys, now, std::move(*refusal)));
}

// Goal: no request of 1 MiB costs more than 20 ms of a loop, whatever its scheme and its body.
BOOST_AUTO_TEST_CASE(strangers_cost_little)
{
    const auto certificate = oracle::certificate(oracle::make_rsa(), 1'749'000'000, 1'751'000'000);
    const auto all_bodies = bodies();
    double slowest = 0;
    for (const auto& name : scheme_names()) {
        const auto found = scheme(name);
        const auto keys = keys_of(*found);
        const std::size_t step = reads_body(*found) ? 1 : 5;  // else only its length counts
        for (std::size_t i = 0; i < all_bodies.size(); i += step) {
            BOOST_TEST_REQUIRE(all_bodies[i].first.size() <= body_bytes);
            const auto request = attack(*found, all_bodies[i].first, all_bodies[i].second);
            const auto work_before = work_done;
            const auto time_before = thread_seconds();
            handle(*found, request, keys,
                   found->remote_key.kind == RemoteKeyRule::Kind::none ? "" : certificate);
            const auto seconds = thread_seconds() - time_before;
            if (seconds > slowest) {
                slowest = seconds;
                BOOST_TEST_MESSAGE(name << ", body " << i << ": " << seconds * 1000 << " ms, "
                                        << (work_done - work_before) / 1024 << " KiB");
            }
            const auto work = work_done - work_before;
            BOOST_TEST(work <= work_max, name << ", body " << i << ": " << work / 1024 << " KiB");
        }
    }
}

// Goal: the request of the report: 250 digests and 4 labels hash the body no oftener than once for
// each algorithm.
BOOST_AUTO_TEST_CASE(http_digests_are_hashed_once)
{
    const auto found = scheme("rfc9421");
    auto request = attack(*found, std::string(body_bytes, 'a'), "application/json");
    for (auto& header : request.headers)
        if (header.name == "Content-Digest") {
            const auto one = header.value.substr(0, header.value.find(','));
            for (int i = 0; i < 250; ++i) header.value += ", " + one;
        }
    const auto before = work_done;
    handle(*found, request, ring({"whsec_AAAA"}), "");
    BOOST_TEST(work_done - before < 6 * body_bytes);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::signing
