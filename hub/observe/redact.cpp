#include "hub/observe/redact.hpp"

#include <algorithm>
#include <array>

namespace katydid::log {
namespace {

constexpr std::string_view mark = "[redacted]";

/// After these a secret begins; what they say stays, so that a person knows what was there.
constexpr std::array<std::string_view, 28> openings{
    "whsec_",   "whsk_",   "kd_live_", "kd_test_",    "sk_live_",    "sk_test_",  "rk_live_",
    "xoxb-",    "xoxp-",   "ghp_",     "gho_",        "github_pat_", "glpat-",    "AKIA",
    "Bearer ",  "bearer ", "Basic ",   "secret=",     "token=",      "password=", "passwd=",
    "api_key=", "apikey=", "api-key=", "access_key=", "signature=",  "sig=",      "\"secret\":\""};

constexpr std::string_view pem = "-----BEGIN ";

constexpr bool is_letter_or_digit(char c) noexcept
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// What secrets are written with: base64, hexadecimal, tokens, percent-escapes.
constexpr bool is_secret_char(char c) noexcept
{
    return is_letter_or_digit(c)
           || std::string_view{"+/=_-.~%:!$*"}.find(c) != std::string_view::npos;
}

std::size_t secret_end(std::string_view text, std::size_t at) noexcept
{
    while (at < text.size() && is_secret_char(text[at])) ++at;
    return at;
}

struct Found {
    std::size_t start = std::string_view::npos;  ///< of what must not be seen
    std::size_t end = 0;
};

void consider(Found& best, std::size_t start, std::size_t end) noexcept
{
    if (end > start && start < best.start) best = {start, end};
}

/// scheme://user:password@host
void find_credentials(std::string_view text, std::size_t from, Found& best) noexcept
{
    for (auto at = text.find("://", from); at != std::string_view::npos;
         at = text.find("://", at + 3)) {
        const auto authority = at + 3;
        const auto end = std::min(text.find_first_of("/?# \"'", authority), text.size());
        const auto sign = text.substr(authority, end - authority).rfind('@');
        if (sign != std::string_view::npos) {
            consider(best, authority, authority + sign);
            return;
        }
    }
}

Found find_secret(std::string_view text, std::size_t from) noexcept
{
    Found best;
    for (const auto opening : openings)
        for (auto at = text.find(opening, from); at != std::string_view::npos;
             at = text.find(opening, at + 1)) {
            const auto start = at + opening.size();
            const bool inside_a_word = at > 0 && is_letter_or_digit(text[at - 1])
                                       && is_letter_or_digit(opening.front());
            const auto end = secret_end(text, start);
            // "sig=" in "design=x" or AKIA in a word is none.
            if (inside_a_word || end == start) continue;
            consider(best, start, end);
            break;
        }
    find_credentials(text, from, best);
    if (const auto at = text.find(pem, from); at != std::string_view::npos) {
        const auto kind_end = text.find("-----", at + pem.size());
        const auto last = text.rfind("-----");
        if (kind_end != std::string_view::npos
            && text.substr(at, kind_end - at).find("PRIVATE KEY") != std::string_view::npos)
            consider(best, kind_end + 5, last > kind_end + 5 ? last : text.size());
    }
    return best;
}

}  // namespace

std::optional<std::string> redact(std::string_view text)
{
    auto found = find_secret(text, 0);
    if (found.start == std::string_view::npos) return std::nullopt;
    std::string safe;
    std::size_t at = 0;
    while (found.start != std::string_view::npos) {
        safe.append(text.substr(at, found.start - at)).append(mark);
        at = found.end;
        found = find_secret(text, at);
    }
    return safe.append(text.substr(at));
}

}  // namespace katydid::log
