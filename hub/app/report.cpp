#include "hub/app/report.hpp"

#include "certs/certificate_facts.hpp"
#include "certs/check_chain.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/checks/machine_checks.hpp"
#include "hub/checks/receiver_checks.hpp"
#include "hub/checks/settings_checks.hpp"
#include "hub/checks/source_checks.hpp"
#include "hub/config/describe.hpp"
#include "hub/config/load.hpp"
#include "hub/core/subscription/subscription.hpp"

#include <boost/json.hpp>
#include <sys/resource.h>

#include <algorithm>

namespace katydid {
namespace {

namespace json = boost::json;
using checks::Finding;
using checks::Findings;

constexpr std::uint32_t refused_looked_at = 250;
constexpr std::size_t receivers_asked_max = 50;
constexpr milliseconds receiver_timeout{3'000};

json::object describe(const Finding& finding)
{
    return {{"weight", checks::to_text(finding.weight)},
            {"check", finding.check},
            {"what", finding.what},
            {"hint", finding.hint.empty() ? json::value{} : json::value(finding.hint)}};
}

json::array describe(const Findings& findings)
{
    json::array rows;
    for (const auto& finding : findings) rows.push_back(describe(finding));
    return rows;
}

/// A certificate that the settings name.
struct NamedCertificate {
    std::string use;
    certs::ChainFiles files;
};

std::vector<NamedCertificate> certificates_of(const config::Settings& settings)
{
    std::vector<NamedCertificate> all;
    const auto add = [&all](std::string use, certs::ChainUse kind, const std::string& certificate,
                            const std::string& key) {
        if (certificate.empty()) return;
        certs::ChainFiles files;
        files.certificate_file = certificate;
        files.key_file = key;
        files.use = kind;
        all.push_back({std::move(use), std::move(files)});
    };
    const auto& tls = settings.tls;
    for (std::size_t i = 0; i < tls.certificate_files.size(); ++i)
        add("listener", certs::ChainUse::server, tls.certificate_files[i],
            i < tls.key_files.size() ? tls.key_files[i] : "");
    add("deliveries", certs::ChainUse::client, settings.egress_certificate_file,
        settings.egress_key_file);
    for (const auto& identity : settings.identities)
        add("identity " + identity.name, certs::ChainUse::client, identity.certificate_file,
            identity.key_file);
    return all;
}

json::object describe(const NamedCertificate& named, Timestamp now)
{
    Findings findings;
    for (const auto& found : certs::check_chain_files(named.files, now)) {
        const bool is_fault = found.weight == certs::ChainFinding::Weight::fault;
        findings.push_back({is_fault ? checks::Weight::fault : checks::Weight::warning,
                            "certificates", found.what, found.hint});
    }
    json::object row{{"use", named.use},       {"file", named.files.certificate_file.string()},
                     {"subject", nullptr},     {"issuer", nullptr},
                     {"names", json::array{}}, {"not_before", nullptr},
                     {"not_after", nullptr},   {"sha256", nullptr}};
    row["findings"] = describe(findings);
    const auto facts = certs::read_facts_of_file(named.files.certificate_file);
    if (!facts) return row;
    for (const auto& name : facts->names) row["names"].as_array().emplace_back(name);
    row["subject"] = facts->subject;
    row["issuer"] = facts->issuer;
    row["not_before"] = to_rfc3339(facts->not_before);
    row["not_after"] = to_rfc3339(facts->not_after);
    row["sha256"] = facts->sha256;
    return row;
}

json::array describe_certificates(const Resources& resources)
{
    json::array rows;
    for (const auto& named : certificates_of(resources.settings))
        rows.push_back(describe(named, resources.clock.now()));
    return rows;
}

void append(Findings& all, Findings more) { std::ranges::move(more, std::back_inserter(all)); }

/// What takes no time and asks no one.
Findings look_inside(const Resources& resources)
{
    const auto& settings = resources.settings;
    Findings findings{checks::well("start", "The hub runs.")};
    append(findings, checks::check_certificates(settings, resources.clock.now()));
    append(findings, checks::check_secrets(settings));
    append(findings, checks::check_platforms(settings, config::process_environment()));
    std::error_code error;
    const auto room = std::filesystem::space(settings.data_dir, error);
    if (!error) findings.push_back(checks::judge_room(settings.data_dir, room.available));
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0)
        findings.push_back(checks::judge_descriptors(files.rlim_cur, settings.connections_max));
    return findings;
}

awaitable<Findings> look_at_refused(Resources& resources, const registry::Tables& tables,
                                    TenantId tenant)
{
    store::RejectedQuery query;
    query.tenant = tenant;
    query.limit = refused_looked_at;
    const auto rows = co_await resources.store->rejected(std::move(query));
    std::vector<checks::RefusedWebhook> refused;
    if (rows)
        for (const auto& row : *rows) {
            const auto source = tables.source(tenant, row.source);
            refused.push_back(
                {source ? source->source.name : row.source.to_string(), row.reason, row.diagnosis});
        }
    co_return checks::judge_times(refused);
}

awaitable<Findings> ask_receivers(Resources& resources, LoopContext& loop, TenantId tenant)
{
    std::vector<checks::Receiver> receivers;
    for (const auto& subscription : loop.tables.subscriptions(tenant))
        if (subscription->handler.kind == HandlerKind::endpoint
            && receivers.size() < receivers_asked_max)
            receivers.push_back({subscription->name, subscription->handler.url});
    auto report = co_await checks::check_receivers(loop.client, resources.egress,
                                                   std::move(receivers), receiver_timeout);
    report.findings.push_back(checks::judge_clock(report.dates, resources.clock.now()));
    co_return std::move(report.findings);
}

awaitable<json::array> examine(Resources& resources, LoopContext& loop, TenantId tenant, bool asks)
{
    auto findings = look_inside(resources);
    auto refused = co_await look_at_refused(resources, loop.tables, tenant);
    append(findings, std::move(refused));
    if (asks) {
        auto answers = co_await ask_receivers(resources, loop, tenant);
        append(findings, std::move(answers));
    }
    co_return describe(findings);
}

awaitable<http::Response> list_operations(bridge::Bridge& bridge, std::optional<DeliveryId> cursor,
                                          std::uint32_t limit)
{
    const auto page = co_await bridge.operations(cursor, limit);
    if (!page) co_return api::error_response(page.error());
    co_return api::object_response(200, *page);
}

}  // namespace

api::HubReport make_report(Resources& resources, LoopContext& loop)
{
    const auto& settings = resources.settings;
    return {[&settings] { return config::describe_settings(settings); },
            [&settings](TenantId tenant, bool is_operator) {
                const auto whose = is_operator ? std::nullopt : std::optional{tenant};
                return config::describe_identities(settings, whose, is_operator);
            },
            [&resources] { return describe_certificates(resources); },
            [&resources, &loop](TenantId tenant, bool asks) {
                return examine(resources, loop, tenant, asks);
            }};
}

api::BridgeView view_of(bridge::Bridge& bridge)
{
    return {[&bridge] { return bridge.overview(); },
            [&bridge](std::optional<DeliveryId> cursor, std::uint32_t limit) {
                return list_operations(bridge, cursor, limit);
            }};
}

}  // namespace katydid
