#include "hub/config/load.hpp"

#include "hub/config/header_lines.hpp"
#include "hub/config/keys.hpp"
#include "hub/config/mistakes.hpp"
#include "hub/config/platforms.hpp"
#include "hub/config/secrets.hpp"
#include "hub/config/tables/toml_tables.hpp"
#include "signing/keys/vault.hpp"

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
constexpr std::string_view other_variables[] = {
    "KATYDID_URL",          "KATYDID_TENANT",       "KATYDID_API_KEY",
    "KATYDID_CA_FILE",      "KATYDID_MASTER_KEY",   "KATYDID_MASTER_KEY_PREVIOUS",
    "KATYDID_API_KEY_FILE", "KATYDID_OPERATOR_KEY", "KATYDID_OTLP_HEADERS"};

/// The value of a variable or a flag.
/// \param written  as it was given, for the mistake
void apply_value(Settings& settings, const KeySpec& spec, std::string_view value,
                 const std::string& place, const std::string& written, Mistakes& mistakes)
{
    mistakes.set_at(spec.key, place);
    settings.given.insert_or_assign(std::string{spec.key}, GivenSetting{std::string{value}, place});
    const auto set = spec.set(settings, value);
    if (set) return;
    mistakes.refuse_key(spec.key);
    mistakes.add(written, set.error().message);
}

void apply_environment(Settings& settings, const Environment& environment, Mistakes& mistakes)
{
    const auto specs = keys();
    for (const auto& [name, value] : environment) {
        if (!name.starts_with("KATYDID_")) continue;
        if (std::ranges::find(other_variables, name) != std::end(other_variables)) continue;
        const auto spec = std::ranges::find(specs, std::string_view{name}, &KeySpec::variable);
        if (spec == specs.end())
            mistakes.add(name, "there is no such setting. `katydid init` writes a file with every "
                               "setting and its variable");
        else apply_value(settings, *spec, value, name, name + "=" + value, mistakes);
    }
}

void apply_flags(Settings& settings, const std::vector<std::pair<std::string, std::string>>& flags,
                 Mistakes& mistakes)
{
    const auto specs = keys();
    for (const auto& [flag, value] : flags) {
        const auto spec = std::ranges::find(specs, std::string_view{flag}, &KeySpec::flag);
        if (spec == specs.end()) mistakes.add(flag, "there is no such flag");
        else apply_value(settings, *spec, value, flag, flag + " " + value, mistakes);
    }
}

