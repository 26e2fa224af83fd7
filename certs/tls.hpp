// TLS contexts of both sides.
#pragma once

#include "hub/core/error.hpp"

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <mutex>
#include <string>

namespace katydid::certs {

/// The listener's certificate and policy: TLS 1.2 and 1.3, ALPN http/1.1.
///
/// Thread safety: context() may race with reload().
class ServerTls {
public:
    struct Options {
        std::string certificate_file;  ///< PEM chain, leaf first
        std::string key_file;          ///< PEM
        std::string client_ca_file;    ///< PEM; empty: client certificates are not asked for
        bool client_required = false;
    };

    /// Throws Failure with the file and the reason.
    explicit ServerTls(Options options);

    /// The context for the next connection.
    [[nodiscard]] std::shared_ptr<boost::asio::ssl::context> context() const;
    /// Reads the files again. On an error the old certificate stays.
    result<void> reload();

private:
    Options options_;
    mutable std::mutex mutex_;
    std::shared_ptr<boost::asio::ssl::context> context_;
};

/// What outbound connections trust.
class ClientTls {
public:
    struct Options {
        std::string ca_file;           ///< PEM; empty: the system's store
        std::string certificate_file;  ///< PEM, for client certificates; may be empty
        std::string key_file;
    };

    /// Throws Failure with the file and the reason.
    explicit ClientTls(Options options);
    [[nodiscard]] boost::asio::ssl::context& context() noexcept { return context_; }

private:
    boost::asio::ssl::context context_;
};

}  // namespace katydid::certs
