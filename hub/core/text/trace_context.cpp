#include "hub/core/text/trace_context.hpp"

#include "hub/core/codec/hex.hpp"

#include <algorithm>

namespace katydid {
namespace {

constexpr std::size_t text_bytes = 55;  ///< 00-<32>-<16>-01

/// Two lower-case digits, or -1.
int read_byte(std::string_view text) noexcept
{
    const auto high = hex_digits.find(text[0]);
    const auto low = hex_digits.find(text[1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return -1;
    return static_cast<int>(high * 16 + low);
}

template <std::size_t N>
bool read_bytes(std::string_view text, std::array<std::uint8_t, N>& bytes) noexcept
{
    for (std::size_t i = 0; i < N; ++i) {
        const int byte = read_byte(text.substr(i * 2, 2));
        if (byte < 0) return false;
        bytes[i] = static_cast<std::uint8_t>(byte);
    }
    return std::ranges::any_of(bytes, [](auto byte) { return byte != 0; });
}

template <std::size_t N>
std::string write_bytes(const std::array<std::uint8_t, N>& bytes)
{
    std::string text;
    text.reserve(N * 2);
    for (const auto byte : bytes) append_hex(text, static_cast<char>(byte));
    return text;
}

/// splitmix64 (https://prng.di.unimi.it/splitmix64.c): spreads any input over all 64 bits.
std::uint64_t spread(std::uint64_t value) noexcept
{
    value += 0x9E3779B97F4A7C15ULL;
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBULL;
    return value ^ (value >> 31U);
}

}  // namespace

std::optional<TraceContext> parse_traceparent(std::string_view text) noexcept
{
    if (text.size() < text_bytes || text[2] != '-' || text[35] != '-' || text[52] != '-')
        return std::nullopt;
    const int version = read_byte(text);
    const int flags = read_byte(text.substr(53));
    if (version < 0 || version == 0xFF || flags < 0) return std::nullopt;
    if (version == 0 && text.size() != text_bytes) return std::nullopt;
    if (text.size() > text_bytes && text[text_bytes] != '-') return std::nullopt;
    TraceContext context;
    if (!read_bytes(text.substr(3), context.trace) || !read_bytes(text.substr(36), context.span))
        return std::nullopt;
    context.sampled = (flags & 1) != 0;
    return context;
}

std::string_view trace_of(std::string_view traceparent) noexcept
{
    return parse_traceparent(traceparent) ? traceparent.substr(3, 32) : std::string_view{};
}

std::string to_traceparent(const TraceContext& context)
{
    return "00-" + to_text(context.trace) + "-" + to_text(context.span)
           + (context.sampled ? "-01" : "-00");
}

std::string to_text(const TraceId& id) { return write_bytes(id); }
std::string to_text(const SpanId& id) { return write_bytes(id); }

SpanId attempt_span(DeliveryId delivery, std::uint32_t attempt) noexcept
{
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    std::memcpy(&high, delivery.bytes().data(), sizeof high);
    std::memcpy(&low, delivery.bytes().data() + sizeof high, sizeof low);
    auto value = spread(spread(spread(high) ^ low) + attempt);
    if (value == 0) value = 1;  // a span id of zero is none
    SpanId span{};
    std::memcpy(span.data(), &value, sizeof value);
    return span;
}

std::string attempt_traceparent(std::string_view stored, DeliveryId delivery, std::uint32_t attempt)
{
    auto context = parse_traceparent(stored);
    if (!context || !context->sampled) return std::string{stored};
    context->span = attempt_span(delivery, attempt);
    return to_traceparent(*context);
}

}  // namespace katydid
