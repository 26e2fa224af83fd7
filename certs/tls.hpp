// TLS contexts of both sides.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/error.hpp"

#include <boost/asio/ssl/context.hpp>

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace katydid::certs {

/// A certificate with its key, both as PEM files.
struct CertificatePair {
    std::string certificate_file;  ///< the chain, leaf first
    std::string key_file;
};

/// What an operator watches: until when a certificate is good.
struct CertificateExpiry {
    std::string file;
    Timestamp not_after;
};

/// What a TLS context was made of, when that lies in files that may be renewed.
class TlsFiles {
public:
    virtual ~TlsFiles() = default;

    /// Reads the files again. On an error everything stays as it was.
    virtual result<void> reload() = 0;
    /// Every file that reload() reads.
    [[nodiscard]] virtual std::vector<std::filesystem::path> files() const = 0;
    /// Of the certificates that are shown to peers.
    [[nodiscard]] virtual std::vector<CertificateExpiry> expiries() const = 0;
};

/// The listener's certificates and policy: TLS 1.2 and 1.3, ALPN http/1.1, session tickets whose
/// keys rotate.
///
/// The first certificate whose names include the one the client asks for (SNI) is shown, else the
/// first of all. Thread safety: all calls may race with reload().
class ServerTls final : public TlsFiles {
public:
    struct Options {
        std::vector<CertificatePair> certificates;  ///< at least one
        std::string client_ca_file;  ///< PEM; empty: client certificates are not asked for
        bool client_required = false;
    };

    /// Throws Failure with the file and the reason.
    explicit ServerTls(Options options);

    /// The context for the next connection.
    [[nodiscard]] std::shared_ptr<boost::asio::ssl::context> context() const;
    /// New tickets besides: a session that began under the old files is not resumed, so that a
    /// client CA taken away has no effect left.
    result<void> reload() override;
    [[nodiscard]] std::vector<std::filesystem::path> files() const override;
    [[nodiscard]] std::vector<CertificateExpiry> expiries() const override;

private:
    struct Bundle;
    static std::shared_ptr<const Bundle> make_bundle(const Options& options);

    const Options options_;
    mutable std::mutex mutex_;
    std::shared_ptr<const Bundle> bundle_;
};

/// What outbound connections trust, and who they say they are.
///
/// Thread safety: all calls may race with reload(); several loops share one.
class ClientTls final : public TlsFiles {
public:
    struct Options {
        std::string ca_file;           ///< PEM; empty: the system's store
        std::string certificate_file;  ///< PEM, for client certificates; may be empty
        std::string key_file;
        bool trusts_anyone = false;  ///< certificates are not checked: a developer's own machine
    };
    /// One reading of the files.
    struct Reading {
        std::shared_ptr<boost::asio::ssl::context> context;
        std::uint64_t number = 0;  ///< sessions of one reading are not resumed under another
    };

    /// Throws Failure with the file and the reason.
    explicit ClientTls(Options options);

    /// For the next connection.
    [[nodiscard]] Reading current() const;
    [[nodiscard]] std::shared_ptr<boost::asio::ssl::context> context() const;

    /// Of the system's store too.
    result<void> reload() override;
    [[nodiscard]] std::vector<std::filesystem::path> files() const override;
    [[nodiscard]] std::vector<CertificateExpiry> expiries() const override;

private:
    const Options options_;
    mutable std::mutex mutex_;
    Reading reading_;
};

}  // namespace katydid::certs
