// Which handler serves a subscription.
#pragma once

#include "handlers/handler.hpp"
#include "hub/core/error.hpp"

#include <memory>
#include <string>
#include <unordered_map>

namespace katydid::handlers {

/// Finds the handler of a subscription: the endpoint handler for every endpoint, the stream handler
/// for every stream, a coroutine by the subscription's name. Each loop has its own copy, with the
/// handlers of that loop.
///
/// Thread safety: none while it is filled; find() may race with find().
class HandlerTable {
public:
    void set_endpoint(std::shared_ptr<Handler> endpoint) { endpoint_ = std::move(endpoint); }
    void set_stream(std::shared_ptr<Handler> stream) { stream_ = std::move(stream); }

    /// Registers an in-process handler under the stable name of its subscription.
    /// Errors: conflict when the name is taken, invalid_argument when it is empty.
    result<void> add(std::string name, std::shared_ptr<Handler> handler);

    /// nullptr when this process has no handler for it: its deliveries wait, they never die.
    [[nodiscard]] Handler* find(const Subscription& subscription) const noexcept;

private:
    std::shared_ptr<Handler> endpoint_;
    std::shared_ptr<Handler> stream_;
    std::unordered_map<std::string, std::shared_ptr<Handler>> by_name_;
};

}  // namespace katydid::handlers
