// A plain HTTP/1.1 client over a blocking socket, for requests that no good client would send.
#pragma once

#include "hub/core/text/headers.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace katydid::test {

struct Reply {
    unsigned status = 0;
    Headers headers;
    std::string body;
    std::string head;  ///< status line and fields as they came

    [[nodiscard]] std::string_view header(std::string_view name) const
    {
        return header_value(headers, name);
    }
    /// All of it without the Date field, to compare two answers byte for byte.
    [[nodiscard]] std::string without_date() const;
};

/// One connection to 127.0.0.1. Every read and write ends in 30 s at most.
class Wire {
public:
    /// Throws std::system_error when nobody listens.
    explicit Wire(std::uint16_t port);
    ~Wire();
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    /// Sends all of it. False: the other side closed before it took everything.
    bool send(std::string_view bytes) const;
    /// Reads one response. Throws std::runtime_error when the connection ends or stays silent.
    Reply read_reply();

private:
    std::string& fill();

    int socket_ = -1;
    std::string buffer_;
};

struct WireRequest {
    std::string method = "POST";
    std::string target;
    Headers headers;
    std::string body;
};

/// The bytes of a request with Host and Content-Length.
[[nodiscard]] std::string to_bytes(const WireRequest& request);

/// One request on a connection of its own.
Reply exchange(std::uint16_t port, const WireRequest& request);

}  // namespace katydid::test
