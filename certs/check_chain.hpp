// What is wrong with a certificate's files, in sentences that say the fix.
#pragma once

#include "hub/core/clock.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace katydid::certs {

/// Something a person should know about a certificate before its peers find out.
struct ChainFinding {
    enum class Weight {
        fault,    ///< peers will refuse the connection, or the hub will not start
        warning,  ///< works for now, or for some
    };
    Weight weight = Weight::fault;
    std::string what;  ///< a sentence
    std::string hint;  ///< a sentence that says what to do
};

enum class ChainUse { server, client };

struct ChainInput {
    std::string chain_pem;             ///< leaf first, then each issuer
    std::string key_pem{};             ///< empty: it is not looked at
    std::vector<std::string> hosts{};  ///< names and addresses it must be good for; may be empty
    std::string trust_pem{};  ///< authorities of the peers; empty: who trusts it is not asked
    ChainUse use = ChainUse::server;
    std::chrono::days warned_ahead{30};  ///< a certificate that ends sooner is a warning
};

/// Judges order, issuers, times, key, names, purpose and strength. Nothing found: it is good.
/// Pure; faults come first.
[[nodiscard]] std::vector<ChainFinding> check_chain(const ChainInput& input, Timestamp now);

/// The same of files, and whether they can be read by those who should only. An empty path is
/// not looked at.
struct ChainFiles {
    std::filesystem::path certificate_file;
    std::filesystem::path key_file{};
    std::filesystem::path trust_file{};
    std::vector<std::string> hosts{};
    ChainUse use = ChainUse::server;
};
[[nodiscard]] std::vector<ChainFinding> check_chain_files(const ChainFiles& files, Timestamp now);

}  // namespace katydid::certs
