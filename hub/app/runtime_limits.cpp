#include "hub/app/runtime_limits.hpp"

#include "hub/core/json/parse.hpp"
#include "hub/core/async/on_executor.hpp"
#include "hub/observe/log.hpp"

#include <boost/json.hpp>

namespace katydid {
namespace {

namespace json = boost::json;

constexpr const char* record_kind = "limits";
constexpr const char* record_id = "hub";

std::optional<std::uint32_t> read(const json::object& object, std::string_view name)
{
    const auto* value = object.if_contains(name);
    json::error_code error;
    const auto number = value != nullptr && value->is_number()
                            ? value->to_number<std::uint32_t>(error)
                            : 0;
    if (error || number == 0) return std::nullopt;
    return number;
}

}  // namespace

RuntimeLimits::RuntimeLimits(asio::any_io_executor home, store::Records& store,
                             api::LimitValues standard)
    : home_{std::move(home)},
      store_{store},
      standard_{standard}
{}

void RuntimeLimits::add_loop(asio::any_io_executor executor, Apply apply)
{
    loops_.push_back({std::move(executor), std::move(apply)});
}

api::LimitValues RuntimeLimits::effective() const
{
    api::LimitValues limits;
    limits.in_flight = chosen_.in_flight.value_or(standard_.in_flight);
    limits.tenant_in_flight = chosen_.tenant_in_flight.value_or(standard_.tenant_in_flight);
    return limits;
}

awaitable<result<void>> RuntimeLimits::load()
{
    const auto records = co_await store_.records(record_kind);
    if (!records) co_return records.error();
    for (const auto& record : *records) {
        const auto value = json_text::parse_or_null(record.json);
        if (!value.is_object()) continue;
        chosen_.in_flight = read(value.get_object(), "in_flight");
        chosen_.tenant_in_flight = read(value.get_object(), "tenant_in_flight");
    }
    const auto least = static_cast<std::uint32_t>(loops_.size());
    const auto raise = [least](std::optional<std::uint32_t>& limit) {
        if (limit && *limit < least) limit = least;  // there were fewer loops then
    };
    raise(chosen_.in_flight);
    raise(chosen_.tenant_in_flight);
    if (!records->empty()) co_await tell_all();
    co_return result<void>{};
}

awaitable<api::LimitValues> RuntimeLimits::current()
{
    return on_executor(home_, [this]() -> awaitable<api::LimitValues> { co_return effective(); });
}

awaitable<result<api::LimitValues>> RuntimeLimits::change(api::LimitsChange change)
{
    return on_executor(home_, change_here(change));
}

awaitable<result<api::LimitValues>> RuntimeLimits::change_here(api::LimitsChange change)
{
    const auto before = chosen_;
    const auto take = [](std::optional<std::uint32_t>& chosen, std::optional<std::uint32_t> wish) {
        if (!wish) return;
        if (*wish == 0) chosen.reset();
        else chosen = wish;
    };
    take(chosen_.in_flight, change.in_flight);
    take(chosen_.tenant_in_flight, change.tenant_in_flight);
    const auto limits = effective();
    if (limits.in_flight < loops_.size() || limits.tenant_in_flight < loops_.size()) {
        chosen_ = before;
        co_return Error{errc::invalid_argument, "A limit must be at least "
                                                    + std::to_string(loops_.size())
                                                    + ", one for each event loop."};
    }
    json::object object;
    if (chosen_.in_flight) object["in_flight"] = *chosen_.in_flight;
    if (chosen_.tenant_in_flight) object["tenant_in_flight"] = *chosen_.tenant_in_flight;
    store::Record record;
    record.kind = record_kind;
    record.id = record_id;
    record.json = json::serialize(object);
    record.version = 0;
    const auto put = co_await store_.put_record(std::move(record));
    if (!put) {
        chosen_ = before;
        co_return put.error();
    }
    co_await tell_all();
    log::info("limits.changed", "the hub's limits were changed",
              {{"in_flight", limits.in_flight}, {"tenant_in_flight", limits.tenant_in_flight}});
    co_return limits;
}

awaitable<void> RuntimeLimits::tell_all()
{
    const auto limits = effective();
    for (const auto& loop : loops_) {
        auto tell = [&loop, limits]() -> awaitable<void> {
            loop.apply(limits);
            co_return;
        };
        co_await on_executor(loop.executor, std::move(tell));
    }
}

}  // namespace katydid
