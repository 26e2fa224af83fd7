#include "handlers/coroutine/coroutine_handler.hpp"

namespace katydid::handlers {

awaitable<Outcome> CoroutineHandler::handle(Call call)
{
    // `call` lives in this frame, so the event outlives the function's coroutine.
    auto pending = function_(*call.event);
    auto outcome = co_await std::move(pending);
    co_return outcome;
}

}  // namespace katydid::handlers
