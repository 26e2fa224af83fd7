#include "hub/http/client/round_trip.hpp"

#include "hub/http/client/outbound_buffer.hpp"

#include <boost/asio/ssl/error.hpp>

#include <openssl/err.h>

#include <algorithm>

namespace katydid::http {
namespace {

using boost::system::error_code;
using Status = ResponseParser::Status;

constexpr std::size_t read_bytes = 8 * 1024;
constexpr std::size_t upload_bytes_min = 32 * 1024;  ///< less fits into the kernel's buffer

ClientReply take_reply(ResponseParser& parser, bool truncated)
{
    return {parser.status_code(), std::move(parser.headers()), std::move(parser.body()), truncated};
}

/// When the wait for the first byte begins, now that the request is written.
void await_first_byte(Outbound& connection, const RoundTripLimits& limits, Deadline deadline)
{
    if (limits.first_byte_time_max.count() == 0) return;
    const auto at = std::chrono::steady_clock::now() + limits.first_byte_time_max;
    connection.limit(std::min(deadline.at, at));
}

void start_upload(Outbound& connection, const Transport::Buffers& request,
                  const RoundTripLimits& limits, Deadline deadline, RoundTripEnd& end)
{
    const auto upload = std::make_shared<Upload>();
    end.upload = upload;
    connection.transport.start_write(
        request, [upload, &connection, &end, limits, deadline](const error_code& error) {
            upload->done = true;
            upload->error = error;
            const bool is_orphan = upload->connection != nullptr;
            if (!is_orphan && !error && !end.answered)
                await_first_byte(connection, limits, deadline);
            const auto last = std::move(upload->connection);
        });
}

Error broken_off(const error_code& error, bool answered)
{
    // With TLS 1.3 a receiver judges our certificate after our handshake: its alert comes here.
    const bool is_tls = error.category() == boost::asio::error::get_ssl_category();
    const char* reason = is_tls ? ERR_reason_error_string(static_cast<unsigned long>(error.value()))
                                : nullptr;
    if (reason != nullptr)
        return {errc::tls_failed, std::string{"the receiver broke off TLS: "} + reason};
    return {errc::connection_closed, answered
                                         ? "the receiver closed the connection within its answer"
                                         : "the receiver closed the connection without an answer"};
}

}  // namespace

void orphan(const RoundTripEnd& end, std::unique_ptr<Outbound>& connection,
            std::shared_ptr<void> keep)
{
    if (!end.upload || end.upload->done || !connection) return;
    connection->watch.clear();
    connection->transport.close();
    end.upload->keep = std::move(keep);
    end.upload->connection = std::move(connection);
}

awaitable<result<ClientReply>> round_trip(Outbound& connection, const Transport::Buffers& request,
                                          bool is_head, const RoundTripLimits& limits,
                                          Deadline deadline, RoundTripEnd& end)
{
    auto& parser = connection.parser;
    auto& buffer = *connection.buffer;
    parser.begin(limits.answer, is_head);
    connection.limit(deadline.at);
    // A write that fails is not the end: the receiver may have answered early and closed.
    error_code unwritten;
    if (boost::asio::buffer_size(request) >= upload_bytes_min) {
        start_upload(connection, request, limits, deadline, end);
    } else {
        const auto written = connection.transport.write_now(request, unwritten);
        if (!unwritten && written < boost::asio::buffer_size(request)) {
            const auto rest = without_front(request, written);
            const auto [failed, bytes] = co_await connection.transport.write_all(rest);
            unwritten = failed;
        }
        await_first_byte(connection, limits, deadline);
    }
    const auto asked_at = std::chrono::steady_clock::now();
    const bool is_hasty = limits.first_byte_time_max.count() > 0;
    bool in_body = false;
    while (!connection.watch.expired()) {
        const auto space = buffer.prepare(read_bytes);
        const auto [error, bytes] = co_await connection.transport.read_some(space);
        buffer.commit(bytes);
        if (is_hasty && !end.answered && bytes > 0) connection.limit(deadline.at);
        if (!end.answered && bytes > 0)
            end.first_byte_after = std::chrono::round<std::chrono::microseconds>(
                std::chrono::steady_clock::now() - asked_at);
        end.answered = end.answered || bytes > 0;
        auto status = Status::need_more;
        if (bytes > 0) {
            std::size_t consumed = 0;
            status = parser.put(buffer.unread(), consumed);
            buffer.consume(consumed);
        }
        if (status == Status::done) {
            const bool is_written = end.upload ? end.upload->done && !end.upload->error
                                               : !unwritten;
            end.reusable = !error && is_written && parser.is_keep_alive() && buffer.size() == 0;
            connection.watch.clear();
            co_return take_reply(parser, false);
        }
        if (status == Status::truncated) co_return take_reply(parser, true);
        if (status == Status::malformed) co_return Error{errc::protocol_error, parser.why()};
        if (error && !connection.watch.expired()) {
            const auto last = parser.put_eof();
            if (!parser.is_head_done()) co_return broken_off(error, end.answered);
            const bool whole = error == boost::asio::error::eof && last == Status::done;
            co_return take_reply(parser, !whole);
        }
        if (parser.is_head_done() && !in_body) {
            in_body = true;
            connection.limit(
                std::min(deadline.at, std::chrono::steady_clock::now() + limits.body_time_max));
        }
    }
    if (parser.is_head_done()) co_return take_reply(parser, true);
    co_return Error{errc::timed_out, "the receiver did not answer in time"};
}

}  // namespace katydid::http
