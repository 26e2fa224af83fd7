#include "handlers/shaping/shaping_handler.hpp"

#include "handlers/shaping/shape.hpp"
#include "hub/core/subscription/subscription.hpp"

namespace katydid::handlers::shaping {
namespace {

std::string because(const std::string& why) { return std::string{reason_prefix} + why; }

/// Tenants share the workers, then the subscriptions of each (transform::FairQueue).
std::string pool_key(const Subscription& subscription)
{
    return subscription.tenant.to_string() + " " + subscription.id.to_string();
}

Outcome outcome_of(const Error& error)
{
    if (error == errc::shutting_down) return Outcome::not_tried();
    return Outcome::failed(because(error.message));
}

}  // namespace

transform::Program program_of(const Transform& transform)
{
    return {transform.language, transform.code, transform.timeout};
}

awaitable<Outcome> ShapingHandler::handle(Call call)
{
    if (call.subscription->transform.code.empty()) return next_->handle(std::move(call));
    return shape_and_hand_on(std::move(call));
}

awaitable<Outcome> ShapingHandler::shape_and_hand_on(Call call)
{
    auto running = pool_.run(program_of(call.subscription->transform),
                             input_of(*call.event, *call.subscription),
                             pool_key(*call.subscription), call.deadline);
    auto outcome = co_await std::move(running);
    if (!outcome) co_return outcome_of(outcome.error());
    if (const auto* fault = std::get_if<transform::Fault>(&*outcome))
        co_return Outcome::dead(because(transform::describe(*fault)));
    auto& output = std::get<transform::Output>(*outcome);
    if (output.cancel) co_return Outcome::not_wanted(std::move(*output.cancel));
    auto shaped = shape(std::move(call), std::move(output));
    if (!shaped) co_return Outcome::dead(because(shaped.error().message));
    auto handling = next_->handle(std::move(*shaped));
    auto handled = co_await std::move(handling);
    co_return handled;
}

}  // namespace katydid::handlers::shaping
