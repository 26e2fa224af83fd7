#include "hub/config/tables/toml_tables.hpp"

#include "hub/core/subscription/fixed_subscription.hpp"
#include "hub/input/source_input.hpp"
#include "hub/input/subscription_input.hpp"
#include "hub/config/code_reference.hpp"
#include "hub/config/header_lines.hpp"
#include "hub/config/tables/identity_tables.hpp"
#include "hub/config/keys.hpp"
#include "hub/config/secrets.hpp"
#include "hub/config/tables/shard_tables.hpp"
#include "hub/config/tables/sign_on_tables.hpp"
#include "hub/config/tables/alert_tables.hpp"
#include "hub/config/tables/table_body.hpp"
#include "hub/config/tables/test_tables.hpp"
#include "hub/config/tables/toml_text.hpp"
#include "hub/http/egress/egress.hpp"
#include "hub/http/egress/host_rule.hpp"
#include "hub/registry/source_entry.hpp"
#include "signing/algorithms/digest.hpp"
#include "signing/schemes/scheme_traits.hpp"
#include "signing/keys/secrets.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

namespace katydid::config {
namespace {

class Reader : TomlText {
public:
    Reader(Settings& settings, std::string path, const Environment& environment, Mistakes& mistakes)
        : TomlText{std::move(path), environment, mistakes},
          settings_{settings}
    {}

