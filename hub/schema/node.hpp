// One schema, as the check walks it.
#pragma once

#include "hub/core/limits/work_budget.hpp"
#include "hub/schema/json_schema.hpp"

#include <boost/json.hpp>
#include <re2/re2.h>

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_set>

namespace katydid::schema {

enum Kind : std::uint8_t {
    kind_null = 1,
    kind_boolean = 2,
    kind_integer = 4,
    kind_number = 8,  ///< integers too
    kind_string = 16,
    kind_array = 32,
    kind_object = 64,
};

struct Pattern {
    std::string shown;  ///< what people wrote, cut to a length for a sentence
    std::shared_ptr<const RE2> expression;
};

/// Texts of a known form. Kept as a function, so that the check has no table to look into.
struct Format {
    std::string name;
    bool (*fits)(std::string_view) = nullptr;
    std::string expected;  ///< "a date such as …"
};
[[nodiscard]] const Format* find_format(std::string_view name) noexcept;
[[nodiscard]] std::string format_names();

/// Long double has 64 bits of precision on this platform: every integer of JSON is exact in it.
using Number = long double;
[[nodiscard]] std::optional<Number> number_of(const boost::json::value& value) noexcept;
/// What people wrote, as they wrote it.
[[nodiscard]] std::string text_of(Number number);
[[nodiscard]] bool is_whole(const boost::json::value& value) noexcept;
/// A text that two values share exactly when they are equal (1 equals 1.0, and the order of members
/// does not matter); nullopt when it is too much work.
[[nodiscard]] std::optional<std::string> canonical(const boost::json::value& value,
                                                   WorkBudget& work);

struct Node {
    struct PatternNode {
        Pattern pattern;
        const Node* node;
    };
    struct Dependency {
        std::string name;
        std::vector<std::string> required;
        const Node* node = nullptr;
    };

    bool is_never = false;            ///< the schema `false`
    const Node* reference = nullptr;  ///< then nothing else counts
    std::string message;  ///< instead of what would be said of a value that does not fit
    std::map<std::string, std::string, std::less<>> missing;  ///< said of members that are missing
    std::string empty_message;  ///< said of an object with too few members

    unsigned kinds = 0;    ///< 0: any
    std::string expected;  ///< the kinds with their bounds, as people say it
    std::optional<std::unordered_set<std::string>> allowed;  ///< enum and const, canonical
    std::string allowed_text;                                ///< the fault of any other value

    std::optional<Number> minimum, maximum, above, below, multiple_of;
    std::optional<std::uint64_t> length_min, length_max;
    std::optional<Pattern> pattern;
    const Format* format = nullptr;

    const Node* items = nullptr;
    std::vector<const Node*> tuple;  ///< `items` as a list
    const Node* additional_items = nullptr;
    const Node* contains = nullptr;
    std::optional<std::uint64_t> items_min, items_max;
    bool unique = false;

    std::map<std::string, const Node*, std::less<>> properties;
    std::vector<PatternNode> pattern_properties;
    const Node* additional_properties = nullptr;
    const Node* property_names = nullptr;
    std::vector<std::string> required;
    std::vector<Dependency> dependencies;
    std::optional<std::uint64_t> properties_min, properties_max;

    std::vector<const Node*> all_of, any_of, one_of;
    const Node* negated = nullptr;
    const Node* condition = nullptr;
    const Node* then = nullptr;
    const Node* otherwise = nullptr;
};

}  // namespace katydid::schema
