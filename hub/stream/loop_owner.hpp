// A loop of this hub that owns subscriptions.
#pragma once

#include "handlers/stream/stream_handler.hpp"
#include "hub/stream/membership.hpp"

#include <boost/asio/any_io_executor.hpp>

namespace katydid::stream {

/// Speaks to the owner's loop from any other.
///
/// Lifetime: the handler outlives it and what it made. Thread safety: all calls from any loop.
class LoopOwner final : public Owner {
public:
    LoopOwner(asio::any_io_executor executor, handlers::stream::StreamHandler& handler)
        : executor_{std::move(executor)},
          handler_{handler}
    {}

    awaitable<result<std::unique_ptr<Membership>>>
    join(store::SubscriptionName name, std::shared_ptr<handlers::stream::Consumer> consumer,
         handlers::stream::Terms terms) override;
    awaitable<std::vector<bool>> answer_all(store::SubscriptionName name,
                                            std::vector<Answer> answers) override;

private:
    asio::any_io_executor executor_;
    handlers::stream::StreamHandler& handler_;
};

}  // namespace katydid::stream