    void read(const toml::table& root)
    {
        // First, since sources and subscriptions name them.
        if (const auto* schemes = root.get("schemes")) read_schemes(*schemes);
        if (const auto* identities = root.get("identities"))
            read_list(*identities, &Reader::read_identity);
        if (const auto* smtp = root.get("smtp")) settings_.smtp = read_smtp(*this, *smtp);
        for (const auto& [key, node] : root) {
            const std::string_view name = key.str();
            if (name == "schemes" || name == "identities" || name == "smtp") continue;
            if (name == "sso") read_sso(node);
            else if (name == "sources") read_list(node, &Reader::read_source);
            else if (name == "shards") read_list(node, &Reader::read_shard);
            else if (name == "subscriptions") read_list(node, &Reader::read_subscription);
            else if (name == "tests") read_list(node, &Reader::read_test);
            else if (name == "alerts") read_list(node, &Reader::read_alert);
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

    void read_sso(const toml::node& node)
    {
        const auto* table = node.as_table();
        if (table == nullptr) return refuse(node, "write it as [sso]");
        mistakes().set_at("sso", place_of(node));
        settings_.sign_on = read_sign_on(*this, *table);
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
        settings_.given.insert_or_assign(key, GivenSetting{*text, place_of(node)});
        const auto set = spec->set(settings_, *text);
        if (set) return;
        mistakes().refuse_key(key);
        refuse(node, key + " = \"" + *text + "\": " + set.error().message);
    }

    void read_list(const toml::node& node, void (Reader::*read_one)(const toml::table&))
    {
        const auto* array = node.as_array();
        constexpr auto lists = "write it as [[sources]], [[subscriptions]], [[shards]], "
                               "[[identities]], [[tests]] or [[alerts]]";
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
    void check_signature(const toml::table& table, const FixedSubscription& made)
    {
        const auto& name = made.subscription.signature;
        if (name.empty()) return;
        const auto& node = *table.get("signature");
        const auto scheme = need_scheme(node, name);
        if (!scheme) return;
        if (const auto why = signing::why_it_cannot_sign(*scheme); !why.empty())
            return refuse(node, "the scheme \"" + name + "\" only verifies: " + why);
        if (!made.secret) return;
        if (auto fits = signing::check_secret(*scheme, *made.secret, signing::KeyUse::sign); !fits)
            refuse(node, fits.error().message);
    }

    void read_shard(const toml::table& table)
    {
        auto made = config::read_shard(*this, table);
        if (!made.name.empty()) mistakes().claim("shards", made.name, place_of(table));
        settings_.shards.push_back(std::move(made));
    }

    void read_identity(const toml::table& table)
    {
        auto made = config::read_identity(*this, table);
        if (!made.name.empty()) mistakes().claim("identities", made.name, place_of(table));
        settings_.identities.push_back(std::move(made));
    }

    /// Subscriptions of settings are the default tenant's.
    void check_identity(const toml::table& table, const Subscription& subscription)
    {
        const auto& name = subscription.handler.identity;
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

    void read_test(const toml::table& table)
    {
        settings_.tests.push_back(config::read_test(*this, table));
    }

    void read_alert(const toml::table& table)
    {
        auto made = config::read_alert(*this, table);
        if (!made) return;
        if (made->way == AlertSettings::Way::mail && settings_.smtp.url.empty())
            refuse_absent(table, "mail needs a server: write [smtp] with url and from");
        settings_.alerts.push_back(std::move(*made));
    }

    void claim_name(const toml::table& table, std::string_view list, const std::string& name)
    {
        if (!name.empty()) mistakes().claim(list, name, place_of(table));
    }

    void read_source(const toml::table& table)
    {
        TableBody body{*this,
                       table,
                       "NewSource",
                       {"secret", "secret_env", "secret_file", "verify_token", "verify_token_env",
                        "verify_token_file"}};
        Source source;
        FixedSource made;
        std::vector<Fault> faults;
        input::change_source(body.object, source, faults);
        body.refuse(faults);
        claim_name(table, "sources", source.name);
        made.settings = std::move(source.settings);
        std::vector<signing::SchemePtr> schemes;
        for (const auto& name : source.schemes)
            if (auto found = need_scheme(*table.get("schemes"), name))
                schemes.push_back(std::move(found));
        if (auto found = secret(table, "secret",
                                "secret_env or secret_file is missing: unsigned webhooks are "
                                "not accepted")) {
            const auto* place = table.get(table.contains("secret_env") ? "secret_env"
                                                                       : "secret_file");
            if (found->text().size() < signing::secret_bytes_min) refuse(*place, guessable_secret);
            made.secrets.push_back(std::move(*found));
        }
        if (const auto token = secret(table, "verify_token", {}))
            made.settings.verify_token_sha256 = signing::sha256_hex(token->text());
        if (const auto fault = registry::source_fault(schemes, made.settings))
            refuse(table, std::string{fault->setting} + ": " + fault->why);
        made.name = std::move(source.name);
        made.schemes = std::move(source.schemes);
        settings_.sources.push_back(std::move(made));
    }

    void read_subscription(const toml::table& table)
    {
        TableBody body{*this,
                       table,
                       "NewSubscription",
                       {"secret", "secret_env", "secret_file", "headers_env", "headers_file",
                        "transform_file", "transform_preset"}};
        add_code(*this, table, body.object);
        read_headers(table, body.object.at("handler").as_object());
        std::vector<Fault> faults;
        FixedSubscription made;
        made.subscription = input::with_changes(body.object, {}, faults);
        body.refuse(faults);
        auto& subscription = made.subscription;
        subscription.read_only = true;
        claim_name(table, "subscriptions", subscription.name);
        const auto& url = subscription.handler.url;
        if (const auto parsed = http::EgressPolicy::parse_url(url); !parsed && !url.empty())
            refuse(*table.get("url"), parsed.error().message);
        check_identity(table, subscription);
        std::string_view absent;
        if (table.contains("signature"))
            absent = "a signature needs a key: set secret_env or secret_file";
        else if (subscription.dialect != Dialect::raw && !body.has_refused("dialect"))
            absent = "secret_env or secret_file is missing: only the dialect \"raw\" goes out "
                     "unsigned";
        made.secret = secret(table, "secret", absent);
        check_signature(table, made);
        settings_.subscriptions.push_back(
            std::make_shared<const FixedSubscription>(std::move(made)));
    }

    /// Headers that are credentials come by reference, as lines.
    void read_headers(const toml::table& table, boost::json::object& handler)
    {
        const bool is_variable = table.contains("headers_env");
        if (!is_variable && !table.contains("headers_file")) return;
        const auto lines = secret(table, "headers", {});
        if (!lines) return;
        const auto headers = parse_header_lines(lines->text());
        if (!headers)
            return refuse(*table.get(is_variable ? "headers_env" : "headers_file"),
                          headers.error().message);
        boost::json::object object;
        for (const auto& [name, value] : *headers) object[name] = value;
        handler["headers"] = std::move(object);
    }

    Settings& settings_;
    std::map<std::string, signing::SchemePtr> own_schemes_;  ///< null: described, but wrong
};

}  // namespace

void apply_file(Settings& settings, const std::string& path, const Environment& environment,
                Mistakes& mistakes)
{
    std::ifstream file{path};
    const int number = errno;
    if (!file) {
        mistakes.lose_part();
        return mistakes.add(path + " cannot be read (" + std::strerror(number)
                            + "): `katydid init` writes a settings file, --config says where it "
                              "is");
    }
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    if (const auto root = parse_toml(text, path, mistakes))
        Reader{settings, path, environment, mistakes}.read(*root);
    mistakes.sort_by_line(path);
}

}  // namespace katydid::config
