#include "hub/config/toml_tables.hpp"

#include "hub/config/identity_tables.hpp"
#include "hub/config/keys.hpp"
#include "hub/config/source_tables.hpp"
#include "hub/config/toml_text.hpp"
#include "hub/http/egress.hpp"
#include "hub/registry/source_entry.hpp"
#include "signing/scheme_traits.hpp"
#include "signing/secrets.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

namespace katydid::config {
namespace {

class Reader : TomlText {
public:
    Reader(Settings& settings, std::string path, const Environment& environment)
        : TomlText{std::move(path), environment},
          settings_{settings}
    {}

    result<void> read(const toml::table& root)
    {
        // First, since sources and subscriptions name them.
        if (const auto* schemes = root.get("schemes"))
            if (auto done = read_schemes(*schemes); !done) return done;
        if (const auto* identities = root.get("identities"))
            if (auto done = read_list(*identities, &Reader::read_identity); !done) return done;
        for (const auto& [key, node] : root) {
            const std::string_view name = key.str();
            result<void> done;
            if (name == "schemes" || name == "identities") continue;
            if (name == "sources") done = read_list(node, &Reader::read_source);
            else if (name == "subscriptions") done = read_list(node, &Reader::read_subscription);
            else if (const auto* section = node.as_table()) done = read_section(name, *section);
            else done = read_key(std::string{name}, node);
            if (!done) return done;
        }
        return {};
    }

private:
    result<void> read_section(std::string_view section, const toml::table& table)
    {
        for (const auto& [key, node] : table) {
            auto done = read_key(std::string{section} + "." + std::string{key.str()}, node);
            if (!done) return done;
        }
        return {};
    }

    result<void> read_key(const std::string& key, const toml::node& node)
    {
        for (const auto& spec : keys()) {
            if (spec.key != key) continue;
            const auto text = to_text(node);
            if (!text)
                return at(node, key + ": write text, a number, true, false or a list of texts");
            if (auto set = spec.set(settings_, *text); !set)
                return at(node, key + " = \"" + *text + "\": " + set.error().message);
            return {};
        }
        return at(node,
                  "there is no setting \"" + key + "\". `katydid init` writes a file with all");
    }

    result<void> read_list(const toml::node& node,
                           result<void> (Reader::*read_one)(const toml::table&))
    {
        const auto* array = node.as_array();
        constexpr auto lists = "write it as [[sources]], [[subscriptions]] or [[identities]]";
        if (array == nullptr) return at(node, lists);
        for (const auto& item : *array) {
            const auto* table = item.as_table();
            if (table == nullptr) return at(item, lists);
            if (auto done = (this->*read_one)(*table); !done) return done;
        }
        return {};
    }

    result<void> read_schemes(const toml::node& node)
    {
        const auto* schemes = node.as_table();
        if (schemes == nullptr) return at(node, "write it as [schemes.NAME]");
        for (const auto& [key, description] : *schemes) {
            const std::string name{key.str()};
            const auto* table = description.as_table();
            if (table == nullptr) return at(description, "write it as [schemes." + name + "]");
            if (const auto fault = signing::name_fault(name); !fault.empty())
                return at(description, fault);
            std::ostringstream text;
            text << *table << '\n';
            auto scheme = signing::load_scheme(name, text.str());
            if (!scheme) return at(description, scheme.error().message);
            settings_.schemes.push_back({name, text.str()});
            own_schemes_.emplace(name, std::move(*scheme));
        }
        return {};
    }

    [[nodiscard]] signing::SchemePtr find_scheme(const std::string& name) const
    {
        const auto own = own_schemes_.find(name);
        return own != own_schemes_.end() ? own->second : signing::find_scheme(name);
    }

    /// The scheme a subscription signs with must be able to sign, and with that secret.
    result<void> read_signature(const toml::table& table, SubscriptionSettings& made)
    {
        const auto* node = table.get("signature");
        if (node == nullptr) return {};
        auto name = need_text(table, "signature");
        if (!name) return name.error();
        const auto scheme = find_scheme(*name);
        if (!scheme)
            return at(*node, "there is no scheme \"" + *name + "\": `katydid schemes` lists them");
        if (const auto why = signing::why_it_cannot_sign(*scheme); !why.empty())
            return at(*node, "the scheme \"" + *name + "\" only verifies: " + why);
        if (!made.secret)
            return at(*node, "a signature needs a key: set secret_env or secret_file");
        if (auto fits = signing::check_secret(*scheme, *made.secret, signing::KeyUse::sign); !fits)
            return at(*node, fits.error().message);
        made.subscription.signature = std::move(*name);
        return {};
    }

    result<void> read_identity(const toml::table& table)
    {
        auto made = config::read_identity(*this, table);
        if (!made) return made.error();
        settings_.identities.push_back(std::move(*made));
        return {};
    }

    /// Subscriptions of settings are the default tenant's.
    result<void> read_identity_name(const toml::table& table, Subscription& subscription)
    {
        auto& name = subscription.handler.identity;
        if (auto done = read_text(table, "identity", name); !done || name.empty()) return done;
        for (const auto& each : settings_.identities) {
            const auto& tenants = each.tenants;
            const auto place = std::ranges::find(tenants, default_tenant());
            const bool is_offered = tenants.empty() || place != tenants.end();
            if (each.name == name && is_offered) return {};
        }
        return at(*table.get("identity"), "there is no [[identities]] of that name for the default "
                                          "tenant");
    }

