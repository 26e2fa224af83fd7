#include "hub/core/codec/embedded.hpp"
#include "signing/schemes/scheme_loader.hpp"

#include <map>
#include <mutex>

namespace katydid::signing {

extern const EmbeddedFiles embedded_files;  // signing/catalog/*.toml

namespace {

/// Every description, parsed once; a scheme is compiled when it is first asked for.
class Catalog {
public:
    Catalog()
    {
        for (const auto& file : embedded_files) {
            const toml::table parsed = toml::parse(file.text, file.name);
            for (const auto& [key, node] : parsed)
                descriptions_.emplace(std::string{key.str()}, *node.as_table());
        }
    }

    [[nodiscard]] const toml::table* description(std::string_view name) const
    {
        const auto found = descriptions_.find(name);
        return found != descriptions_.end() ? &found->second : nullptr;
    }

    [[nodiscard]] SchemePtr scheme(std::string_view name)
    {
        const toml::table* const table = description(name);
        if (table == nullptr) return nullptr;
        const std::scoped_lock lock{mutex_};
        auto& compiled = compiled_[std::string{name}];
        if (!compiled) compiled = compile_scheme(name, *table);
        return compiled;
    }

    [[nodiscard]] std::vector<std::string> names() const
    {
        std::vector<std::string> names;
        for (const auto& [name, table] : descriptions_) names.push_back(name);
        return names;
    }

private:
    std::map<std::string, toml::table, std::less<>> descriptions_;
    std::mutex mutex_;
    std::map<std::string, SchemePtr> compiled_;
};

Catalog& catalog()
{
    static Catalog instance;
    return instance;
}

}  // namespace

const toml::table* find_description(std::string_view name) { return catalog().description(name); }

SchemePtr find_scheme(std::string_view name) { return catalog().scheme(name); }

std::vector<std::string> scheme_names() { return catalog().names(); }

const std::string& scheme_name(const Scheme& scheme) noexcept { return scheme.name; }
const std::string& scheme_title(const Scheme& scheme) noexcept { return scheme.title; }
const std::string& scheme_toml(const Scheme& scheme) noexcept { return scheme.toml; }

}  // namespace katydid::signing
