// The chunked transfer coding. RFC 9112, section 7.1.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace katydid::http {

/// Takes the chunks off a body, in bytes that arrive bit by bit.
///
/// Ours and not Beast's, which takes any number of leading zeros, and whose version 1.81 has an
/// assertion that a last chunk in three pieces ("0\r\n", "\r", "\n") fails. Chunk extensions are
/// skipped and bounded over the whole body, trailers are checked, bounded and dropped.
/// Pure. Thread safety: none.
class ChunkReader {
public:
    static constexpr unsigned size_digits_max = 16;
    static constexpr std::size_t extension_bytes_max = 256;
    static constexpr std::size_t lenient_extension_bytes_max = 8 * 1024;
    static constexpr std::size_t trailer_bytes_max = 8 * 1024;

    enum class Status { need_more, done, too_large, malformed };
    /// Requests are read strictly. Answers as other clients do: blanks around a size, a line feed
    /// alone, anything in extensions and trailers. Where a chunk ends is never guessed.
    enum class Rules : std::uint8_t { strict, lenient };

    /// \param early  whether a chunk over the limit is told at once, and not when the limit is
    ///               reached with what fits kept
    void begin(std::uint64_t body_bytes_max, bool early, Rules rules = Rules::strict);

    /// Takes bytes and appends what they hold to `body`. How many were taken is added to
    /// `consumed`; after the last chunk none are.
    Status put(std::string_view bytes, std::string& body, std::size_t& consumed);

    /// Whether nothing needed the lenient rules so far.
    [[nodiscard]] bool is_exact() const noexcept { return exact_; }
    /// Whether the last chunk was read: what is missing are trailers and the empty line.
    [[nodiscard]] bool is_past_data() const noexcept
    {
        return state_ == State::trailer || state_ == State::trailer_line_feed
               || state_ == State::done;
    }

    /// What was wrong, for a person.
    [[nodiscard]] std::string_view why() const noexcept { return why_; }

private:
    enum class State : std::uint8_t {
        size,
        extension,
        size_line_feed,
        data,
        data_return,
        data_line_feed,
        trailer,
        trailer_line_feed,
        done
    };

    Status take(char c);
    Status take_size(char c);
    Status take_extension(char c);
    Status take_trailer(char c);
    Status end_size_line();
    Status end_trailer_line();
    Status copy_data(std::string_view bytes, std::string& body, std::size_t& used);
    Status malformed(std::string_view why) noexcept;
    bool excuse() noexcept;

    State state_ = State::size;
    bool early_ = true;
    Rules rules_ = Rules::strict;
    bool exact_ = true;
    unsigned digits_ = 0;
    std::uint64_t left_ = 0;      ///< of this chunk
    std::uint64_t room_ = 0;      ///< of the body
    std::size_t extensions_ = 0;  ///< bytes
    std::size_t trailers_ = 0;    ///< bytes
    std::string line_;            ///< of the trailers
    std::string_view why_;
};

}  // namespace katydid::http
