#include "hub/api/access/tickets.hpp"

#include "hub/api/access/portal_links.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/access/recognise.hpp"
#include "hub/api/access/sealed_token.hpp"
#include "hub/api/access/sessions.hpp"
#include "hub/core/codec/encoding.hpp"
#include "hub/core/codec/random.hpp"

#include <algorithm>

namespace katydid::api {
namespace {

constexpr std::string_view ticket_prefix = "kt_";
constexpr std::string_view ticket_purpose = "katydid ticket";
constexpr const char* ticket_kind = "ticket";
constexpr std::size_t hash_bytes = 32;
constexpr std::size_t id_bytes = 16;
constexpr std::size_t time_bytes = 8;

std::string pack(const Ticket& ticket)
{
    const auto& tenant = ticket.tenant.bytes();
    auto text = ticket.key_sha256 + ticket.path_sha256 + ticket.id;
    text.append(tenant.begin(), tenant.end());
    const auto expires = static_cast<std::uint64_t>(ticket.expires_at.time_since_epoch().count());
    for (std::size_t byte = 0; byte < time_bytes; ++byte)
        text += static_cast<char>(expires >> (8 * byte) & 0xffU);
    return text + ticket.session;
}

std::optional<Ticket> unpack(std::string_view text)
{
    IdBytes tenant{};
    if (text.size() < 2 * hash_bytes + id_bytes + tenant.size() + time_bytes) return std::nullopt;
    const auto take = [&text](std::size_t bytes) {
        std::string part{text.substr(0, bytes)};
        text.remove_prefix(bytes);
        return part;
    };
    Ticket ticket;
    ticket.key_sha256 = take(hash_bytes);
    ticket.path_sha256 = take(hash_bytes);
    ticket.id = take(id_bytes);
    std::ranges::copy(take(tenant.size()), tenant.begin());
    ticket.tenant = TenantId{tenant};
    std::uint64_t expires = 0;
    for (std::size_t byte = 0; byte < time_bytes; ++byte)
        expires |= std::uint64_t{static_cast<unsigned char>(text[byte])} << (8 * byte);
    ticket.expires_at = Timestamp{milliseconds{static_cast<std::int64_t>(expires)}};
    ticket.session = text.substr(time_bytes);
    return ticket;
}

http::Response refused(std::string_view why)
{
    auto response = http::Response::problem(
        401, "The ticket " + std::string{why}
                 + " Make a new one with POST /v1/tickets: it is good "
                   "for one call of its path, for 60 seconds.");
    response.with("WWW-Authenticate", "Bearer");
    return response;
}

}  // namespace

std::optional<Ticket> Tickets::open(std::string_view text) const
{
    if (!text.starts_with(ticket_prefix)) return std::nullopt;
    const auto opened = open_token(vault, ticket_purpose, text.substr(ticket_prefix.size()));
    return opened ? unpack(opened->text()) : std::nullopt;
}

std::string Tickets::make(const Caller& caller, std::string_view path) const
{
    const Ticket ticket{caller.api_key->sha256,        caller.tenant,
                        clock.now() + ticket_lifetime, hash_api_key(path),
                        random_bytes(id_bytes),        caller.session};
    return std::string{ticket_prefix} + seal_token(vault, ticket_purpose, pack(ticket));
}

std::variant<Caller, http::Response>
Tickets::admit(const http::Request& head, std::string_view text, std::string_view scope) const
{
    const auto ticket = open(text);
    if (!ticket) return refused("cannot be read.");
    const auto now = clock.now();
    if (now >= ticket->expires_at) return refused("has expired.");
    if (ticket->path_sha256 != hash_api_key(head.path)) return refused("is for another path.");
    const auto key = tables.api_key(ticket->key_sha256);
    if (!key || !is_good(*key, now))
        return refused("was made with a key that is not good any more.");
    auto access = admit_key(key, ticket->tenant, scope);
    if (auto* caller = std::get_if<Caller>(&access)) caller->session = ticket->session;
    return access;
}

awaitable<std::optional<http::Response>> Tickets::spend(std::string text) const
{
    const auto ticket = open(text);
    if (!ticket) co_return refused("cannot be read.");
    const auto key = tables.api_key(ticket->key_sha256);
    if (key && !ticket->session.empty()) {
        const bool goes_on = co_await session_goes_on(records, clock, key->tenant, ticket->session);
        if (!goes_on) co_return refused("was made in a session that has ended.");
    }
    UsedOnce used{ticket->tenant, ticket_kind, encode(Encoding::hex, ticket->id), clock.now(),
                  ticket->expires_at + ticket_lifetime};  // well after the ticket itself
    auto record = to_record(std::move(used));
    const auto put = co_await records.put_record(std::move(record));
    if (put) co_return std::nullopt;
    if (put.error() == errc::conflict) co_return refused("was used already.");
    co_return error_response(put.error());
}

}  // namespace katydid::api
