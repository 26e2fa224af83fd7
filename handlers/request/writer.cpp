#include "handlers/request/writer.hpp"

#include "handlers/dialects/dialects.hpp"
#include "hub/core/subscription/subscription.hpp"
#include "hub/core/text/reserved.hpp"
#include "signing/sign.hpp"

#include <algorithm>
#include <iterator>

namespace katydid::handlers::request {
namespace {

/// Of the sender's only those that no receiver takes for one of ours.
void drop_alike(Headers& senders, const Headers& ours)
{
    std::erase_if(senders, [&](const Header& header) {
        return std::ranges::any_of(
            ours, [&](const Header& own) { return are_read_alike(header.name, own.name); });
    });
}

}  // namespace

void add_absent(Headers& headers, Headers more)
{
    std::erase_if(
        more, [&](const Header& header) { return find_header(headers, header.name) != nullptr; });
    headers.insert(headers.end(), std::make_move_iterator(more.begin()),
                   std::make_move_iterator(more.end()));
}

Outcome outcome_of(const Error& error)
{
    // A dialect that cannot write the event never will; keys can be fixed.
    return error == errc::refused ? Outcome::failed(error.message) : Outcome::dead(error.message);
}

Writer::Writer(Parts parts) : parts_{std::move(parts)}
{
    for (const std::string_view name : {"standard-webhooks", "atlvs", "grasshopper"}) {
        auto scheme = signing::find_scheme(name);
        if (!scheme)
            throw Failure{{errc::internal, "the catalog has no scheme " + std::string{name}}};
        schemes_.emplace(name, std::move(scheme));
    }
}

/// Of two headers of one name the first one to say it wins: the signature, the dialect, the
/// subscription; what a sender said and is passed on comes last.
result<Written> Writer::write(const Call& call) const
{
    const auto& subscription = *call.subscription;
    auto wire = dialects::write(subscription.dialect, *call.event,
                                {call.delivery, call.attempt, parts_.is_traced});
    if (wire.has_error()) return wire.error();
    Written written;
    written.body = wire->body ? wire->body : std::make_shared<const std::string>();
    const auto scheme = scheme_of(call, *wire);
    if (scheme.has_error()) return scheme.error();
    if (*scheme) {
        auto headers = sign(**scheme, call, *wire, *written.body);
        if (headers.has_error()) return headers.error();
        written.headers = std::move(*headers);
    }
    if (wire->is_passed_on) {
        add_absent(written.headers, subscription.handler.headers);
        drop_alike(wire->headers, written.headers);
    }
    add_absent(written.headers, std::move(wire->headers));
    add_absent(written.headers, subscription.handler.headers);
    return written;
}

result<signing::SchemePtr> Writer::scheme_of(const Call& call,
                                             const dialects::WireRequest& wire) const
{
    const auto& name = call.subscription->signature;
    if (name.empty()) return wire.scheme.empty() ? nullptr : schemes_.at(wire.scheme);
    auto own = parts_.find_signature ? parts_.find_signature(call.subscription->id) : nullptr;
    if (!own)
        return Error{errc::refused, "the subscription's signature names the scheme \"" + name
                                        + "\", and there is none of that name"};
    return own;
}

result<Headers> Writer::sign(const signing::Scheme& scheme, const Call& call,
                             const dialects::WireRequest& wire, const std::string& body) const
{
    const auto keys = parts_.find_keys(call.subscription->id);
    if (!keys || keys->keys.empty())
        return Error{errc::refused, "the subscription has no key to sign with"};
    signing::SignInput input;
    input.url = call.subscription->handler.url;
    // A dialect without a signature of its own (raw) leaves both to the event.
    const auto events = wire.signed_id.empty() ? call.event->id.to_string() : std::string{};
    input.id = events.empty() ? wire.signed_id : events;
    input.event_type = wire.signed_type.empty() ? call.event->type : wire.signed_type;
    input.content_type = header_value(wire.headers, "content-type");
    input.body = body;
    auto headers = signing::sign(scheme, input, *keys, parts_.clock.now());
    if (headers.has_error()) return Error{errc::refused, headers.error().message};
    return headers;
}

}  // namespace katydid::handlers::request
