#include "hub/http/egress/egress.hpp"

#include "hub/core/codec/hex.hpp"
#include "hub/http/message/syntax.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>

#include <algorithm>
#include <charconv>

namespace katydid::http {
namespace {

constexpr std::size_t url_bytes_max = 4 * 1024;
constexpr std::size_t host_bytes_max = 253;  // RFC 1035, section 2.3.4, without the root's dot
constexpr std::size_t label_bytes_max = 63;

Error bad(std::string why) { return {errc::invalid_argument, "the URL " + std::move(why)}; }

constexpr char lower(char c) noexcept
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

constexpr bool is_hex(char c) noexcept { return hex_value(c) >= 0; }

std::string to_lower(std::string_view text)
{
    std::string result{text};
    std::transform(result.begin(), result.end(), result.begin(), lower);
    return result;
}

/// A label that other programs would read as a number: "1", "0x7f", "0X".
bool is_numeric(std::string_view label) noexcept
{
    if (label.size() >= 2 && label[0] == '0' && lower(label[1]) == 'x')
        return std::all_of(label.begin() + 2, label.end(), is_hex);
    return !label.empty() && std::all_of(label.begin(), label.end(), is_digit);
}

/// "10.0.0.1": four decimal numbers to 255, without leading zeros.
bool is_dotted_quad(std::string_view text) noexcept
{
    for (int parts = 0; parts < 4; ++parts) {
        const auto dot = text.find('.');
        const auto part = text.substr(0, dot);
        unsigned value = 256;
        const auto end = std::from_chars(part.data(), part.data() + part.size(), value).ptr;
        const bool plain = !part.empty() && part.size() <= 3 && end == part.data() + part.size()
                           && value <= 255 && (part.size() == 1 || part[0] != '0');
        if (!plain || (dot == std::string_view::npos) != (parts == 3)) return false;
        text.remove_prefix(dot == std::string_view::npos ? text.size() : dot + 1);
    }
    return true;
}

bool is_label(std::string_view label) noexcept
{
    if (label.empty() || label.size() > label_bytes_max) return false;
    if (label.front() == '-' || label.back() == '-') return false;
    return std::all_of(label.begin(), label.end(), [](char c) {
        return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '-' || c == '_';
    });
}

result<std::string> parse_name(std::string_view host)
{
    if (host.ends_with('.')) return bad("has a host that ends with a dot; leave the dot out");
    if (host.size() > host_bytes_max) return bad("has a host name that is too long");
    auto rest = host;
    std::string_view label;
    for (bool last = false; !last;) {
        const auto dot = rest.find('.');
        label = rest.substr(0, dot);
        last = dot == std::string_view::npos;
        rest.remove_prefix(last ? rest.size() : dot + 1);
        if (!is_label(label)) return bad("has a host that is not a host name");
    }
    if (is_numeric(label) && !is_dotted_quad(host))
        return bad("has a host that is a number but not an address as in 192.0.2.1");
    return to_lower(host);
}

result<std::string> parse_bracketed(std::string_view host)
{
    boost::system::error_code error;
    const auto inside = std::string{host.substr(1, host.size() - 2)};
    if (inside.find('%') != std::string::npos) return bad("has an IPv6 address with a zone");
    const auto address = boost::asio::ip::make_address_v6(inside, error);
    if (error) return bad("has a host in brackets that is not an IPv6 address");
    return address.to_string();
}

result<std::uint16_t> parse_port(std::string_view text)
{
    unsigned port = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), port).ptr;
    const bool plain = !text.empty() && text.size() <= 5 && end == text.data() + text.size()
                       && text.front() != '0' && port <= 65'535;
    if (!plain) return bad("has a port that is not a number from 1 to 65535");
    return static_cast<std::uint16_t>(port);
}

result<void> check_target(std::string_view target)
{
    for (std::size_t i = 0; i < target.size(); ++i) {
        if (std::string_view{"\"<>^`{|}"}.find(target[i]) != std::string_view::npos)
            return bad("has a character in its path that must be percent-encoded");
        if (target[i] != '%') continue;
        if (target.size() - i < 3 || !is_hex(target[i + 1]) || !is_hex(target[i + 2]))
            return bad("has a broken percent-escape");
    }
    return {};
}

result<void> parse_authority(std::string_view authority, Url& url)
{
    if (authority.empty()) return bad("has no host");
    if (authority.find('@') != std::string_view::npos)
        return bad("has a user name; use headers to authenticate");
    if (authority.find('%') != std::string_view::npos) return bad("has a '%' in its host");
    const bool bracketed = authority.front() == '[';
    const auto close = authority.find(']');
    if (bracketed && close == std::string_view::npos) return bad("has a host without its bracket");
    const auto host_end = bracketed ? close + 1 : std::min(authority.find(':'), authority.size());
    const auto host_text = authority.substr(0, host_end);
    const auto host = bracketed ? parse_bracketed(host_text) : parse_name(host_text);
    if (!host) return host.error();
    url.host = *host;
    const auto port_text = authority.substr(host_end);
    if (port_text.empty()) return {};
    if (port_text.front() != ':') return bad("has something after the bracket of its host");
    const auto port = parse_port(port_text.substr(1));
    if (!port) return port.error();
    url.port = *port;
    return {};
}

}  // namespace

std::string Url::authority() const
{
    const bool is_v6 = host.find(':') != std::string::npos;
    auto text = is_v6 ? "[" + host + "]" : host;
    if (port != (tls ? 443 : 80)) text += ":" + std::to_string(port);
    return text;
}

result<Url> EgressPolicy::parse_url(std::string_view text)
{
    if (text.size() > url_bytes_max) return bad("is too long");
    for (const char c : text)
        if (c < '!' || c > '~' || c == '\\' || c == '#')
            return bad("has white space, a control character, a backslash, a fragment or a letter "
                       "beyond ASCII");

    Url url;
    const auto scheme_end = text.find("://");
    const auto scheme = to_lower(text.substr(0, std::min(scheme_end, text.size())));
    if (scheme_end == std::string_view::npos || (scheme != "https" && scheme != "http"))
        return bad("must begin with https://, or with http:// for a network that egress.allow "
                   "opens");
    url.tls = scheme == "https";
    url.port = url.tls ? 443 : 80;

    const auto rest = text.substr(scheme_end + 3);
    const auto authority_end = std::min(rest.find_first_of("/?"), rest.size());
    const auto authority = parse_authority(rest.substr(0, authority_end), url);
    if (!authority) return authority.error();

    const auto target = rest.substr(authority_end);
    const auto checked = check_target(target);
    if (!checked) return checked.error();
    if (!target.starts_with('/')) url.target = "/";
    url.target += target;
    return url;
}

}  // namespace katydid::http
