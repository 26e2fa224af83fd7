// Who sent a request, and under which URL: as far as it can be believed.
#pragma once

#include "hub/http/egress/egress.hpp"
#include "hub/http/message/message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace katydid::receive {

/// Reads what proxies say about a request (X-Forwarded-For, -Proto and -Host, or RFC 7239's
/// Forwarded), and only when the peer is one of the networks that are trusted.
///
/// Pure. Thread safety: immutable after construction.
class Proxies {
public:
    explicit Proxies(std::vector<http::AllowedNetwork> trusted) : trusted_{std::move(trusted)} {}

    /// The client's address as text: the peer's, or behind trusted proxies the last one that is
    /// not a proxy itself.
    [[nodiscard]] std::string client_of(const http::Request& request) const;

    /// What the sender signed, for schemes that sign the URL.
    /// \param public_url  of the source, as the provider knows it; a query of the request is added
    ///   where it has none, the whole path where it is only an origin. Empty: made of scheme and
    ///   host of the request.
    [[nodiscard]] std::string url_of(const http::Request& request,
                                     std::string_view public_url) const;

private:
    [[nodiscard]] bool is_trusted(const boost::asio::ip::address& address) const noexcept;

    std::vector<http::AllowedNetwork> trusted_;
};

}  // namespace katydid::receive
