#include "hub/cli/declare/document.hpp"

#include "hub/config/code_reference.hpp"
#include "hub/config/load.hpp"
#include "hub/config/secrets.hpp"
#include "hub/config/tables/table_body.hpp"
#include "hub/config/tables/toml_json.hpp"
#include "hub/config/tables/toml_text.hpp"
#include "signing/schemes/scheme_traits.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <sstream>

namespace katydid::cli::declare {
namespace {

namespace json = boost::json;

/// The keys of a secret, and which kinds have it.
struct SecretKeys {
    const char* member;
    const char* variable;
    const char* file;
    bool of_sources;
    bool of_subscriptions;
    bool is_refused;  ///< written into the document itself
};
constexpr SecretKeys secret_keys[] = {
    {"secret", "secret_env", "secret_file", true, true, true},
    {"verify_token", "verify_token_env", "verify_token_file", true, false, true},
    {"headers", "headers_env", "headers_file", false, true, false}};
/// Fields whose JSON may have what TOML has not, null above all: they may be given as JSON text.
constexpr const char* json_fields[] = {"filter", "schema"};

class Reader : config::TomlText {
public:
    Reader(std::string path, config::Mistakes& mistakes)
        : TomlText{std::move(path), environment_, mistakes}
    {}

    void read(const toml::table& root, Document& document)
    {
        document.wishes.push_back(read_tenant_rows(root, {}, {"tenants"}));
        const auto* tenants = root.get("tenants");
        if (tenants == nullptr) return;
        document.has_tenants = true;
        const auto* list = tenants->as_array();
        if (list == nullptr) return refuse(*tenants, "write it as [[tenants]]");
        for (const auto& item : *list)
            if (const auto* table = item.as_table()) read_tenant(*table, document);
            else refuse(item, "write it as [[tenants]]");
    }

private:
    void read_tenant(const toml::table& table, Document& document)
    {
        std::set<std::string_view> lists;
        std::set<std::string_view> others;
        for (const auto* kind : kinds_of_tenant) lists.insert(kind->list);
        for (const auto& [key, node] : table)
            if (!lists.contains(key.str())) others.insert(key.str());
        auto wish = read_row(tenant_kind, table, lists);
        if (wish.name.empty()) return;
        document.wishes.push_back(read_tenant_rows(table, wish.name, others));
        document.tenants.push_back(std::move(wish));
    }

    /// \param others  keys of the table that are read elsewhere
    TenantWishes read_tenant_rows(const toml::table& table, std::string tenant,
                                  const std::set<std::string_view>& others)
    {
        TenantWishes wishes{std::move(tenant)};
        for (const auto* kind : kinds_of_tenant)
            if (const auto* node = table.get(kind->list)) {
                wishes.kinds.insert(kind);
                if (kind == &scheme_kind) read_schemes(*node, wishes);
                else read_rows(*kind, *node, wishes);
            }
        for (const auto& [key, node] : table) {
            const auto is_kind = [&](const Kind* kind) { return key.str() == kind->list; };
            if (others.contains(key.str()) || std::ranges::any_of(kinds_of_tenant, is_kind))
                continue;
            refuse(node, "there is no list \"" + std::string{key.str()}
                             + "\": a document has tenants, event_types, schemes, sources and "
                               "subscriptions");
        }
        return wishes;
    }

    void read_rows(const Kind& kind, const toml::node& node, TenantWishes& wishes)
    {
        const auto form = "write it as [[" + std::string{kind.list} + "]]";
        const auto* list = node.as_array();
        if (list == nullptr) return refuse(node, form);
        for (const auto& item : *list) {
            const auto* table = item.as_table();
            if (table == nullptr) refuse(item, form);
            else keep(read_row(kind, *table, {}), wishes);
        }
    }

    void keep(Wish wish, TenantWishes& wishes)
    {
        if (wish.name.empty()) return;
        const auto whose = wishes.tenant.empty() ? std::string{} : "tenant " + wishes.tenant + ": ";
        mistakes().claim(whose + wish.kind->list, wish.name, wish.place);
        wishes.rows.push_back(std::move(wish));
    }

    void read_schemes(const toml::node& node, TenantWishes& wishes)
    {
        const auto* schemes = node.as_table();
        if (schemes == nullptr) return refuse(node, "write it as [schemes.NAME]");
        for (const auto& [key, description] : *schemes) {
            const std::string name{key.str()};
            const auto* table = description.as_table();
            const auto fault = signing::name_fault(name);
            if (table == nullptr) refuse(description, "write it as [schemes." + name + "]");
            else if (!fault.empty()) refuse(description, fault);
            else read_scheme(name, *table, wishes);
        }
    }