    result<void> read_source(const toml::table& table)
    {
        if (auto ok = refuse_unknown(table,
                                     {"name", "schemes", "secret", "secret_env", "secret_file",
                                      "public_url", "client_subject", "gzip", "tolerance",
                                      "repeats", "unsigned_types", "split", "principal",
                                      "verify_token_env", "verify_token_file"});
            !ok)
            return ok;
        SourceSettings source;
        auto name = need_text(table, "name");
        if (!name) return name.error();
        source.name = std::move(*name);
        auto schemes = texts(table, "schemes");
        if (!schemes) return schemes.error();
        source.schemes = std::move(*schemes);
        if (source.schemes.empty()) return at(table, "\"schemes\" is missing: name at least one");
        std::vector<signing::SchemePtr> schemes_found;
        for (const auto& scheme : source.schemes) {
            schemes_found.push_back(find_scheme(scheme));
            if (!schemes_found.back())
                return at(*table.get("schemes"),
                          "there is no scheme \"" + scheme + "\": `katydid schemes` lists them");
        }
        auto found = secret(table);
        if (!found) return found.error();
        if (!*found)
            return at(table, "secret_env or secret_file is missing: unsigned webhooks are "
                             "not accepted");
        source.secrets.push_back(std::move(**found));
        auto chosen = read_source_settings(*this, table);
        if (!chosen) return chosen.error();
        if (const auto fault = registry::source_fault(schemes_found, *chosen))
            return at(table, std::string{fault->setting} + ": " + fault->why);
        source.settings = std::move(*chosen);
        settings_.sources.push_back(std::move(source));
        return {};
    }

    result<void> read_subscription(const toml::table& table)
    {
        if (auto ok = refuse_unknown(table, {"name", "sources", "event_types", "url", "dialect",
                                             "secret", "secret_env", "secret_file", "in_flight",
                                             "timeout", "delays", "signature", "identity"});
            !ok)
            return ok;
        SubscriptionSettings made;
        auto& subscription = made.subscription;
        subscription.read_only = true;
        auto name = need_text(table, "name");
        if (!name) return name.error();
        subscription.name = std::move(*name);
        auto url = need_text(table, "url");
        if (!url) return url.error();
        if (const auto parsed = http::EgressPolicy::parse_url(*url); !parsed)
            return at(*table.get("url"), parsed.error().message);
        subscription.handler.url = std::move(*url);
        if (auto done = read_identity_name(table, subscription); !done) return done;
        auto sources = texts(table, "sources");
        if (!sources) return sources.error();
        subscription.sources = std::move(*sources);
        auto types = texts(table, "event_types");
        if (!types) return types.error();
        subscription.event_types = std::move(*types);
        if (subscription.event_types.empty())
            return at(table, "\"event_types\" is missing: name types, \"prefix.*\" or \"*\"");
        if (auto limits = read_limits(table, subscription); !limits) return limits;
        auto found = secret(table);
        if (!found) return found.error();
        made.secret = std::move(*found);
        if (auto done = read_signature(table, made); !done) return done;
        if (!made.secret && subscription.dialect != Dialect::raw)
            return at(table, "secret_env or secret_file is missing: only the dialect \"raw\" goes "
                             "out unsigned");
        settings_.subscriptions.push_back(std::move(made));
        return {};
    }

    result<void> read_limits(const toml::table& table, Subscription& subscription)
    {
        if (const auto* node = table.get("dialect")) {
            const auto* text = node->as_string();
            const auto dialect = text != nullptr ? parse_dialect(text->get()) : std::nullopt;
            if (!dialect)
                return at(*node, "write standard, raw, cloudevents, atlvs or grasshopper");
            subscription.dialect = *dialect;
        }
        if (const auto* node = table.get("in_flight")) {
            const auto* number = node->as_integer();
            if (number == nullptr || number->get() < 1 || number->get() > 10'000)
                return at(*node, "in_flight: write a whole number from 1 to 10000");
            subscription.limits.in_flight = static_cast<std::uint32_t>(number->get());
        }
        if (const auto* node = table.get("timeout")) {
            const auto* text = node->as_string();
            const auto timeout = text != nullptr ? parse_duration(text->get()) : std::nullopt;
            if (!timeout || timeout->count() == 0) return at(*node, "timeout: write e.g. \"15s\"");
            subscription.timeout = *timeout;
        }
        if (const auto* node = table.get("delays")) {
            const auto text = to_text(*node);
            Settings scratch;
            for (const auto& spec : keys()) {
                if (spec.key != "retry.delays") continue;
                if (!text) return at(*node, "delays: write a list of durations");
                if (auto set = spec.set(scratch, *text); !set)
                    return at(*node, set.error().message);
            }
            subscription.retry.delays = std::move(scratch.retry_delays);
        }
        return {};
    }

    Settings& settings_;
    std::map<std::string, signing::SchemePtr> own_schemes_;
};

}  // namespace

result<void> apply_file(Settings& settings, const std::string& path, const Environment& environment)
{
    if (!std::ifstream{path})
        return Error{errc::invalid_argument,
                     path
                         + " cannot be read: `katydid init` writes a settings file, --config says "
                           "where it is"};
    toml::table root;
    try {
        root = toml::parse_file(path);
    } catch (const toml::parse_error& error) {
        return Error{errc::invalid_argument, path + ":" + std::to_string(error.source().begin.line)
                                                 + ": " + std::string{error.description()}};
    }
    return Reader{settings, path, environment}.read(root);
}

}  // namespace katydid::config
