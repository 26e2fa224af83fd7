// /openapi.json as tests use it: what may be called, and whether an answer is as it says.
#pragma once

#include "hub/http/client/client.hpp"
#include "hub/schema/json_schema.hpp"

#include <boost/json.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace katydid::test {

struct Operation {
    std::string method;
    std::string pattern;  ///< "/v1/events/{id}"
    std::string scope;    ///< empty: public
    boost::json::object node;
    boost::json::array parameters;  ///< without references

    [[nodiscard]] std::string name() const { return method + " " + pattern; }
    [[nodiscard]] bool has_path_parameter() const { return pattern.find('{') != std::string::npos; }
    /// What a tenant's own key with the scope admin may not do, or not all of it.
    [[nodiscard]] bool is_beyond_tenants() const
    {
        return scope == "operator" || scope == "tenants:write"
               || pattern.starts_with("/v1/tenants");
    }
    /// The schema of its body as JSON; null: it takes none.
    [[nodiscard]] const boost::json::value* body() const;
    [[nodiscard]] bool describes(unsigned status) const
    {
        return node.at("responses").as_object().contains(std::to_string(status));
    }
};

class ApiDocument {
public:
    explicit ApiDocument(boost::json::value document);

    [[nodiscard]] const std::vector<Operation>& operations() const { return operations_; }
    [[nodiscard]] const Operation& operation(std::string_view name) const;
    /// What is wrong with an answer; empty: it is as described. Remembers what it saw.
    [[nodiscard]] std::string judge(const Operation& operation, const http::ClientReply& reply);

    /// Follows references.
    [[nodiscard]] const boost::json::value& resolve(const boost::json::value& schema) const;

    /// Properties of schemas that answers may have and none had: "Subscription/filter".
    [[nodiscard]] std::vector<std::string> fields_never_seen() const;
    /// "POST /v1/events 409", without the refusals that all routes share.
    [[nodiscard]] std::vector<std::string> statuses_never_seen() const;

private:
    const schema::JsonSchema* schema_at(const std::string& pointer);
    void note(const boost::json::value& schema, const boost::json::value& value,
              const std::string& owner);
    void collect(const boost::json::value& schema, const std::string& owner,
                 std::set<std::string>& into, std::set<std::string>& visited) const;

    boost::json::value document_;
    std::vector<Operation> operations_;
    std::map<std::string, schema::JsonSchemaPtr> compiled_;
    std::set<std::string> seen_fields_;
    std::set<std::string> seen_statuses_;
};

}  // namespace katydid::test
