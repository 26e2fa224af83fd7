#include "signing/algorithms/digest.hpp"

#include "hub/core/codec/encoding.hpp"
#include "hub/core/codec/sha.hpp"
#include "signing/algorithms/work.hpp"

#include <openssl/crypto.h>

namespace katydid::signing {
namespace {

struct HashInfo {
    Sha kind;
    std::size_t output_bytes;
    std::size_t block_bytes;
};

constexpr std::array<HashInfo, 4> infos{
    {{Sha::sha1, 20, 64}, {Sha::sha256, 32, 64}, {Sha::sha384, 48, 128}, {Sha::sha512, 64, 128}}};

const HashInfo& info_of(Hash hash) noexcept { return infos[static_cast<std::size_t>(hash)]; }

/// A hash under way, its work counted.
class Hashing {
public:
    explicit Hashing(Hash hash) : info_{info_of(hash)}, state_{info_.kind} {}

    void update(std::string_view bytes)
    {
        count_work(bytes.size());
        state_.update(bytes);
    }
    Digest finish()
    {
        Digest out;
        state_.finish(reinterpret_cast<unsigned char*>(out.bytes.data()));
        out.size = info_.output_bytes;
        return out;
    }

private:
    const HashInfo& info_;
    ShaState state_;
};

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
    Hashing hashing{hash};
    for (const auto part : message) hashing.update(part);
    return hashing.finish();
}

Digest hmac(Hash hash, std::string_view key, Parts message)
{
    constexpr unsigned char inner_pad = 0x36;
    constexpr unsigned char outer_pad = 0x5c;
    const std::size_t block_bytes = info_of(hash).block_bytes;
    Block block = key_block(hash, key);
    flip(block, inner_pad);
    Hashing inner{hash};
    inner.update({block.data(), block_bytes});
    for (const auto part : message) inner.update(part);

    flip(block, inner_pad ^ outer_pad);
    Hashing outer{hash};
    outer.update({block.data(), block_bytes});
    outer.update(inner.finish().view());
    OPENSSL_cleanse(block.data(), block.size());
    return outer.finish();
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
