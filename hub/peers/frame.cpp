#include "hub/peers/frame.hpp"

#include "hub/core/codec/utf8.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace katydid::peers {
namespace {

namespace json = boost::json;

constexpr std::size_t lengths_bytes = 8;

void add_length(std::string& text, std::size_t length)
{
    for (unsigned shift = 32; shift > 0; shift -= 8)
        text.push_back(static_cast<char>((length >> (shift - 8)) & 0xffU));
}

std::size_t read_length(std::string_view bytes)
{
    std::size_t length = 0;
    for (const char byte : bytes.substr(0, 4))
        length = (length << 8U) | static_cast<unsigned char>(byte);
    return length;
}

/// An answer is cut at a byte (stream::read_ack()): half a character is no JSON, and the other hub
/// would end the connection of all consumers.
std::string whole_characters(std::string text)
{
    for (int cut = 0; cut < 3 && !text.empty() && !is_utf8(text); ++cut) text.pop_back();
    return as_utf8(text);
}

}  // namespace

std::string write(const json::object& head, std::string_view body)
{
    const auto head_text = json::serialize(head);
    std::string text;
    text.reserve(lengths_bytes + head_text.size() + body.size());
    add_length(text, head_text.size());
    add_length(text, body.size());
    return text.append(head_text).append(body);
}

result<std::optional<Frame>> FrameReader::next()
{
    const auto rest = std::string_view{bytes_}.substr(at_);
    if (rest.size() < lengths_bytes) return std::nullopt;
    const auto head_bytes = read_length(rest);
    const auto body_bytes = read_length(rest.substr(4));
    if (head_bytes > frame_bytes_max || body_bytes > frame_bytes_max)
        return Error{errc::protocol_error, "A frame of another hub is too long."};
    const auto end = lengths_bytes + head_bytes + body_bytes;
    if (rest.size() < end) return std::nullopt;
    boost::system::error_code error;
    const auto text = rest.substr(lengths_bytes, head_bytes);
    auto head = json::parse(text, error);
    if (error || !head.is_object())
        return Error{errc::protocol_error, "A frame of another hub has no head."};
    Frame frame{std::move(head.get_object()),
                std::string{rest.substr(end - body_bytes, body_bytes)}};
    at_ += end;
    return std::optional{std::move(frame)};
}

std::string text_of(const json::object& object, std::string_view name)
{
    return std::string{object.at(name).as_string()};
}

json::object to_json(const Outcome& outcome)
{
    json::object object{{"outcome", static_cast<int>(outcome.outcome)},
                        {"status", outcome.status},
                        {"error", as_utf8(outcome.error)},
                        {"response", whole_characters(outcome.response)},
                        {"final", outcome.final},
                        {"given_back", outcome.given_back}};
    if (outcome.retry_after) object["retry_after"] = outcome.retry_after->count();
    return object;
}

Outcome outcome_of(const json::object& object)
{
    Outcome outcome;
    outcome.outcome = static_cast<AttemptClass>(object.at("outcome").to_number<int>());
    outcome.status = object.at("status").to_number<unsigned>();
    outcome.error = text_of(object, "error");
    outcome.response = text_of(object, "response");
    outcome.final = object.at("final").as_bool();
    outcome.given_back = object.at("given_back").as_bool();
    if (const auto* wait = object.if_contains("retry_after"))
        outcome.retry_after = milliseconds{wait->to_number<std::int64_t>()};
    return outcome;
}

}  // namespace katydid::peers