    void read_scheme(const std::string& name, const toml::table& table, TenantWishes& wishes)
    {
        std::ostringstream text;
        text << table << '\n';
        Wish wish{&scheme_kind, name, place_of(table)};
        wish.body = {{"name", name}, {"toml", text.str()}};
        std::vector<Fault> faults;
        wish.shown = shown_of_body(scheme_kind, wish.body, faults);
        for (const auto& fault : faults) refuse(table, fault.detail);
        if (faults.empty()) keep(std::move(wish), wishes);
    }

    /// \param lists  keys that are no fields. A name that is empty: it cannot be used.
    Wish read_row(const Kind& kind, const toml::table& table, std::set<std::string_view> lists)
    {
        Wish wish{&kind, {}, place_of(table)};
        if (&kind == &source_kind || &kind == &subscription_kind) add_secrets(table, wish, lists);
        std::map<std::string, json::value> texts;
        for (const auto* field : json_fields)
            if (const auto* node = table.get(field); node != nullptr && node->is_string()) {
                lists.insert(field);
                if (auto value = read_json(*node, field)) texts[field] = std::move(*value);
            }
        if (&kind == &subscription_kind) lists.insert({"transform_file", "transform_preset"});
        config::TableBody body{*this, table, kind.schema, lists};
        if (&kind == &subscription_kind) config::add_code(*this, table, body.object);
        for (auto& [field, value] : texts) body.object[field] = std::move(value);
        // A group of which nothing is said is not there; where to deliver must be said.
        for (auto it = body.object.begin(); it != body.object.end();) {
            const auto* inner = it->value().if_object();
            const bool is_blank = inner != nullptr && inner->empty() && it->key() != "handler"
                                  && !table.contains(it->key());
            it = is_blank ? body.object.erase(it) : it + 1;
        }
        const auto* name = body.object.if_contains("name");
        if (name == nullptr || !name->is_string()) return wish;
        std::vector<Fault> faults;
        wish.body = std::move(body.object);
        wish.shown = shown_of_body(kind, wish.body, faults);
        body.refuse(faults);
        wish.name = wish.body.at("name").as_string();
        return wish;
    }

    std::optional<json::value> read_json(const toml::node& node, const char* field) const
    {
        json::error_code error;
        auto value = json::parse(node.as_string()->get(), error);
        if (!error) return value;
        refuse(node, "\"" + std::string{field} + "\": the text is not JSON: " + error.message());
        return std::nullopt;
    }

    /// Notes where secrets are to be had, and takes their keys out of the fields.
    void add_secrets(const toml::table& table, Wish& wish, std::set<std::string_view>& lists)
    {
        for (const auto& keys : secret_keys) {
            const bool is_its = wish.kind == &source_kind ? keys.of_sources : keys.of_subscriptions;
            if (!is_its) continue;
            if (const auto* own = table.get(keys.member); own != nullptr && keys.is_refused) {
                refuse(*own, std::string{"secrets come by reference only: use "} + keys.variable
                                 + " = \"VARIABLE\" or " + keys.file + " = \"PATH\"");
                lists.insert(keys.member);
            }
            for (const auto* key : {keys.variable, keys.file}) {
                const auto* node = table.get(key);
                if (node == nullptr) continue;
                lists.insert(key);
                const auto text = need_text(table, key);
                auto& reference = wish.secrets[keys.member];
                reference.place = place_of(*node);
                (key == keys.variable ? reference.variable : reference.file) = text.value_or("");
            }
        }
    }

    const config::Environment environment_;  ///< secrets are not read here
};

}  // namespace

Document read_document(const std::string& text, const std::string& path, config::Mistakes& mistakes)
{
    Document document;
    if (const auto root = config::parse_toml(text, path, mistakes))
        Reader{path, mistakes}.read(*root, document);
    mistakes.sort_by_line(path);
    return document;
}

std::optional<Secret> read_reference(const Reference& reference, config::Mistakes& mistakes)
{
    if (!reference.file.empty()) {
        auto secret = config::secret_from_file(reference.file);
        if (secret) return std::move(*secret);
        mistakes.add(reference.place, secret.error().message);
        return std::nullopt;
    }
    auto secret = config::secret_from_variable(config::process_environment(), reference.variable);
    if (!secret) mistakes.add(reference.place, secret.error().message);
    else if (*secret) return std::move(**secret);
    else mistakes.add(reference.place, "the variable " + reference.variable + " is not set");
    return std::nullopt;
}

}  // namespace katydid::cli::declare
