// Requests and responses as the rooms behind the listener see them. No Beast here.
#pragma once

#include "hub/core/text/headers.hpp"

#include <boost/asio/ip/address.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace katydid::http {

/// Who is at the other end of the connection.
struct Peer {
    boost::asio::ip::address address;
    std::uint16_t port = 0;
    bool tls = false;
    std::string server_name;     ///< SNI, empty without TLS
    std::string client_subject;  ///< of a verified client certificate, else empty
};

/// A request whose head passed the framing gate.
struct Request {
    std::string method;
    std::string target;  ///< path and query as received, in origin form
    std::string path;    ///< the target up to '?', not decoded
    std::string query;   ///< after '?', not decoded
    Headers headers;
    std::string body;  ///< empty while a route's admit() runs
    Peer peer;
    bool http11 = true;                                           ///< else HTTP/1.0
    std::vector<std::pair<std::string, std::string>> parameters;  ///< "{name}" parts, decoded

    /// Whether the peer has ended the connection, or its half of it; null: not known.
    std::function<bool()> has_left = nullptr;
    std::string trace_context{};  ///< of this request's span; empty: it is not traced

    /// The `traceparent` that what follows from this request carries on.
    [[nodiscard]] std::string_view traceparent() const noexcept
    {
        return trace_context.empty() ? header("traceparent") : std::string_view{trace_context};
    }
    [[nodiscard]] std::string_view header(std::string_view name) const noexcept
    {
        return header_value(headers, name);
    }
    /// The path parameter of that name, or an empty view.
    [[nodiscard]] std::string_view parameter(std::string_view name) const noexcept;
    /// The first query parameter of that name, percent-decoded; nullopt when absent.
    [[nodiscard]] std::optional<std::string> query_parameter(std::string_view name) const;
};

class TakeOver;

/// A media type as a header says it; empty: none is said. A literal needs no memory of its own.
class MediaType {
public:
    MediaType() = default;
    template <std::size_t size>
    MediaType(const char (&literal)[size]) noexcept : literal_{literal, size - 1}
    {}
    MediaType(std::string text) noexcept : text_{std::move(text)} {}

    operator std::string_view() const noexcept { return text_.empty() ? literal_ : text_; }

private:
    std::string_view literal_;
    std::string text_;
};

struct Response {
    unsigned status = 200;
    MediaType content_type = "application/json";
    Headers headers;  ///< besides Content-Type, Content-Length, Date and Connection
    std::string body;
    bool close = false;  ///< end the connection after this response
    /// Instead of a response: the connection is this one's from here on. The status is for logs.
    std::shared_ptr<TakeOver> take_over{};

    static Response json(unsigned status, std::string body);
    static Response text(unsigned status, std::string body);
    /// RFC 9457: type about:blank, title of the status, detail.
    static Response problem(unsigned status, std::string_view detail);
    /// `{"error":"…"}`, as both platforms expect on webhook and bridge paths.
    static Response plain_error(unsigned status, std::string_view text);

    Response& with(std::string name, std::string value);
};

/// The reason phrase of a status, RFC 9110 section 15, "Unknown" else.
std::string_view reason_phrase(unsigned status) noexcept;

}  // namespace katydid::http
