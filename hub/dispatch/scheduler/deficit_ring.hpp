// One level of deficit round robin (Shreedhar and Varghese, SIGCOMM 1995).
#pragma once

#include <boost/intrusive/list.hpp>

#include <cstdint>

namespace katydid::dispatch {

/// What a member of a ring carries. It must not move while it is linked.
struct RingMember
    : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::safe_link>> {
    std::int64_t deficit = 0;  ///< what it may still spend
    bool granted = false;      ///< got the quantum of this visit
};

/// Those who have something to send take turns, each turn worth the same cost, so that a member
/// with large events gets as much as one with many small ones. Every operation takes O(1).
/// Thread safety: none. It owns nothing: members are unlinked before they die.
template <class Member>
class DeficitRing {
public:
    static constexpr std::int64_t quantum = 1;

    [[nodiscard]] bool empty() const noexcept { return ring_.empty(); }

    void add(Member& member)
    {
        if (!member.RingMember::is_linked()) ring_.push_back(member);
    }

    /// Who has nothing more to send keeps no credit either.
    void remove(Member& member)
    {
        if (member.RingMember::is_linked()) ring_.erase(ring_.iterator_to(member));
        member.deficit = 0;
        member.granted = false;
    }

    /// Whose turn it is.
    [[nodiscard]] Member& current()
    {
        auto& member = static_cast<Member&>(ring_.front());
        if (!member.granted) {
            member.granted = true;
            member.deficit += quantum;
        }
        return member;
    }

    /// Ends the turn of the current one, who keeps what is left.
    void rotate()
    {
        auto& member = ring_.front();
        member.granted = false;
        ring_.splice(ring_.end(), ring_, ring_.begin());
    }

private:
    boost::intrusive::list<RingMember, boost::intrusive::constant_time_size<false>> ring_;
};

}  // namespace katydid::dispatch
