#include "tests/signing/fuzz/targets.hpp"

#include "signing/handshake.hpp"
#include "signing/algorithms/jwt.hpp"
#include "signing/keys/remote_key.hpp"
#include "signing/sign.hpp"
#include "signing/verify.hpp"

#include <cstdlib>

namespace katydid::signing::fuzz {
namespace {

const Timestamp now{milliseconds{1'750'000'000'000}};
const std::string url = "https://hub.example/hook?signature=00&code=k";
const std::string target = "/hook?signature=00&code=k";

KeyRing some_keys()
{
    KeyRing ring;
    for (const auto* text :
         {"k", "whsec_AAAA", "00ff", "whpk_JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs="})
        ring.keys.push_back({KeyId{}, Secret{text}, {}, {}});
    return ring;
}

Headers take_headers(std::string_view& bytes)
{
    Headers headers;
    while (!bytes.empty() && headers.size() < 100) {
        const auto end = bytes.find('\n');
        const auto line = bytes.substr(0, end);
        bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
        if (line.empty()) break;
        const auto colon = line.find(':');
        headers.push_back({std::string{line.substr(0, colon)},
                           colon == std::string_view::npos ? std::string{}
                                                           : std::string{line.substr(colon + 1)}});
    }
    return headers;
}

/// Runs everything that takes a request. None of the keys is known to the input's author, except
/// the short ones of tokens, so a pass is possible, and a crash is not.
void use(const Scheme& scheme, const Headers& headers, std::string_view body)
{
    const KeyRing keys = some_keys();
    const RequestView request{"POST", target, url, headers, body};
    const auto verdict = verify(scheme, request, keys, now);
    if (const auto* refusal = std::get_if<Refusal>(&verdict)) {
        if (refusal->diagnosis.empty()) std::abort();
        if (body.size() < 512 && diagnose(scheme, request, keys, now, *refusal).diagnosis.empty())
            std::abort();
    } else if (const auto& verified = std::get<Verified>(verdict);
               verified.event_id.empty() && verified.request_hash.size == 0) {
        std::abort();
    }
    for (const std::string_view method : {"GET", "HEAD", "OPTIONS", "POST"})
        static_cast<void>(handshake(scheme, {method, target, url, headers, body}, keys, now));
    static_cast<void>(remote_key_url(scheme, request));
    static_cast<void>(mentions(scheme, headers));
}

}  // namespace

void load_any_scheme(std::string_view bytes)
{
    const auto scheme = load_scheme("fuzz", bytes);
    if (!scheme) {
        if (scheme.error().message.empty()) std::abort();
        return;
    }
    use(**scheme, {{"X-Sig", "v1=00,t=1750000000"}, {"Content-Type", "application/json"}},
        R"({"type":"a"})");
    static_cast<void>(
        sign(**scheme, {"POST", url, "id", "type", "application/json", "{}"}, some_keys(), now));
}

void verify_any_request(std::string_view bytes)
{
    static const std::vector<std::string> names = scheme_names();
    if (bytes.empty()) return;
    const auto scheme = find_scheme(
        names[static_cast<unsigned char>(bytes.front()) % names.size()]);
    bytes.remove_prefix(1);
    const Headers headers = take_headers(bytes);
    use(*scheme, headers, bytes);
}

void read_any_header(std::string_view bytes)
{
    const std::string text{bytes};
    use(*find_scheme("rfc9421"),
        {{"Signature-Input", text},
         {"Signature", text},
         {"Content-Digest", text},
         {"Content-Type", "a/b"}},
        "{}");
    static_cast<void>(load_jwk("ES256", bytes, ""));
    static_cast<void>(load_jwk("RS256", bytes, "k"));
    for (const auto* name : {"HS256", "ES256", "RS256"}) {
        JwtRule rule;
        rule.algorithm = name;
        rule.body_claim = "body";
        if (check_jwt(rule, {bytes, "a key that is not in the input", {}, "{}", now}).empty())
            std::abort();
    }
}

}  // namespace katydid::signing::fuzz
