#include "hub/http/egress/resolver_cache.hpp"

#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <list>
#include <unordered_map>

namespace katydid::http {
namespace {

/// Of an answer that should hold for less, where ttl_max lets it.
constexpr milliseconds ttl_min{1'000};

using Answer = result<Resolved>;

/// A question under way and who waits for its answer.
struct Question {
    explicit Question(const boost::asio::any_io_executor& executor) : answered{executor} {}
    boost::asio::steady_timer answered;
    std::optional<Answer> answer;
};

class ResolverCache final : public Resolver {
public:
    ResolverCache(std::shared_ptr<Resolver> inner, ResolverCacheOptions options, const Clock& clock)
        : inner_{std::move(inner)},
          options_{options},
          clock_{clock}
    {}

    awaitable<Answer> resolve(std::string host) override
    {
        if (const auto* known = find(host)) co_return *known;
        if (const auto asked = questions_.find(host); asked != questions_.end()) {
            const auto question = asked->second;
            if (!question->answer) co_await question->answered.async_wait(use_tuple);
            if (question->answer) co_return *question->answer;
            co_return Error{errc::resolve_failed, "resolving " + host + " was given up"};
        }
        auto answer = co_await ask(host);
        co_return answer;
    }

    void forget(const std::string& host) override
    {
        const auto place = places_.find(host);
        if (place == places_.end()) return;
        entries_.erase(place->second);
        places_.erase(place);
    }

    void stop() override { inner_->stop(); }

private:
    struct Entry {
        std::string host;
        Resolved resolved;
        SteadyTime until;
    };

    const Resolved* find(const std::string& host)
    {
        const auto place = places_.find(host);
        if (place == places_.end()) return nullptr;
        if (place->second->until > clock_.steady_now()) return &place->second->resolved;
        forget(host);
        return nullptr;
    }

    awaitable<Answer> ask(const std::string& host)
    {
        const auto executor = co_await asio::this_coro::executor;
        const auto question = std::make_shared<Question>(executor);
        question->answered.expires_at(SteadyTime::max());
        questions_.emplace(host, question);
        std::exception_ptr failure;
        try {
            auto answer = co_await inner_->resolve(host);
            question->answer = std::move(answer);
        } catch (...) {
            failure = std::current_exception();
        }
        questions_.erase(host);
        question->answered.cancel();
        if (failure) std::rethrow_exception(failure);
        if (question->answer->has_value()) keep(host, **question->answer);
        co_return *question->answer;
    }

    void keep(const std::string& host, Resolved resolved)
    {
        const auto longest = options_.ttl_max;
        if (longest.count() == 0) return;
        forget(host);
        const auto shortest = std::min(ttl_min, longest);
        const auto ttl = std::clamp(resolved.ttl.value_or(longest), shortest, longest);
        entries_.push_front({host, std::move(resolved), clock_.steady_now() + ttl});
        places_.emplace(host, entries_.begin());
        if (entries_.size() <= options_.names_max) return;
        places_.erase(entries_.back().host);
        entries_.pop_back();
    }

    std::shared_ptr<Resolver> inner_;
    const ResolverCacheOptions options_;
    const Clock& clock_;
    std::list<Entry> entries_;  ///< asked last first
    std::unordered_map<std::string, std::list<Entry>::iterator> places_;
    std::unordered_map<std::string, std::shared_ptr<Question>> questions_;
};

}  // namespace

std::shared_ptr<Resolver> make_resolver_cache(std::shared_ptr<Resolver> inner,
                                              ResolverCacheOptions options, const Clock& clock)
{
    return std::make_shared<ResolverCache>(std::move(inner), options, clock);
}

}  // namespace katydid::http
