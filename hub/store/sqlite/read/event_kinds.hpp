// Lists of events of some types and sources, out of one index.
#pragma once

#include "hub/store/sqlite/read/reader.hpp"
#include "hub/store/sqlite/rows/seq_range.hpp"
#include "hub/store/store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace katydid::store::sqlite {

/// Events of one type from one source, as the index `events_by_kind` keeps them together.
struct EventKind {
    std::int64_t type = 0;    ///< number in `names`
    std::int64_t source = 0;  ///< number in `names`
    std::string source_name;
};

/// The kinds that a tenant has and a query's type and source fit, found by stepping along the
/// index. nullopt: there are too many to look at each.
std::optional<std::vector<EventKind>> find_kinds(ReadSession& session, std::int64_t tenant,
                                                 const std::optional<std::string>& type,
                                                 const std::optional<std::string>& source);

/// Goes through the row numbers of several kinds in order, one index lookup each. However rare a
/// kind is among the others, what is not asked for is never read.
class KindMerge {
public:
    KindMerge(ReadSession& session, std::int64_t tenant, std::vector<EventKind> kinds,
              const SeqRange& range, bool ascending);

    /// nullopt at the end.
    std::optional<std::int64_t> next();

private:
    struct Head {
        std::int64_t seq;
        std::size_t kind;
    };

    void seek(std::size_t kind);
    [[nodiscard]] bool is_later(const Head& one, const Head& other) const noexcept;

    Statement& step_;
    std::int64_t tenant_;
    std::vector<EventKind> kinds_;
    SeqRange range_;
    bool ascending_;
    std::vector<Head> heads_;  ///< a heap, the next row in front
};

}  // namespace katydid::store::sqlite
