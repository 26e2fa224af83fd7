// Carries stored writes to ATLVS: the handler of the subscription bridge-atlvs.
#pragma once

#include "handlers/privacy/privacy_table.hpp"
#include "hub/bridge/writes/pending_writes.hpp"
#include "hub/bridge/upstream.hpp"
#include "hub/core/event.hpp"
#include "hub/core/outcome.hpp"

#include <functional>

namespace katydid::bridge {

/// One attempt: calls ATLVS, tells the caller that waits, publishes the result.
///
/// Only what the bridge itself stored is carried: its calls go out under the hub's own key. When
/// it is tried again is the dispatcher's decision, by the outcome. ATLVS gets the same
/// Idempotency-Key with every attempt of a write. Its answer is kept without what the privacy
/// table takes out; of a failure no body is kept at all.
/// Thread safety: none; on the bridge's loop.
class Forwarder {
public:
    struct Parts {
        Upstream& upstream;
        PendingWrites& pending;
        const privacy::PrivacyTable& answers;  ///< ATLVS's table
        const Clock& clock;
        milliseconds timeout{10'000};
        /// Takes an event in. Errors: those of the intake.
        std::function<awaitable<result<void>>(Event)> publish;
        std::function<void()> on_success;  ///< ATLVS took a write just now
    };

    explicit Forwarder(Parts parts) : parts_{std::move(parts)} {}

    /// Awaited in place; the event outlives the call. Cancellation: terminal.
    awaitable<Outcome> forward(const Event& event);

private:
    awaitable<Outcome> finish(const WriteCall& call, const Event& event, http::ClientReply reply);
    [[nodiscard]] Outcome fail(const Event& event, Outcome outcome);

    Parts parts_;
};

/// How an event of the bridge keeps the id in the path of its call, and its key. Where the call
/// goes says the table alone.
constexpr const char* id_header = "katydid-bridge-id";
constexpr const char* key_header = "idempotency-key";

/// Whether an answer of ATLVS can be taken at its word: a JSON object, which is whole whatever the
/// answer says of its length, a refusal, or a success without a body. Pure.
[[nodiscard]] bool is_usable(const http::ClientReply& reply);

/// What the hub publishes about a write that ATLVS answered. Pure.
[[nodiscard]] Event make_result(const WriteCall& call, const Event& event, unsigned status,
                                const std::string& answer);

}  // namespace katydid::bridge
