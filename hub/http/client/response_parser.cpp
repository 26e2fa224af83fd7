#include "hub/http/client/response_parser.hpp"

#include "hub/core/text/text.hpp"
#include "hub/http/server/response_head.hpp"
#include "hub/http/message/syntax.hpp"

#include <algorithm>
#include <optional>

namespace katydid::http {
namespace {

constexpr unsigned interim_max = 100;  ///< 1xx answers before the real one

constexpr std::string_view protocol = "HTTP/";
constexpr std::string_view blanks = " \t";

struct StatusLine {
    unsigned status = 0;
    bool is_http11 = false;
    bool is_exact = false;  ///< as RFC 9112, section 4 has it; the blank after the status may lack
};

/// Whether these may be the first bytes of an answer.
bool begins_answer(std::string_view line) noexcept
{
    const auto size = std::min(line.size(), protocol.size());
    return equal_names(line.substr(0, size), protocol.substr(0, size));
}

/// The protocol in any case, a version, blanks, three digits, and anything that is no digit.
std::optional<StatusLine> parse_status_line(std::string_view line) noexcept
{
    if (line.size() < protocol.size() || !begins_answer(line)) return std::nullopt;
    const auto version_end = line.find_first_of(blanks);
    const auto at = line.find_first_not_of(blanks, version_end);
    if (version_end == line.npos || at == line.npos) return std::nullopt;
    const auto version = line.substr(protocol.size(), version_end - protocol.size());
    if (version.empty() || version.find_first_not_of("0123456789.") != version.npos)
        return std::nullopt;
    const auto digits = line.substr(at, 3);
    if (digits.size() < 3 || !std::all_of(digits.begin(), digits.end(), is_digit))
        return std::nullopt;
    const auto rest = line.substr(at + 3);
    if (!rest.empty() && is_digit(rest.front())) return std::nullopt;

    StatusLine parsed;
    for (const char digit : digits)
        parsed.status = parsed.status * 10 + static_cast<unsigned>(digit - '0');
    parsed.is_http11 = version == "1.1";
    parsed.is_exact = line.starts_with(protocol) && (parsed.is_http11 || version == "1.0")
                      && line[version_end] == ' ' && at == version_end + 1
                      && (rest.empty() || rest.front() == ' ');
    return parsed;
}

}  // namespace

void ResponseParser::begin(const Limits& limits, bool answers_head)
{
    *this = {};
    limits_ = limits;
    answers_head_ = answers_head;
}

ResponseParser::Status ResponseParser::malformed(std::string why)
{
    why_ = std::move(why);
    return Status::malformed;
}

ResponseParser::Status ResponseParser::truncated() noexcept
{
    keep_alive_ = false;
    return Status::truncated;
}

ResponseParser::Status ResponseParser::put(std::string_view bytes, std::size_t& consumed)
{
    const auto size = bytes.size();
    auto status = Status::need_more;
    while (!bytes.empty() && status == Status::need_more)
        status = is_head_done() ? put_body(bytes) : put_head(bytes);
    consumed += size - bytes.size();
    return status;
}

ResponseParser::Status ResponseParser::put_head(std::string_view& bytes)
{
    const auto end = bytes.find('\n');
    const auto piece = bytes.substr(0, end == bytes.npos ? end : end + 1);
    head_bytes_ += piece.size();
    if (head_bytes_ > limits_.head_bytes_max) return end_large_head();
    bytes.remove_prefix(piece.size());
    // A line that came whole is read where it is.
    const bool is_whole = line_.empty() && end != bytes.npos;
    if (!is_whole) line_.append(piece);
    const auto line = is_whole ? piece : std::string_view{line_};
    const bool is_blank = line.front() == '\r' || line.front() == '\n';
    if (part_ == Part::status_line && !is_blank && !begins_answer(line))
        return malformed("the answer is not HTTP");
    if (end == bytes.npos) return Status::need_more;

    const auto held = std::exchange(line_, {});
    auto text = is_whole ? piece : std::string_view{held};
    text.remove_suffix(1);
    const bool is_exact = text.ends_with('\r');
    while (text.ends_with('\r')) text.remove_suffix(1);
    doubtful_ = doubtful_ || !is_exact;
    return take_line(text);
}

/// The status is known, and the rest is not read: the receiver has done its work.
ResponseParser::Status ResponseParser::end_large_head()
{
    if (part_ != Part::fields || status_ < 200)
        return malformed("the answer's header section is too large");
    part_ = Part::unframed;
    return truncated();
}

/// \param line  of the head, without its end
ResponseParser::Status ResponseParser::take_line(std::string_view line)
{
    if (part_ == Part::status_line) {
        if (!line.empty()) return take_status_line(line);
        doubtful_ = true;
        return Status::need_more;
    }
    if (line.empty()) return end_head();
    // An interim answer without its empty line: the next one begins.
    if (status_ < 200 && parse_status_line(line)) {
        doubtful_ = true;
        const auto ended = end_interim();
        return ended == Status::need_more ? take_status_line(line) : ended;
    }
    if (blanks.find(line.front()) != blanks.npos) unfold(line);
    else take_field(line);
    return Status::need_more;
}

ResponseParser::Status ResponseParser::take_status_line(std::string_view line)
{
    const auto parsed = parse_status_line(line);
    if (!parsed) return malformed("the answer is malformed: its first line has no status");
    const bool is_for_us = parsed->status >= 100 && parsed->status <= 599 && parsed->status != 101;
    if (!is_for_us) return malformed("the answer has the status " + std::to_string(parsed->status));
    status_ = parsed->status;
    is_http11_ = parsed->is_http11;
    doubtful_ = doubtful_ || !parsed->is_exact;
    part_ = Part::fields;
    return Status::need_more;
}

void ResponseParser::take_field(std::string_view line)
{
    const auto colon = line.find(':');
    const auto written = line.substr(0, colon);
    const auto name = trimmed(written);
    const auto value = colon == line.npos ? std::string_view{} : trimmed(line.substr(colon + 1));
    last_field_kept_ = colon != line.npos && is_header_safe(name, value);
    if (last_field_kept_) headers_.push_back({std::string{name}, std::string{value}});
    doubtful_ = doubtful_ || !last_field_kept_ || name.size() != written.size();
}

/// RFC 9112, section 5.2: what is folded is one line with a blank.
void ResponseParser::unfold(std::string_view line)
{
    doubtful_ = true;
    if (!last_field_kept_) return;
    auto& field = headers_.back();
    const auto more = trimmed(line);
    if (is_header_safe(field.name, more)) field.value.append(" ").append(more);
}

ResponseParser::Status ResponseParser::end_head()
{
    if (status_ < 200) return end_interim();
    frame_body();
    if (part_ == Part::sized && left_ == 0) return Status::done;
    return Status::need_more;
}

ResponseParser::Status ResponseParser::end_interim()
{
    const auto length = header_value(headers_, "content-length");
    doubtful_ = doubtful_ || (!length.empty() && length != "0")
                || find_header(headers_, "transfer-encoding") != nullptr;
    headers_.clear();
    last_field_kept_ = false;
    part_ = Part::status_line;
    if (++interim_ > interim_max) return malformed("the answer never comes: only interim ones");
    return Status::need_more;
}

/// Whether a field that is a list has this element.
bool ResponseParser::has_token(std::string_view name, std::string_view token) const
{
    return std::ranges::any_of(headers_, [&](const Header& field) {
        return equal_names(field.name, name)
               && std::ranges::any_of(split_list(field.value), [&](const std::string& element) {
                      return equal_names(element, token);
                  });
    });
}

/// Where the body ends: RFC 9112, section 6.3.
void ResponseParser::frame_body()
{
    keep_alive_ = is_http11_ ? !has_token("connection", "close")
                             : has_token("connection", "keep-alive");
    const auto encodings = count_headers(headers_, "transfer-encoding");
    const bool has_length = find_header(headers_, "content-length") != nullptr;
    if (answers_head_ || is_bodiless(status_)) {
        const bool is_odd = status_ == 204 && !answers_head_
                            && (encodings > 0
                                || (has_length && header_value(headers_, "content-length") != "0"));
        doubtful_ = doubtful_ || is_odd;
        part_ = Part::sized;
        return;
    }
    if (encodings == 0) return frame_by_length();
    const auto last = std::find_if(headers_.rbegin(), headers_.rend(), [](const Header& field) {
        return equal_names(field.name, "transfer-encoding");
    });
    const auto codings = split_list(last->value);
    const bool is_chunked = !codings.empty() && equal_names(codings.back(), "chunked");
    const bool is_exact = is_chunked && codings.size() == 1 && encodings == 1;
    doubtful_ = doubtful_ || !is_exact || has_length || !is_http11_;
    if (!is_chunked) return frame_by_length();
    chunks_.begin(limits_.body_bytes_max, false, ChunkReader::Rules::lenient);
    part_ = Part::chunked;
}

void ResponseParser::frame_by_length()
{
    std::optional<std::uint64_t> length;
    std::size_t count = 0;
    bool is_sound = true;
    for (const auto& field : headers_) {
        if (!equal_names(field.name, "content-length")) continue;
        const auto elements = split_list(field.value);
        is_sound = is_sound && !elements.empty();
        for (const auto& element : elements) {
            std::uint64_t value = 0;
            is_sound = is_sound && parse_length(element, value) && (!length || *length == value);
            length = value;
            ++count;
        }
    }
    doubtful_ = doubtful_ || !is_sound || count > 1;
    left_ = length.value_or(0);
    part_ = !is_sound ? Part::unframed : length ? Part::sized : Part::until_end;
    keep_alive_ = keep_alive_ && part_ == Part::sized;
}

void ResponseParser::keep(std::string_view bytes)
{
    body_.append(bytes.substr(0, limits_.body_bytes_max - body_.size()));
}

ResponseParser::Status ResponseParser::put_body(std::string_view& bytes)
{
    if (part_ == Part::chunked) return put_chunks(bytes);
    auto size = bytes.size();
    if (part_ == Part::sized) size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, size));
    const bool is_too_large = size > limits_.body_bytes_max - body_.size();
    keep(bytes.substr(0, size));
    bytes.remove_prefix(size);
    if (is_too_large || part_ == Part::unframed) return truncated();
    if (part_ == Part::until_end) return Status::need_more;
    left_ -= size;
    return left_ == 0 ? Status::done : Status::need_more;
}

