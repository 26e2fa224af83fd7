#include "hub/stream/websocket/upgrade.hpp"

#include "hub/core/codec/encoding.hpp"

#include <algorithm>

namespace katydid::stream {
namespace {

constexpr std::string_view version = "13";
constexpr std::size_t key_bytes = 16;

std::string_view trimmed(std::string_view text) noexcept
{
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Whether any field of that name has the item.
bool has(const http::Request& request, std::string_view name, std::string_view item)
{
    return std::ranges::any_of(request.headers, [&](const Header& header) {
        return equal_names(header.name, name) && has_item(header.value, item);
    });
}

std::size_t count(const http::Request& request, std::string_view name)
{
    const auto found = std::ranges::count_if(
        request.headers, [&](const Header& header) { return equal_names(header.name, name); });
    return static_cast<std::size_t>(found);
}

bool has_body(const http::Request& request)
{
    const auto length = request.header("content-length");
    return !request.header("transfer-encoding").empty() || (!length.empty() && length != "0");
}

bool has_good_key(const http::Request& request)
{
    const auto key = decode(Encoding::base64, request.header("sec-websocket-key"));
    return count(request, "sec-websocket-key") == 1 && key && key->size() == key_bytes;
}

}  // namespace

bool has_item(std::string_view list, std::string_view item) noexcept
{
    while (!list.empty()) {
        const auto end = std::min(list.find(','), list.size());
        if (equal_names(trimmed(list.substr(0, end)), item)) return true;
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}

bool asks_for_websocket(const http::Request& request)
{
    return has(request, "upgrade", "websocket");
}

std::optional<http::Response> refuse_handshake(const http::Request& request,
                                               std::string_view protocol)
{
    const auto refused = [](std::string_view why) { return http::Response::problem(400, why); };
    if (!request.http11) return refused("A WebSocket needs HTTP/1.1.");
    if (request.method != "GET") return refused("A WebSocket begins with GET.");
    if (has_body(request)) return refused("The request for a WebSocket has no body.");
    if (!has(request, "connection", "upgrade"))
        return refused("Send `Connection: Upgrade` with `Upgrade: websocket`.");
    if (count(request, "sec-websocket-version") != 1
        || request.header("sec-websocket-version") != version) {
        auto response = http::Response::problem(426, "The hub speaks version 13 of WebSocket.");
        response.with("Sec-WebSocket-Version", std::string{version});
        return response;
    }
    if (!has_good_key(request))
        return refused("Sec-WebSocket-Key must be 16 bytes in base64 (RFC 6455, section 4.1).");
    if (!has(request, "sec-websocket-protocol", protocol))
        return refused("Offer the subprotocol: `Sec-WebSocket-Protocol: " + std::string{protocol}
                       + "`.");
    return std::nullopt;
}

}  // namespace katydid::stream