void apply_hub_secrets(Settings& settings, const Environment& environment, Mistakes& mistakes)
{
    for (const auto& [name, target] :
         {std::pair{"KATYDID_MASTER_KEY", &settings.master_key},
          std::pair{"KATYDID_MASTER_KEY_PREVIOUS", &settings.master_key_previous},
          std::pair{"KATYDID_OPERATOR_KEY", &settings.operator_key}}) {
        auto secret = secret_from_variable(environment, name);
        if (!mistakes.note(secret) || !*secret) continue;
        *target = std::move(*secret);
        settings.given.insert_or_assign(name, GivenSetting{"", name});
    }
    if (settings.operator_key && settings.operator_key->text().size() < operator_key_bytes_min)
        mistakes.add("KATYDID_OPERATOR_KEY",
                     "the key can be guessed. " + std::string{operator_key_rule});
    for (const auto& [name, secret] :
         {std::pair{"KATYDID_MASTER_KEY", &settings.master_key},
          std::pair{"KATYDID_MASTER_KEY_PREVIOUS", &settings.master_key_previous}}) {
        if (!*secret) continue;
        const auto key = signing::parse_master_key((*secret)->text());
        if (!key) mistakes.add(name, key.error().message);
    }
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

/// What one setting says against another. Not judged where a value of them was refused.
class CrossChecks {
public:
    CrossChecks(const Settings& settings, Mistakes& mistakes)
        : settings_{settings},
          mistakes_{mistakes}
    {}

    void check()
    {
        check_pairs();
        check_client_authority();
        check_shares();
        check_shards();
        check_sign_on();
        const bool is_same = settings_.listen == settings_.operator_listen
                             && settings_.listen.port() != 0;
        if (is_same && are_sound({"listen", "operator_listen"}))
            refuse("operator_listen", "is the same address as listen: give each its own port");
    }

private:
    [[nodiscard]] bool are_sound(std::initializer_list<std::string_view> keys) const
    {
        return std::ranges::none_of(
            keys, [this](std::string_view key) { return mistakes_.is_refused(key); });
    }
    /// \param key  the setting that is there, whose place is named
    void refuse(std::string_view key, std::string_view what)
    {
        const auto place = mistakes_.place_of(key);
        mistakes_.add(place, place == key ? std::string{what}
                                          : std::string{key} + ": " + std::string{what});
    }

    void check_pairs()
    {
        const auto& tls = settings_.tls;
        if (tls.certificate_files.size() != tls.key_files.size()
            && are_sound({"tls.certificate_file", "tls.key_file"}))
            refuse(tls.certificate_files.empty() ? "tls.key_file" : "tls.certificate_file",
                   "certificate_file and key_file belong together: set both or none, and as many "
                   "of one as of the other");
        const bool has_certificate = !settings_.egress_certificate_file.empty();
        if (has_certificate == settings_.egress_key_file.empty()
            && are_sound({"egress.certificate_file", "egress.key_file"}))
            refuse(has_certificate ? "egress.certificate_file" : "egress.key_file",
                   "certificate_file and key_file belong together: set both or none");
    }

    void check_client_authority()
    {
        const bool is_judged = are_sound({"tls.client_ca_file", "tls.client_required"});
        if (!is_judged || !settings_.tls.client_ca_file.empty()) return;
        if (settings_.tls.client_required)
            refuse("tls.client_required",
                   "set tls.client_ca_file to the authority of the client certificates");
        for (const auto& source : settings_.sources)
            if (!source.settings.client_subject.empty())
                mistakes_.add(mistakes_.place_of("sources." + source.name),
                              "\"" + source.name
                                  + "\" has a client_subject: set tls.client_ca_file to the "
                                    "authority of such certificates");
    }

    void check_sign_on()
    {
        if (!settings_.sign_on || !are_sound({"console.public_url"})) return;
        if (settings_.public_url.empty())
            refuse("sso", "set console.public_url (KATYDID_PUBLIC_URL) to where browsers reach "
                          "the hub: the provider sends people back there");
        if (!settings_.has_console)
            refuse("sso", "people sign in to the console: set console.enabled = true, or leave "
                          "[sso] out");
    }

    /// Each loop gets its share of a limit, and one without any would never deliver.
    void check_shares()
    {
        const auto check_one = [this](std::string_view key, std::uint32_t limit) {
            if (limit > 0 && limit < settings_.loops && are_sound({key, "loops"}))
                refuse(key, "must be at least " + std::to_string(settings_.loops)
                                + ", one for each event loop (loops)");
        };
        check_one("limits.in_flight_max", settings_.in_flight_max);
        check_one("limits.tenant_in_flight_max", settings_.tenant_in_flight_max);
    }

    /// They are instead of `store`, and hubs share either all of them or none.
    void check_shards()
    {
        const auto& shards = settings_.shards;
        if (shards.empty()) return;
        if (!settings_.store.empty())
            refuse("store", "leave it out: [[shards]] says where events are kept");
        const auto is_file = [](const ShardSettings& shard) {
            return shard.url.starts_with("sqlite:");
        };
        const auto files = static_cast<std::size_t>(std::ranges::count_if(shards, is_file));
        if (files > 0 && files < shards.size())
            refuse("shards", "they must all be PostgreSQL, or all SQLite files");
    }

    const Settings& settings_;
    Mistakes& mistakes_;
};

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

Loaded load_all(const Inputs& inputs)
{
    Loaded loaded;
    auto& settings = loaded.settings;
    Mistakes mistakes;
    auto file = inputs.file;
    if (file.empty() && std::filesystem::exists("katydid.toml")) file = "katydid.toml";
    if (!file.empty()) apply_file(settings, file, inputs.environment, mistakes);
    apply_environment(settings, inputs.environment, mistakes);
    apply_flags(settings, inputs.flags, mistakes);
    apply_hub_secrets(settings, inputs.environment, mistakes);
    mistakes.note(apply_trace_headers(settings, inputs.environment));
    apply_platforms(settings, inputs.environment, mistakes);
    if (!mistakes.has_lost_part()) CrossChecks{settings, mistakes}.check();
    loaded.mistakes = mistakes.sentences();
    return loaded;
}

result<Settings> load(const Inputs& inputs)
{
    auto loaded = load_all(inputs);
    if (loaded.mistakes.empty()) return std::move(loaded.settings);
    std::string all;
    for (const auto& mistake : loaded.mistakes) all.append(all.empty() ? "" : "\n").append(mistake);
    return Error{errc::invalid_argument, std::move(all)};
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

constexpr std::string_view sign_on_example
    = "\n# People sign in with an OpenID Connect provider (docs/guides/sign-on.md). Register\n"
      "# console.public_url + \"/sso/callback\" there.\n"
      "# [sso]\n# issuer = \"https://login.example.com\"\n# name = \"Example\"  # on the "
      "button\n# client_id = \"katydid\"\n# client_secret_env = \"SSO_CLIENT_SECRET\"  # "
      "left out: a public client\n"
      "# scopes = [\"openid\", \"profile\", \"email\"]\n"
      "# [[sso.roles]]  # the first that fits counts\n# claim = \"groups\"\n"
      "# value = \"integrations\"\n# role = \"operate\"  # read, operate or admin\n"
      "# tenant = \"default\"  # or ten_…; \"*\" with admin: all tenants\n"
      "# [[sso.platforms]]  # who takes people that are signed in here\n"
      "# name = \"atlvs\"\n# callback_url = \"https://atlvs.example.com/sso/katydid\"\n";

}  // namespace

namespace {

/// [[tests]], [[alerts]], [smtp].
std::string example_of_watching()
{
    return "\n# What events are to come to; `katydid check` runs them (docs/transforms.md).\n"
           "# [[tests]]\n# subscription = \"billing\"  # or transform, transform_file, "
           "transform_preset and filter\n"
           "# event = { type = \"invoice.paid\", payload = { total = 5 } }\n"
           "# delivered = false  # or output = { payload = { … } }\n"
           "\n# Whom to tell what goes wrong (docs/alerts.md): slack:URL, mailto:ADDRESS or\n"
           "# subscription:NAME. Mail needs a server.\n"
           "# [[alerts]]\n# on = [\"katydid.subscription.degraded\", "
           "\"katydid.delivery.dead\"]\n# to = \"mailto:ops@example.com\"\n"
           "# [smtp]\n# url = \"smtp://mail.example.com:587\"  # with STARTTLS\n"
           "# from = \"katydid@example.com\"\n# user = \"katydid\"\n"
           "# password_env = \"SMTP_PASSWORD\"\n";
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
        text.append("\n# ").append(name).append(" = ").append(written(spec.shown.text)) += '\n';
    }
    text += "\n# Several stores, each with some of the tenants, instead of `store` "
            "(docs/operations.md).\n"
            "# The first one keeps the directory: names and the first place stay as they are.\n"
            "# [[shards]]\n# name = \"a\"\n# url = \"postgres://katydid@db1.internal/katydid\"\n"
            "# schema = \"katydid\"  # left out: the first of the user's search_path\n"
            "\n# Who posts webhooks to /api/webhooks/NAME. `katydid schemes` lists the schemes.\n"
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
            "# dialect = \"standard\"\n# secret_env = \"BILLING_HOOK_SECRET\"\n"
            "# timeout = \"15s\"\n"
            "# signature = \"stripe\"  # a scheme instead of the dialect's own\n"
            "# in_flight = 16  # attempts at the same time\n"
            "# per_second = 50  # at most; burst = 100 at once\n"
            "# ordering = \"key\"  # one at a time for each value of order_key = \"/id\"\n"
            "# delays = [\"5s\", \"5m\"]  # waits before the next attempts\n"
            "# filter = { payload = { total = { \"$gte\" = 100 } } }\n"
            "# transform_preset = \"slack\"  # or transform_file = \"slack.js\" "
            "(docs/transforms.md)\n"
            "# headers = { X-Team = \"blue\" }  # credentials: headers_env, lines \"Name: value\"\n"
            "\n# Whom deliveries trust and who they say they are; subscriptions name one with\n"
            "# identity = \"bank\".\n"
            "# [[identities]]\n# name = \"bank\"\n# hosts = [\"api.bank.example\"]  # where it may "
            "go\n# ca_file = \"bank-ca.pem\"\n"
            "# certificate_file = \"client.pem\"\n# key_file = \"client.key\"\n"
            "# tenants = [\"default\"]  # who may use it; left out: every tenant\n"
            "# [identities.oauth]  # left out: no token\n"
            "# token_url = \"https://login.bank.example/token\"\n# client_id = \"katydid\"\n"
            "# client_secret_env = \"BANK_CLIENT_SECRET\"\n# scopes = [\"hooks\"]\n";
    text += sign_on_example;
    text += "\n# How a provider signs that the catalog does not know (docs/signing.md).\n"
            "# [schemes.my-provider]\n# algorithm = \"hmac-sha256\"\n"
            "# signature = { from = \"header:X-Signature\", encoding = \"hex\" }\n"
            "# message = \"{body}\"\n# type = \"json:/type\"\n";
    text += example_of_watching();
    return text;
}

}  // namespace katydid::config
