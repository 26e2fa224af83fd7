// Values of a TOML file, with errors that name the place.
#pragma once

#include "hub/config/load.hpp"
#include "hub/core/error.hpp"
#include "signing/key_ring.hpp"

#include <toml++/toml.h>

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::config {

/// Takes values out of tables. Knows the file, so that every error can say where it is.
///
/// The environment outlives it. Thread safety: none.
class TomlText {
public:
    TomlText(std::string path, const Environment& environment)
        : path_{std::move(path)}, environment_{environment}
    {}

    [[nodiscard]] Error at(const toml::node& node, std::string_view what) const;
    /// Text, number, flag, or a list of texts with commas; nullopt for all else.
    [[nodiscard]] static std::optional<std::string> to_text(const toml::node& node);
    [[nodiscard]] result<void> refuse_unknown(const toml::table& table,
                                              const std::set<std::string_view>& known) const;
    [[nodiscard]] result<std::string> need_text(const toml::table& table,
                                                std::string_view key) const;
    /// Leaves `into` as it is when the key is not there.
    [[nodiscard]] result<void> read_text(const toml::table& table, std::string_view key,
                                         std::string& into) const;
    [[nodiscard]] result<std::vector<std::string>> texts(const toml::table& table,
                                                         std::string_view key) const;
    /// By reference only: KEY_env names a variable, KEY_file a file. nullopt: neither is there.
    [[nodiscard]] result<std::optional<signing::Secret>>
    secret(const toml::table& table, const std::string& key = "secret") const;

private:
    std::string path_;
    const Environment& environment_;
};

}  // namespace katydid::config
