// Finds out what went wrong by trying what usually does.
#include "signing/builtins.hpp"
#include "signing/request/parameters.hpp"
#include "signing/schemes/timestamp.hpp"
#include "signing/algorithms/work.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>

namespace katydid::signing {
namespace {

constexpr std::size_t body_bytes_max = 256 * 1024;   // above it, no likely mistake is tried
constexpr std::uint64_t work_max = 2 * 1024 * 1024;  // what a stranger's request is looked into for

constexpr std::array<std::pair<Encoding, std::string_view>, 3> encodings{
    {{Encoding::hex, "hex"}, {Encoding::base64, "base64"}, {Encoding::base64url, "base64url"}}};

std::string without_whitespace(std::string_view text)
{
    constexpr std::string_view blank = " \t\r\n";
    const auto first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) return {};
    return std::string{text.substr(first, text.find_last_not_of(blank) - first + 1)};
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to)
{
    std::string out;
    for (;;) {
        const auto place = text.find(from);
        out += text.substr(0, place);
        if (place == std::string_view::npos) return out;
        out += to;
        text.remove_prefix(place + from.size());
    }
}

class Diagnosis {
public:
    Diagnosis(const Scheme& scheme, const RequestView& request, const KeyRing& keys, Timestamp now)
        : lenient_{scheme},
          scheme_{scheme},
          request_{request},
          keys_{keys},
          now_{now}
    {
        if (lenient_.timestamp) lenient_.timestamp->past_max = lenient_.timestamp->future_max = {};
        lenient_.http_signature.age_max = {};
    }

    /// What is behind the refusal; empty when nothing was found.
    std::string find(const Refusal& refusal)
    {
        if (scheme_.remote_key.kind != RemoteKeyRule::Kind::none) return {};
        switch (refusal.reason) {
        case RefusalReason::signature_missing: return other_scheme();
        case RefusalReason::timestamp_old:
        case RefusalReason::timestamp_future: return time_unit();
        case RefusalReason::timestamp_malformed: return time_format();
        case RefusalReason::no_active_key: return inactive_key();
        case RefusalReason::key_undecodable: return key_form();
        case RefusalReason::signature_malformed:
        case RefusalReason::signature_wrong: return wrong_signature();
        default: return {};
        }
    }

private:
    [[nodiscard]] bool passes(const Scheme& scheme, const RequestView& request,
                              const KeyRing& keys) const
    {
        if (work_.is_reached()) return false;
        const auto verdict = verify(scheme, request, keys, now_);
        const auto* const refused = std::get_if<Refusal>(&verdict);
        return refused == nullptr || refused->reason == RefusalReason::body_malformed;
    }

    [[nodiscard]] bool passes_with_body(std::string_view body) const
    {
        RequestView changed = request_;
        changed.body = body;
        return passes(lenient_, changed, keys_);
    }

    std::string other_scheme() const
    {
        std::string found;
        for (const auto& name : scheme_names()) {
            const auto other = find_scheme(name);
            const auto& ref = other->signature.refs.front();
            if (name == scheme_.name || ref.kind != ValueKind::header
                || equal_names(ref.name, "Authorization")
                || find_header(request_.headers, ref.name) == nullptr)
                continue;
            found += found.empty()
                         ? "the request carries " + ref.name + ", as these schemes send it: "
                         : std::string{", "};
            found += name;
        }
        return found;
    }

    std::string time_unit()
    {
        const auto& rule = *scheme_.timestamp;
        RequestValues values{scheme_, request_};
        const auto text = values.first(rule.refs);
        for (const auto& [format, name] : time_formats_) {
            if (!text || format == rule.format) continue;
            const auto time = parse_time(format, *text);
            if (time == parse_time(rule.format, *text)) continue;
            if (time && std::chrono::abs(now_ - *time) < std::chrono::hours{1})
                return "the timestamp is written in " + std::string{name} + ", the scheme expects "
                       + name_of_format(rule.format);
        }
        return passes(lenient_, request_, keys_) ? "the signature itself is good: a late delivery, "
                                                   "a replay, or a clock that is wrong"
                                                 : "the signature does not fit either";
    }

