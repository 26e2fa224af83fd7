#include "signing/keys/remote_key.hpp"

#include "hub/core/codec/openssl.hpp"
#include "signing/request/candidates.hpp"
#include "signing/request/request_values.hpp"
#include "signing/request/json_text.hpp"
#include "signing/algorithms/jwt.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>

namespace katydid::signing {
namespace {

bool is_label_char(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

/// The length of a region of AWS that a text begins with: "us-east-1", "us-gov-west-1"; 0: none.
/// "s3-us-west-2" is none, where buckets of anybody have their hosts.
std::size_t region_bytes(std::string_view text) noexcept
{
    const auto take = [&](std::size_t from, auto is_one) {
        while (from < text.size() && is_one(text[from])) ++from;
        return from;
    };
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    std::size_t size = take(0, is_letter);
    if (size != 2) return 0;
    for (int words = 0; size < text.size() && text[size] == '-'; ++words) {
        const auto digits_end = take(size + 1, is_digit);
        if (words > 0 && digits_end > size + 1) return digits_end;
        const auto word_end = take(size + 1, is_letter);
        if (word_end == size + 1) return 0;
        size = word_end;
    }
    return 0;
}

/// `*` stands for one label of at least three characters, `<region>` for a region of AWS; the rest
/// is literal.
bool matches_pattern(std::string_view pattern, std::string_view host) noexcept
{
    constexpr std::size_t label_bytes_min = 3;
    constexpr std::string_view region = "<region>";
    while (!pattern.empty()) {
        if (pattern.starts_with(region)) {
            const auto size = region_bytes(host);
            if (size == 0) return false;
            host.remove_prefix(size);
            pattern.remove_prefix(region.size());
            continue;
        }
        if (pattern.front() == '*') {
            std::size_t size = 0;
            while (size < host.size() && is_label_char(host[size])) ++size;
            if (size < label_bytes_min) return false;
            host.remove_prefix(size);
        } else {
            if (host.empty() || host.front() != pattern.front()) return false;
            host.remove_prefix(1);
        }
        pattern.remove_prefix(1);
    }
    return host.empty();
}

bool is_allowed_host(std::string_view patterns, std::string_view host) noexcept
{
    for (;;) {
        const auto bar = patterns.find('|');
        if (matches_pattern(patterns.substr(0, bar), host)) return true;
        if (bar == std::string_view::npos) return false;
        patterns.remove_prefix(bar + 1);
    }
}

bool is_plain(std::string_view text, std::string_view also) noexcept
{
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return is_label_char(c) || also.find(c) != std::string_view::npos;
    });
}

bool is_allowed(const RemoteKeyRule& rule, std::string_view url)
{
    return is_url_on_host(rule.host_pattern, url) && url.ends_with(rule.path_suffix)
           && url.find_first_of("?&=%") == std::string_view::npos;
}

bool is_valid_certificate(std::string_view pem, Timestamp now)
{
    const Owned<BIO, BIO_free> bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    const Owned<X509, X509_free> certificate{
        bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr};
    if (!certificate) return false;
    auto at = static_cast<std::time_t>(now.time_since_epoch().count() / 1000);
    return X509_cmp_time(X509_get0_notBefore(certificate.get()), &at) < 0
           && X509_cmp_time(X509_get0_notAfter(certificate.get()), &at) > 0;
}

}  // namespace

bool is_url_on_host(std::string_view patterns, std::string_view url) noexcept
{
    constexpr std::string_view https = "https://";
    constexpr std::size_t url_bytes_max = 2048;
    if (!url.starts_with(https) || url.size() > url_bytes_max) return false;
    const auto rest = url.substr(https.size());
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos || rest.find("..") != std::string_view::npos) return false;
    return is_allowed_host(patterns, rest.substr(0, slash))
           && is_plain(rest.substr(slash), "/._?&=%:+~");
}

result<std::string> remote_key_url(const Scheme& scheme, const RequestView& request)
{
    const auto& rule = scheme.remote_key;
    if (rule.kind == RemoteKeyRule::Kind::none) return std::string{};
    if (rule.url.kind == ValueKind::json
        && count_json_values(request.body) > unproven_json_values_max)
        return Error{errc::refused, "the body that says where its key is has too many values"};
    RequestValues values{scheme, request};
    const auto url = values.value(rule.url);
    if (!url || values.duplicated() != nullptr)
        return Error{errc::refused, "the request does not say where its key is, or says it twice"};
    if (!is_allowed(rule, *url))
        return Error{errc::refused, "the request names a key that is not on a host of "
                                        + scheme.title + " (allowed: https on " + rule.host_pattern
                                        + ")"};
    return std::string{*url};
}

std::optional<Refusal> check_remote_key(const Scheme& scheme, std::string_view remote_key,
                                        Timestamp now)
{
    if (scheme.remote_key.kind == RemoteKeyRule::Kind::none) return std::nullopt;
    if (remote_key.empty())
        return Refusal{RefusalReason::key_undecodable,
                       "the scheme " + scheme.name + " fetches its key, and none could be fetched"};
    if (scheme.remote_key.kind == RemoteKeyRule::Kind::certificate
        && !is_valid_certificate(remote_key, now))
        return Refusal{RefusalReason::key_undecodable,
                       "the certificate that was fetched cannot be read or is not valid now"};
    return std::nullopt;
}

bool lacks_key(const Scheme& scheme, const RequestView& request, std::string_view remote_key)
{
    if (scheme.remote_key.kind != RemoteKeyRule::Kind::jwks) return false;
    RequestValues values{scheme, request};
    const auto candidates = find_candidates(values);
    return std::any_of(candidates.begin(), candidates.end(), [&](const Candidate& candidate) {
        return lacks_key_of(scheme.jwt, candidate.text, remote_key);
    });
}

}  // namespace katydid::signing
