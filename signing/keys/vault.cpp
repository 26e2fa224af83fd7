#include "signing/keys/vault.hpp"

#include "signing/algorithms/digest.hpp"
#include "hub/core/codec/encoding.hpp"
#include "hub/core/codec/openssl.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <vector>

namespace katydid::signing {
namespace {

constexpr char version = 1;
constexpr std::size_t id_bytes = 8;
constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;
constexpr std::size_t head_bytes = 1 + id_bytes + nonce_bytes;

using MasterKey = std::array<unsigned char, 32>;

using CipherContext = Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

struct MasterEntry {
    MasterKey key;
    std::string id;  ///< the first 8 bytes of a hash of the key: names it, tells nothing about it
};

std::string id_of(const MasterKey& key)
{
    const std::string_view bytes{reinterpret_cast<const char*>(key.data()), key.size()};
    const auto hash = hmac(Hash::sha256, bytes, "katydid master key id");
    return std::string{hash.view().substr(0, id_bytes)};
}

MasterEntry checked(const MasterKey& key)
{
    if (std::all_of(key.begin(), key.end(), [](unsigned char c) { return c == 0; }))
        throw Failure{Error{errc::invalid_argument,
                            "the master key is all zero: make one with `openssl rand -hex 32`"}};
    return {key, id_of(key)};
}

/// What a sealed secret is bound to: a change of tenant or row makes the tag wrong.
std::string associated_data(TenantId tenant, KeyId row, std::string_view head)
{
    std::string data{head};
    data.append(tenant.bytes().begin(), tenant.bytes().end());
    data.append(row.bytes().begin(), row.bytes().end());
    return data;
}

/// One pass of AES-256-GCM. For opening, `tag` is checked; for sealing, it is written.
bool run_gcm(bool seal, const MasterKey& key, std::string_view nonce, std::string_view data,
             std::string_view input, std::string& output, std::array<char, tag_bytes>& tag)
{
    const CipherContext context{EVP_CIPHER_CTX_new()};
    EVP_CIPHER_CTX* const c = context.get();
    int size = 0;
    output.resize(input.size());
    auto* const out = reinterpret_cast<unsigned char*>(output.data());
    bool good
        = c != nullptr
          && EVP_CipherInit_ex(c, EVP_aes_256_gcm(), nullptr, key.data(), bytes_of(nonce),
                               seal ? 1 : 0)
                 == 1
          && EVP_CipherUpdate(c, nullptr, &size, bytes_of(data), static_cast<int>(data.size())) == 1
          && EVP_CipherUpdate(c, out, &size, bytes_of(input), static_cast<int>(input.size())) == 1;
    if (good && !seal)
        good = EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, tag_bytes, tag.data()) == 1;
    good = good && EVP_CipherFinal_ex(c, out + size, &size) == 1;
    if (good && seal)
        good = EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, tag_bytes, tag.data()) == 1;
    return good;
}

}  // namespace

struct Vault::Impl {
    std::vector<MasterEntry> keys;  ///< the first seals, all of them open

    ~Impl()
    {
        for (auto& entry : keys) OPENSSL_cleanse(entry.key.data(), entry.key.size());
    }
};

Vault::Vault(const std::array<unsigned char, 32>& master_key) : impl_{std::make_unique<Impl>()}
{
    impl_->keys.reserve(8);
    impl_->keys.push_back(checked(master_key));
}

Vault::~Vault() = default;

void Vault::add_previous_key(const std::array<unsigned char, 32>& master_key)
{
    if (impl_->keys.size() == impl_->keys.capacity())
        throw Failure{Error{errc::over_limit, "at most 7 previous master keys can be kept"}};
    impl_->keys.push_back(checked(master_key));
}

std::string Vault::prove(std::string_view text) const
{
    const auto& key = impl_->keys.front().key;
    const std::string_view bytes{reinterpret_cast<const char*>(key.data()), key.size()};
    const auto proof = hmac(Hash::sha256, bytes, "katydid proof\n" + std::string{text});
    return encode(Encoding::hex, proof.view());
}

bool Vault::has_previous_keys() const noexcept { return impl_->keys.size() > 1; }