    std::string time_format()
    {
        RequestValues values{scheme_, request_};
        const auto text = values.first(scheme_.timestamp->refs);
        for (const auto& [format, name] : time_formats_)
            if (text && parse_time(format, *text))
                return "the timestamp is written in " + std::string{name} + ", the scheme expects "
                       + name_of_format(scheme_.timestamp->format);
        return {};
    }

    static std::string name_of_format(TimeFormat wanted)
    {
        for (const auto& [format, name] : time_formats_)
            if (format == wanted) return std::string{name};
        return {};
    }

    std::string inactive_key()
    {
        for (const auto& key : keys_.keys) {
            if (key.is_active(now_)) continue;
            KeyRing one;
            one.keys.push_back({key.id, key.secret, {}, {}});
            if (!passes(lenient_, request_, one)) continue;
            const bool expired = key.not_after && *key.not_after <= now_;
            return "it was signed with the key " + key.id.to_string()
                   + (expired ? ", which expired at " + to_rfc3339(*key.not_after)
                              : ", which is not valid before " + to_rfc3339(*key.not_before));
        }
        return {};
    }

    std::string key_form() const
    {
        const auto& rule = scheme_.methods.front().key;
        std::string text = "the secret has to be ";
        text += rule.decode == Encoding::hex      ? "hexadecimal"
                : rule.decode == Encoding::base64 ? "base64"
                                                  : "a key in PEM";
        if (!rule.prefixes.empty()) text += ", after " + rule.prefixes.front();
        return text;
    }

    std::string wrong_signature()
    {
        if (request_.body.size() > body_bytes_max)
            return "the request is too large to try what usually goes wrong";
        using Step = std::string (Diagnosis::*)();
        constexpr std::array<Step, 7> steps{
            &Diagnosis::other_encoding,    &Diagnosis::other_prefix, &Diagnosis::inactive_key,
            &Diagnosis::other_secret_form, &Diagnosis::changed_body, &Diagnosis::other_url,
            &Diagnosis::other_hash};
        for (const Step step : steps) {
            std::string found = (this->*step)();
            if (!found.empty()) return found;
        }
        const std::string unknown
            = "either the secret is another one, or the body was changed on the way";
        return work_.is_reached()
                   ? unknown + "; it takes too much work to try all that usually goes wrong"
                   : unknown;
    }

    std::string other_encoding()
    {
        for (const auto& [encoding, name] : encodings) {
            Scheme changed = lenient_;
            for (auto& method : changed.methods) method.encoding = encoding;
            if (changed.methods.empty() || lenient_.methods.front().encoding == encoding) continue;
            if (lenient_.methods.front().encoding == Encoding::text) continue;
            if (!passes(changed, request_, keys_)) continue;
            std::string expected;
            for (const auto& [known, text] : encodings)
                if (known == lenient_.methods.front().encoding) expected = text;
            return "the signature is encoded as " + std::string{name} + ", the scheme expects "
                   + expected;
        }
        return {};
    }

    std::string other_prefix()
    {
        if (lenient_.signature.prefix.empty()) return {};
        Scheme changed = lenient_;
        changed.signature.prefix.clear();
        return passes(changed, request_, keys_)
                   ? "the signature lacks the prefix " + lenient_.signature.prefix
                   : std::string{};
    }

    std::string other_secret_form()
    {
        KeyRing trimmed_keys = keys_;
        for (auto& key : trimmed_keys.keys)
            key.secret = Secret{without_whitespace(key.secret.text())};
        if (passes(lenient_, request_, trimmed_keys))
            return "the configured secret has white space around it (often a line end at its end)";
        constexpr std::array<std::pair<Encoding, std::string_view>, 3> forms{
            {{Encoding::text, "as plain text"},
             {Encoding::hex, "decoded from hex"},
             {Encoding::base64, "decoded from base64"}}};
        for (const auto& [form, name] : forms) {
            for (const bool strip : {false, true}) {
                Scheme changed = lenient_;
                for (auto& method : changed.methods) {
                    method.key.decode = form;
                    if (!strip) method.key.prefixes.clear();
                    if (!strip) method.key.prefix_required = false;
                    if (strip && method.key.prefixes.empty()) method.key.prefixes = {"whsec_"};
                }
                if (passes(changed, request_, trimmed_keys))
                    return "the sender uses the secret " + std::string{name}
                           + (strip ? ", without its prefix" : "");
            }
        }
        return {};
    }

