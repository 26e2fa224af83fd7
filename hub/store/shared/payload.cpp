#include "hub/store/shared/payload.hpp"

#include "hub/core/codec/gzip.hpp"
#include "hub/core/codec/sha.hpp"

#include <zstd.h>

namespace katydid::store {
namespace {

constexpr int compression_level = 1;

Error corrupt(const char* sentence) { return Error{errc::corrupt, sentence}; }

result<std::string> decompress_zstd(const PayloadRow& row)
{
    const Error damaged = corrupt("The stored payload is damaged.");
    // The frame names its own size: a flipped bit must not become a huge allocation.
    if (ZSTD_getFrameContentSize(row.stored.data(), row.stored.size()) != row.bytes_expected)
        return damaged;
    std::string bytes(row.bytes_expected, '\0');
    const auto size = ZSTD_decompress(bytes.data(), bytes.size(), row.stored.data(),
                                      row.stored.size());
    if (ZSTD_isError(size) != 0U || size != row.bytes_expected) return damaged;
    return bytes;
}

}  // namespace

Digest sha256(std::string_view bytes)
{
    ShaState state{Sha::sha256};
    state.update(bytes);
    Digest digest{};
    state.finish(digest.data());
    return digest;
}

StoredPayload encode_payload(const Event& event)
{
    const auto& bytes = *event.payload;
    StoredPayload stored;
    stored.digest = sha256(bytes);
    if (event.compressed) {
        stored.encoding = Encoding::gzip;
        stored.compressed = *event.compressed;
        return stored;
    }
    if (bytes.size() < compress_bytes_min) return stored;
    std::string compressed(ZSTD_compressBound(bytes.size()), '\0');
    const auto size = ZSTD_compress(compressed.data(), compressed.size(), bytes.data(),
                                    bytes.size(), compression_level);
    if (ZSTD_isError(size) != 0U || size > bytes.size() - bytes.size() / 8) return stored;
    compressed.resize(size);
    stored.encoding = Encoding::zstd;
    stored.compressed = std::move(compressed);
    return stored;
}

result<void> decode_payload(const PayloadRow& row, Event& event)
{
    if (row.encoding == Encoding::erased) {
        event.payload = std::make_shared<const std::string>();
        return {};
    }
    auto bytes = row.encoding == Encoding::zstd   ? decompress_zstd(row)
                 : row.encoding == Encoding::gzip ? gunzip(row.stored, row.bytes_expected)
                                                  : result<std::string>{std::string{row.stored}};
    if (!bytes) return corrupt("The stored payload is damaged: it cannot be decompressed.");
    const auto found = sha256(*bytes);
    if (row.digest.size() != found.size()
        || std::memcmp(row.digest.data(), found.data(), found.size()) != 0)
        return corrupt("The stored payload does not match its checksum.");
    event.payload = std::make_shared<const std::string>(std::move(*bytes));
    if (row.encoding == Encoding::gzip)
        event.compressed = std::make_shared<const std::string>(row.stored);
    return {};
}

}  // namespace katydid::store
