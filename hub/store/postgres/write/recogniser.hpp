// Which appends of a batch are new, which are duplicates, which may be repeats.
#pragma once

#include "hub/store/postgres/write/batch.hpp"

#include <map>

namespace katydid::store::postgres {

/// Carries out, for a whole batch at once, what appends one after the other would do.
///
/// All keys of the batch are inserted in one statement and in their order, so that two hubs with
/// the same events do not lock each other out. What was there already is read; then every append
/// is judged in the order of the batch. Where that says otherwise than what was inserted (the key
/// of an append that turned out to be a duplicate), the rows are corrected.
/// Thread safety: none; it lives for one batch, in its transaction.
class Recogniser {
public:
    explicit Recogniser(const std::vector<AppendOrder*>& orders);

    /// Adds the statement that inserts the keys; its answer goes to note_added().
    void add_keys(Connection& connection);
    void note_added(const Rows& rows);
    /// Reads what the other keys lead to. Throws SqlError.
    awaitable<void> find_known(Connection& connection);
    /// Writes each order's answer, its deliveries apart.
    void decide();
    /// Adds the statements that correct keys; how many they are.
    std::size_t correct_keys(Connection& connection);

private:
    struct Entry {
        const PreparedAppend* first;   ///< of the batch that has it
        const DedupeKey* key;          ///< of that
        bool added = false;            ///< now, with the id of `first`
        std::optional<EventId> event;  ///< what it leads to
        std::string digest{};
    };
    /// Tenant and key, as the table's primary key has them.
    using Place = std::pair<TenantId, std::string_view>;

    void judge(AppendOrder& order);
    Entry& entry_of(const PreparedAppend& prepared, const DedupeKey& key);

    const std::vector<AppendOrder*>& orders_;
    std::map<Place, Entry> entries_;
};

}  // namespace katydid::store::postgres
