#include "hub/filter/selector.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <limits>

namespace katydid::filter {
namespace {

namespace json = boost::json;

/// Values looked up for one path; an event with more of them asks every filter of the path.
constexpr std::size_t values_max = 256;
constexpr std::uint64_t path_work = 4;
constexpr std::uint64_t value_work = 8;

class AnchorFinder {
public:
    explicit AnchorFinder(const Program& program) : program_{program} {}

    std::vector<Anchor> find()
    {
        look(0, static_cast<std::uint32_t>(program_.steps.size()), Paths::root);
        return std::move(found_);
    }

private:
    /// Looks at steps that must all hold at this path.
    void look(std::uint32_t first, std::uint32_t end, std::uint32_t path)
    {
        for (auto i = first; i < end; i = program_.steps[i].end) {
            const auto& step = program_.steps[i];
            switch (step.op) {
            case Op::at: look(i + 1, step.end, step.path); break;
            case Op::some:
            case Op::all: look(i + 1, step.end, path); break;
            case Op::equals: found_.push_back({path, {normal(step.operand)}}); break;
            case Op::any: look_at_choice(i, path); break;
            default: break;
            }
        }
    }

    /// One of these values must be there, if nothing but values is asked for.
    void look_at_choice(std::uint32_t index, std::uint32_t path)
    {
        Anchor anchor{path, {}};
        for (auto i = index + 1; i < program_.steps[index].end; i = program_.steps[i].end) {
            if (program_.steps[i].op != Op::equals) return;
            anchor.values.push_back(normal(program_.steps[i].operand));
        }
        found_.push_back(std::move(anchor));
    }

    const Program& program_;
    std::vector<Anchor> found_;
};

/// The scalars that stand at a path, through arrays too. False when they are too many.
class Collector {
public:
    explicit Collector(std::vector<Scalar>& values) : values_{values} {}

    bool collect(const json::value* value, const std::vector<const std::string*>& names,
                 std::size_t name)
    {
        if (value == nullptr) return true;
        if (const auto* array = value->if_array()) {
            for (const auto& element : *array)
                if (++looks_ > values_max || !collect(&element, names, name)) return false;
            return true;
        }
        if (name == names.size()) {
            if (auto scalar = to_scalar(*value)) values_.push_back(normal(std::move(*scalar)));
            return true;
        }
        const auto* object = value->if_object();
        return object == nullptr || collect(object->if_contains(*names[name]), names, name + 1);
    }

private:
    std::vector<Scalar>& values_;
    std::size_t looks_ = 0;
};

bool collect_values(Paths& paths, std::uint32_t path, std::vector<Scalar>& values)
{
    const auto place = paths.find(path);
    Collector collector{values};
    if (!place.through_array) return collector.collect(place.value, {}, 0);
    const auto names = paths.names_of(path);
    return collector.collect(paths.document().root(*names.front()), names, 1);
}

}  // namespace

std::vector<Anchor> anchors_of(const Program& program) { return AnchorFinder{program}.find(); }

/// The one that the fewest others share, so that few events ask it in vain.
const Anchor* Selector::best_of(const std::vector<Anchor>& anchors) const
{
    const Anchor* best = nullptr;
    auto least = std::numeric_limits<std::size_t>::max();
    for (const auto& anchor : anchors) {
        std::size_t shared = anchor.values.size();
        const auto values = by_path_.find(anchor.path);
        for (const auto& value : anchor.values) {
            if (values == by_path_.end()) break;
            const auto entries = values->second.find(value);
            if (entries != values->second.end()) shared += entries->second.size();
        }
        if (shared >= least) continue;
        least = shared;
        best = &anchor;
    }
    return best;
}

void Selector::add(Member member, std::shared_ptr<const Program> program)
{
    remove(member);
    const auto anchors = anchors_of(*program);
    const auto* best = best_of(anchors);
    if (best == nullptr) {
        anchors_.emplace(member, std::nullopt);
        others_.push_back({member, std::move(program)});
        return;
    }
    for (const auto& value : best->values) by_path_[best->path][value].push_back({member, program});
    anchors_.emplace(member, *best);
}

void Selector::remove(Member member)
{
    const auto found = anchors_.find(member);
    if (found == anchors_.end()) return;
    const auto erase = [member](Entries& entries) {
        std::erase_if(entries, [&](const Entry& each) { return each.member == member; });
    };
    if (found->second) {
        auto& values = by_path_.at(found->second->path);
        for (const auto& value : found->second->values) {
            const auto entries = values.find(value);
            if (entries == values.end()) continue;
            erase(entries->second);
            if (entries->second.empty()) values.erase(entries);
        }
        if (values.empty()) by_path_.erase(found->second->path);
    } else {
        erase(others_);
    }
    anchors_.erase(found);
}

void Selector::select(Paths& paths, WorkBudget& work,
                      const std::function<void(Member, Answer)>& tell) const
{
    const auto ask = [&](const Entries& entries) {
        for (const auto& entry : entries) {
            const auto answer = evaluate(*entry.program, paths, work);
            if (answer != Answer::no) tell(entry.member, answer);
        }
    };
    std::vector<Scalar> values;
    for (const auto& [path, by_value] : by_path_) {
        values.clear();
        const bool is_collected = work.spend(path_work) && collect_values(paths, path, values)
                                  && work.spend(values.size() * value_work);
        if (!is_collected) {
            for (const auto& [value, entries] : by_value) ask(entries);
            continue;
        }
        for (const auto& value : values) {
            const auto entries = by_value.find(value);
            if (entries != by_value.end()) ask(entries->second);
        }
    }
    ask(others_);  // last: they may cost much, and those above do not
}

}  // namespace katydid::filter
