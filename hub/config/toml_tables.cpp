#include "hub/config/toml_tables.hpp"

#include "hub/config/identity_tables.hpp"
#include "hub/config/keys.hpp"
#include "hub/config/secrets.hpp"
#include "hub/config/source_tables.hpp"
#include "hub/config/toml_text.hpp"
#include "hub/core/reserved.hpp"
#include "hub/http/egress/egress.hpp"
#include "hub/http/egress/host_rule.hpp"
#include "hub/registry/source_entry.hpp"
#include "signing/schemes/scheme_traits.hpp"
#include "signing/keys/secrets.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

namespace katydid::config {
namespace {

class Reader : TomlText {
public:
    Reader(Settings& settings, std::string path, const Environment& environment,
           Mistakes& mistakes)
        : TomlText{std::move(path), environment, mistakes},
          settings_{settings}
    {}

    void read(const toml::table& root)
    {
        // First, since sources and subscriptions name them.
        if (const auto* schemes = root.get("schemes")) read_schemes(*schemes);
        if (const auto* identities = root.get("identities"))
            read_list(*identities, &Reader::read_identity);
        for (const auto& [key, node] : root) {
            const std::string_view name = key.str();
            if (name == "schemes" || name == "identities") continue;
            if (name == "sources") read_list(node, &Reader::read_source);
            else if (name == "subscriptions") read_list(node, &Reader::read_subscription);
            else if (const auto* section = node.as_table()) read_section(name, *section);
            else read_key(std::string{name}, node);
        }
    }

private:
    void read_section(std::string_view section, const toml::table& table)
    {
        for (const auto& [key, node] : table)
            read_key(std::string{section} + "." + std::string{key.str()}, node);
    }

    void read_key(const std::string& key, const toml::node& node)
    {
        const auto* spec = find_key(key);
        if (spec == nullptr)
            return refuse(node, "there is no setting \"" + key
                                    + "\". `katydid init` writes a file with all");
        mistakes().set_at(key, place_of(node));
        const auto text = to_text(node);
        if (!text) {
            mistakes().refuse_key(key);
            return refuse(node, key + ": write text, a number, true, false or a list of texts");
        }
        const auto set = spec->set(settings_, *text);
        if (set) return;
        mistakes().refuse_key(key);
        refuse(node, key + " = \"" + *text + "\": " + set.error().message);
    }

    void read_list(const toml::node& node, void (Reader::*read_one)(const toml::table&))
    {
        const auto* array = node.as_array();
        constexpr auto lists = "write it as [[sources]], [[subscriptions]] or [[identities]]";
        if (array == nullptr) return refuse(node, lists);
        for (const auto& item : *array) {
            if (const auto* table = item.as_table()) (this->*read_one)(*table);
            else refuse(item, lists);
        }
    }

    void read_schemes(const toml::node& node)
    {
        const auto* schemes = node.as_table();
        if (schemes == nullptr) return refuse(node, "write it as [schemes.NAME]");
        for (const auto& [key, description] : *schemes) {
            const std::string name{key.str()};
            own_schemes_.emplace(name, nullptr);  // also when it is wrong: it was meant
            const auto* table = description.as_table();
            if (table == nullptr) refuse(description, "write it as [schemes." + name + "]");
            else if (const auto fault = signing::name_fault(name); !fault.empty())
                refuse(description, fault);
            else read_scheme(name, *table);
        }
    }

    void read_scheme(const std::string& name, const toml::table& table)
    {
        std::ostringstream text;
        text << table << '\n';
        auto scheme = signing::load_scheme(name, text.str());
        if (!scheme) return refuse(table, scheme.error().message);
        settings_.schemes.push_back({name, text.str()});
        own_schemes_[name] = std::move(*scheme);
    }

    /// Null: there is none, which was noted, if not here then where it is described.
    signing::SchemePtr need_scheme(const toml::node& node, const std::string& name)
    {
        const auto own = own_schemes_.find(name);
        if (own != own_schemes_.end()) return own->second;
        auto scheme = signing::find_scheme(name);
        if (!scheme)
            refuse_absent(node,
                          "there is no scheme \"" + name + "\": `katydid schemes` lists them");
        return scheme;
    }

    /// The scheme a subscription signs with must be able to sign, and with that secret.
    void read_signature(const toml::table& table, registry::FixedSubscription& made)
    {
        const auto* node = table.get("signature");
        if (node == nullptr) return;
        const auto name = need_text(table, "signature");
        const auto scheme = name ? need_scheme(*node, *name) : nullptr;
        if (!scheme) return;
        made.subscription.signature = *name;
        if (const auto why = signing::why_it_cannot_sign(*scheme); !why.empty())
            return refuse(*node, "the scheme \"" + *name + "\" only verifies: " + why);
        if (!made.secret) return;
        if (auto fits = signing::check_secret(*scheme, *made.secret, signing::KeyUse::sign); !fits)
            refuse(*node, fits.error().message);
    }