ResponseParser::Status ResponseParser::put_chunks(std::string_view& bytes)
{
    std::size_t consumed = 0;
    const auto status = chunks_.put(bytes, body_, consumed);
    bytes.remove_prefix(consumed);
    doubtful_ = doubtful_ || !chunks_.is_exact();
    switch (status) {
    case ChunkReader::Status::need_more: return Status::need_more;
    case ChunkReader::Status::done: return Status::done;
    case ChunkReader::Status::too_large:
    case ChunkReader::Status::malformed: break;
    }
    return truncated();
}

ResponseParser::Status ResponseParser::put_eof()
{
    keep_alive_ = false;
    if (!is_head_done()) {
        // "HTTP/1.1 200 OK" and the end: there are such receivers, and they mean it.
        const auto line = std::exchange(line_, {});
        if (part_ == Part::status_line && !line.empty()) take_status_line(trimmed(line, " \t\r"));
        if (part_ != Part::fields || status_ < 200)
            return malformed("the connection ended before the answer");
        doubtful_ = true;
        part_ = Part::until_end;
        return Status::done;
    }
    switch (part_) {
    case Part::chunked: return chunks_.is_past_data() ? Status::done : Status::truncated;
    case Part::sized: return left_ == 0 ? Status::done : Status::truncated;
    case Part::until_end: return Status::done;
    default: return Status::truncated;
    }
}

}  // namespace katydid::http
