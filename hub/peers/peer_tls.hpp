// TLS between hubs, by the key that they share.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>
#include <vector>

namespace katydid::peers {

/// TLS 1.3 with a pre-shared key (RFC 8446, section 2.2): each side proves that it has the key, and
/// there are no certificates to hand out. The key is derived from the master key, which hubs of one
/// store share.
///
/// Thread safety: immutable; connections of any thread.
class PeerTls {
public:
    /// \param keys  32 bytes each: the first is ours, all are accepted
    explicit PeerTls(std::vector<std::string> keys);

    [[nodiscard]] boost::asio::ssl::context& server() noexcept { return server_; }
    [[nodiscard]] boost::asio::ssl::context& client() noexcept { return client_; }

private:
    struct Keys;
    std::shared_ptr<const Keys> keys_;
    boost::asio::ssl::context server_;
    boost::asio::ssl::context client_;
};

}  // namespace katydid::peers
