// What became of a write.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/http/message/message.hpp"
#include "hub/store/queries.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <optional>
#include <string>

namespace katydid::bridge {

/// An accepted write: an event of the bridge, its delivery to ATLVS and the latest attempt.
struct Operation {
    EventPtr event;
    Delivery delivery;
    std::optional<Attempt> attempt;
    std::string answer;  ///< ATLVS's body, whole; empty while there is none

    /// Whether ATLVS said its last word on it, good or bad.
    [[nodiscard]] bool is_answered() const;
};

/// Reads operations out of the store: they have no table of their own.
///
/// Lifetime: the store outlives it. Thread safety: none.
class Operations {
public:
    /// \param subscription  the one that brings writes to ATLVS; nil while there is none
    Operations(store::Queries& store, std::function<SubscriptionId()> subscription)
        : store_{store},
          subscription_{std::move(subscription)}
    {}

    /// Errors: not_found, those of the store.
    awaitable<result<Operation>> find(EventId id);

    /// Its rows and the cursor of the next page, as the schema `BridgeOperationPage` has them.
    /// Newest first. Errors: those of the store.
    awaitable<result<boost::json::object>> list(std::optional<DeliveryId> cursor,
                                                std::uint32_t limit);

private:
    awaitable<std::string> whole_answer(const Operation& operation);

    store::Queries& store_;
    std::function<SubscriptionId()> subscription_;
};

/// The external id of what the hub publishes about an operation.
[[nodiscard]] std::string result_id_of(EventId operation);

/// `{"operationId", "call", "status": "queued|completed|failed|cancelled", "attempts", …}`
[[nodiscard]] std::string to_json(const Operation& operation);

/// What the platform answered, as the caller would have got it; nullopt while it has not.
[[nodiscard]] std::optional<http::Response> answer_of(const Operation& operation);

/// 202: stored, and delivered later.
[[nodiscard]] http::Response queued(EventId id);

}  // namespace katydid::bridge
