#include "hub/receive/privacy_gate.hpp"

#include "hub/core/json/scan.hpp"

namespace katydid::receive {
namespace {

struct Data {
    std::string_view member;
    std::string_view text;
};

/// Where the data is in what the two platforms post: atlvs has two dialects.
std::optional<Data> find_data(const Event& event)
{
    if (event.source == "atlvs") {
        const auto [when, payload] = json_text::members(*event.payload, "occurredAt", "payload");
        if (when && payload) return Data{"payload", *payload};
    }
    const auto data = json_text::member(*event.payload, "data");
    if (!data) return std::nullopt;
    return Data{"data", *data};
}

}  // namespace

awaitable<result<bool>> has_opted_out(store::Records& store, TenantId tenant, std::string subject,
                                      std::string receiver)
{
    const auto record = co_await store.record(tenant, privacy::privacy_record_kind,
                                              std::move(subject));
    if (record) co_return privacy::is_opted_out(record->json, receiver);
    if (record.error() == errc::not_found) co_return false;
    co_return record.error();
}

awaitable<result<void>> PrivacyGate::pass(Event& event)
{
    const auto* table = tables_.of(event.source);
    if (table == nullptr || !event.payload) co_return result<void>{};
    const auto data = find_data(event);
    if (!data) co_return result<void>{};
    const auto facts = table->subject_of(event.type, data->text);
    // What the operator's scheme says about the subject goes before the table.
    if (event.subject.empty()) event.subject = facts.subject;

    auto filtered = table->filter(event.type, *event.payload, facts.opted_out, data->member);
    if (!event.subject.empty() && !facts.opted_out) {
        auto strict = table->filter(event.type, *event.payload, true, data->member);
        if (strict != filtered) {
            auto asked = co_await has_opted_out(store_, event.tenant, event.subject,
                                                table->receiver());
            if (!asked) co_return asked.error();
            if (*asked) filtered = std::move(strict);
        }
    }
    if (filtered) {
        event.payload = std::make_shared<const std::string>(std::move(*filtered));
        event.compressed.reset();
    }
    co_return result<void>{};
}

}  // namespace katydid::receive
