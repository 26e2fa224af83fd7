#include "hub/app/setting_tests.hpp"

#include "handlers/shaping/shape.hpp"
#include "handlers/shaping/shaping_handler.hpp"
#include "hub/app/transforms.hpp"
#include "hub/core/json/write.hpp"
#include "hub/core/subscription/fixed_subscription.hpp"
#include "hub/core/subscription/subscription.hpp"
#include "hub/filter/document.hpp"
#include "hub/registry/subscription_matcher.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace katydid {
namespace {

namespace json = boost::json;

constexpr std::chrono::seconds run_timeout{30};
constexpr std::uint64_t filter_work_max = 2'000'000;

/// nullptr: the settings have none of that name.
const Subscription* subscription_of(const config::Settings& settings,
                                    const config::SettingTest& test)
{
    if (test.subscription.empty()) return test.by.get();
    for (const auto& each : settings.subscriptions)
        if (each->subscription.name == test.subscription) return &each->subscription;
    return nullptr;
}

bool wants(const Subscription& subscription, const Event& event)
{
    auto listening = subscription;
    if (listening.event_types.empty()) listening.event_types = {event.type};
    listening.status = SubscriptionStatus::active;
    registry::SubscriptionMatcher matcher;
    matcher.put(std::make_shared<const Subscription>(std::move(listening)));
    filter::Document document{event};
    WorkBudget work{filter_work_max};
    return !matcher.match(event, document, work).recipients.empty();
}

std::string shown(const json::value& value) { return json_text::write(value); }

/// A payload as JSON where it is JSON, so that spelling does not matter.
json::value as_json(const std::string& payload)
{
    json::error_code error;
    auto value = json::parse(payload, error);
    return error ? json::value(payload) : value;
}

json::object to_json(const transform::Output& output)
{
    json::object object;
    if (output.payload) object["payload"] = as_json(*output.payload);
    json::object headers;
    for (const auto& [name, value] : output.headers) headers[name] = value;
    if (!headers.empty()) object["headers"] = std::move(headers);
    if (output.path) object["path"] = *output.path;
    if (output.cancel) object["cancel"] = *output.cancel;
    return object;
}

/// What differs from what was expected; empty: nothing.
std::string difference(const json::object& expected, const transform::Output& output)
{
    const auto made = to_json(output);
    for (const auto& [name, value] : expected) {
        const auto* got = made.if_contains(name);
        if (got == nullptr) return "its output has no " + std::string{name};
        if (*got != value)
            return "its " + std::string{name} + " is " + shown(*got) + " and not " + shown(value);
    }
    return {};
}

class Tests {
public:
    Tests(const config::Settings& settings, std::vector<std::string>& failures)
        : settings_{settings},
          failures_{failures}
    {}

    awaitable<> run(transform::Pool& pool)
    {
        for (const auto& test : settings_.tests) {
            auto running = run_one(pool, test);
            const auto why = co_await std::move(running);
            if (why.empty()) continue;
            const auto name = test.name.empty() ? "a test" : "the test \"" + test.name + "\"";
            failures_.push_back(test.place + ": " + name + " fails: " + why);
        }
    }

private:
    /// Why it fails; empty: it does not.
    awaitable<std::string> run_one(transform::Pool& pool, const config::SettingTest& test)
    {
        const auto* subscription = subscription_of(settings_, test);
        if (subscription == nullptr)
            co_return "there is no subscription \"" + test.subscription + "\" in the settings";
        if (!wants(*subscription, test.event)) {
            if (test.delivered == false && test.output.empty()) co_return std::string{};
            co_return std::string{"the event is not delivered: its type or the filter says no"};
        }
        transform::Output output;
        if (!subscription->transform.code.empty()) {
            auto running = pool.run(handlers::shaping::program_of(subscription->transform),
                                    handlers::shaping::input_of(test.event, *subscription),
                                    test.place, Deadline::after(run_timeout));
            auto outcome = co_await std::move(running);
            if (!outcome) co_return outcome.error().message;
            if (const auto* fault = std::get_if<transform::Fault>(&*outcome))
                co_return describe(*fault);
            output = std::move(std::get<transform::Output>(*outcome));
        }
        handlers::shaping::reveal(output, *subscription);
        if (auto refused = handlers::shaping::fault_of(output)) co_return refused->message;
        if (auto ignored = describe_ignored(output); !ignored.empty()) co_return ignored;
        co_return judge(test, output);
    }

    static std::string judge(const config::SettingTest& test, const transform::Output& output)
    {
        if (test.delivered && *test.delivered == output.cancel.has_value())
            return *test.delivered ? "it is cancelled: " + output.cancel.value_or("")
                                   : "the event is delivered";
        if (test.output.empty()) return {};
        return difference(json::parse(test.output).as_object(), output);
    }

    const config::Settings& settings_;
    std::vector<std::string>& failures_;
};

}  // namespace

std::vector<std::string> run_setting_tests(const config::Settings& settings)
{
    std::vector<std::string> failures;
    if (settings.tests.empty()) return failures;
    Tests tests{settings, failures};
    run_with_worker(settings, [&tests](transform::Pool& pool) { return tests.run(pool); });
    return failures;
}

}  // namespace katydid
