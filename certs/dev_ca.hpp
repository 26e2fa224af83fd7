// A certificate authority for development and tests. Not for production.
#pragma once

#include "hub/core/error.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace katydid::certs {

/// What a development certificate says. Keys are ECDSA P-256.
struct DevCertificate {
    enum class Use { server, client };
    Use use = Use::server;
    std::string common_name = "localhost";
    /// Names and addresses; told apart by their looks.
    std::vector<std::string> names{"localhost", "127.0.0.1", "::1"};
    std::chrono::seconds valid_from{-3600};                 ///< from now; a little skew is normal
    std::chrono::seconds valid_to = std::chrono::days{90};  ///< from now
};

/// Where the files of one certificate are.
struct CertificateFiles {
    std::filesystem::path certificate;  ///< PEM
    std::filesystem::path key;          ///< PEM, mode 0600
};

/// Makes certificates in one folder: ca.pem and ca.key, and a pair for each certificate issued.
///
/// Opens the CA that is in the folder, or makes one where there is none or it ends within a day.
/// Files that exist are replaced.
/// Thread safety: none.
class DevCa {
public:
    /// Throws Failure with the file and the reason.
    explicit DevCa(std::filesystem::path folder);
    ~DevCa();
    DevCa(const DevCa&) = delete;
    DevCa& operator=(const DevCa&) = delete;

    [[nodiscard]] std::filesystem::path ca_file() const { return folder_ / "ca.pem"; }

    /// Writes <name>.pem and <name>.key. Throws Failure with the file and the reason.
    CertificateFiles issue(const std::string& name, const DevCertificate& certificate);

private:
    void make_authority();

    struct Authority;
    std::filesystem::path folder_;
    std::unique_ptr<Authority> authority_;
};

}  // namespace katydid::certs