std::vector<std::string> Vault::derive_keys(std::string_view purpose) const
{
    std::vector<std::string> derived;
    for (const auto& entry : impl_->keys) {
        const std::string_view master{reinterpret_cast<const char*>(entry.key.data()),
                                      entry.key.size()};
        const auto key = hmac(Hash::sha256, master, purpose);
        derived.emplace_back(key.view());
    }
    return derived;
}

std::string Vault::seal(TenantId tenant, KeyId row, const Secret& secret) const
{
    const auto& master = impl_->keys.front();
    std::string sealed(head_bytes, version);
    std::copy(master.id.begin(), master.id.end(), sealed.begin() + 1);
    auto* const nonce = reinterpret_cast<unsigned char*>(sealed.data()) + 1 + id_bytes;
    std::string cipher;
    std::array<char, tag_bytes> tag{};
    const bool random = RAND_bytes(nonce, static_cast<int>(nonce_bytes)) == 1;
    const auto head = std::string_view{sealed}.substr(0, 1 + id_bytes);
    if (!random
        || !run_gcm(true, master.key, std::string_view{sealed}.substr(1 + id_bytes),
                    associated_data(tenant, row, head), secret.text(), cipher, tag))
        throw Failure{Error{errc::internal, "OpenSSL cannot encrypt a secret"}};
    sealed += cipher;
    sealed.append(tag.data(), tag.size());
    return sealed;
}

result<Secret> Vault::open(TenantId tenant, KeyId row, std::string_view sealed) const
{
    const auto corrupt = [&](const char* why) {
        return Error{errc::corrupt,
                     "the secret of " + row.to_string() + " cannot be opened: " + why};
    };
    if (sealed.size() < head_bytes + tag_bytes || sealed.front() != version)
        return corrupt("it is not a sealed secret");
    const auto id = sealed.substr(1, id_bytes);
    const auto master = std::find_if(impl_->keys.begin(), impl_->keys.end(),
                                     [&](const MasterEntry& entry) { return entry.id == id; });
    if (master == impl_->keys.end())
        return corrupt("it was sealed under another master key (see KATYDID_MASTER_KEY)");
    const auto nonce = sealed.substr(1 + id_bytes, nonce_bytes);
    const auto cipher = sealed.substr(head_bytes, sealed.size() - head_bytes - tag_bytes);
    std::array<char, tag_bytes> tag{};
    std::copy_n(sealed.end() - tag_bytes, tag_bytes, tag.begin());
    std::string text;
    const bool good = run_gcm(false, master->key, nonce,
                              associated_data(tenant, row, sealed.substr(0, 1 + id_bytes)), cipher,
                              text, tag);
    Secret secret{std::move(text)};
    if (!good) return corrupt("its bytes were changed or moved from another row");
    return secret;
}

bool Vault::needs_reseal(std::string_view sealed) const noexcept
{
    return sealed.size() < head_bytes || sealed.front() != version
           || sealed.substr(1, id_bytes) != impl_->keys.front().id;
}

bool Vault::knows_master_key(std::string_view sealed) const noexcept
{
    if (sealed.size() < head_bytes + tag_bytes || sealed.front() != version) return true;
    const auto id = sealed.substr(1, id_bytes);
    return std::any_of(impl_->keys.begin(), impl_->keys.end(),
                       [&](const MasterEntry& entry) { return entry.id == id; });
}

result<std::array<unsigned char, 32>> parse_master_key(std::string_view text)
{
    constexpr std::string_view blank = " \t\r\n";
    const auto first = text.find_first_not_of(blank);
    if (first != std::string_view::npos)
        text = text.substr(first, text.find_last_not_of(blank) - first + 1);
    std::array<char, 32> bytes{};
    const auto encoding = text.size() == 64 ? Encoding::hex : Encoding::base64;
    const auto size = decode(encoding, text, bytes);
    if (!size || *size != bytes.size())
        return Error{errc::invalid_argument,
                     "a master key is 64 hex digits, or the base64 of 32 bytes: make one with "
                     "`openssl rand -hex 32`"};
    std::array<unsigned char, 32> key{};
    std::copy(bytes.begin(), bytes.end(), key.begin());
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return key;
}

}  // namespace katydid::signing
