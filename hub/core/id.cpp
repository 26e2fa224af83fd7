#include "hub/core/id.hpp"

#include "hub/core/id_text.hpp"

namespace katydid {
namespace {

constexpr std::string_view crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

constexpr auto digit_values = [] {
    std::array<std::int8_t, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < crockford.size(); ++i)
        values[static_cast<unsigned char>(crockford[i])] = static_cast<std::int8_t>(i);
    return values;
}();

constexpr std::size_t text_size = 26;
constexpr std::size_t prefix_size = 4;  // "evt_"

}  // namespace

std::array<char, text_size> to_ulid_digits(const IdBytes& bytes) noexcept
{
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    for (std::size_t i = 0; i < 8; ++i) high = (high << 8U) | bytes[i];
    for (std::size_t i = 8; i < 16; ++i) low = (low << 8U) | bytes[i];
    std::array<char, text_size> text;
    // 26 digits hold 130 bits, so the first digit carries only three; the 14th has one bit of the
    // upper half and four of the lower.
    text[0] = crockford[high >> 61U];
    text[13] = crockford[((high & 1U) << 4U) | (low >> 60U)];
    for (std::size_t i = 0; i < 12; ++i) {
        text[1 + i] = crockford[(high >> (56 - 5 * i)) & 31U];
        text[14 + i] = crockford[(low >> (55 - 5 * i)) & 31U];
    }
    return text;
}

std::string to_ulid_text(const IdBytes& bytes)
{
    const auto made = to_ulid_digits(bytes);
    std::string text;
    text.reserve(text_size + prefix_size);  // what goes before it then needs no second allocation
    text.append(made.data(), made.size());
    return text;
}

std::optional<IdBytes> parse_ulid_text(std::string_view text)
{
    if (text.size() != text_size || text.front() > '7') return std::nullopt;
    IdBytes bytes{};
    unsigned accumulator = 0;
    int bits = -2;
    std::size_t out = 0;
    for (const char c : text) {
        const auto value = digit_values[static_cast<unsigned char>(c)];
        if (value < 0) return std::nullopt;
        accumulator = (accumulator << 5U) | static_cast<unsigned>(value);
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            bytes[out++] = static_cast<std::uint8_t>(accumulator >> static_cast<unsigned>(bits));
        }
    }
    return bytes;
}

IdBytes IdSource::next()
{
    const auto now = static_cast<std::uint64_t>(clock_.now().time_since_epoch().count());
    IdBytes bytes{};
    for (std::size_t i = 0; i < 6; ++i)
        bytes[i] = static_cast<std::uint8_t>(now >> (8U * (5U - i)));
    const bool same_time = std::equal(bytes.begin(), bytes.begin() + 6, last_.begin());
    const bool clock_went_back = std::lexicographical_compare(bytes.begin(), bytes.begin() + 6,
                                                              last_.begin(), last_.begin() + 6);
    if (same_time || clock_went_back) {
        bytes = last_;
        for (std::size_t i = bytes.size(); i-- > 0;)
            if (++bytes[i] != 0) break;
    } else {
        const auto high = random_();
        const auto low = random_();
        std::memcpy(bytes.data() + 6, &high, 8);
        std::memcpy(bytes.data() + 14, &low, 2);
    }
    last_ = bytes;
    return bytes;
}

std::uint64_t random_seed()
{
    std::random_device device;
    return (std::uint64_t{device()} << 32U) | device();
}

}  // namespace katydid
