#include "hub/api/access/sealed_token.hpp"

#include "hub/api/access/access.hpp"
#include "hub/core/codec/encoding.hpp"

#include <algorithm>

namespace katydid::api {

KeyId seal_row(std::string_view purpose)
{
    const auto hash = hash_api_key(purpose);
    IdBytes bytes{};
    std::copy_n(hash.begin(), bytes.size(), bytes.begin());
    return KeyId{bytes};
}

std::string seal_token(const signing::Vault& vault, std::string_view purpose, std::string said)
{
    const auto sealed = vault.seal(default_tenant(), seal_row(purpose), Secret{std::move(said)});
    return encode(Encoding::base64url, sealed);
}

std::optional<Secret> open_token(const signing::Vault& vault, std::string_view purpose,
                                 std::string_view token)
{
    const auto sealed = decode(Encoding::base64url, token);
    if (!sealed) return std::nullopt;
    auto opened = vault.open(default_tenant(), seal_row(purpose), *sealed);
    if (!opened) return std::nullopt;
    return std::move(*opened);
}

}  // namespace katydid::api
