#include "signing/algorithms/digest.hpp"

#include "hub/core/error.hpp"
#include "hub/core/codec/encoding.hpp"
#include "hub/core/codec/openssl.hpp"
#include "signing/algorithms/work.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace katydid::signing {
namespace {

struct HashInfo {
    const char* name;
    std::size_t output_bytes;
    std::size_t block_bytes;
};

constexpr std::array<HashInfo, 4> infos{
    {{"SHA1", 20, 64}, {"SHA256", 32, 64}, {"SHA384", 48, 128}, {"SHA512", 64, 128}}};

const HashInfo& info_of(Hash hash) noexcept { return infos[static_cast<std::size_t>(hash)]; }

using Context = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;

[[noreturn]] void fail(const char* what)
{
    throw Failure{Error{errc::internal, std::string{"OpenSSL failed: "} + what}};
}

/// OpenSSL 3 looks an algorithm up by name on every use unless it was fetched before.
const EVP_MD* fetched(Hash hash)
{
    using Md = Owned<EVP_MD, EVP_MD_free>;
    static const std::array<Md, 4> table = [] {
        std::array<Md, 4> made;
        for (std::size_t i = 0; i < made.size(); ++i)
            made[i].reset(EVP_MD_fetch(nullptr, infos[i].name, nullptr));
        return made;
    }();
    const EVP_MD* md = table[static_cast<std::size_t>(hash)].get();
    if (md == nullptr) fail("the hash is not available");
    return md;
}

/// A context that keeps its memory between uses on one thread.
EVP_MD_CTX* begin(Hash hash)
{
    thread_local std::array<Context, 4> contexts;
    auto& context = contexts[static_cast<std::size_t>(hash)];
    if (!context) context.reset(EVP_MD_CTX_new());
    if (!context || EVP_DigestInit_ex(context.get(), fetched(hash), nullptr) != 1)
        fail("a hash cannot be started");
    return context.get();
}

void update(EVP_MD_CTX* context, std::string_view bytes)
{
    count_work(bytes.size());
    if (EVP_DigestUpdate(context, bytes.data(), bytes.size()) != 1) fail("a hash update");
}

Digest finish(EVP_MD_CTX* context)
{
    Digest out;
    unsigned size = 0;
    if (EVP_DigestFinal_ex(context, reinterpret_cast<unsigned char*>(out.bytes.data()), &size) != 1)
        fail("a hash cannot be finished");
    out.size = size;
    return out;
}

using Block = std::array<char, 128>;

Block key_block(Hash hash, std::string_view key)
{
    Block block{};
    if (key.size() <= info_of(hash).block_bytes) {
        std::copy(key.begin(), key.end(), block.begin());
    } else {
        const Digest shortened = digest(hash, key);
        std::copy_n(shortened.bytes.begin(), shortened.size, block.begin());
    }
    return block;
}

void flip(Block& block, unsigned char mask) noexcept
{
    for (char& c : block) c = static_cast<char>(static_cast<unsigned char>(c) ^ mask);
}

}  // namespace

Digest digest(Hash hash, Parts message)
{
    EVP_MD_CTX* const context = begin(hash);
    for (const auto part : message) update(context, part);
    return finish(context);
}

Digest hmac(Hash hash, std::string_view key, Parts message)
{
    constexpr unsigned char inner_pad = 0x36;
    constexpr unsigned char outer_pad = 0x5c;
    const std::size_t block_bytes = info_of(hash).block_bytes;
    Block block = key_block(hash, key);
    flip(block, inner_pad);
    EVP_MD_CTX* context = begin(hash);
    update(context, {block.data(), block_bytes});
    for (const auto part : message) update(context, part);
    const Digest inner = finish(context);

    flip(block, inner_pad ^ outer_pad);
    context = begin(hash);
    update(context, {block.data(), block_bytes});
    update(context, inner.view());
    OPENSSL_cleanse(block.data(), block.size());
    return finish(context);
}

Digest digest(Hash hash, std::string_view message) { return digest(hash, Parts{&message, 1}); }

Digest hmac(Hash hash, std::string_view key, std::string_view message)
{
    return hmac(hash, key, Parts{&message, 1});
}

std::string sha256_hex(std::string_view bytes)
{
    return encode(Encoding::hex, digest(Hash::sha256, bytes).view());
}

std::uint32_t crc32(std::string_view bytes) noexcept
{
    static constexpr auto table = [] {
        std::array<std::uint32_t, 256> made{};
        for (std::uint32_t i = 0; i < made.size(); ++i) {
            std::uint32_t value = i;
            for (int bit = 0; bit < 8; ++bit)
                value = (value & 1U) != 0 ? 0xedb88320U ^ (value >> 1U) : value >> 1U;
            made[i] = value;
        }
        return made;
    }();
    count_work(bytes.size());
    std::uint32_t value = 0xffffffffU;
    for (const char c : bytes)
        value = table[(value ^ static_cast<unsigned char>(c)) & 0xffU] ^ (value >> 8U);
    return value ^ 0xffffffffU;
}

bool equal_bytes(std::string_view a, std::string_view b) noexcept
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace katydid::signing
