// A table of the settings file as a body of the API: the same schema, the same fields.
#pragma once

#include "hub/config/tables/toml_text.hpp"
#include "hub/core/json/fault.hpp"

#include <boost/json/object.hpp>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::config {

/// What a table says, as a body that fits a schema of the API but for what is missing.
///
/// Fields that the body has in an object (`limits.in_flight`) are keys of the table itself
/// (`in_flight`), or of a table in it, as in the body (`limits = { in_flight = 4 }`). What does not
/// fit is noted with its line and left out, so that the rest can be looked at. Text and table
/// outlive it. Thread safety: none.
class TableBody {
public:
    /// \param schema  "NewSource"
    /// \param others  keys that are read elsewhere: secrets, which come by reference
    TableBody(const TomlText& text, const toml::table& table, std::string_view schema,
              const std::set<std::string_view>& others);

    boost::json::object object;

    [[nodiscard]] bool has_refused(std::string_view key) const { return refused_.contains(key); }
    /// Notes them, each at the line of its key.
    void refuse(const std::vector<Fault>& faults);

private:
    void read(const std::set<std::string_view>& others);
    void check(std::string_view schema);
    /// The key that a pointer into the body leads to, and what follows it.
    struct Place {
        std::string key;
        std::string rest;
    };
    [[nodiscard]] Place place_of(std::string_view pointer) const;
    /// Where a key stands; null: nowhere.
    [[nodiscard]] const toml::node* find(const std::string& key) const;
    void add(const toml::node& node, std::string_view name);
    bool erase(const std::string& key);

    const TomlText& text_;
    const toml::table& table_;
    std::map<std::string, std::string, std::less<>>
        groups_;  ///< the object that a key is in, or ""
    std::set<std::string, std::less<>> refused_;
};

}  // namespace katydid::config
