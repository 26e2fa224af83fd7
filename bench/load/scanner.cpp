#include "bench/load/scanner.hpp"

#include <algorithm>
#include <charconv>

namespace katydid::bench {

namespace {

/// Reads a whole number from the front of a text; false when there is none.
bool read_number(std::string_view text, int base, std::size_t& value) noexcept
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    return error == std::errc{} && end != text.data();
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view lower_case) noexcept
{
    return std::equal(a.begin(), a.end(), lower_case.begin(), lower_case.end(),
                      [](char left, char right) {
                          return (left >= 'A' && left <= 'Z' ? left | 0x20 : left) == right;
                      });
}

bool MessageScanner::read_head(std::string_view head) noexcept
{
    if (head.starts_with("HTTP/1.")) {
        std::size_t status = 0;
        if (head.size() < 12 || !read_number(head.substr(9, 3), 10, status)) return false;
        status_ = static_cast<unsigned>(status);
        closes_ = head[7] == '0';
    }
    bool sound = true;
    for_each_header(head, [&](std::string_view name, std::string_view value) {
        // The length decides quickly: most headers are none of these three.
        if (name.size() == 14 && equals_ignoring_case(name, "content-length")) {
            has_length_ = true;
            sound = sound && read_number(value, 10, end_);
        } else if (name.size() == 17 && equals_ignoring_case(name, "transfer-encoding")) {
            chunked_ = equals_ignoring_case(value, "chunked");
        } else if (name.size() == 10 && equals_ignoring_case(name, "connection")) {
            closes_ = equals_ignoring_case(value, "close");
        }
    });
    head_bytes_ = head.size();
    const bool bodiless = status_ == 204 || status_ == 304 || (status_ >= 100 && status_ < 200);
    if (bodiless) end_ = 0;
    if (bodiless || status_ == 0) has_length_ = true;  // a request without a length has no body
    end_ = chunked_ ? 0 : end_ + head_bytes_;
    chunk_at_ = head_bytes_;
    return sound;
}

MessageScanner::Progress MessageScanner::walk_chunks(std::string_view bytes) noexcept
{
    for (;;) {
        const auto line_end = bytes.find("\r\n", chunk_at_);
        if (line_end == std::string_view::npos) return Progress::more;
        std::size_t size = 0;
        if (!read_number(bytes.substr(chunk_at_, line_end - chunk_at_), 16, size))
            return Progress::broken;
        const auto next = line_end + 2 + size + 2;
        if (next > bytes.size()) return Progress::more;
        if (size == 0) {  // trailers are not supported: the blank line follows at once
            end_ = next;
            return Progress::done;
        }
        chunk_at_ = next;
    }
}

MessageScanner::Progress MessageScanner::scan(std::string_view bytes) noexcept
{
    if (head_bytes_ == 0) {
        const auto blank = bytes.find("\r\n\r\n");
        if (blank == std::string_view::npos) return Progress::more;
        if (!read_head(bytes.substr(0, blank + 4))) return Progress::broken;
    }
    if (chunked_) return walk_chunks(bytes);
    if (!has_length_) return Progress::more;  // until the peer closes
    return bytes.size() >= end_ ? Progress::done : Progress::more;
}

MessageScanner::Progress MessageScanner::end_of_stream() const noexcept
{
    return head_bytes_ != 0 && !chunked_ && !has_length_ ? Progress::done : Progress::broken;
}

std::string MessageScanner::body(std::string_view bytes) const
{
    if (!chunked_)
        return std::string{
            bytes.substr(head_bytes_, has_length_ ? end_ - head_bytes_ : bytes.npos)};
    std::string text;
    for (std::size_t at = head_bytes_;;) {
        std::size_t size = 0;
        const auto line_end = bytes.find("\r\n", at);
        read_number(bytes.substr(at, line_end - at), 16, size);
        if (size == 0) return text;
        text.append(bytes.substr(line_end + 2, size));
        at = line_end + 2 + size + 2;
    }
}

}  // namespace katydid::bench
