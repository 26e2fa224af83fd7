#include "hub/http/message/framing.hpp"

#include "hub/core/text/headers.hpp"
#include "hub/core/text/text.hpp"
#include "hub/http/message/syntax.hpp"

#include <array>
#include <cstring>

namespace katydid::http {
namespace {

constexpr std::array<std::string_view, 8> known_methods{"GET",    "HEAD",    "POST",  "PUT",
                                                        "DELETE", "OPTIONS", "PATCH", "TRACE"};

bool is_known_method(std::string_view method) noexcept
{
    for (const auto known : known_methods)
        if (known == method) return true;
    return false;
}

/// One pass over one head. Each step returns false after it has set the verdict.
class HeadCheck {
public:
    HeadCheck(HeadFacts& facts, Headers& fields) : facts_{facts}, fields_{fields} {}

    HeadVerdict run(std::string_view head)
    {
        read(head);
        fields_.resize(count_);
        return verdict_;
    }

private:
    void read(std::string_view head);
    void keep(std::string_view name, std::string_view value);
    bool request_line(std::string_view line);
    bool version(std::string_view text);
    bool target(std::string_view text);
    bool absolute_target(std::string_view text);
    bool field(std::string_view line);
    bool framing_field(std::string_view name, std::string_view value);
    bool content_length(std::string_view value);
    bool transfer_encoding(std::string_view value);
    bool host(std::string_view value);
    bool connection(std::string_view value);
    [[nodiscard]] bool is_same_place(std::string_view one, std::string_view other) const;
    bool finish();

    bool refuse(unsigned status, std::string_view why) noexcept
    {
        verdict_ = {status, why};
        return false;
    }

    HeadFacts& facts_;
    Headers& fields_;
    std::size_t count_ = 0;  ///< of the fields that are from this head
    HeadVerdict verdict_;
    std::string_view target_authority_;  ///< of a target in absolute form
    std::string_view default_port_;      ///< of its scheme: ":80"
    std::string_view host_field_;
    unsigned hosts_ = 0;
    unsigned encodings_ = 0;
    bool unknown_coding_ = false;
    bool keep_alive_asked_ = false;
    bool close_asked_ = false;
    bool bad_expect_ = false;
};

void HeadCheck::read(std::string_view head)
{
    facts_ = {};
    auto end = head.find("\r\n");
    if (!request_line(head.substr(0, end))) return;
    if (head.size() > request_head_bytes_max) {
        refuse(431, "the header section is too large");
        return;
    }
    auto begin = end + 2;
    for (;;) {
        const void* feed = std::memchr(head.data() + begin, '\n', head.size() - begin);
        if (feed == nullptr) break;  // cannot happen after the scanner
        end = static_cast<std::size_t>(static_cast<const char*>(feed) - head.data());
        if (end == begin || head[end - 1] != '\r') {
            refuse(400, "a line ends without a carriage return");
            return;
        }
        const auto line = head.substr(begin, end - 1 - begin);
        if (line.empty()) break;
        if (!field(line)) return;
        begin = end + 1;
    }
    finish();
}

/// In the memory of a field of the head before, where there is one.
void HeadCheck::keep(std::string_view name, std::string_view value)
{
    if (count_ < fields_.size()) {
        fields_[count_].name.assign(name);
        fields_[count_].value.assign(value);
    } else fields_.push_back({std::string{name}, std::string{value}});
    ++count_;
}

bool HeadCheck::request_line(std::string_view line)
{
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last)
        return refuse(400, "the request line needs a method, a target and a version");
    facts_.method = line.substr(0, first);
    const auto target_text = line.substr(first + 1, last - first - 1);
    if (!all_are(facts_.method, CharKind::token)) return refuse(400, "the method is not a token");
    if (target_text.size() > request_target_bytes_max) return refuse(414, "the target is too long");
    if (target_text.empty() || !all_are(target_text, CharKind::target))
        return refuse(400, "the target has a character that must be percent-encoded");
    if (!version(line.substr(last + 1))) return false;
    if (!is_known_method(facts_.method)) return refuse(501, "the method is not known");
    return target(target_text);
}

bool HeadCheck::version(std::string_view text)
{
    const bool well_formed = text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5])
                             && text[6] == '.' && is_digit(text[7]);
    if (!well_formed) return refuse(400, "the version is malformed");
    if (text[5] != '1' || text[7] > '1')
        return refuse(505, "only HTTP/1.1 and HTTP/1.0 are spoken");
    facts_.http11 = text[7] == '1';
    return true;
}

