#include "hub/cli/tree/examples.hpp"

#include <algorithm>
#include <utility>

namespace katydid::cli {
namespace {

constexpr std::pair<std::string_view, std::string_view> examples[] = {
    {"serve", "katydid serve --listen 0.0.0.0:8080 --data-dir /var/lib/katydid"},
    {"init", "katydid init katydid.toml"},
    {"check", "katydid check --config /etc/katydid/katydid.toml"},
    {"doctor", "katydid doctor --config /etc/katydid/katydid.toml"},
    {"send", "katydid send order.created --data '{\"id\": 7}' --wait 30s\n"
             "katydid send --batch events.ndjson"},
    {"trigger", "katydid trigger stripe invoice.paid --source stripe --secret-env STRIPE_SECRET\n"
                "katydid trigger github push --set ref=refs/heads/next --secret-env S --to "
                "http://localhost:3000/hooks"},
    {"listen", "katydid listen --source stripe --forward http://localhost:3000/hooks"},
    {"tail", "katydid tail --type 'order.*'"},
    {"events list", "katydid events list --type 'order.*' --since 1h"},
    {"events show", "katydid events show evt_01J9Z3K8Q2W7"},
    {"events payload", "katydid events payload evt_01J9Z3K8Q2W7 > payload.json"},
    {"events replay", "katydid events replay evt_01J9Z3K8Q2W7 --subscription billing"},
    {"deliveries list", "katydid deliveries list --state dead,scheduled --since 1d"},
    {"deliveries show", "katydid deliveries show dlv_01J9Z3K8Q2W7"},
    {"deliveries attempts", "katydid deliveries attempts dlv_01J9Z3K8Q2W7"},
    {"deliveries retry", "katydid deliveries retry dlv_01J9Z3K8Q2W7"},
    {"deliveries cancel", "katydid deliveries cancel dlv_01J9Z3K8Q2W7"},
    {"replay start", "katydid replay start --subscription billing --since 2h"},
    {"replay list", "katydid replay list"},
    {"replay show", "katydid replay show job_01J9Z3K8Q2W7"},
    {"replay wait", "katydid replay wait job_01J9Z3K8Q2W7"},
    {"replay pause", "katydid replay pause job_01J9Z3K8Q2W7"},
    {"replay resume", "katydid replay resume job_01J9Z3K8Q2W7"},
    {"replay cancel", "katydid replay cancel job_01J9Z3K8Q2W7"},
    {"rejected list", "katydid rejected list --source stripe"},
    {"rejected show", "katydid rejected show rej_01J9Z3K8Q2W7"},
    {"rejected replay", "katydid rejected replay rej_01J9Z3K8Q2W7\n"
                        "katydid rejected replay --all --source stripe --since 1d"},
    {"rejected delete", "katydid rejected delete rej_01J9Z3K8Q2W7"},
    {"stats", "katydid stats --since 1d --bucket 1h"},
    {"subscriptions list", "katydid subscriptions list"},
    {"subscriptions show", "katydid subscriptions show billing --json > billing.json"},
    {"subscriptions create",
     "katydid subscriptions create billing --types 'invoice.*' --to https://billing.example/hooks\n"
     "katydid subscriptions create billing-2 --from billing.json"},
    {"subscriptions update", "katydid subscriptions update billing --in-flight 4 --timeout 10s"},
    {"subscriptions delete", "katydid subscriptions delete billing"},
    {"subscriptions pause", "katydid subscriptions pause billing"},
    {"subscriptions resume", "katydid subscriptions resume billing"},
    {"subscriptions test", "katydid subscriptions test billing"},
    {"subscriptions secret", "katydid subscriptions secret billing"},
    {"subscriptions rotate-secret", "katydid subscriptions rotate-secret billing --overlap 2d"},
    {"sources list", "katydid sources list"},
    {"sources show", "katydid sources show stripe"},
    {"sources create", "katydid sources create stripe --scheme stripe --secret-env STRIPE_SECRET\n"
                       "katydid sources create github --scheme github"},
    {"sources update", "katydid sources update stripe --tolerance 10m"},
    {"sources delete", "katydid sources delete stripe"},
    {"sources rotate-secret", "katydid sources rotate-secret stripe --secret-env STRIPE_SECRET"},
    {"transform test", "katydid transform test slack.js --event evt_01J9Z3K8Q2W7 --watch\n"
                       "katydid transform test order.jq --sample order.json"},
    {"transform presets", "katydid transform presets slack > slack.js"},
    {"schemes", "katydid schemes stripe"},
    {"schemes list", "katydid schemes list"},
    {"schemes create", "katydid schemes create my-provider my-provider.toml"},
    {"schemes update", "katydid schemes update my-provider my-provider.toml"},
    {"schemes delete", "katydid schemes delete my-provider"},
    {"event-types list", "katydid event-types list"},
    {"event-types show", "katydid event-types show order.created"},
    {"event-types create", "katydid event-types create order.created --schema order.schema.json"},
    {"event-types update", "katydid event-types update order.created --description 'An order'"},
    {"event-types delete", "katydid event-types delete order.created"},
    {"subjects erase", "katydid subjects erase customer-42"},
    {"subjects privacy", "katydid subjects privacy customer-42\n"
                         "katydid subjects privacy customer-42 --opt-out all"},
    {"apply", "katydid apply hub.toml --dry-run\n"
              "katydid apply hub.toml --prune --yes"},
    {"export", "katydid export > hub.toml"},
    {"tenants list", "katydid tenants list"},
    {"tenants show", "katydid tenants show acme"},
    {"tenants create", "katydid tenants create acme --retention delivered=7d,dead=30d"},
    {"tenants update", "katydid tenants update acme --schema-mode reject"},
    {"tenants move", "katydid tenants move acme --to b --config /etc/katydid/katydid.toml"},
    {"tenants delete", "katydid tenants delete acme"},
    {"keys list", "katydid keys list"},
    {"keys create", "katydid keys create backend --scope events:write,events:read\n"
                    "# Scopes: events:write, events:read, events:consume, subscriptions:write,\n"
                    "# subscriptions:read, sources:write, sources:read, event-types:write,\n"
                    "# subjects:write, subjects:erase, audit:read, secrets:read, tenants:write,\n"
                    "# bridge:atlvs, bridge:grasshopper, and admin\n"
                    "# for all of the tenant."},
    {"keys revoke", "katydid keys revoke backend"},
    {"limits show", "katydid limits show"},
    {"limits update", "katydid limits update --in-flight 500"},
    {"audit list", "katydid audit list --action 'subscription.*' --since 7d"},
    {"audit verify", "katydid audit verify"},
    {"sign", "katydid sign --scheme github --secret-env SECRET --body-file body.json"},
    {"verify", "katydid verify --scheme github --secret-env SECRET --body-file body.json "
               "--header 'X-Hub-Signature-256: sha256=…'"},
    {"backup", "katydid backup /backup/katydid-monday.db"},
    {"restore", "katydid restore /backup/katydid-monday.db"},
    {"certs dev", "katydid certs dev --dir certs --name localhost"},
    {"completion", "katydid completion bash > /etc/bash_completion.d/katydid"},
    {"man", "katydid man | man -l -"},
    {"help", "katydid help events list"},
    {"version", "katydid version"},
};

void add(CLI::App& command, const std::string& path)
{
    std::string footer;
    if (const auto example = example_of(path); !example.empty()) {
        footer = "Example:\n  ";
        for (const char c : example) footer += c == '\n' ? std::string{"\n  "} : std::string{c};
    }
    if (command.get_fallthrough())
        footer += "\nOptions of `katydid " + command.get_parent()->get_name()
                  + "`, as --url and --json, may stand here too.";
    command.footer(footer);
    for (auto* child : command.get_subcommands([](CLI::App*) { return true; }))
        add(*child, path.empty() ? child->get_name() : path + " " + child->get_name());
}

}  // namespace

std::string_view example_of(std::string_view path) noexcept
{
    const auto found = std::ranges::find(examples, path,
                                         [](const auto& each) { return each.first; });
    return found == std::end(examples) ? std::string_view{} : found->second;
}

void add_examples(CLI::App& program) { add(program, ""); }

}  // namespace katydid::cli
