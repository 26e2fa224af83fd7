#include "hub/store/sqlite/read/event_kinds.hpp"

#include "hub/store/shared/query_parts.hpp"
#include "hub/store/sqlite/sql/ids.sql.hpp"
#include "hub/store/sqlite/sql/queries.sql.hpp"

namespace katydid::store::sqlite {
namespace {

/// Whether a type is the one that is asked for, or begins with the "prefix." of "prefix.*".
bool fits(std::string_view type, const std::optional<std::string>& asked)
{
    if (!asked || *asked == "*") return true;
    if (!asked->ends_with(".*")) return type == *asked;
    return type.starts_with(std::string_view{*asked}.substr(0, asked->size() - 1));
}

/// The number of an exact type, to start and end there; nullopt where every type may fit.
std::optional<std::int64_t> find_exact_type(ReadSession& session,
                                            const std::optional<std::string>& type)
{
    if (!type || type->ends_with("*")) return std::nullopt;
    auto& find = session.prepare(sql::find_name);
    const ResetGuard guard{find};
    return find.with(std::string_view{*type}).step() ? find.integer(0) : -1;
}

}  // namespace

std::optional<std::vector<EventKind>> find_kinds(ReadSession& session, std::int64_t tenant,
                                                 const std::optional<std::string>& type,
                                                 const std::optional<std::string>& source)
{
    const auto exact = find_exact_type(session, type);
    auto& next_source = session.prepare(sql::next_source);
    auto& next_type = session.prepare(sql::next_type);
    std::vector<EventKind> kinds;
    EventKind at{exact.value_or(0), 0, {}};
    for (std::int64_t steps = 0; steps <= kinds_max; ++steps) {
        const ResetGuard source_guard{next_source};
        const ResetGuard type_guard{next_type};
        next_source.with(tenant, at.type, at.source);
        auto* found = next_source.step() ? &next_source : nullptr;
        if (found == nullptr && !exact && next_type.with(tenant, at.type).step())
            found = &next_type;
        if (found == nullptr) return kinds;
        at = {found->integer(0), found->integer(1), std::string{found->text(3)}};
        if (fits(found->text(2), type) && (!source || at.source_name == *source))
            kinds.push_back(at);
    }
    return std::nullopt;
}

KindMerge::KindMerge(ReadSession& session, std::int64_t tenant, std::vector<EventKind> kinds,
                     const SeqRange& range, bool ascending)
    : step_{session.prepare(ascending ? sql::next_of_kind : sql::previous_of_kind)},
      tenant_{tenant},
      kinds_{std::move(kinds)},
      range_{range},
      ascending_{ascending}
{
    for (std::size_t kind = 0; kind < kinds_.size(); ++kind) seek(kind);
}

std::optional<std::int64_t> KindMerge::next()
{
    if (heads_.empty()) return std::nullopt;
    std::pop_heap(heads_.begin(), heads_.end(),
                  [this](const Head& one, const Head& other) { return is_later(one, other); });
    const auto head = heads_.back();
    heads_.pop_back();
    range_.cut(head.seq, ascending_);
    seek(head.kind);
    return head.seq;
}

void KindMerge::seek(std::size_t kind)
{
    const ResetGuard guard{step_};
    step_.with(tenant_, kinds_[kind].type, kinds_[kind].source, range_.first, range_.last);
    if (!step_.step()) return;
    heads_.push_back({step_.integer(0), kind});
    std::push_heap(heads_.begin(), heads_.end(),
                   [this](const Head& one, const Head& other) { return is_later(one, other); });
}

bool KindMerge::is_later(const Head& one, const Head& other) const noexcept
{
    return ascending_ ? one.seq > other.seq : one.seq < other.seq;
}

}  // namespace katydid::store::sqlite
