// What a certificate says of itself, for people.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/error.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace katydid::certs {

struct CertificateFacts {
    std::string subject;  ///< "CN=hub.example" (RFC 2253)
    std::string issuer;
    std::vector<std::string> names;  ///< DNS names and addresses that it is good for
    Timestamp not_before{};
    Timestamp not_after{};
    std::string sha256;  ///< fingerprint, hexadecimal
};

/// Of the first certificate of a PEM text. Errors: invalid_argument where there is none.
[[nodiscard]] result<CertificateFacts> read_facts(std::string_view pem);
/// The same of a file. Errors: not_found, too.
[[nodiscard]] result<CertificateFacts> read_facts_of_file(const std::filesystem::path& file);

}  // namespace katydid::certs
