// Many appends and settlements as one transaction.
#pragma once

#include "hub/store/postgres/write/writer_state.hpp"
#include "hub/store/shared/prepared_append.hpp"

#include <memory>

namespace katydid::store::postgres {

/// An append with its answer.
struct AppendOrder {
    explicit AppendOrder(Append append) : prepared{std::move(append)} {}

    PreparedAppend prepared;
    Appended answer;
};

/// Several appends that stand or fall together.
struct AppendAllOrder {
    std::vector<AppendOrder> appends;

    [[nodiscard]] std::vector<Appended> answers() const
    {
        std::vector<Appended> all;
        all.reserve(appends.size());
        for (const auto& append : appends) all.push_back(append.answer);
        return all;
    }
};

struct SettleOrder {
    std::vector<Settlement> settlements;
};

struct Batch {
    std::vector<AppendOrder*> appends;
    std::vector<SettleOrder*> settles;
    [[nodiscard]] std::size_t size() const noexcept { return appends.size() + settles.size(); }
};

/// Writes batches in two exchanges: first what must be known (which events are new, who owns what),
/// then all rows, one statement a table, and the commit. One more where something was known before.
///
/// A settlement counts only while this hub holds the delivery and the subscription's lease has the
/// token it was claimed under; the database itself compares the tokens. What is refused is counted.
/// Thread safety: none; it belongs to the store's thread.
class BatchWriter {
public:
    explicit BatchWriter(WriterState& state) : state_{state} {}

    /// Throws SqlError; then nothing was written, or (connection lost at the end) the outcome is
    /// unknown. The caller rolls back, and calls `forget`.
    awaitable<void> write(Connection& connection, const Batch& batch);
    void forget();

private:
    struct Settled {
        const Settlement* settlement;
        HeldRow before;
        std::int64_t token;
    };

    awaitable<void> find_new(Connection& connection, const Batch& batch);
    bool add_leases(Connection& connection, const Batch& batch);
    void add_time_disorder(Connection& connection);
    void add_events(Connection& connection);
    void add_deliveries(Connection& connection);
    void add_attempts(Connection& connection);
    void add_outcomes(Connection& connection);
    void collect_settlements(const Batch& batch);
    void note_refused(const Rows& changed);

    WriterState& state_;
    CommitEffects effects_;
    std::vector<AppendOrder*> new_events_;
    std::vector<Settled> settled_;
    std::vector<Subscriber> asked_leases_;
    /// Plans made for small tables are bad for large ones: they are made anew as the tables grow.
    std::uint64_t rows_written_ = 0;
    std::uint64_t replan_at_ = 200;
    static constexpr std::uint64_t replan_growth = 5;
    std::size_t statements_ = 0;      ///< in the second exchange
    std::size_t outcome_answer_ = 0;  ///< which of them wrote the outcomes
};

}  // namespace katydid::store::postgres
