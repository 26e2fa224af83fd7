#include "hub/http/request_parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <cctype>
#include <optional>

namespace katydid::http {
namespace {

namespace beast_http = boost::beast::http;
using boost::beast::error_code;
using BeastView = boost::beast::string_view;

class BeastParser final : public beast_http::basic_parser<true> {
public:
    BeastParser(Request& into, std::uint64_t body_bytes_max) : into_{into}
    {
        eager(true);
        header_limit(std::numeric_limits<std::uint32_t>::max());  // the gate has judged it
        body_limit(body_bytes_max);
    }

    const char* bytes_begin = nullptr;  ///< of the bytes put last

private:
    void on_request_impl(beast_http::verb, BeastView, BeastView, int, error_code&) override {}
    void on_response_impl(int, BeastView, int, error_code&) override {}

    void on_field_impl(beast_http::field, BeastView name, BeastView value,
                       error_code& error) override
    {
        if (!head_done_) {
            into_.headers.push_back({std::string{name}, std::string{value}});
            return;
        }
        trailer_bytes_ += name.size() + value.size() + 4;
        if (trailer_bytes_ > RequestParser::trailer_bytes_max) error = beast_http::error::bad_field;
    }

    void on_header_impl(error_code&) override { head_done_ = true; }

    void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override
    {
        constexpr std::uint64_t trusted_bytes_max = 64 * 1024;  // more is paid for by sending it
        if (length) into_.body.reserve(std::min(*length, trusted_bytes_max));
    }

    std::size_t on_body_impl(BeastView bytes, error_code&) override
    {
        into_.body.append(bytes.data(), bytes.size());
        return bytes.size();
    }

    void on_chunk_header_impl(std::uint64_t, BeastView extensions, error_code& error) override
    {
        if (digits_before(extensions.data()) > RequestParser::chunk_size_digits_max) {
            error = beast_http::error::bad_chunk;
            return;
        }
        extension_bytes_ += extensions.size();
        if (extension_bytes_ > RequestParser::chunk_extension_bytes_max)
            error = beast_http::error::bad_chunk_extension;
    }

    std::size_t on_chunk_body_impl(std::uint64_t, BeastView bytes, error_code&) override
    {
        into_.body.append(bytes.data(), bytes.size());
        return bytes.size();
    }

    void on_finish_impl(error_code&) override {}

    /// The digits of a chunk's size end where its extensions begin, in the bytes put last; Beast
    /// takes any number of leading zeros.
    [[nodiscard]] std::size_t digits_before(const char* end) const noexcept
    {
        std::size_t count = 0;
        while (end != bytes_begin && std::isxdigit(static_cast<unsigned char>(end[-1])) != 0
               && count <= RequestParser::chunk_size_digits_max) {
            --end;
            ++count;
        }
        return count;
    }

    Request& into_;
    bool head_done_ = false;
    std::size_t trailer_bytes_ = 0;
    std::size_t extension_bytes_ = 0;
};

}  // namespace

struct RequestParser::Impl {
    std::optional<BeastParser> parser;
    error_code error;
};

RequestParser::RequestParser() : impl_{std::make_unique<Impl>()} {}
RequestParser::~RequestParser() = default;

RequestParser::Progress RequestParser::start(Request& into, std::string_view head,
                                             std::uint64_t body_bytes_max)
{
    impl_->parser.emplace(into, body_bytes_max);
    return put(head);
}

RequestParser::Progress RequestParser::put(std::string_view bytes)
{
    auto& parser = *impl_->parser;
    auto& error = impl_->error;
    error = {};
    Progress progress;
    if (bytes.empty()) return progress;
    parser.bytes_begin = bytes.data();
    progress.consumed = parser.put(boost::asio::const_buffer{bytes.data(), bytes.size()}, error);
    if (error == beast_http::error::body_limit) progress.status = Status::too_large;
    else if (error && error != beast_http::error::need_more) progress.status = Status::malformed;
    else if (parser.is_done()) progress.status = Status::done;
    else if (parser.is_header_done()) progress.status = Status::head_done;
    return progress;
}

std::string RequestParser::why() const { return impl_->error.message(); }

}  // namespace katydid::http