    std::string changed_body()
    {
        const auto body = request_.plain_body.empty() ? request_.body : request_.plain_body;
        const auto said = [](std::string_view what) {
            return "the body was changed on the way: " + std::string{what};
        };
        if (passes_with_body(std::string{body} + "\n")
            || passes_with_body(std::string{body} + "\r\n"))
            return said("a line end was cut off its end");
        if (const auto last = body.find_last_not_of("\r\n");
            last != std::string_view::npos && last + 1 < body.size()
            && passes_with_body(body.substr(0, last + 1)))
            return said("a line end was added");
        if (passes_with_body(replaced(body, "\r\n", "\n"))
            || passes_with_body(replaced(body, "\n", "\r\n")))
            return said("line ends were converted");
        if (work_.is_reached()) return {};
        count_work(json_work_factor * body.size());
        boost::system::error_code error;
        const auto parsed = boost::json::parse(body, error);
        if (!error && passes_with_body(boost::json::serialize(parsed)))
            return said("its JSON was parsed and written anew");
        return {};
    }

    std::string other_url()
    {
        const std::string url{request_.public_url};
        if (url.empty()) return {};
        std::vector<std::string> others;
        others.push_back(url.starts_with("https:") ? replaced(url, "https:", "http:")
                                                   : replaced(url, "http:", "https:"));
        others.push_back(url.ends_with('/') ? url.substr(0, url.size() - 1) : url + "/");
        others.push_back(url.substr(0, url.find('?')));
        const auto host = url.find("://") + 3;
        const auto path = std::min(url.find('/', host), url.size());
        if (const auto colon = url.find(':', host); colon < path)
            others.push_back(url.substr(0, colon) + url.substr(path));
        for (const auto* name : {"X-Forwarded-Host", "Host"}) {
            const std::string seen{header_value(request_.headers, name)};
            if (seen.empty()) continue;
            for (const auto* protocol : {"https://", "http://"}) {
                others.push_back(protocol + seen + url.substr(path));
                others.push_back(protocol + seen + std::string{request_.target});
            }
        }
        for (const auto& other : others) {
            if (other == url) continue;
            RequestView changed = request_;
            changed.public_url = other;
            if (passes(lenient_, changed, keys_))
                return "the URL differs: the sender signed " + other + ", the hub's public URL is "
                       + url;
        }
        return {};
    }

    std::string other_hash()
    {
        constexpr std::array<std::pair<Hash, std::string_view>, 3> hashes{
            {{Hash::sha1, "SHA-1"}, {Hash::sha256, "SHA-256"}, {Hash::sha512, "SHA-512"}}};
        for (const auto& [hash, name] : hashes) {
            Scheme changed = lenient_;
            for (auto& method : changed.methods) method.hash = hash;
            if (lenient_.methods.empty() || lenient_.methods.front().hash == hash) continue;
            if (passes(changed, request_, keys_))
                return "the sender hashes with " + std::string{name};
        }
        return {};
    }

    static constexpr std::array<std::pair<TimeFormat, std::string_view>, 5> time_formats_{
        {{TimeFormat::unix_s, "Unix seconds"},
         {TimeFormat::unix_ms, "Unix milliseconds"},
         {TimeFormat::unix_any, "Unix seconds or milliseconds"},
         {TimeFormat::rfc3339, "RFC 3339"},
         {TimeFormat::http_date, "an HTTP date"}}};

    Scheme lenient_;  ///< the same, for any age
    const Scheme& scheme_;
    const RequestView& request_;
    const KeyRing& keys_;
    Timestamp now_;
    WorkLimit work_{work_max};
};

}  // namespace

Refusal diagnose(const Scheme& scheme, const RequestView& request, const KeyRing& keys,
                 Timestamp now, Refusal refusal)
{
    const std::string found = Diagnosis{scheme, request, keys, now}.find(refusal);
    if (!found.empty()) refusal.diagnosis.append("; ").append(found);
    return refusal;
}

}  // namespace katydid::signing
