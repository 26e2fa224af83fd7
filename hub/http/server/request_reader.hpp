// From bytes to a request that a route may answer. No socket, no time.
#pragma once

#include "hub/http/server/admission.hpp"
#include "hub/http/message/chunk_reader.hpp"
#include "hub/http/message/framing.hpp"
#include "hub/http/server/router.hpp"

#include <boost/asio/buffer.hpp>

#include <memory>
#include <optional>
#include <string>

namespace katydid::http {

/// Turns the bytes of one connection into requests, one after the other.
///
/// Decides what is let in (framing gate, size), which route answers, and whether the body is
/// worth reading (admit). The connection around it reads, writes and watches the time.
/// Thread safety: none. Bounded: holds one head or one slice of a body, and the body itself.
class RequestReader {
public:
    /// What must happen next.
    enum class Want {
        head_bytes,  ///< read more: the head is not complete
        body_bytes,  ///< read more: the body is not complete
        answer,      ///< the request is ready: early() or route() answers it
        refusal,     ///< answer with refusal(), then close
        close,       ///< close without a word
    };
    struct Refusal {
        unsigned status = 0;
        std::string why;
        Headers headers{};  ///< besides those of every error
    };

    /// \param peer  of the connection; its server_name is compared with Host
    /// \param admitted  of the connection: whether it asks too often; null: it may
    RequestReader(const Router& router, const Peer& peer, Admission::Slot* admitted = nullptr);
    ~RequestReader();
    RequestReader(const RequestReader&) = delete;
    RequestReader& operator=(const RequestReader&) = delete;

    /// Forgets the last request; bytes of the next one that are there already are kept.
    void begin();
    /// Goes on with the bytes at hand.
    Want advance();

    /// The connection goes to a session, or is idle: gives back the memory of the request's
    /// headers, body and bytes. Only once it is answered, and with no more bytes at hand.
    void give_back_memory();

    /// The peer was too slow: what was read is refused with 408.
    void time_out(std::string_view why) { refuse(408, why); }

    /// Where to read to; then say how much came.
    [[nodiscard]] boost::asio::mutable_buffer space();
    void commit(std::size_t bytes);

    /// No byte of the next request has come.
    [[nodiscard]] bool is_empty() const noexcept;
    /// Whether the peer waits for a 100 before it sends the body.
    [[nodiscard]] bool expects_continue() const noexcept;
    /// Bytes of a next request came already.
    [[nodiscard]] bool has_more() const noexcept { return !unread().empty(); }
    /// Whether the whole body was taken off the connection, so that a next request may follow.
    [[nodiscard]] bool is_complete() const noexcept { return stage_ == Stage::done; }

    [[nodiscard]] Request& request() noexcept { return request_; }
    [[nodiscard]] const HeadFacts& facts() const noexcept { return facts_; }
    [[nodiscard]] const Route* route() const noexcept { return match_.route; }
    [[nodiscard]] std::optional<Response>& early() noexcept { return early_; }
    [[nodiscard]] const Refusal& refusal() const noexcept { return refusal_; }

private:
    enum class Stage { head, body, done };

    [[nodiscard]] std::string_view unread() const noexcept;
    Want refuse(unsigned status, std::string_view why);
    Want advance_head();
    Want open();
    Want decide();
    Want advance_body();
    Want hold_body();
    std::optional<Response> answer_early();
    std::optional<Response> answer_without_route();
    std::optional<Response> in_words(std::optional<Response> refusal) const;

    struct Buffer;

    const Router& router_;
    const Peer& peer_;
    Admission::Slot* slot_;
    std::unique_ptr<Buffer> buffer_;
    HeadScanner scanner_;
    ChunkReader chunks_;
    std::uint64_t body_left_ = 0;  ///< of a body with a length
    Stage stage_ = Stage::head;
    bool skipped_line_ = false;
    HeadFacts facts_;
    Request request_;
    Router::Match match_;
    std::optional<Response> early_;
    Refusal refusal_;
};

}  // namespace katydid::http
