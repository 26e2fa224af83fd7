#include "handlers/shaping/shape.hpp"

#include "hub/core/codec/encoding.hpp"
#include "hub/core/codec/random.hpp"
#include "hub/core/event_json.hpp"
#include "hub/core/json/scan.hpp"
#include "hub/core/subscription/subscription.hpp"
#include "hub/core/text/reserved.hpp"
#include "hub/core/text/text.hpp"
#include "hub/http/egress/egress.hpp"
#include "signing/algorithms/digest.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace katydid::handlers::shaping {
namespace {

constexpr std::string_view content_type = "Content-Type";
constexpr std::size_t path_bytes_max = 2048;

Error refused(std::string sentence) { return {errc::refused, std::move(sentence)}; }

/// \param other  the type of a body that was not JSON before
std::string type_of(const std::string& body, const std::string& other)
{
    if (json_text::is_json(body)) return "application/json";
    return other.find("json") == std::string::npos ? other : "text/plain; charset=utf-8";
}

/// Takes Content-Type out of them. Errors: refused.
result<std::string> take_content_type(Headers& headers)
{
    std::string type;
    for (const auto& [name, value] : headers) {
        if (equal_names(name, content_type)) type = value;
        else if (!is_header_safe(name, value) || !is_settable_header(name))
            return refused("it may not set the header \"" + name
                           + "\", which is the hub's or the connection's");
    }
    std::erase_if(headers, [](const Header& each) { return equal_names(each.name, content_type); });
    return type;
}

void replace(Headers& headers, Headers with)
{
    std::erase_if(headers, [&](const Header& old) {
        return std::ranges::any_of(
            with, [&](const Header& each) { return are_read_alike(old.name, each.name); });
    });
    with.insert(with.end(), headers.begin(), headers.end());
    headers = std::move(with);
}

/// The same place under another path. Errors: refused.
result<std::string> with_path(const std::string& url, const std::string& path)
{
    const auto place = http::EgressPolicy::parse_url(url);
    if (!place) return place.error();
    const bool is_path = path.starts_with('/') && !path.starts_with("//")
                         && path.size() <= path_bytes_max
                         && std::ranges::all_of(path, [](unsigned char each) {
                                return each > 0x20 && each < 0x7f && each != '\\' && each != '#';
                            });
    if (!is_path)
        return refused("its path must begin with one \"/\" and have no blanks, \"#\", \"\\\" or "
                       "characters beyond ASCII, which are percent-encoded");
    auto changed = (place->tls ? "https://" : "http://") + place->authority() + path;
    const auto there = http::EgressPolicy::parse_url(changed);
    if (!there || there->host != place->host || there->port != place->port)
        return refused("its path leads elsewhere");
    return changed;
}

EventPtr with_payload(const Event& event, std::string payload, const std::string& type)
{
    auto changed = event;
    changed.content_type = type.empty() ? type_of(payload, event.content_type) : type;
    changed.payload = std::make_shared<const std::string>(std::move(payload));
    changed.compressed = nullptr;
    return std::make_shared<const Event>(std::move(changed));
}

/// Before the name of a header. Who writes a transform can read the marks of its subscription, and
/// no other's: so no event from elsewhere can have the hub fill in a credential.
std::string mark_of(const Subscription& subscription)
{
    static const std::string key = random_bytes(32);
    const auto hash = signing::hmac(signing::Hash::sha256, key, subscription.id.to_string());
    return "(" + encode(Encoding::hex, hash.view().substr(0, 16)) + ":";
}

std::string marked(const std::string& mark, const std::string& name)
{
    return mark + lower_case(name) + ")";
}

/// As it stands in a JSON string.
std::string inside_quotes(const std::string& value)
{
    const auto quoted = boost::json::serialize(boost::json::string{value});
    return quoted.substr(1, quoted.size() - 2);
}

void reveal_in(std::string& text, const std::string& mark, const Headers& headers, bool is_json)
{
    if (text.find(mark) == std::string::npos) return;
    for (const auto& [name, value] : headers) {
        const auto hidden = marked(mark, name);
        const auto shown = is_json ? inside_quotes(value) : value;
        for (auto at = text.find(hidden); at != std::string::npos;
             at = text.find(hidden, at + shown.size()))
            text.replace(at, hidden.size(), shown);
    }
}

/// What the event came with, its credentials left out long ago.
void add_absent(Headers& headers, const Headers& more)
{
    const auto own = headers.size();
    for (const auto& each : more) {
        const auto end = headers.begin() + static_cast<std::ptrdiff_t>(own);
        const bool is_there = std::any_of(headers.begin(), end, [&](const Header& header) {
            return are_read_alike(header.name, each.name);
        });
        if (!is_there) headers.push_back(each);
    }
}

}  // namespace

transform::Input input_of(const Event& event, const Subscription& subscription)
{
    transform::Input input;
    input.payload = *event.payload;
    const auto mark = mark_of(subscription);
    for (const auto& [name, value] : subscription.handler.headers)
        input.headers.push_back({name, marked(mark, name)});
    add_absent(input.headers, event.headers);
    add_absent(input.headers, {{std::string{content_type}, event.content_type}});
    input.event = boost::json::serialize(describe(event));
    input.now = event.received_at;
    return input;
}

void reveal(transform::Output& output, const Subscription& subscription)
{
    const auto& headers = subscription.handler.headers;
    if (headers.empty()) return;
    const auto mark = mark_of(subscription);
    if (output.payload)
        reveal_in(*output.payload, mark, headers, json_text::is_json(*output.payload));
    for (auto& header : output.headers) reveal_in(header.value, mark, headers, false);
}

result<Call> shape(Call call, transform::Output output)
{
    reveal(output, *call.subscription);
    auto type = take_content_type(output.headers);
    if (!type) return type.error();
    if (output.payload) call.event = with_payload(*call.event, std::move(*output.payload), *type);
    else if (!type->empty()) call.event = with_payload(*call.event, *call.event->payload, *type);
    const bool has_url = call.subscription->handler.kind == HandlerKind::endpoint;
    if (output.headers.empty() && !(output.path && has_url)) return call;
    auto changed = *call.subscription;
    replace(changed.handler.headers, std::move(output.headers));
    if (output.path && has_url) {
        auto url = with_path(changed.handler.url, *output.path);
        if (!url) return url.error();
        changed.handler.url = std::move(*url);
    }
    call.subscription = std::make_shared<const Subscription>(std::move(changed));
    return call;
}

std::optional<transform::Fault> fault_of(const transform::Output& output)
{
    auto headers = output.headers;
    const auto type = take_content_type(headers);
    const auto path = output.path ? with_path("https://receiver.example/", *output.path)
                                  : result<std::string>{};
    if (type && path) return std::nullopt;
    return transform::Fault{.kind = transform::Fault::Kind::result,
                            .message = (type ? path.error() : type.error()).message};
}

}  // namespace katydid::handlers::shaping
