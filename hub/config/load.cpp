#include "hub/config/load.hpp"

#include "hub/config/header_lines.hpp"
#include "hub/config/keys.hpp"
#include "hub/config/platforms.hpp"
#include "hub/config/secrets.hpp"
#include "hub/config/toml_tables.hpp"

#include <algorithm>
#include <filesystem>

#include <unistd.h>

extern char** environ;

namespace katydid::config {
namespace {

Error refused(std::string_view place, std::string_view what)
{
    return {errc::invalid_argument, std::string{place} + ": " + std::string{what}};
}

/// Variables of the command line's client side, and secrets, which have no row in the table.
bool is_client_variable(std::string_view name) noexcept
{
    return name == "KATYDID_URL" || name == "KATYDID_API_KEY" || name == "KATYDID_MASTER_KEY"
           || name == "KATYDID_MASTER_KEY_PREVIOUS" || name == "KATYDID_OPERATOR_KEY"
           || name == "KATYDID_OTLP_HEADERS";
}

result<void> apply_environment(Settings& settings, const Environment& environment)
{
    for (const auto& [name, value] : environment) {
        if (!name.starts_with("KATYDID_") || is_client_variable(name)) continue;
        const auto specs = keys();
        const auto spec = std::find_if(specs.begin(), specs.end(),
                                       [&](const KeySpec& s) { return s.variable == name; });
        if (spec == specs.end())
            return refused(name, "there is no such setting. `katydid init` writes a file with "
                                 "every setting and its variable");
        if (auto set = spec->set(settings, value); !set)
            return refused(name + "=" + value, set.error().message);
    }
    return {};
}

result<void> apply_flags(Settings& settings,
                         const std::vector<std::pair<std::string, std::string>>& flags)
{
    for (const auto& [flag, value] : flags) {
        const auto specs = keys();
        const auto spec = std::find_if(specs.begin(), specs.end(),
                                       [&](const KeySpec& s) { return s.flag == flag; });
        if (spec == specs.end()) return refused(flag, "there is no such flag");
        if (auto set = spec->set(settings, value); !set)
            return refused(flag + " " + value, set.error().message);
    }
    return {};
}

result<void> apply_hub_secrets(Settings& settings, const Environment& environment)
{
    for (const auto& [name, target] :
         {std::pair{"KATYDID_MASTER_KEY", &settings.master_key},
          std::pair{"KATYDID_MASTER_KEY_PREVIOUS", &settings.master_key_previous},
          std::pair{"KATYDID_OPERATOR_KEY", &settings.operator_key}}) {
        auto secret = secret_from_variable(environment, name);
        if (!secret) return secret.error();
        if (*secret) *target = std::move(*secret);
    }
    return {};
}

/// The collector's headers, from the variable or from the file.
result<void> apply_trace_headers(Settings& settings, const Environment& environment)
{
    constexpr auto variable = "KATYDID_OTLP_HEADERS";
    auto secret = secret_from_variable(environment, variable);
    if (!secret) return secret.error();
    const auto& file = settings.otlp_headers_file;
    if (*secret && !file.empty())
        return refused(variable, "is set, and so is trace.otlp_headers_file: set one of them");
    if (!file.empty()) {
        auto read = secret_from_file(file);
        if (!read) return read.error();
        *secret = std::move(*read);
    }
    if (!*secret) return {};
    auto headers = parse_header_lines((*secret)->text());
    if (!headers) return refused(file.empty() ? variable : file, headers.error().message);
    settings.otlp_headers = std::move(*headers);
    return {};
}

result<void> check_whole(const Settings& settings)
{
    if (settings.tls.certificate_files.size() != settings.tls.key_files.size())
        return refused("tls", "certificate_file and key_file belong together: set both or none, "
                              "and as many of one as of the other");
    if (settings.egress_certificate_file.empty() != settings.egress_key_file.empty())
        return refused("egress", "certificate_file and key_file belong together: set both or none");
    if (settings.tls.client_required && settings.tls.client_ca_file.empty())
        return refused("tls.client_required",
                       "set tls.client_ca_file to the authority of the client certificates");
    for (const auto& source : settings.sources)
        if (!source.settings.client_subject.empty() && settings.tls.client_ca_file.empty())
            return refused("sources",
                           "\"" + source.name
                               + "\" has a client_subject: set "
                                 "tls.client_ca_file to the authority of such certificates");
    const auto unique = [](const auto& items, const auto& name_of,
                           const char* what) -> result<void> {
        for (std::size_t i = 0; i < items.size(); ++i)
            for (std::size_t j = i + 1; j < items.size(); ++j)
                if (name_of(items[i]) == name_of(items[j]))
                    return refused(what,
                                   "\"" + name_of(items[i]) + "\" is there twice: rename one");
        return {};
    };
    if (auto ok = unique(settings.sources, [](const auto& s) { return s.name; }, "sources"); !ok)
        return ok;
    if (auto ok = unique(
            settings.identities, [](const auto& i) { return i.name; }, "identities");
        !ok)
        return ok;
    return unique(
        settings.subscriptions, [](const auto& s) { return s.subscription.name; }, "subscriptions");
}

}  // namespace

Environment process_environment()
{
    Environment environment;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text{*entry};
        if (const auto equals = text.find('='); equals != std::string_view::npos)
            environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return environment;
}

result<Settings> load(const Inputs& inputs)
{
    Settings settings;
    auto file = inputs.file;
    if (file.empty() && std::filesystem::exists("katydid.toml")) file = "katydid.toml";
    if (!file.empty()) {
        if (auto done = apply_file(settings, file, inputs.environment); !done) return done.error();
    }
    if (auto done = apply_environment(settings, inputs.environment); !done) return done.error();
    if (auto done = apply_flags(settings, inputs.flags); !done) return done.error();
    if (auto done = apply_hub_secrets(settings, inputs.environment); !done) return done.error();
    if (auto done = apply_trace_headers(settings, inputs.environment); !done) return done.error();
    if (auto done = apply_platforms(settings, inputs.environment); !done) return done.error();
    if (auto done = check_whole(settings); !done) return done.error();
    return settings;
}

namespace {

/// A value as TOML writes it: numbers and truth values without quotes.
std::string written(std::string_view value)
{
    const bool is_number = !value.empty()
                           && value.find_first_not_of("0123456789.") == std::string_view::npos
                           && std::count(value.begin(), value.end(), '.') <= 1;
    if (is_number || value == "true" || value == "false") return std::string{value};
    return "\"" + std::string{value} + "\"";
}

}  // namespace

std::string example_file()
{
    std::string text
        = "# Katydid's settings. Every line shows the default, or an example of a value.\n"
          "# The environment variable named beside a setting wins over this file, a flag over "
          "both.\n"
          "# Secrets come by reference only: secret_env names a variable, secret_file a file.\n"
          "#\n# From the environment only, since they are secrets or belong to one:\n"
          "#   ATLVS_WEBHOOK_SECRET, GRASSHOPPER_WEBHOOK_SECRET, ATLVS_PARTNER_SECRET,\n"
          "#   GRASSHOPPER_WEBHOOK_URL, ATLVS_WEBHOOK_URL            webhooks of both platforms\n"
          "#   ATLVS_API_URL, ATLVS_API_KEY, GRASSHOPPER_API_URL, GRASSHOPPER_API_KEY   the "
          "bridge\n"
          "#   KATYDID_MASTER_KEY, KATYDID_MASTER_KEY_PREVIOUS, KATYDID_OPERATOR_KEY\n"
          "#   KATYDID_OTLP_HEADERS                                  for the collector of traces\n";
    std::string table;
    for (const auto& spec : keys()) {
        const auto dot = spec.key.find('.');
        const std::string section{dot == std::string_view::npos ? "" : spec.key.substr(0, dot)};
        const auto name = dot == std::string_view::npos ? spec.key : spec.key.substr(dot + 1);
        if (section != table) text.append("\n[").append(section).append("]\n");
        table = section;
        text.append("\n# ").append(spec.help).append("\n# ").append(spec.variable);
        if (!spec.flag.empty()) text.append(", ").append(spec.flag);
        text.append("\n# ").append(name).append(" = ").append(written(spec.example)).append("\n");
    }
    text += "\n# Who posts webhooks to /api/webhooks/NAME. `katydid schemes` lists the schemes.\n"
            "# [[sources]]\n# name = \"stripe\"\n# schemes = [\"stripe\"]\n"
            "# secret_env = \"STRIPE_WEBHOOK_SECRET\"\n"
            "# public_url = \"https://hooks.example.com/stripe\"  # for schemes that sign it\n"
            "# tolerance = \"10m\"  # how old a signature may be\n"
            "# repeats = \"accept\"  # a known signature under an unsigned id, or \"refuse\"\n"
            "# unsigned_types = \"accept\"  # types from unsigned headers, or \"refuse\"\n"
            "# split = false  # whether a batch becomes one event for each of its items\n"
            "# principal = \"hooks@my-project.iam.gserviceaccount.com\"  # who must have signed\n"
            "# verify_token_env = \"META_VERIFY_TOKEN\"  # what Meta shows to check the path\n"
            "\n# Who gets which events. `katydid.*` are the hub's own.\n"
            "# [[subscriptions]]\n# name = \"billing\"\n# sources = [\"stripe\"]\n"
            "# event_types = [\"invoice.*\"]\n# url = \"https://billing.example.com/hooks\"\n"
            "# dialect = \"standard\"\n# secret_env = \"BILLING_HOOK_SECRET\"\n# in_flight = 16\n"
            "# timeout = \"15s\"\n# signature = \"stripe\"  # a scheme in the place of the "
            "dialect's own\n"
            "\n# Whom deliveries trust and who they say they are; subscriptions name one with\n"
            "# identity = \"bank\".\n"
            "# [[identities]]\n# name = \"bank\"\n# ca_file = \"bank-ca.pem\"\n"
            "# certificate_file = \"client.pem\"\n# key_file = \"client.key\"\n"
            "# tenants = [\"default\"]  # who may use it; left out: every tenant\n"
            "# [identities.oauth]  # left out: no token\n"
            "# token_url = \"https://login.bank.example/token\"\n# client_id = \"katydid\"\n"
            "# client_secret_env = \"BANK_CLIENT_SECRET\"\n# scopes = [\"hooks\"]\n"
            "\n# How a provider signs that the catalog does not know (docs/signing.md).\n"
            "# [schemes.my-provider]\n# algorithm = \"hmac-sha256\"\n"
            "# signature = { from = \"header:X-Signature\", encoding = \"hex\" }\n"
            "# message = \"{body}\"\n# type = \"json:/type\"\n";
    return text;
}

}  // namespace katydid::config
