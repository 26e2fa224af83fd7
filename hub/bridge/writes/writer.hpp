// Takes writes for ATLVS in: validated, stored, answered.
#pragma once

#include "handlers/privacy/privacy_table.hpp"
#include "hub/bridge/writes/latest_writes.hpp"
#include "hub/bridge/operations.hpp"
#include "hub/bridge/writes/pending_writes.hpp"
#include "hub/bridge/writes/write_body.hpp"
#include "hub/core/async/mutex.hpp"
#include "hub/core/subscription/subscription_state.hpp"
#include "hub/intake/intake.hpp"

#include <array>
#include <functional>

namespace katydid::bridge {

/// A write is an event of the source "bridge" with one durable delivery, brought to ATLVS by the
/// Forwarder. The caller waits a moment for the first outcome, unless none can come soon.
///
/// A duplicate write is one event: the same Idempotency-Key, or a body equal to the latest
/// accepted write of what it names.
/// Lifetime: it outlives its calls. Thread safety: none; on the bridge's loop.
class Writer {
public:
    struct Parts {
        store::Store& store;
        intake::Intake& intake;
        IdSource& ids;
        const Clock& clock;
        PendingWrites& pending;
        Operations& operations;
        const privacy::PrivacyTable& privacy;  ///< Grasshopper's
        /// How the subscription bridge-atlvs is doing; closed and empty while it does not exist.
        std::function<awaitable<SubscriptionState>()> state;
        /// Whether it takes work at all: it is there, neither paused nor disabled.
        std::function<bool()> is_active;
        milliseconds wait{500};                         ///< for ATLVS's answer
        milliseconds remembered{std::chrono::days{7}};  ///< writes, to know them again
    };

    explicit Writer(Parts parts);

    /// \param call  of the tables, so it stays
    awaitable<http::Response> write(const WriteCall& call, const http::Request& request);

private:
    struct Draft {
        const WriteCall& call;
        WriteBody body;
        std::string path_id;          ///< empty: the path has none
        std::string idempotency_key;  ///< the caller's; may be empty
        std::string traceparent;
    };
    /// A write that is on disk, and what gets its answer.
    struct Placed {
        EventId id;
        bool duplicate = false;
        bool same_payload = true;
        std::unique_ptr<PendingWrites::Waiter> waiter{};
    };

    awaitable<result<Draft>> make_draft(const WriteCall& call, const http::Request& request);
    awaitable<result<Placed>> place(const Draft& draft);
    awaitable<result<Placed>> place_once(const Draft& draft);
    awaitable<result<Placed>> append(const Draft& draft, std::string external_id,
                                     bool is_known_equal);
    awaitable<result<void>> remember(const Draft& draft, std::string external_id,
                                     std::uint64_t version);
    [[nodiscard]] std::string new_external_id(const Draft& draft);
    awaitable<bool> was_refused(EventId id);
    awaitable<std::optional<http::Response>> earlier_answer(EventId id);
    awaitable<bool> can_answer_soon(const std::string& key);

    Parts parts_;
    LatestWrites latest_;
    std::array<AsyncMutex, 64> mutexes_;  ///< writes of one name one after the other
};

/// The sentence that is wrong with an Idempotency-Key; empty: nothing.
[[nodiscard]] std::string_view fault_of_key(std::string_view key);

/// 503 `{"error"}` with Retry-After: nothing was stored.
[[nodiscard]] http::Response not_stored();

}  // namespace katydid::bridge
