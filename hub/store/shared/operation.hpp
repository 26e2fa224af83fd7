// What a call does, without its types.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/error.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace katydid::store {

/// Work on a thread of the store, kept by the call that waits for it.
///
/// The calls off the hot path are carried out through this one type: their queue, jobs and
/// handlers are compiled once, not once for each answer.
/// \tparam Ran  void, or awaitable<void> where the store waits without a thread
template <class Session, class Ran>
class Operation {
public:
    virtual ~Operation() = default;
    /// Fills in the answer. May run again after a rollback.
    virtual Ran run(Session& session) = 0;
};

template <class T>
struct AnswerType {
    using type = T;
};
template <class T>
struct AnswerType<result<T>> {
    using type = T;
};
template <class T>
struct AnswerType<awaitable<T>> : AnswerType<T> {};

template <class Work, class Session>
using AnswerOf = typename AnswerType<std::invoke_result_t<Work&, Session&>>::type;

template <class T, class Returned>
awaitable<void> fill(std::optional<result<T>>& answer, awaitable<Returned> work)
{
    auto returned = co_await std::move(work);
    answer.emplace(std::move(returned));
}

/// \tparam Work  takes a Session&; a coroutine's captures live here
template <class Session, class Ran, class Work>
class OperationOf final : public Operation<Session, Ran> {
public:
    using Answer = AnswerOf<Work, Session>;

    explicit OperationOf(Work work) : work_{std::move(work)} {}

    Ran run(Session& session) override
    {
        if constexpr (!std::is_void_v<Ran>) {
            return fill(answer, std::invoke(work_, session));
        } else if constexpr (std::is_void_v<std::invoke_result_t<Work&, Session&>>) {
            std::invoke(work_, session);
            answer.emplace();
        } else {
            answer.emplace(std::invoke(work_, session));
        }
    }

    std::optional<result<Answer>> answer;

private:
    Work work_;
};

/// A function with all its arguments but the first, the session.
template <class Function, class... Args>
auto bind_arguments(Function function, Args... args)
{
    return [function, ... held = std::move(args)](auto& session) {
        return std::invoke(function, session, held...);
    };
}

/// Waits until an operation was carried out and takes its answer.
template <class T>
awaitable<result<T>> take_answer(awaitable<result<void>> carried_out,
                                 std::shared_ptr<std::optional<result<T>>> answer)
{
    auto done = co_await std::move(carried_out);
    if (!done) co_return done.error();
    co_return std::move(**answer);
}

/// \param start  gives the operation to a queue: `awaitable<result<void>>(shared_ptr<Operation>)`
template <class Session, class Ran, class Work, class Start>
auto submit(Work work, Start start)
{
    using Submitted = OperationOf<Session, Ran, Work>;
    using T = typename Submitted::Answer;
    auto operation = std::make_shared<Submitted>(std::move(work));
    std::shared_ptr<std::optional<result<T>>> answer{operation, &operation->answer};
    return take_answer<T>(start(std::move(operation)), std::move(answer));
}

}  // namespace katydid::store
