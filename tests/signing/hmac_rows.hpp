// Rows of vectors for the schemes that sign with a shared secret.
#pragma once

#include "tests/signing/vectors.hpp"

namespace katydid::signing::test {

inline const std::string T = std::to_string(vector_time);
inline const std::string Tms = T + "000";
inline const std::string Tiso = "2025-06-15T12:00:00Z";
inline const std::string Thttp = "Sun, 15 Jun 2025 12:00:00 GMT";

/// How a row's secret is written, and what key it stands for.
enum class Keyed { utf8, hex, base64, whsec };

struct Row {
    std::string scheme;
    const char* hash;
    char encoding;  ///< h: hex, b: base64, u: base64url
    std::string header_name;
    std::string header;  ///< with $ for the signature
    std::string body;
    std::string before;  ///< what is signed before the body
    std::string after;   ///< and after it
    std::string type;
    std::string id;
    Headers headers = {};
    Keyed keyed = Keyed::utf8;
    std::optional<std::int64_t> past_max = {};
    std::optional<std::int64_t> future_max = {};
};

void check_row(const Row& row);

}  // namespace katydid::signing::test
