// How many hubs there are, as several shards see it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace katydid::store::shards {

/// This hub's number, and how many there are.
struct Membership {
    std::size_t index = 0;
    std::size_t alive = 1;
    friend bool operator==(const Membership&, const Membership&) = default;
};

/// Makes one view of several, so that the shares of limits never come to more than the limit.
///
/// Where the shards agree, it is the first's. Where they do not, because a hub has lost one of them
/// or joins just now, each hub takes the smallest share of the largest group that it sees. What a
/// shard said counts for nothing while it is away; it may not say it again when it is back.
/// Pure. Thread safety: none.
class Members {
public:
    explicit Members(std::size_t shards) : views_(shards) {}

    void see(std::size_t shard, Membership view) { views_.at(shard).said = view; }
    void set_away(std::size_t shard, bool is_away) { views_.at(shard).is_away = is_away; }

    /// What is to be told now; nullopt: nothing new.
    std::optional<Membership> news()
    {
        // The order of another shard is not the one that all hubs go by.
        if (!views_.front().said && !views_.front().is_away) return std::nullopt;
        std::optional<Membership> all;
        bool agree = true;
        for (const auto& view : views_) {
            if (!view.said || view.is_away) continue;
            agree = agree && (!all || all->alive == view.said->alive);
            if (!all) all = view.said;
            all->alive = std::max(all->alive, view.said->alive);
        }
        if (!all) return std::nullopt;
        if (!agree) all->index = all->alive - 1;
        if (all == told_) return std::nullopt;
        told_ = all;
        return all;
    }

private:
    struct View {
        std::optional<Membership> said;
        bool is_away = false;
    };
    std::vector<View> views_;
    std::optional<Membership> told_;
};

}  // namespace katydid::store::shards
