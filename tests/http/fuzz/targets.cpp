#include "tests/http/fuzz/targets.hpp"

#include "hub/http/egress/egress.hpp"
#include "hub/http/server/request_reader.hpp"
#include "hub/http/client/response_parser.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace katydid::http::fuzz {
namespace {

void promise(bool kept)
{
    if (!kept) std::abort();
}

const Router& routes()
{
    static const Router router = [] {
        Router made;
        for (const auto* method : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
            Route route;
            route.method = method;
            route.pattern = "/{rest*}";
            route.body_bytes_max = 64 * 1024;
            route.handle = [](Request&) -> awaitable<Response> { co_return Response{}; };
            made.add(std::move(route));
        }
        return made;
    }();
    return router;
}

/// What came out of one request.
struct Reading {
    unsigned status = 0;
    std::string target;
    std::string body;
    std::size_t headers = 0;
    bool operator==(const Reading&) const = default;
};

Reading reading_of(RequestReader& reader, RequestReader::Want want)
{
    if (want == RequestReader::Want::refusal) return {reader.refusal().status, {}, {}, 0};
    if (want == RequestReader::Want::close) return {1, {}, {}, 0};
    const auto& request = reader.request();
    promise(request.body.size() <= 64 * 1024);
    promise(request.headers.size() <= 100);
    return {reader.early() ? reader.early()->status : 200U, request.target, request.body,
            request.headers.size()};
}

/// Reads until the connection would end. Pieces are at most `piece` bytes long.
std::vector<Reading> read(std::string_view bytes, std::size_t piece)
{
    using Want = RequestReader::Want;
    const Peer peer;
    RequestReader reader{routes(), peer};
    std::vector<Reading> readings;
    reader.begin();
    auto want = reader.advance();
    for (;;) {
        while (want == Want::head_bytes || want == Want::body_bytes) {
            if (bytes.empty()) return readings;
            const auto space = reader.space();
            const auto count = std::min({space.size(), bytes.size(), piece});
            promise(count > 0);
            std::memcpy(space.data(), bytes.data(), count);
            reader.commit(count);
            bytes.remove_prefix(count);
            want = reader.advance();
        }
        readings.push_back(reading_of(reader, want));
        const bool goes_on = want == Want::answer && reader.is_complete()
                             && reader.facts().keep_alive && readings.size() < 64;
        if (!goes_on) return readings;
        reader.begin();
        want = reader.advance();
    }
}

std::vector<Reading> read_both_ways(std::string_view input, std::string_view prefix)
{
    if (input.empty()) return {};
    const std::size_t piece = 1 + static_cast<unsigned char>(input.front());
    std::string bytes{prefix};
    bytes += input.substr(1);
    const auto whole = read(bytes, bytes.size() + 1);
    const auto in_pieces = read(bytes, piece);
    // A request that is refused may be refused sooner, with less of it at hand, but never another
    // way round: what one reading lets in, the other does.
    const auto common = std::min(whole.size(), in_pieces.size());
    for (std::size_t i = 0; i < common; ++i) {
        const bool both_refused = whole[i].status >= 400 && in_pieces[i].status >= 400;
        promise(whole[i] == in_pieces[i] || both_refused);
    }
    promise(whole.size() == in_pieces.size());
    return whole;
}

}  // namespace

void read_any_request(std::string_view input) { read_both_ways(input, ""); }

void read_any_chunks(std::string_view input)
{
    const auto readings = read_both_ways(
        input, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    if (!readings.empty()) promise(readings.front().body.size() <= input.size());
}

void read_any_answer(std::string_view input)
{
    using Status = ResponseParser::Status;
    if (input.empty()) return;
    const auto first = static_cast<unsigned char>(input.front());
    const auto bytes = input.substr(1);
    const auto parse = [&](ResponseParser& parser, std::size_t piece) {
        parser.begin({.head_bytes_max = 1'024, .body_bytes_max = 256}, first % 8 == 0);
        auto status = Status::need_more;
        for (auto rest = bytes; !rest.empty() && status == Status::need_more;) {
            std::size_t consumed = 0;
            status = parser.put(rest.substr(0, piece), consumed);
            promise(consumed <= rest.size() && (consumed > 0 || status != Status::need_more));
            rest.remove_prefix(consumed);
        }
        if (status == Status::need_more) status = parser.put_eof();
        promise(status != Status::need_more);
        promise(parser.body().size() <= 256);
        promise(status == Status::done || !parser.is_keep_alive());
        return status;
    };
    ResponseParser whole;
    ResponseParser in_pieces;
    const auto status = parse(whole, bytes.size() + 1);
    promise(status == parse(in_pieces, 1 + first / 8));
    if (status == Status::malformed) return;
    promise(whole.status_code() >= 200 && whole.status_code() <= 599);
    promise(whole.status_code() == in_pieces.status_code());
    promise(whole.headers() == in_pieces.headers());
    promise(whole.is_keep_alive() == in_pieces.is_keep_alive());
    promise(status == Status::truncated || whole.body() == in_pieces.body());
    for (const auto& header : whole.headers()) promise(is_header_safe(header.name, header.value));
}

void check_any_url(std::string_view input)
{
    const auto url = EgressPolicy::parse_url(input);
    if (!url) return;
    const auto written = (url->tls ? "https://" : "http://") + url->authority() + url->target;
    const auto again = EgressPolicy::parse_url(written);
    promise(again.has_value());
    promise(again->host == url->host && again->port == url->port && again->target == url->target);
    promise(url->port != 0 && !url->host.empty() && url->target.starts_with('/'));
    promise(std::all_of(url->host.begin(), url->host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
               || std::string_view{".-_:"}.find(c) != std::string_view::npos;
    }));
    boost::system::error_code is_name;
    const auto address = boost::asio::ip::make_address(url->host, is_name);
    const EgressPolicy policy;
    const auto allowed = policy.check_url(input);
    if (is_name || !allowed) return;
    promise(!address.is_loopback() && !address.is_multicast() && !address.is_unspecified());
    promise(policy.check(*url, address).has_value());
}

}  // namespace katydid::http::fuzz
