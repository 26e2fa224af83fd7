#include "hub/receive/privacy_gate.hpp"

#include "handlers/json_member.hpp"

namespace katydid::receive {
namespace {

/// Where the data is in what the two platforms post: atlvs has two dialects.
std::string_view data_member_of(const Event& event)
{
    const bool is_dispatcher = event.source == "atlvs"
                               && handlers::find_member(*event.payload, "occurredAt")
                               && handlers::find_member(*event.payload, "payload");
    return is_dispatcher ? "payload" : "data";
}

}  // namespace

awaitable<result<bool>> has_opted_out(store::Store& store, TenantId tenant, std::string subject,
                                      std::string receiver)
{
    const auto record = co_await store.record(tenant, handlers::privacy_record_kind,
                                              std::move(subject));
    if (record) co_return handlers::is_opted_out(record->json, receiver);
    if (record.error() == errc::not_found) co_return false;
    co_return record.error();
}

awaitable<result<void>> PrivacyGate::pass(Event& event)
{
    const auto* table = tables_.of(event.source);
    if (table == nullptr || !event.payload) co_return result<void>{};
    const auto member = data_member_of(event);
    const auto data = handlers::find_member(*event.payload, member);
    if (!data) co_return result<void>{};
    const auto facts = table->subject_of(event.type, data->text);
    if (!facts.subject.empty()) event.subject = facts.subject;

    auto filtered = table->filter(event.type, *event.payload, facts.opted_out, member);
    if (!facts.subject.empty() && !facts.opted_out) {
        auto strict = table->filter(event.type, *event.payload, true, member);
        if (strict != filtered) {
            auto asked = co_await has_opted_out(store_, event.tenant, facts.subject,
                                                table->receiver());
            if (!asked) co_return asked.error();
            if (*asked) filtered = std::move(strict);
        }
    }
    if (filtered) event.payload = std::make_shared<const std::string>(std::move(*filtered));
    co_return result<void>{};
}

}  // namespace katydid::receive
