// A schema's text becomes nodes.
#pragma once

#include "hub/schema/node.hpp"

#include <boost/json.hpp>

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace katydid::schema {

/// Walks a schema and what it refers to; each place is compiled once, so that cycles end, and so is
/// each regular expression.
///
/// It knows the structure: references, identities, bounds. What a keyword means is the table's
/// (keywords.cpp). Thread safety: none; one per compilation.
class Compiler {
public:
    /// \param work  what this schema may cost
    Compiler(const boost::json::value& root, std::vector<Fault>& faults, WorkBudget& work)
        : root_{root},
          faults_{faults},
          work_{work}
    {}

    /// Null when there are faults.
    JsonSchemaPtr run(std::string_view pointer);

    /// For keywords: what is wrong, and where in the schema.
    void fault(const std::string& pointer, std::string detail);
    void fault_too_large(const std::string& pointer);
    /// For keywords: the schema inside. May be null, with a fault.
    const Node* compile(const boost::json::value& value, const std::string& pointer);
    /// For keywords: a regular expression. nullopt with a fault.
    std::optional<Pattern> expression(std::string_view text, const std::string& pointer);
    [[nodiscard]] WorkBudget& work() noexcept { return work_; }

private:
    const Node* node_at(const std::string& pointer, const std::string& asked_at);
    void read(const boost::json::object& object, Node& node, const std::string& pointer);
    void read_keyword(const boost::json::key_value_pair& member, Node& node,
                      const std::string& pointer);
    void read_reference(const boost::json::object& object, Node& node, const std::string& pointer);
    void read_identity(std::string_view keyword, const boost::json::value& value,
                       const std::string& pointer, const std::string& place);

    std::shared_ptr<const RE2> compile_expression(std::string_view text,
                                                  const std::string& pointer);

    const boost::json::value& root_;
    std::vector<Fault>& faults_;
    WorkBudget& work_;
    JsonSchema* schema_ = nullptr;
    std::unordered_map<std::string, std::shared_ptr<const RE2>> expressions_;  ///< by their text
    std::int64_t expression_bytes_ = 0;  ///< that all of them may take
    std::unordered_map<std::string, const Node*> named_;
    std::size_t depth_ = 0;
};

/// Reads a keyword's value into the node. \param pointer  of the value in the schema
using TakeKeyword = void (*)(Compiler& at, const boost::json::value& value, Node& node,
                             const std::string& pointer);

/// Every keyword that is enforced.
[[nodiscard]] const std::unordered_map<std::string_view, TakeKeyword>& keywords();

/// "a whole number from 1 to 10 or null": the kinds of a node that was read, with their bounds.
[[nodiscard]] std::string expected_of(const Node& node);

}  // namespace katydid::schema
