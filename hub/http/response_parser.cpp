#include "hub/http/response_parser.hpp"

#include "hub/http/chunk_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <limits>
#include <optional>

namespace katydid::http {
namespace {

namespace beast_http = boost::beast::http;
using boost::beast::error_code;
using BeastView = boost::beast::string_view;

class BeastParser final : public beast_http::basic_parser<false> {
public:
    BeastParser(const ResponseParser::Limits& limits, bool answers_head) : limits_{limits}
    {
        eager(true);
        skip(answers_head);
        header_limit(static_cast<std::uint32_t>(limits.head_bytes_max));
        body_limit(boost::none);
    }

    unsigned status = 0;
    Headers headers;
    std::string body;
    bool truncated = false;

private:
    void on_request_impl(beast_http::verb, BeastView, BeastView, int, error_code&) override {}

    void on_response_impl(int code, BeastView, int, error_code& error) override
    {
        status = static_cast<unsigned>(code);
        const bool meant_for_us = code >= 100 && code <= 599 && code != 101;
        if (!meant_for_us) error = beast_http::error::bad_status;
    }

    void on_field_impl(beast_http::field, BeastView name, BeastView value, error_code&) override
    {
        headers.push_back({std::string{name}, std::string{value}});
    }

    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    // Chunks never come here: see ChunkReader.
    void on_chunk_header_impl(std::uint64_t, BeastView, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, BeastView, error_code&) override { return 0; }

    std::size_t on_body_impl(BeastView bytes, error_code& error) override
    {
        return keep(bytes, error);
    }

    void on_finish_impl(error_code&) override {}

    std::size_t keep(BeastView bytes, error_code& error)
    {
        const auto kept = std::min(bytes.size(), limits_.body_bytes_max - body.size());
        body.append(bytes.data(), kept);
        if (kept < bytes.size()) {
            truncated = true;
            error = beast_http::error::body_limit;
        }
        return kept;
    }

    const ResponseParser::Limits& limits_;
};

}  // namespace

struct ResponseParser::Impl {
    Limits limits;
    bool answers_head = false;
    unsigned interim = 0;
    std::optional<BeastParser> parser;
    ChunkReader chunks;
    bool in_chunks = false;  ///< the head of the final answer is done, its body is chunked
    bool chunks_done = false;
    std::string why;

    void begin();
    Status judge(const error_code& error);
    Status put_chunks(std::string_view bytes, std::size_t& consumed);
};

ResponseParser::ResponseParser() : impl_{std::make_unique<Impl>()} {}
ResponseParser::~ResponseParser() = default;

void ResponseParser::begin(const Limits& limits, bool answers_head)
{
    impl_->limits = limits;
    impl_->answers_head = answers_head;
    impl_->interim = 0;
    impl_->begin();
}

void ResponseParser::Impl::begin()
{
    parser.emplace(limits, answers_head);
    // Eagerly it would go on into the chunks by itself.
    parser->eager(false);
    chunks.begin(limits.body_bytes_max, false);
    in_chunks = false;
    chunks_done = false;
}

ResponseParser::Status ResponseParser::Impl::put_chunks(std::string_view bytes,
                                                        std::size_t& consumed)
{
    switch (chunks.put(bytes, parser->body, consumed)) {
    case ChunkReader::Status::need_more: return Status::need_more;
    case ChunkReader::Status::done: chunks_done = true; return Status::done;
    case ChunkReader::Status::too_large: return Status::truncated;
    case ChunkReader::Status::malformed: break;
    }
    why = "the answer is malformed: " + std::string{chunks.why()};
    return Status::malformed;
}

ResponseParser::Status ResponseParser::Impl::judge(const error_code& error)
{
    if (parser->truncated) return Status::truncated;
    if (error && error != beast_http::error::need_more) {
        why = error == beast_http::error::bad_status
                  ? "the answer has the status " + std::to_string(parser->status)
                  : "the answer is malformed: " + error.message();
        return Status::malformed;
    }
    return parser->is_done() ? Status::done : Status::need_more;
}

ResponseParser::Status ResponseParser::put(std::string_view bytes, std::size_t& consumed)
{
    auto& parser = impl_->parser;
    while (!bytes.empty()) {
        if (impl_->in_chunks) return impl_->put_chunks(bytes, consumed);
        error_code error;
        const boost::asio::const_buffer piece{bytes.data(), bytes.size()};
        const auto taken = parser->put(piece, error);
        consumed += taken;
        bytes.remove_prefix(taken);
        const auto status = impl_->judge(error);
        if (status == Status::need_more && parser->is_header_done() && !error) {
            impl_->in_chunks = parser->chunked() && parser->status >= 200;
            continue;  // one step at a time: the head, then the body
        }
        const bool is_interim = status == Status::done && parser->status < 200;
        if (!is_interim) return status;
        if (++impl_->interim > impl_->limits.interim_max) {
            impl_->why = "the answer never comes: only interim ones";
            return Status::malformed;
        }
        impl_->begin();
    }
    return Status::need_more;
}

ResponseParser::Status ResponseParser::put_eof()
{
    if (!is_head_done()) {
        impl_->why = "the connection ended before the answer";
        return Status::malformed;
    }
    if (impl_->in_chunks) return impl_->chunks_done ? Status::done : Status::truncated;
    error_code error;
    impl_->parser->put_eof(error);
    if (error) return Status::truncated;
    return Status::done;
}

bool ResponseParser::is_head_done() const noexcept { return impl_->parser->is_header_done(); }
bool ResponseParser::is_keep_alive() const noexcept { return impl_->parser->keep_alive(); }
unsigned ResponseParser::status_code() const noexcept { return impl_->parser->status; }
Headers& ResponseParser::headers() noexcept { return impl_->parser->headers; }
std::string& ResponseParser::body() noexcept { return impl_->parser->body; }
const std::string& ResponseParser::why() const noexcept { return impl_->why; }

}  // namespace katydid::http
