// A schema's text becomes nodes.
#pragma once

#include "hub/schema/node.hpp"

#include <boost/json.hpp>

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace katydid::schema {

/// Walks a schema and what it refers to; each place is compiled once, so that cycles end.
///
/// It knows the structure: references, identities, bounds. What a keyword means is the table's
/// (keywords.cpp). Thread safety: none; one per compilation.
class Compiler {
public:
    Compiler(const boost::json::value& root, std::vector<Fault>& faults)
        : root_{root},
          faults_{faults}
    {}

    /// Null when there are faults.
    JsonSchemaPtr run(std::string_view pointer);

    /// For keywords: what is wrong, and where in the schema.
    void fault(const std::string& pointer, std::string detail);
    /// For keywords: the schema inside. May be null, with a fault.
    const Node* compile(const boost::json::value& value, const std::string& pointer);

private:
    const Node* node_at(const std::string& pointer, const std::string& asked_at);
    void read(const boost::json::object& object, Node& node, const std::string& pointer);
    void read_keyword(const boost::json::key_value_pair& member, Node& node,
                      const std::string& pointer);
    void read_reference(const boost::json::object& object, Node& node, const std::string& pointer);
    void read_identity(std::string_view keyword, const boost::json::value& value,
                       const std::string& pointer, const std::string& place);

    const boost::json::value& root_;
    std::vector<Fault>& faults_;
    JsonSchema* schema_ = nullptr;
    std::unordered_map<std::string, const Node*> named_;
    std::size_t depth_ = 0;
};

/// Reads a keyword's value into the node. \param pointer  of the value in the schema
using TakeKeyword = void (*)(Compiler& at, const boost::json::value& value, Node& node,
                             const std::string& pointer);

/// Every keyword that is enforced.
[[nodiscard]] const std::unordered_map<std::string_view, TakeKeyword>& keywords();

}  // namespace katydid::schema
