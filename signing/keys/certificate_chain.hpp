// Whether a fetched certificate was issued by somebody who is trusted.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/error.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace katydid::signing {

/// Root certificates against which a chain of PEM certificates is checked.
///
/// Thread safety: immutable after construction.
class TrustAnchors {
public:
    /// The system's roots. Throws Failure when OpenSSL has no memory.
    TrustAnchors();
    /// The certificates of a PEM file. Throws Failure when there is none in it.
    explicit TrustAnchors(const std::string& pem_file);
    ~TrustAnchors();
    TrustAnchors(const TrustAnchors&) = delete;
    TrustAnchors& operator=(const TrustAnchors&) = delete;

    /// The first certificate must chain to a root, over those after it, and all must be valid at
    /// that time. Errors: refused, with OpenSSL's reason.
    [[nodiscard]] result<void> check(std::string_view pem_chain, Timestamp at) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace katydid::signing
