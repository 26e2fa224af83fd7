#include "hub/store/shared/encoding.hpp"

#include "hub/store/shared/payload.hpp"

#include <array>

namespace katydid::store {
namespace {

constexpr std::size_t verbatim_bytes_max = 48;
constexpr std::size_t prefix_bytes = 32;
constexpr std::size_t hash_bytes = 16;

void put_length(std::string& out, std::size_t length)
{
    std::array<char, 4> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(length >> 8 * i);
    out.append(bytes.data(), bytes.size());
}

/// Takes a length and that many bytes off the front; false when the bytes end early.
bool take(std::string_view& bytes, std::string_view& out, std::size_t length)
{
    if (bytes.size() < length) return false;
    out = bytes.substr(0, length);
    bytes.remove_prefix(length);
    return true;
}

bool take_length(std::string_view& bytes, std::size_t& length)
{
    std::string_view raw;
    if (!take(bytes, raw, 4)) return false;
    length = 0;
    for (std::size_t i = 4; i-- > 0;) length = (length << 8U) | static_cast<unsigned char>(raw[i]);
    return true;
}

}  // namespace

std::string encode_headers(const Headers& headers)
{
    std::string out;
    std::size_t size = 0;
    for (const auto& [name, value] : headers) size += 8 + name.size() + value.size();
    out.reserve(size);
    for (const auto& [name, value] : headers) {
        put_length(out, name.size());
        put_length(out, value.size());
        out.append(name).append(value);
    }
    return out;
}

Headers decode_headers(std::string_view bytes)
{
    Headers headers;
    std::size_t name_size = 0;
    std::size_t value_size = 0;
    std::string_view name;
    std::string_view value;
    while (take_length(bytes, name_size) && take_length(bytes, value_size)
           && take(bytes, name, name_size) && take(bytes, value, value_size))
        headers.push_back({std::string{name}, std::string{value}});
    return headers;
}

KeyBytes dedupe_key_bytes(std::string_view source, std::string_view external_id)
{
    KeyBytes key;
    const auto append = [&key](std::string_view bytes) {
        key.insert(key.end(), bytes.begin(), bytes.end());
    };
    append(source);
    key.push_back('\0');
    if (external_id.size() <= verbatim_bytes_max) {
        append(external_id);
        return key;
    }
    // No verbatim id is that long, so the two kinds of key cannot meet.
    const auto hash = sha256(external_id);
    append(external_id.substr(0, prefix_bytes));
    key.push_back('\0');
    append({reinterpret_cast<const char*>(hash.data()), hash_bytes});
    return key;
}

std::string dedupe_key(std::string_view source, std::string_view external_id)
{
    const auto key = dedupe_key_bytes(source, external_id);
    return {key.data(), key.size()};
}

Digest chain_hash(const AuditEntry& entry, std::string_view previous_hash)
{
    // Every field with its length, so that no two entries share a text.
    std::string text{previous_hash};
    const auto at = std::to_string(to_integer(entry.at));
    const auto tenant = entry.tenant.to_string();
    for (const std::string* field :
         {&tenant, &at, &entry.actor, &entry.action, &entry.object, &entry.detail}) {
        text.append(std::to_string(field->size())).push_back(':');
        text.append(*field);
    }
    return sha256(text);
}

}  // namespace katydid::store
