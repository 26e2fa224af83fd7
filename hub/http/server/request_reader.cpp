#include "hub/http/server/request_reader.hpp"

#include "hub/core/text/text.hpp"

#include <boost/beast/core/flat_buffer.hpp>

#include <algorithm>

namespace katydid::http {
namespace {

constexpr std::size_t head_read_bytes = 4 * 1024;
constexpr std::size_t body_read_bytes = 64 * 1024;
constexpr std::size_t buffer_bytes_max = 256 * 1024;
constexpr std::size_t buffer_bytes_kept = 16 * 1024;       ///< between requests
constexpr std::size_t skipped_body_bytes_max = 64 * 1024;  ///< read so that the connection lives
constexpr std::uint64_t trusted_bytes_max = 64
                                            * 1024;  ///< of a body; more is paid for by sending it
constexpr std::size_t fields_usual = 16;
constexpr std::size_t header_bytes_kept = 256;  ///< of each field between requests
constexpr char tls_handshake_byte = 0x16;

/// An assignment keeps the memory, that of an empty string too.
template <class Container>
void give_back(Container& container)
{
    Container{}.swap(container);
}

}  // namespace

struct RequestReader::Buffer {
    boost::beast::flat_buffer bytes{buffer_bytes_max};
};

RequestReader::RequestReader(const Router& router, const Peer& peer, Admission::Slot* admitted)
    : router_{router},
      peer_{peer},
      slot_{admitted},
      buffer_{std::make_unique<Buffer>()}
{}

RequestReader::~RequestReader() = default;

void RequestReader::begin()
{
    auto& bytes = buffer_->bytes;
    if (bytes.size() == 0 && bytes.capacity() > buffer_bytes_kept) bytes.shrink_to_fit();
    scanner_.reset();
    stage_ = Stage::head;
    skipped_line_ = false;
    early_.reset();
    const auto is_large = [](const Header& header) {
        return header.name.capacity() + header.value.capacity() > header_bytes_kept;
    };
    if (std::ranges::any_of(request_.headers, is_large)) request_.headers.clear();
    request_.parameters.clear();
    request_.trace_context.clear();
    if (request_.body.capacity() > buffer_bytes_kept) give_back(request_.body);
    else request_.body.clear();
    if (slot_ != nullptr) slot_->release();
}

void RequestReader::give_back_memory()
{
    buffer_->bytes.clear();
    buffer_->bytes.shrink_to_fit();
    give_back(request_.headers);
    give_back(request_.body);
}

boost::asio::mutable_buffer RequestReader::space()
{
    auto& bytes = buffer_->bytes;
    auto wanted = head_read_bytes;
    if (stage_ == Stage::body && facts_.has_content_length)
        wanted = std::max<std::size_t>(wanted, body_left_);
    else if (stage_ == Stage::body) wanted = buffer_bytes_kept;
    return bytes.prepare(std::min(wanted, body_read_bytes));
}

void RequestReader::commit(std::size_t bytes) { buffer_->bytes.commit(bytes); }

bool RequestReader::is_empty() const noexcept
{
    return stage_ == Stage::head && buffer_->bytes.size() == 0;
}

bool RequestReader::expects_continue() const noexcept
{
    return stage_ == Stage::body && facts_.expect_continue && buffer_->bytes.size() == 0
           && request_.body.empty();
}

std::string_view RequestReader::unread() const noexcept
{
    const auto data = buffer_->bytes.data();
    return {static_cast<const char*>(data.data()), data.size()};
}

RequestReader::Want RequestReader::refuse(unsigned status, std::string_view why)
{
    refusal_ = {status, std::string{why}, {}};
    return Want::refusal;
}

RequestReader::Want RequestReader::advance()
{
    switch (stage_) {
    case Stage::head: return advance_head();
    case Stage::body: return advance_body();
    case Stage::done: break;
    }
    return Want::answer;
}

RequestReader::Want RequestReader::advance_head()
{
    if (!skipped_line_ && unread().starts_with("\r\n")) {  // RFC 9112, section 2.2
        buffer_->bytes.consume(2);
        skipped_line_ = true;
        scanner_.reset();  // it may have seen the first byte already
    }
    const auto bytes = unread();
    if (bytes.empty()) return Want::head_bytes;
    if (bytes.front() == tls_handshake_byte) return Want::close;
    const auto state = scanner_.scan(bytes);
    if (state == HeadScanner::State::complete) return open();
    request_.method.clear();
    request_.path.clear();
    if (state == HeadScanner::State::bare_line_feed)
        return refuse(400, "a line ends without a carriage return");
    const auto verdict = check_partial_head(bytes);
    return verdict.status == 0 ? Want::head_bytes : refuse(verdict.status, verdict.why);
}

/// The head is complete: through the gate, to its route.
RequestReader::Want RequestReader::open()
{
    const auto head = unread().substr(0, scanner_.head_bytes());
    request_.headers.reserve(fields_usual);
    const auto verdict = check_head(head, facts_, request_.headers);
    request_.method = facts_.method;
    request_.http11 = facts_.http11;
    request_.target = facts_.target;
    // "http://host?x=1" is "/?x=1" in origin form.
    if (request_.target.empty() || request_.target.front() == '?')
        request_.target.insert(0, 1, '/');
    request_.path = facts_.path;
    request_.query = facts_.query;
    if (verdict.status != 0) return refuse(verdict.status, verdict.why);
    if (!peer_.server_name.empty() && !facts_.host.empty()
        && !equal_names(without_root(facts_.host), without_root(peer_.server_name)))
        return refuse(421, "Host is not the name this connection was made for");

    match_ = router_.match(request_.method, request_.path, std::move(request_.parameters));
    request_.parameters = std::move(match_.parameters);
    const auto body_bytes_max = match_.route != nullptr ? match_.route->body_bytes_max
                                                        : skipped_body_bytes_max;
    if (match_.route != nullptr && facts_.content_length > body_bytes_max)
        return refuse(413, "the body is too large");

    buffer_->bytes.consume(head.size());
    body_left_ = facts_.content_length;
    if (facts_.chunked) chunks_.begin(body_bytes_max, true);
    else request_.body.reserve(std::min(body_left_, trusted_bytes_max));
    stage_ = facts_.chunked || body_left_ > 0 ? Stage::body : Stage::done;
    return decide();
}

/// Whether the body is worth reading: not for a request that is answered without it, unless it
/// is small, so that the connection can live on.
RequestReader::Want RequestReader::decide()
{
    request_.peer = peer_;
    early_ = answer_early();
    if (stage_ == Stage::done) return Want::answer;
    const bool skippable = facts_.has_content_length && !facts_.expect_continue
                           && facts_.content_length <= skipped_body_bytes_max;
    if (early_ && !skippable) return Want::answer;
    return advance_body();
}

/// What the head alone decides: the address's rate and the hub's load, then the path, then the
/// route's own admit(), then the caller's turn at that route.
std::optional<Response> RequestReader::answer_early()
{
    if (slot_ != nullptr) {
        const auto now = std::chrono::steady_clock::now();
        if (auto no = in_words(slot_->judge(request_, now))) return no;
    }
    if (auto response = answer_without_route()) return response;
    if (match_.route->admit)
        if (auto response = match_.route->admit(request_)) return response;
    if (slot_ != nullptr) return in_words(slot_->take_turn(request_));
    return std::nullopt;
}

/// Gives a refusal the body that errors have at this path.
std::optional<Response> RequestReader::in_words(std::optional<Response> refusal) const
{
    if (!refusal) return std::nullopt;
    auto response = router_.error(request_.path, refusal->status, refusal->body);
    for (auto& header : refusal->headers) response.headers.push_back(std::move(header));
    return response;
}

std::optional<Response> RequestReader::answer_without_route()
{
    if (request_.path == "*") {
        Response nothing;
        nothing.status = 204;
        return nothing;
    }
    if (match_.status == 405) {
        auto response = router_.error(request_.path, 405, "allowed here: " + match_.allow);
        response.with("Allow", std::move(match_.allow));
        return response;
    }
    if (match_.status == 404)
        return router_.error(request_.path, 404, "there is nothing at this path");
    if (match_.route == nullptr)
        return router_.error(request_.path, match_.status, "the path has a broken percent-escape");
    if (facts_.content_coded && !match_.route->content_coding)
        return router_.error(request_.path, 415, "send the body without Content-Encoding");
    return std::nullopt;
}

RequestReader::Want RequestReader::advance_body()
{
    const auto bytes = unread();
    std::size_t consumed = 0;
    auto status = ChunkReader::Status::need_more;
    if (facts_.chunked) {
        status = chunks_.put(bytes, request_.body, consumed);
    } else {
        consumed = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), body_left_));
        request_.body.append(bytes.substr(0, consumed));
        body_left_ -= consumed;
        if (body_left_ == 0) status = ChunkReader::Status::done;
    }
    buffer_->bytes.consume(consumed);
    switch (status) {
    case ChunkReader::Status::done:
        stage_ = Stage::done;
        if (early_) request_.body.clear();
        return Want::answer;
    case ChunkReader::Status::too_large: return refuse(413, "the body is too large");
    case ChunkReader::Status::malformed:
        return refuse(400, "the body is malformed: " + std::string{chunks_.why()});
    case ChunkReader::Status::need_more: break;
    }
    return hold_body();
}

/// More of the body is to come: what there is takes its place in memory meanwhile, until the
/// request is answered. Over the limits the connection ends, for the peer would go on sending.
RequestReader::Want RequestReader::hold_body()
{
    auto over = slot_ != nullptr ? slot_->hold(request_.body.capacity()) : std::nullopt;
    if (!over) return Want::body_bytes;
    give_back(request_.body);
    refusal_ = {over->status, std::move(over->body), std::move(over->headers)};
    return Want::refusal;
}

}  // namespace katydid::http
