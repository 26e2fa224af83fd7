// Values of a TOML file, with errors that name the place.
#pragma once

#include "hub/config/load.hpp"
#include "hub/config/mistakes.hpp"
#include "hub/core/error.hpp"
#include "signing/keys/key_ring.hpp"

#include <toml++/toml.h>

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::config {

/// The tables of a text. What is wrong with one line is noted, and the line left out, so that the
/// rest can be looked at too; anything worse ends it.
/// \param path  for the places of mistakes
[[nodiscard]] std::optional<toml::table> parse_toml(const std::string& text,
                                                    const std::string& path, Mistakes& mistakes);

/// Takes values out of tables. Knows the file, so that every error can say where it is. A reader
/// of a table notes what is wrong and goes on with the next key.
///
/// The environment and the mistakes outlive it. Thread safety: none.
class TomlText {
public:
    TomlText(std::string path, const Environment& environment, Mistakes& mistakes)
        : path_{std::move(path)},
          environment_{environment},
          mistakes_{mistakes}
    {}

    [[nodiscard]] std::string place_of(const toml::node& node) const;
    [[nodiscard]] Error at(const toml::node& node, std::string_view what) const;
    void refuse(const toml::node& node, std::string_view what) const { note(at(node, what)); }
    /// Something is not there; not said where it may be in a part that could not be read.
    void refuse_absent(const toml::node& node, std::string_view what) const;
    /// Notes the error where there is one. Whether there is none.
    template <class T>
    bool note(const result<T>& done) const
    {
        return mistakes_.note(done);
    }
    void note(const Error& error) const { mistakes_.add(error.message); }
    [[nodiscard]] Mistakes& mistakes() const noexcept { return mistakes_; }
    /// Text, number, flag, or a list of texts with commas; nullopt for all else.
    [[nodiscard]] static std::optional<std::string> to_text(const toml::node& node);
    void refuse_unknown(const toml::table& table, const std::set<std::string_view>& known) const;
    /// nullopt: there is none, which was noted.
    [[nodiscard]] std::optional<std::string> need_text(const toml::table& table,
                                                       std::string_view key) const;
    /// Leaves `into` as it is when the key is not there.
    void read_text(const toml::table& table, std::string_view key, std::string& into) const;
    [[nodiscard]] std::vector<std::string> texts(const toml::table& table,
                                                 std::string_view key) const;
    /// By reference only: KEY_env names a variable, KEY_file a file.
    /// \param absent  what to say where neither is there; empty: nothing
    [[nodiscard]] std::optional<Secret> secret(const toml::table& table, const std::string& key,
                                               std::string_view absent) const;

private:
    [[nodiscard]] result<Secret> find_secret(const toml::table& table,
                                             const std::string& key) const;

    std::string path_;
    const Environment& environment_;
    Mistakes& mistakes_;
};

}  // namespace katydid::config
