#include "hub/http/server/request_parser.hpp"

#include "hub/http/message/chunk_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
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

private:
    void on_request_impl(beast_http::verb, BeastView, BeastView, int, error_code&) override {}
    void on_response_impl(int, BeastView, int, error_code&) override {}

    void on_field_impl(beast_http::field, BeastView name, BeastView value, error_code&) override
    {
        into_.headers.push_back({std::string{name}, std::string{value}});
    }

    void on_header_impl(error_code&) override {}

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

    // Chunks never come here: see ChunkReader.
    void on_chunk_header_impl(std::uint64_t, BeastView, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, BeastView, error_code&) override { return 0; }

    void on_finish_impl(error_code&) override {}

    Request& into_;
};

}  // namespace

struct RequestParser::Impl {
    std::optional<BeastParser> parser;
    error_code error;
    ChunkReader chunks;
    Request* into = nullptr;
    bool is_chunked = false;  ///< and the head is done
};

RequestParser::RequestParser() : impl_{std::make_unique<Impl>()} {}
RequestParser::~RequestParser() = default;

RequestParser::Progress RequestParser::start(Request& into, std::string_view head,
                                             std::uint64_t body_bytes_max)
{
    impl_->parser.emplace(into, body_bytes_max);
    impl_->into = &into;
    impl_->is_chunked = false;
    const auto progress = put(head);
    impl_->is_chunked = progress.status == Status::head_done && impl_->parser->chunked();
    if (impl_->is_chunked) impl_->chunks.begin(body_bytes_max, true);
    return progress;
}

RequestParser::Progress RequestParser::put(std::string_view bytes)
{
    auto& parser = *impl_->parser;
    auto& error = impl_->error;
    error = {};
    Progress progress;
    if (bytes.empty()) return progress;
    if (impl_->is_chunked) {
        switch (impl_->chunks.put(bytes, impl_->into->body, progress.consumed)) {
        case ChunkReader::Status::need_more: break;
        case ChunkReader::Status::done: progress.status = Status::done; break;
        case ChunkReader::Status::too_large: progress.status = Status::too_large; break;
        case ChunkReader::Status::malformed: progress.status = Status::malformed; break;
        }
        return progress;
    }
    progress.consumed = parser.put(boost::asio::const_buffer{bytes.data(), bytes.size()}, error);
    if (error == beast_http::error::body_limit) progress.status = Status::too_large;
    else if (error && error != beast_http::error::need_more) progress.status = Status::malformed;
    else if (parser.is_done()) progress.status = Status::done;
    else if (parser.is_header_done()) progress.status = Status::head_done;
    return progress;
}

std::string RequestParser::why() const
{
    if (impl_->is_chunked) return std::string{impl_->chunks.why()};
    return impl_->error.message();
}

}  // namespace katydid::http
