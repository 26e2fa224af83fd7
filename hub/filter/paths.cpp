#include "hub/filter/paths.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace katydid::filter {

Paths::Paths() : nodes_(1) {}

std::string Paths::name_of(std::uint32_t parent, const std::string& key)
{
    return std::to_string(parent) + "/" + key;
}

/// Counts one more use.
std::uint32_t Paths::child(std::uint32_t parent, const std::string& key)
{
    auto name = name_of(parent, key);
    const auto known = ids_.find(name);
    if (known != ids_.end()) {
        ++nodes_[known->second].uses;
        return known->second;
    }
    std::uint32_t id = 0;
    if (free_.empty()) {
        id = static_cast<std::uint32_t>(nodes_.size());
        nodes_.emplace_back();
    } else {
        id = free_.back();
        free_.pop_back();
    }
    nodes_[id] = {parent, 1, key, 0, {}};
    ids_.emplace(std::move(name), id);
    return id;
}

/// Every use of a path is one of each path on the way to it.
void Paths::release(std::uint32_t path)
{
    auto& node = nodes_[path];
    if (--node.uses > 0) return;
    ids_.erase(name_of(node.parent, node.key));
    free_.push_back(path);
}

void Paths::bind(Program& program)
{
    struct Around {
        std::uint32_t end;
        std::uint32_t path;
    };
    std::vector<Around> around;
    for (std::uint32_t i = 0; i < program.steps.size(); ++i) {
        auto& step = program.steps[i];
        while (!around.empty() && around.back().end <= i) around.pop_back();
        if (step.op != Op::at) continue;
        auto path = around.empty() ? root : around.back().path;
        for (std::uint32_t k = 0; k < step.keys_count; ++k)
            path = child(path, program.keys[step.keys_first + k]);
        step.path = path;
        around.push_back({step.end, path});
    }
}

void Paths::unbind(const Program& program)
{
    for (const auto& step : program.steps) {
        auto path = step.path;
        for (std::uint32_t k = 0; step.op == Op::at && k < step.keys_count; ++k) {
            const auto parent = nodes_[path].parent;
            release(path);
            path = parent;
        }
    }
}

std::vector<const std::string*> Paths::names_of(std::uint32_t path) const
{
    std::vector<const std::string*> names;
    for (; path != root; path = nodes_[path].parent) names.push_back(&nodes_[path].key);
    std::ranges::reverse(names);
    return names;
}

void Paths::begin(Document& document) noexcept
{
    ++round_;
    document_ = &document;
}

Paths::Place Paths::find(std::uint32_t path)
{
    auto& node = nodes_[path];
    if (node.round == round_) return node.place;
    Place place;
    if (node.parent == root) {
        place.value = document_->root(node.key);
    } else {
        const auto above = find(node.parent);
        if (above.through_array || (above.value != nullptr && above.value->is_array()))
            place.through_array = true;
        else if (above.value != nullptr && above.value->is_object())
            place.value = above.value->get_object().if_contains(node.key);
    }
    node.round = round_;
    node.place = place;
    return place;
}

}  // namespace katydid::filter
