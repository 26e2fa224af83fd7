#include "tests/e2e/receiver.hpp"

#include <stdexcept>

namespace katydid::test {
namespace {

using asio::ip::tcp;

tcp::endpoint loopback() { return {asio::ip::address_v4::loopback(), 0}; }

http::Response accepted() { return http::Response::json(200, R"({"received":true})"); }

}  // namespace

Receiver::Receiver() : Receiver{nullptr} {}

Receiver::Receiver(Answer answer)
    : answer_{std::move(answer)},
      work_{asio::make_work_guard(loop_)},
      router_{[this] {
          http::Router router;
          router.add(
              {"POST", "/{rest*}", [this](http::Request& request) { return take(request); }});
          return router;
      }()},
      server_{loop_.get_executor(), loopback(), router_, {}},
      port_{server_.local_endpoint().port()}
{
    server_.start();
    thread_ = std::thread{[this] { loop_.run(); }};
}

Receiver::~Receiver()
{
    asio::co_spawn(loop_, server_.drain(Deadline::after(std::chrono::seconds{0})),
                   [this](const std::exception_ptr&) { work_.reset(); });
    thread_.join();
}

std::string Receiver::url(const std::string& path) const
{
    return "http://127.0.0.1:" + std::to_string(port_) + path;
}

awaitable<http::Response> Receiver::take(http::Request& request)
{
    {
        const std::lock_guard lock{mutex_};
        requests_.push_back(request);
    }
    changed_.notify_all();
    if (!answer_) co_return accepted();
    auto response = co_await answer_(request);
    co_return response;
}

std::vector<http::Request> Receiver::requests() const
{
    const std::lock_guard lock{mutex_};
    return requests_;
}

bool Receiver::wait_until(const std::function<bool(const std::vector<http::Request>&)>& enough,
                          std::chrono::milliseconds at_most) const
{
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, at_most, [&] { return enough(requests_); });
}

std::vector<http::Request> Receiver::wait_for(std::size_t count) const
{
    const bool came = wait_until([&](const auto& requests) { return requests.size() >= count; });
    auto requests = this->requests();
    if (!came)
        throw std::runtime_error{"only " + std::to_string(requests.size()) + " of "
                                 + std::to_string(count) + " deliveries came"};
    return requests;
}

}  // namespace katydid::test
