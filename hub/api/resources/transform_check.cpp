#include "hub/api/resources/transform_check.hpp"

#include "handlers/shaping/shaping_handler.hpp"
#include "hub/core/subscription/subscription.hpp"

namespace katydid::api {
namespace {

constexpr std::chrono::seconds check_timeout{10};

std::string place_in(const transform::Fault& fault)
{
    if (fault.line == 0) return {};
    auto place = " (line " + std::to_string(fault.line);
    if (fault.column > 0) place += ", column " + std::to_string(fault.column);
    return place + ")";
}

}  // namespace

awaitable<result<void>> check_transform(const Context& context, const Subscription& subscription,
                                        const Subscription& known, std::vector<Fault>& faults)
{
    const auto& made = subscription.transform;
    if (made.code.empty() || made == known.transform) co_return result<void>{};
    if (context.transforms == nullptr)
        co_return Error{errc::not_found, "this hub runs no transforms"};
    auto checking = context.transforms->check(handlers::shaping::program_of(made),
                                              subscription.tenant.to_string(),
                                              Deadline::after(check_timeout));
    const auto checked = co_await std::move(checking);
    if (!checked) co_return checked.error();
    if (*checked)
        faults.push_back(
            {"/transform/code", "does not compile: " + (*checked)->message + place_in(**checked)});
    co_return result<void>{};
}

http::Response workers_response(const Error& error)
{
    return http::Response::problem(503, "The transform could not be tried: " + error.message + ".");
}

}  // namespace katydid::api
