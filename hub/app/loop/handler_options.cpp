#include "hub/app/loop/handler_options.hpp"

#include "hub/core/subscription/subscription.hpp"
#include "hub/core/text/reserved.hpp"
#include "hub/filter/compile.hpp"

#include <boost/json.hpp>

namespace katydid {

Subscription to_subscription(const HandlerOptions& options)
{
    Subscription subscription;
    subscription.name = options.name;
    subscription.sources = options.sources;
    subscription.event_types = options.event_types;
    subscription.handler.kind = HandlerKind::coroutine;
    subscription.limits = options.limits;
    subscription.retry = options.retry;
    subscription.timeout = options.timeout;
    subscription.filter = options.filter;
    subscription.transform = options.transform;
    subscription.read_only = true;
    return subscription;
}

void check_options(const HandlerOptions& options)
{
    if (is_reserved_name(options.name))
        throw Failure{Error{errc::invalid_argument, reserved_name_fault(options.name)}};
    if (options.filter.empty()) return;
    boost::json::error_code error;
    const auto value = boost::json::parse(options.filter, error);
    std::vector<Fault> faults;
    if (!error && filter::compile(value, faults)) return;
    const auto why = error ? error.message() : faults.front().pointer + " " + faults.front().detail;
    throw Failure{Error{errc::invalid_argument,
                        "the filter of the handler \"" + options.name + "\": " + why}};
}

}  // namespace katydid
