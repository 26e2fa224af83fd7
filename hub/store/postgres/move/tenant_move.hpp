// The steps of moving a tenant.
#pragma once

#include "hub/store/move_tenant.hpp"
#include "hub/store/postgres/move/move_link.hpp"
#include "hub/store/postgres/move/move_text.hpp"
#include "hub/store/postgres/move/pace.hpp"

#include <boost/json/object.hpp>

#include <memory>
#include <optional>

namespace katydid::store::postgres {

/// Moves one tenant, or goes on with a move that was interrupted.
///
/// Steps: start, copy, drain (hubs give the tenant's subscriptions up), pause (its writes are
/// refused), left (the source says so: from here on the tenant lives in the target), told (the
/// directory says so), active (hubs own its subscriptions there), clean.
///
/// What holds while the mover lives is held by its sessions: two advisory locks. So a mover that
/// dies before `left` leaves the tenant as it was, and one that dies later leaves to the hubs
/// (Directory::read, Store::take_over) what has to be done at once.
/// Throws SqlError and Failure.
class TenantMove {
public:
    explicit TenantMove(const MoveOptions& options);
    Moved run();

private:
    struct Side {
        std::string name, url;
        MoveLink link;
    };
    using SidePtr = std::unique_ptr<Side>;

    [[nodiscard]] SidePtr open(const std::string& name) const;
    [[nodiscard]] SidePtr try_open(const std::string& name) const;
    void find_tenant();
    [[nodiscard]] std::string find_place();
    /// Where it went from there, by the record that fulfils `which`.
    [[nodiscard]] std::optional<std::string> departure(Side& side,
                                                       const std::string& which = "true") const;
    void refuse_unfinished(Side& side) const;
    void lock(Side& side) const;
    void step(const std::string& name) const;

    Moved move(Side& source, Side& target);
    void prepare_target(Side& target);
    void watch(Side& source) const;
    void undo(Side& side) const;
    void give_out(Side& side, const std::string& which) const;
    void drain(Side& source) const;
    milliseconds switch_over(Side& source, Side& target, class TenantCopy& copy) const;
    void write_departure(Side& source, const std::string& to) const;

    void finish(Side& source, Side& target, const Moved& moved);
    void tell_directory(const std::string& to);
    void clean(Side& source, const Moved& moved);
    void remove_rows(Side& side);
    void note(const std::string& action, const boost::json::object& detail) const;

    const MoveOptions& options_;
    SidePtr first_;
    TenantId tenant_{};
    std::optional<MoveText> text_;
    Pace pace_;
};

}  // namespace katydid::store::postgres
