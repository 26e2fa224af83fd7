#include "hub/http/egress/egress.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace katydid::http {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;

struct Network4 {
    std::uint32_t base;
    unsigned prefix_bits;
};

constexpr std::uint32_t v4(unsigned a, unsigned b, unsigned c, unsigned d) noexcept
{
    return a << 24U | b << 16U | c << 8U | d;
}

/// RFC 6890 and its successors, and the address Azure serves its metadata at.
constexpr std::array denied_v4{Network4{v4(0, 0, 0, 0), 8},       Network4{v4(10, 0, 0, 0), 8},
                               Network4{v4(100, 64, 0, 0), 10},   Network4{v4(127, 0, 0, 0), 8},
                               Network4{v4(169, 254, 0, 0), 16},  Network4{v4(172, 16, 0, 0), 12},
                               Network4{v4(192, 0, 0, 0), 24},    Network4{v4(192, 0, 2, 0), 24},
                               Network4{v4(192, 31, 196, 0), 24}, Network4{v4(192, 52, 193, 0), 24},
                               Network4{v4(192, 88, 99, 0), 24},  Network4{v4(192, 168, 0, 0), 16},
                               Network4{v4(192, 175, 48, 0), 24}, Network4{v4(198, 18, 0, 0), 15},
                               Network4{v4(198, 51, 100, 0), 24}, Network4{v4(203, 0, 113, 0), 24},
                               Network4{v4(224, 0, 0, 0), 4},     Network4{v4(240, 0, 0, 0), 4},
                               Network4{v4(168, 63, 129, 16), 32}};

struct Network6 {
    std::array<std::uint8_t, 4> base;  ///< the first 32 bits are enough for every one of them
    unsigned prefix_bits;
};

constexpr Network6 global_v6{{0x20, 0x00, 0, 0}, 3};
constexpr std::array denied_v6{
    Network6{{0x20, 0x01, 0x00, 0x00}, 23},   // IETF protocol assignments, Teredo
    Network6{{0x20, 0x01, 0x0d, 0xb8}, 32},   // documentation
    Network6{{0x20, 0x02, 0x00, 0x00}, 16},   // 6to4
    Network6{{0x3f, 0xff, 0x00, 0x00}, 20}};  // documentation

/// Whether the first `bits` bits are the same.
template <class A, class B>
bool same_prefix(const A& a, const B& b, unsigned bits) noexcept
{
    for (std::size_t i = 0; bits > 0; ++i) {
        const unsigned here = std::min(bits, 8U);
        const auto mask = static_cast<std::uint8_t>(0xff00U >> here);
        if ((a[i] & mask) != (b[i] & mask)) return false;
        bits -= here;
    }
    return true;
}

address unmapped(const address& any)
{
    if (any.is_v6() && any.to_v6().is_v4_mapped())
        return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, any.to_v6());
    return any;
}

bool is_denied(const address_v4& address)
{
    const auto bits = address.to_uint();
    return std::any_of(denied_v4.begin(), denied_v4.end(), [bits](const Network4& network) {
        const auto shift = 32 - network.prefix_bits;
        return bits >> shift == network.base >> shift;
    });
}

bool is_denied(const address_v6& address)
{
    if (address.scope_id() != 0) return true;
    const auto bytes = address.to_bytes();
    if (!same_prefix(bytes, global_v6.base, global_v6.prefix_bits)) return true;
    return std::any_of(denied_v6.begin(), denied_v6.end(), [&bytes](const Network6& network) {
        return same_prefix(bytes, network.base, network.prefix_bits);
    });
}

bool is_default_port(const Url& url) noexcept { return url.tls && url.port == 443; }

Error refused_scheme(const Url& url)
{
    if (!url.tls) return {errc::refused, "only https is allowed to this address"};
    return {errc::refused, "only port 443 is allowed to this address"};
}

Error refused_address() { return {errc::refused, "the address of this host is not allowed"}; }

address first_address(const AllowedNetwork& network)
{
    const auto bits = static_cast<unsigned short>(network.prefix_bits);
    if (network.address.is_v4())
        return boost::asio::ip::network_v4{network.address.to_v4(), bits}.canonical().address();
    return boost::asio::ip::network_v6{network.address.to_v6(), bits}.canonical().address();
}

bool is_localhost(std::string_view host) noexcept
{
    return host == "localhost" || host.ends_with(".localhost");
}

}  // namespace

bool AllowedNetwork::contains(const boost::asio::ip::address& other) const noexcept
{
    const auto inner = unmapped(other);
    if (inner.is_v4() != address.is_v4()) return false;
    if (inner.is_v4())
        return same_prefix(inner.to_v4().to_bytes(), address.to_v4().to_bytes(), prefix_bits);
    if (inner.to_v6().scope_id() != 0) return false;
    return same_prefix(inner.to_v6().to_bytes(), address.to_v6().to_bytes(), prefix_bits);
}

result<AllowedNetwork> parse_network(std::string_view text)
{
    const auto bad = [text](std::string_view why) {
        return Error{errc::invalid_argument,
                     "\"" + std::string{text} + "\" " + std::string{why} + ", as in 127.0.0.0/8"};
    };
    const auto slash = text.find('/');
    boost::system::error_code error;
    const auto base = boost::asio::ip::make_address(std::string{text.substr(0, slash)}, error);
    if (error || (base.is_v6() && base.to_v6().scope_id() != 0)) return bad("is not a network");
    AllowedNetwork network{unmapped(base), 0};
    const unsigned bits_max = network.address.is_v4() ? 32 : 128;
    network.prefix_bits = bits_max;
    if (slash == std::string_view::npos) return network;
    if (network.address.is_v4() != base.is_v4())
        return bad("is a mapped address; write it as IPv4");

    const auto digits = text.substr(slash + 1);
    const auto end
        = std::from_chars(digits.data(), digits.data() + digits.size(), network.prefix_bits).ptr;
    if (digits.empty() || end != digits.data() + digits.size() || network.prefix_bits > bits_max)
        return bad("needs a prefix length after the slash");
    const bool is_base = network.address == first_address(network);
    if (!is_base) return bad("has bits after its prefix; write the network's first address");
    return network;
}

result<void> EgressPolicy::check(const Url& url, const boost::asio::ip::address& target) const
{
    const bool opened = std::any_of(allowed.begin(), allowed.end(), [&target](const auto& network) {
        return network.contains(target);
    });
    if (opened) return {};
    const auto inner = unmapped(target);
    if (inner.is_v4() ? is_denied(inner.to_v4()) : is_denied(inner.to_v6()))
        return refused_address();
    if (!is_default_port(url)) return refused_scheme(url);
    return {};
}

result<Url> EgressPolicy::check_url(std::string_view text) const
{
    auto url = parse_url(text);
    if (!url) return url;
    boost::system::error_code not_literal;
    const auto literal = boost::asio::ip::make_address(url->host, not_literal);
    if (!not_literal) {
        const auto checked = check(*url, literal);
        if (!checked) return checked.error();
        return url;
    }
    // A name may lead into a network that the operator opened: DNS decides, at every send.
    if (!allowed.empty()) return url;
    if (is_localhost(url->host)) return refused_address();
    if (!is_default_port(*url)) return refused_scheme(*url);
    return url;
}

}  // namespace katydid::http
