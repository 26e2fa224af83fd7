#include "hub/http/message/chunk_reader.hpp"

#include "hub/core/text/text.hpp"
#include "hub/http/message/syntax.hpp"

#include <algorithm>

namespace katydid::http {
namespace {

int hex_value(char c) noexcept
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// "name: value", as in a head.
bool is_field(std::string_view line) noexcept
{
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !all_are(line.substr(0, colon), CharKind::token))
        return false;
    const auto value = trimmed(line.substr(colon + 1));
    return value.empty() || all_are(value, CharKind::value);
}

}  // namespace

void ChunkReader::begin(std::uint64_t body_bytes_max, bool early, Rules rules)
{
    *this = {};
    room_ = body_bytes_max;
    early_ = early;
    rules_ = rules;
}

/// Whether what was found may pass under these rules; it is remembered.
bool ChunkReader::excuse() noexcept
{
    exact_ = false;
    return rules_ == Rules::lenient;
}

ChunkReader::Status ChunkReader::malformed(std::string_view why) noexcept
{
    why_ = why;
    return Status::malformed;
}

ChunkReader::Status ChunkReader::put(std::string_view bytes, std::string& body,
                                     std::size_t& consumed)
{
    std::size_t at = 0;
    auto status = Status::need_more;
    while (at < bytes.size() && status == Status::need_more && state_ != State::done) {
        if (state_ == State::data) {
            std::size_t used = 0;
            status = copy_data(bytes.substr(at), body, used);
            at += used;
        } else {
            status = take(bytes[at]);
            ++at;
        }
    }
    consumed += at;
    return state_ == State::done ? Status::done : status;
}

ChunkReader::Status ChunkReader::copy_data(std::string_view bytes, std::string& body,
                                           std::size_t& used)
{
    used = static_cast<std::size_t>(
        std::min({left_, room_, static_cast<std::uint64_t>(bytes.size())}));
    body.append(bytes.substr(0, used));
    left_ -= used;
    room_ -= used;
    if (left_ == 0) state_ = State::data_return;
    else if (room_ == 0) return Status::too_large;
    return Status::need_more;
}

ChunkReader::Status ChunkReader::take(char c)
{
    switch (state_) {
    case State::size: return take_size(c);
    case State::extension: return take_extension(c);
    case State::size_line_feed:
        if (c == '\n') return end_size_line();
        if (!excuse()) return malformed("a chunk's size line does not end with CRLF");
        return take_extension(c);
    case State::data_return:
        state_ = State::data_line_feed;
        if (c == '\r') return Status::need_more;
        if (c != '\n' || !excuse()) return malformed("a chunk is longer than its size");
        [[fallthrough]];
    case State::data_line_feed:
        if (c != '\n') return malformed("a chunk does not end with CRLF");
        state_ = State::size;
        digits_ = 0;
        return Status::need_more;
    case State::trailer: return take_trailer(c);
    case State::trailer_line_feed:
        if (c != '\n') return malformed("a trailer does not end with CRLF");
        return end_trailer_line();
    case State::data:
    case State::done: break;
    }
    return Status::need_more;
}

ChunkReader::Status ChunkReader::take_size(char c)
{
    if (const int value = hex_value(c); value >= 0) {
        if (++digits_ > size_digits_max) return malformed("a chunk's size has too many digits");
        left_ = (digits_ == 1 ? 0 : left_ << 4U) | static_cast<unsigned>(value);
        return Status::need_more;
    }
    const bool is_blank = c == ' ' || c == '\t';
    if (digits_ == 0 && is_blank && excuse()) return Status::need_more;
    if (digits_ == 0) return malformed("a chunk has no size");
    if (c == '\r') state_ = State::size_line_feed;
    else if (c == ';') return take_extension(c);
    else if ((is_blank || c == '\n') && excuse()) return take_extension(c);
    else return malformed("a chunk's size is not a hexadecimal number");
    return Status::need_more;
}

ChunkReader::Status ChunkReader::take_extension(char c)
{
    state_ = State::extension;
    if (c == '\r') {
        state_ = State::size_line_feed;
        return Status::need_more;
    }
    if (c == '\n' && excuse()) return end_size_line();
    if (!all_are({&c, 1}, CharKind::value) && !excuse())
        return malformed("a chunk extension has a control character");
    const auto bytes_max = rules_ == Rules::strict ? extension_bytes_max
                                                   : lenient_extension_bytes_max;
    if (++extensions_ > bytes_max) return malformed("the chunk extensions are too long");
    return Status::need_more;
}

ChunkReader::Status ChunkReader::end_size_line()
{
    if (left_ == 0) {
        state_ = State::trailer;
        return Status::need_more;
    }
    if (left_ > room_ && (early_ || room_ == 0)) return Status::too_large;
    state_ = State::data;
    return Status::need_more;
}

ChunkReader::Status ChunkReader::take_trailer(char c)
{
    if (++trailers_ > trailer_bytes_max) return malformed("the trailers are too long");
    if (c == '\r') state_ = State::trailer_line_feed;
    else if (c != '\n') line_.push_back(c);
    else if (excuse()) return end_trailer_line();
    else return malformed("a trailer does not end with CRLF");
    return Status::need_more;
}

ChunkReader::Status ChunkReader::end_trailer_line()
{
    if (line_.empty()) {
        state_ = State::done;
        return Status::done;
    }
    if (!is_field(line_) && !excuse()) return malformed("a trailer is not a header field");
    line_.clear();
    state_ = State::trailer;
    return Status::need_more;
}

}  // namespace katydid::http