    void read_identity(const toml::table& table)
    {
        auto made = config::read_identity(*this, table);
        if (!made.name.empty()) mistakes().claim("identities", made.name, place_of(table));
        settings_.identities.push_back(std::move(made));
    }

    /// Subscriptions of settings are the default tenant's.
    void read_identity_name(const toml::table& table, Subscription& subscription)
    {
        auto& name = subscription.handler.identity;
        read_text(table, "identity", name);
        if (name.empty()) return;
        for (const auto& each : settings_.identities) {
            const auto& tenants = each.tenants;
            const auto place = std::ranges::find(tenants, default_tenant());
            const bool is_offered = tenants.empty() || place != tenants.end();
            if (each.name != name || !is_offered) continue;
            const auto url = http::EgressPolicy::parse_url(subscription.handler.url);
            const auto covers = [&](const std::string& host) {
                const auto rule = http::parse_host_rule(host);
                return !rule || rule->covers(*url);
            };
            if (url && !each.hosts.empty() && std::ranges::none_of(each.hosts, covers))
                refuse(*table.get("identity"),
                       "the identity may not be used for this URL: \"hosts\" of [[identities]] "
                       "does not name its host");
            return;
        }
        refuse_absent(*table.get("identity"),
                      "there is no [[identities]] of that name for the default tenant");
    }

    /// Names of the hub's own are not to be had, and nobody's twice.
    void claim_name(const toml::table& table, std::string_view list, const std::string& name)
    {
        if (name.empty()) return;
        if (is_reserved_name(name)) refuse(*table.get("name"), reserved_name_fault(name));
        mistakes().claim(list, name, place_of(table));
    }

    void read_source(const toml::table& table)
    {
        refuse_unknown(table, {"name", "schemes", "secret", "secret_env", "secret_file",
                               "public_url", "client_subject", "gzip", "tolerance", "repeats",
                               "unsigned_types", "split", "principal", "verify_token_env",
                               "verify_token_file"});
        registry::FixedSource source;
        source.name = need_text(table, "name").value_or("");
        claim_name(table, "sources", source.name);
        source.schemes = texts(table, "schemes");
        const auto* schemes = table.get("schemes");
        if (schemes == nullptr)
            refuse_absent(table, "\"schemes\" is missing: name at least one");
        else if (source.schemes.empty() && to_text(*schemes))
            refuse(*schemes, "\"schemes\" is empty: name at least one");
        std::vector<signing::SchemePtr> found_schemes;
        for (const auto& scheme : source.schemes)
            if (auto found = need_scheme(*schemes, scheme))
                found_schemes.push_back(std::move(found));
        if (auto found = secret(table, "secret",
                                "secret_env or secret_file is missing: unsigned webhooks are "
                                "not accepted")) {
            const auto* place = table.get(table.contains("secret_env") ? "secret_env"
                                                                       : "secret_file");
            if (found->text().size() < signing::secret_bytes_min)
                refuse(*place, guessable_secret);
            source.secrets.push_back(std::move(*found));
        }
        source.settings = read_source_settings(*this, table);
        if (const auto fault = registry::source_fault(found_schemes, source.settings))
            refuse(table, std::string{fault->setting} + ": " + fault->why);
        settings_.sources.push_back(std::move(source));
    }

    void read_subscription(const toml::table& table)
    {
        refuse_unknown(table, {"name", "sources", "event_types", "url", "dialect", "secret",
                               "secret_env", "secret_file", "in_flight", "timeout", "delays",
                               "signature", "identity"});
        registry::FixedSubscription made;
        auto& subscription = made.subscription;
        subscription.read_only = true;
        subscription.name = need_text(table, "name").value_or("");
        claim_name(table, "subscriptions", subscription.name);
        if (auto url = need_text(table, "url")) {
            if (const auto parsed = http::EgressPolicy::parse_url(*url); !parsed)
                refuse(*table.get("url"), parsed.error().message);
            subscription.handler.url = std::move(*url);
        }
        read_identity_name(table, subscription);
        subscription.sources = texts(table, "sources");
        subscription.event_types = texts(table, "event_types");
        const auto* types = table.get("event_types");
        constexpr auto some_types = "name types, \"prefix.*\" or \"*\"";
        if (types == nullptr)
            refuse_absent(table, std::string{"\"event_types\" is missing: "} + some_types);
        else if (subscription.event_types.empty() && to_text(*types))
            refuse(*types, std::string{"\"event_types\" is empty: "} + some_types);
        note(read_dialect(table, subscription));
        note(read_in_flight(table, subscription));
        note(read_timeout(table, subscription));
        note(read_delays(table, subscription));
        read_secret(table, made);
        read_signature(table, made);
        settings_.subscriptions.push_back(std::move(made));
    }

