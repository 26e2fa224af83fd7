// Places in a document that filters share.
#pragma once

#include "hub/filter/document.hpp"
#include "hub/filter/program.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace katydid::filter {

/// The paths that all filters of a table look at, each known once: for one event a path is looked
/// up once, however many filters compare what is there.
///
/// A path is kept while a bound program uses it. Thread safety: none; each event loop has its own.
class Paths {
public:
    static constexpr std::uint32_t root = 0;

    Paths();

    /// Gives every `at` of the program its path. Unbind it before it goes.
    void bind(Program& program);
    void unbind(const Program& program);

    /// The next event: everything is to be looked up anew.
    void begin(Document& document) noexcept;

    struct Place {
        const boost::json::value* value = nullptr;  ///< nullptr: nothing is there
        bool through_array = false;  ///< an array is on the way: no single value is the answer
    };
    [[nodiscard]] Place find(std::uint32_t path);

    /// The names from the root to a path.
    [[nodiscard]] std::vector<const std::string*> names_of(std::uint32_t path) const;

    [[nodiscard]] Document& document() noexcept { return *document_; }
    /// Paths in use, for tests.
    [[nodiscard]] std::size_t size() const noexcept { return ids_.size(); }

private:
    struct Node {
        std::uint32_t parent = 0;
        std::uint32_t uses = 0;
        std::string key;
        std::uint64_t round = 0;  ///< of the event that `place` belongs to
        Place place;
    };

    std::uint32_t child(std::uint32_t parent, const std::string& key);
    void release(std::uint32_t path);
    static std::string name_of(std::uint32_t parent, const std::string& key);

    std::vector<Node> nodes_;
    std::vector<std::uint32_t> free_;
    std::unordered_map<std::string, std::uint32_t> ids_;  ///< by name_of
    std::uint64_t round_ = 0;
    Document* document_ = nullptr;
};

}  // namespace katydid::filter