bool HeadCheck::target(std::string_view text)
{
    facts_.target = text;
    if (text.front() != '/' && text != "*" && !absolute_target(text)) return false;
    if (text == "*") {
        if (facts_.method != "OPTIONS") return refuse(400, "only OPTIONS may ask for *");
        facts_.path = text;
        return true;
    }
    auto path = text;
    if (text.front() != '/')
        path.remove_prefix(static_cast<std::size_t>(target_authority_.data()
                                                    + target_authority_.size() - text.data()));
    facts_.target = path;
    const auto mark = path.find('?');
    facts_.path = path.substr(0, mark);
    if (mark != std::string_view::npos) facts_.query = path.substr(mark + 1);
    if (facts_.path.empty()) facts_.path = "/";
    return true;
}

/// RFC 9112, section 3.2.2: a server must accept the absolute form.
bool HeadCheck::absolute_target(std::string_view text)
{
    const auto scheme_end = text.find("://");
    if (scheme_end == std::string_view::npos
        || (!equal_names(text.substr(0, scheme_end), "http")
            && !equal_names(text.substr(0, scheme_end), "https")))
        return refuse(400, "the target must begin with '/'");
    const auto begin = scheme_end + 3;
    const auto end = text.find_first_of("/?", begin);
    target_authority_ = text.substr(begin, end == std::string_view::npos ? end : end - begin);
    if (target_authority_.empty()) return refuse(400, "the target names no host");
    default_port_ = equal_names(text.substr(0, scheme_end), "https") ? ":443" : ":80";
    return true;
}

bool HeadCheck::field(std::string_view line)
{
    if (count_ >= request_fields_max) return refuse(431, "there are too many header fields");
    if (line.front() == ' ' || line.front() == '\t')
        return refuse(400, "a header field is folded over two lines");
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return refuse(400, "a header field has no colon");
    const auto name = line.substr(0, colon);
    if (name.empty() || !all_are(name, CharKind::token))
        return refuse(400, "the name of a header field is not a token");
    const auto value = trimmed(line.substr(colon + 1));
    if (!value.empty() && !all_are(value, CharKind::value))
        return refuse(400, "the value of a header field has a control character");
    keep(name, value);
    return framing_field(name, value);
}

bool HeadCheck::framing_field(std::string_view name, std::string_view value)
{
    switch (name.size()) {
    case 4: return !equal_names(name, "host") || host(value);
    case 6:
        if (!equal_names(name, "expect")) return true;
        if (equal_names(value, "100-continue")) facts_.expect_continue = true;
        else bad_expect_ = true;
        return true;
    case 10: return !equal_names(name, "connection") || connection(value);
    case 14: return !equal_names(name, "content-length") || content_length(value);
    case 16:
        if (equal_names(name, "content-encoding") && !equal_names(value, "identity"))
            facts_.content_coded = true;
        return true;
    case 17: return !equal_names(name, "transfer-encoding") || transfer_encoding(value);
    default: return true;
    }
}

bool HeadCheck::content_length(std::string_view value)
{
    if (facts_.has_content_length) return refuse(400, "Content-Length appears twice");
    if (!parse_length(value, facts_.content_length))
        return refuse(400, "Content-Length is not a decimal number");
    facts_.has_content_length = true;
    return true;
}

bool HeadCheck::transfer_encoding(std::string_view value)
{
    if (++encodings_ > 1) return refuse(400, "Transfer-Encoding appears twice");
    if (equal_names(value, "chunked")) {
        facts_.chunked = true;
        return true;
    }
    const auto comma = value.rfind(',');
    const bool chunked_last = comma != std::string_view::npos
                              && equal_names(trimmed(value.substr(comma + 1)), "chunked");
    if (!chunked_last) return refuse(400, "the last transfer coding is not chunked");
    auto rest = value.substr(0, comma);
    for (bool last = false; !last;) {
        const auto cut = rest.find(',');
        const auto coding = trimmed(rest.substr(0, cut));
        if (coding.empty() || !all_are(coding, CharKind::token) || equal_names(coding, "chunked"))
            return refuse(400, "Transfer-Encoding is malformed");
        last = cut == std::string_view::npos;
        rest.remove_prefix(last ? rest.size() : cut + 1);
    }
    unknown_coding_ = true;  // refused once nothing worse was found
    return true;
}

