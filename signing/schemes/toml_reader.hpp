// Typed, strict access to a TOML table: unknown keys and wrong types are refused by name.
// Internal to signing/.
#pragma once

#include "hub/core/error.hpp"
#include "signing/schemes/scheme_data.hpp"

#include <toml++/toml.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace katydid::signing {

/// Every function throws Failure (invalid_argument) with the path of the key.
class TomlReader {
public:
    TomlReader(const toml::table& table, std::string path);

    void allow_only(std::initializer_list<std::string_view> keys) const;
    [[nodiscard]] bool has(std::string_view key) const { return table_.contains(key); }
    [[nodiscard]] std::string text(std::string_view key, std::string_view otherwise = {}) const;
    [[nodiscard]] bool flag(std::string_view key, bool otherwise) const;
    [[nodiscard]] std::optional<std::int64_t> number(std::string_view key) const;
    /// One text, or an array of them.
    [[nodiscard]] std::vector<std::string> texts(std::string_view key) const;
    /// One source, or an array in order of preference.
    [[nodiscard]] ValueRefs refs(std::string_view key) const;
    [[nodiscard]] ValueRefs text_template(std::string_view key) const;
    /// nullopt for "none".
    [[nodiscard]] std::optional<milliseconds> duration(std::string_view key,
                                                       std::string_view otherwise) const;
    [[nodiscard]] std::optional<TomlReader> table(std::string_view key) const;
    [[nodiscard]] std::vector<TomlReader> tables(std::string_view key) const;
    [[nodiscard]] const toml::table& raw() const { return table_; }

    [[noreturn]] void refuse(std::string_view key, const std::string& why) const;

private:
    const toml::table& table_;
    std::string path_;
};

}  // namespace katydid::signing
