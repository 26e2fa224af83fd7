// JSON Schema draft 7: compiled once, then checked against many values.
#pragma once

#include "hub/core/json/fault.hpp"
#include "hub/core/limits/work_budget.hpp"

#include <boost/json/value.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::schema {

constexpr std::size_t schema_bytes_max = 64 * 1024;
constexpr std::size_t faults_max = 20;  ///< of one check; who fixes these finds the rest

/// Of one check, in units of a WorkBudget: the worst takes some 40 ms.
constexpr std::uint64_t check_work_max = 4'000'000;
/// Of one compilation: the worst takes some 40 ms.
constexpr std::uint64_t compile_work_max = 4'000'000;

struct Node;

/// A schema that is enforced to the letter: what it could not enforce was refused when it was
/// compiled.
///
/// `errorMessage`, an annotation that ajv-errors knows too, says it in the author's words: a text
/// replaces the sentence about a value that does not fit, `{"required": {"name": "is missing: …"}}`
/// the one about a member that is missing, `{"minProperties": "…"}` about too few members.
///
/// Regular expressions are RE2's, which takes linear time for any text; std::regex does not, and
/// is what the packaged valijson calls (docs/decisions). A compilation has a bound on the work and
/// the memory of all its expressions together, and a check one on its work.
/// Thread safety: immutable, so shared use is safe.
class JsonSchema {
public:
    /// \param root     JSON that `$ref` points into
    /// \param pointer  of the schema within it; "" is the root itself
    /// \param whole    what several schemas may cost together, of which this is one; or null
    /// Null with `faults` that point into the schema: a keyword that is not enforced, a value of
    /// the wrong kind, a reference to nowhere, an expression that RE2 does not take, more
    /// expressions than a schema may have.
    [[nodiscard]] static std::shared_ptr<const JsonSchema>
    compile(const boost::json::value& root, std::vector<Fault>& faults,
            std::string_view pointer = {}, WorkBudget* whole = nullptr);

    ~JsonSchema();
    JsonSchema(const JsonSchema&) = delete;
    JsonSchema& operator=(const JsonSchema&) = delete;

    /// Empty: the value fits. What takes more work than a check may is a fault as well.
    /// \param whole  what a request may cost in all, of which this is a part; null: only this one
    [[nodiscard]] std::vector<Fault> check(const boost::json::value& value,
                                           WorkBudget* whole = nullptr) const;

    /// What it cost to compile, in units of a WorkBudget.
    [[nodiscard]] std::uint64_t compile_work() const noexcept { return compile_work_; }

private:
    friend class Compiler;
    JsonSchema();

    std::vector<std::unique_ptr<Node>> nodes_;
    const Node* root_ = nullptr;
    std::uint64_t compile_work_ = 0;
};

using JsonSchemaPtr = std::shared_ptr<const JsonSchema>;

}  // namespace katydid::schema