    void read_secret(const toml::table& table, registry::FixedSubscription& made)
    {
        std::string_view absent;
        if (table.contains("signature"))
            absent = "a signature needs a key: set secret_env or secret_file";
        else if (made.subscription.dialect != Dialect::raw)
            absent = "secret_env or secret_file is missing: only the dialect \"raw\" goes out "
                     "unsigned";
        made.secret = secret(table, "secret", absent);
    }

    result<void> read_dialect(const toml::table& table, Subscription& subscription)
    {
        const auto* node = table.get("dialect");
        if (node == nullptr) return {};
        const auto* text = node->as_string();
        const auto dialect = text != nullptr ? parse_dialect(text->get()) : std::nullopt;
        // With a dialect that is none, a missing secret is no second mistake.
        subscription.dialect = dialect.value_or(Dialect::raw);
        if (!dialect) return at(*node, "write standard, raw, cloudevents, atlvs or grasshopper");
        return {};
    }

    result<void> read_in_flight(const toml::table& table, Subscription& subscription)
    {
        const auto* node = table.get("in_flight");
        if (node == nullptr) return {};
        const auto* number = node->as_integer();
        if (number == nullptr || number->get() < 1 || number->get() > 10'000)
            return at(*node, "in_flight: write a whole number from 1 to 10000");
        subscription.limits.in_flight = static_cast<std::uint32_t>(number->get());
        return {};
    }

    result<void> read_timeout(const toml::table& table, Subscription& subscription)
    {
        const auto* node = table.get("timeout");
        if (node == nullptr) return {};
        const auto* text = node->as_string();
        const auto timeout = text != nullptr ? parse_duration(text->get()) : std::nullopt;
        if (!timeout || timeout->count() == 0) return at(*node, "timeout: write e.g. \"15s\"");
        subscription.timeout = *timeout;
        return {};
    }

    result<void> read_delays(const toml::table& table, Subscription& subscription)
    {
        const auto* node = table.get("delays");
        if (node == nullptr) return {};
        const auto text = to_text(*node);
        if (!text) return at(*node, "delays: write a list of durations");
        Settings scratch;
        if (auto set = find_key("retry.delays")->set(scratch, *text); !set)
            return at(*node, set.error().message);
        subscription.retry.delays = std::move(scratch.retry_delays);
        return {};
    }

    Settings& settings_;
    std::map<std::string, signing::SchemePtr> own_schemes_;  ///< null: described, but wrong
};

/// The lines of a file, so that one of them can be left out.
struct Lines {
    explicit Lines(std::istream& file)
    {
        for (std::string line; std::getline(file, line);) text.push_back(line);
    }
    [[nodiscard]] std::string joined() const
    {
        std::string all;
        for (const auto& line : text) all.append(line).append("\n");
        return all;
    }
    std::vector<std::string> text;
};

/// The file's tables. What is wrong with one line is noted, and the line left out, so that the rest
/// can be looked at too; anything worse ends it.
std::optional<toml::table> parse(Lines lines, const std::string& path, Mistakes& mistakes)
{
    for (;;) {
        try {
            return toml::parse(lines.joined(), path);
        } catch (const toml::parse_error& error) {
            const auto number = error.source().begin.line;
            const auto why = error.description();
            mistakes.add(path + ":" + std::to_string(number), why);
            mistakes.lose_part();
            const bool is_line = why.starts_with("Error while parsing key-value pair");
            if (!is_line || number == 0 || number > lines.text.size()) return std::nullopt;
            auto& line = lines.text[number - 1];
            if (line.empty()) return std::nullopt;
            line.clear();
        }
    }
}

}  // namespace

void apply_file(Settings& settings, const std::string& path, const Environment& environment,
                Mistakes& mistakes)
{
    std::ifstream file{path};
    if (!file) {
        mistakes.lose_part();
        return mistakes.add(path + " cannot be read: `katydid init` writes a settings file, "
                                   "--config says where it is");
    }
    if (const auto root = parse(Lines{file}, path, mistakes))
        Reader{settings, path, environment, mistakes}.read(*root);
    mistakes.sort_by_line(path);
}

}  // namespace katydid::config
