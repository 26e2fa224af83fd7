#include "hub/receive/privacy_gate.hpp"

#include "hub/core/json/scan.hpp"

namespace katydid::receive {
namespace {

struct Data {
    std::string_view member;
    std::string_view text;
};

/// Where the data is in what the two platforms post: atlvs has two dialects.
std::optional<Data> find_data(const Event& event, const json_text::Outline& outline)
{
    const std::string_view text = *event.payload;
    const auto find = [&, is_known = outline.is_of(text)](std::string_view name) {
        if (!is_known) return json_text::member(text, name);
        const auto value = outline.root().member(name);
        return value ? std::optional{value->text()} : std::nullopt;
    };
    if (event.source == "atlvs" && find("occurredAt"))
        if (const auto payload = find("payload")) return Data{"payload", *payload};
    const auto data = find("data");
    if (!data) return std::nullopt;
    return Data{"data", *data};
}

void take_instead(Event& event, std::string payload)
{
    event.payload = std::make_shared<const std::string>(std::move(payload));
    event.compressed.reset();
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

std::optional<std::string> PrivacyGate::filter(Event& event,
                                               const json_text::Outline& outline) const
{
    const auto* table = tables_.of(event.source);
    if (table == nullptr || !event.payload) return std::nullopt;
    const auto data = find_data(event, outline);
    if (!data) return std::nullopt;
    const auto facts = table->subject_of(event.type, data->text);
    // What the operator's scheme says about the subject goes before the table.
    if (event.subject.empty()) event.subject = facts.subject;

    const privacy::Envelope envelope{data->member, &outline};
    auto filtered = table->filter(event.type, *event.payload, facts.opted_out, envelope);
    std::optional<std::string> strict;
    if (!event.subject.empty() && !facts.opted_out) {
        strict = table->filter(event.type, *event.payload, true, envelope);
        if (strict == filtered) strict.reset();
    }
    if (filtered) take_instead(event, std::move(*filtered));
    return strict;
}

awaitable<result<void>> PrivacyGate::respect_opt_out(Event& event, std::string strict)
{
    const auto* table = tables_.of(event.source);
    const auto asked = co_await has_opted_out(store_, event.tenant, event.subject,
                                              table->receiver());
    if (!asked) co_return asked.error();
    if (*asked) take_instead(event, std::move(strict));
    co_return result<void>{};
}

}  // namespace katydid::receive