bool HeadCheck::host(std::string_view value)
{
    if (++hosts_ > 1) return refuse(400, "Host appears twice");
    host_field_ = value;
    if (!parse_host(value, facts_.host)) return refuse(400, "Host is not a host name");
    return true;
}

bool HeadCheck::connection(std::string_view value)
{
    while (!value.empty()) {
        const auto cut = value.find(',');
        const auto option = trimmed(value.substr(0, cut));
        if (equal_names(option, "close")) close_asked_ = true;
        else if (equal_names(option, "keep-alive")) keep_alive_asked_ = true;
        else if (!option.empty() && !all_are(option, CharKind::token))
            return refuse(400, "Connection is malformed");
        value = cut == std::string_view::npos ? std::string_view{} : value.substr(cut + 1);
    }
    return true;
}

/// With or without the root's dot, and the port that the target's scheme has anyway.
bool HeadCheck::is_same_place(std::string_view one, std::string_view other) const
{
    std::string_view hosts[2];
    if (!parse_host(one, hosts[0]) || !parse_host(other, hosts[1])) return false;
    const auto port = [&](std::string_view authority, std::string_view host) {
        const auto text = authority.substr(host.size());
        return text == ":" || text == default_port_ ? std::string_view{} : text;
    };
    return equal_names(without_root(hosts[0]), without_root(hosts[1]))
           && port(one, hosts[0]) == port(other, hosts[1]);
}

bool HeadCheck::finish()
{
    if (encodings_ > 0 && facts_.has_content_length)
        return refuse(400, "Content-Length and Transfer-Encoding exclude each other");
    if (encodings_ > 0 && !facts_.http11) return refuse(400, "HTTP/1.0 has no Transfer-Encoding");
    if (hosts_ == 0 && facts_.http11) return refuse(400, "Host is missing");
    if (!target_authority_.empty() && hosts_ > 0 && !is_same_place(target_authority_, host_field_))
        return refuse(400, "Host differs from the target");
    if (unknown_coding_) return refuse(501, "only the transfer coding chunked is known");
    if (bad_expect_) return refuse(417, "only Expect: 100-continue is met");
    facts_.keep_alive = !close_asked_ && (facts_.http11 || keep_alive_asked_);
    if (!facts_.http11) facts_.expect_continue = false;  // RFC 9110, section 10.1.1
    return true;
}

}  // namespace

HeadScanner::State HeadScanner::scan(std::string_view bytes) noexcept
{
    while (scanned_ < bytes.size()) {
        const void* found = std::memchr(bytes.data() + scanned_, '\n', bytes.size() - scanned_);
        if (found == nullptr) break;
        const auto feed = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
        if (feed == 0 || bytes[feed - 1] != '\r') return State::bare_line_feed;
        const bool empty_line = feed - 1 == line_begin_;
        line_begin_ = feed + 1;
        scanned_ = feed + 1;
        if (empty_line) return State::complete;
    }
    scanned_ = bytes.size();
    return State::incomplete;
}

HeadVerdict check_head(std::string_view head, HeadFacts& facts, Headers& fields)
{
    HeadCheck check{facts, fields};
    return check.run(head);
}

HeadVerdict check_partial_head(std::string_view bytes) noexcept
{
    constexpr std::size_t around_target_max = 32;  // longest method, two spaces, version
    const auto line_end = bytes.find("\r\n");
    if (line_end == std::string_view::npos
        && bytes.size() > request_target_bytes_max + around_target_max)
        return {414, "the target is too long"};
    if (bytes.size() >= request_head_bytes_max) return {431, "the header section is too large"};
    if (bytes.find('\0') != std::string_view::npos) return {400, "the head has a NUL byte"};
    return {};
}

}  // namespace katydid::http
