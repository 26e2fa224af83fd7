#include "tests/e2e/webhooks.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace katydid::test {
namespace {

constexpr std::string_view occurred_at = "2026-06-15T18:00:00.000Z";

const unsigned char* bytes_of(std::string_view text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string hmac_sha256(std::string_view key, std::string_view bytes)
{
    std::array<unsigned char, 32> digest{};
    ::HMAC(::EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(bytes), bytes.size(),
           digest.data(), nullptr);
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string base64(std::string_view bytes)
{
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int size = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                       bytes_of(bytes), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::string from_base64(std::string_view text)
{
    std::string bytes(text.size(), '\0');
    const int size = ::EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                       bytes_of(text), static_cast<int>(text.size()));
    bytes.resize(static_cast<std::size_t>(size));
    if (text.ends_with("==")) bytes.pop_back();
    if (text.ends_with("=")) bytes.pop_back();
    return bytes;
}

std::string unix_seconds()
{
    const auto now = system_clock().now().time_since_epoch();
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

}  // namespace

std::string hmac_hex(std::string_view key, std::string_view bytes)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char letter : hmac_sha256(key, bytes)) {
        const auto byte = static_cast<unsigned char>(letter);
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
    }
    return text;
}

std::string standard_signature(std::string_view secret, std::string_view id,
                               std::string_view timestamp, std::string_view body)
{
    const auto key = from_base64(secret.substr(std::string_view{"whsec_"}.size()));
    std::string message{id};
    message.append(".").append(timestamp).append(".").append(body);
    return "v1," + base64(hmac_sha256(key, message));
}

WireRequest atlvs_bytes(const std::string& body)
{
    return {"POST",
            "/api/webhooks/atlvs",
            {{"Content-Type", "application/json"},
             {"X-Webhook-Signature", hmac_hex(atlvs_secret, body)}},
            body};
}

WireRequest atlvs_webhook(const std::string& id, const std::string& type,
                          const std::string& payload)
{
    auto request = atlvs_bytes(R"({"id":")" + id + R"(","name":")" + type + R"(","occurredAt":")"
                               + std::string{occurred_at} + R"(","payload":)" + payload + "}");
    request.headers.push_back({"X-Webhook-Event", type});
    return request;
}

WireRequest atlvs_envelope(const std::string& type, const std::string& data)
{
    auto request = atlvs_bytes(R"({"event":")" + type + R"(","data":)" + data + R"(,"timestamp":")"
                               + std::string{occurred_at} + R"("})");
    request.headers[1].name = "X-ATLVS-Signature";
    return request;
}

WireRequest grasshopper_webhook(const std::string& id, const std::string& type,
                                const std::string& data)
{
    const auto body = R"({"type":")" + type + R"(","timestamp":")" + std::string{occurred_at}
                      + R"(","data":)" + data + "}";
    const auto timestamp = unix_seconds();
    return {"POST",
            "/api/webhooks/grasshopper",
            {{"Content-Type", "application/json"},
             {"webhook-id", id},
             {"webhook-timestamp", timestamp},
             {"webhook-signature", standard_signature(grasshopper_secret, id, timestamp, body)}},
            body};
}

}  // namespace katydid::test
