// Where an HTTP/1.1 message ends, and the few things of it that a load test looks at.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace katydid::bench {

bool equals_ignoring_case(std::string_view a, std::string_view lower_case) noexcept;

/// Calls `visit(name, value)` for each header line of a head (start line to the blank line).
template <class Visit>
void for_each_header(std::string_view head, Visit&& visit)
{
    auto at = head.find("\r\n");
    while (at != std::string_view::npos && at + 2 < head.size()) {
        const auto begin = at + 2;
        at = head.find("\r\n", begin);
        const auto line = head.substr(begin, at == std::string_view::npos ? at : at - begin);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        auto value = line.substr(colon + 1);
        while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
        visit(line.substr(0, colon), value);
    }
}

/// Follows one message as its bytes arrive. It trusts its peer (a load test talks to servers under
/// test, on purpose chosen), so it checks only what it needs in order not to run off the end.
///
/// Thread safety: none.
class MessageScanner {
public:
    enum class Progress { more, done, broken };

    void reset() noexcept { *this = MessageScanner{}; }

    /// \param bytes  everything received so far of this message, and perhaps of the next one;
    ///               the same bytes and more on every call
    Progress scan(std::string_view bytes) noexcept;
    /// The peer closed: a response without any length ends here.
    [[nodiscard]] Progress end_of_stream() const noexcept;

    [[nodiscard]] std::size_t head_bytes() const noexcept { return head_bytes_; }  ///< 0: not yet
    [[nodiscard]] std::size_t size() const noexcept { return end_; }         ///< valid once done
    [[nodiscard]] std::size_t size_wanted() const noexcept { return end_; }  ///< 0: not known yet
    [[nodiscard]] bool is_chunked() const noexcept { return chunked_; }
    [[nodiscard]] bool closes() const noexcept { return closes_; }
    /// Of a response; 0 for a request.
    [[nodiscard]] unsigned status() const noexcept { return status_; }
    /// The body of a finished message, without its chunk framing. \param bytes  as given to scan
    [[nodiscard]] std::string body(std::string_view bytes) const;

private:
    bool read_head(std::string_view head) noexcept;
    Progress walk_chunks(std::string_view bytes) noexcept;

    std::size_t head_bytes_ = 0;
    std::size_t end_ = 0;
    std::size_t chunk_at_ = 0;  ///< where the next chunk's size line begins
    unsigned status_ = 0;
    bool chunked_ = false;
    bool has_length_ = false;
    bool closes_ = false;
};

}  // namespace katydid::bench
