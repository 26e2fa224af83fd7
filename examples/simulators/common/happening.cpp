#include "examples/simulators/common/happening.hpp"

#include "hub/core/error.hpp"

#include <algorithm>

namespace katydid::simulators {
namespace {

bool is_match(std::string_view pattern, std::string_view type)
{
    if (!pattern.ends_with(".*")) return pattern == type;
    return type.starts_with(pattern.substr(0, pattern.size() - 1));
}

}  // namespace

Happenings::Happenings(std::span<const Kind> kinds, const std::vector<std::string>& types,
                       std::uint64_t seed, const Clock& clock)
    : dice_{seed},
      clock_{clock}
{
    for (const auto& pattern : types) {
        if (std::ranges::none_of(kinds,
                                 [&](const Kind& kind) { return is_match(pattern, kind.type); }))
            throw Failure{{errc::invalid_argument, "--types: no event type is called " + pattern}};
    }
    const auto is_wanted = [&](const Kind& kind) {
        return types.empty() || std::ranges::any_of(types, [&](const std::string& pattern) {
                   return is_match(pattern, kind.type);
               });
    };
    std::ranges::copy_if(kinds, std::back_inserter(kinds_), is_wanted);
    for (const Kind& kind : kinds_) weights_ += kind.weight;
}

const Kind& Happenings::pick_kind()
{
    auto left = dice_.below(weights_);
    for (const Kind& kind : kinds_) {
        if (left < kind.weight) return kind;
        left -= kind.weight;
    }
    return kinds_.back();
}

Happening Happenings::next()
{
    last_ = std::max(clock_.now(), last_ + milliseconds{1});
    const Kind& kind = pick_kind();
    auto id = dice_.uuid();
    auto data = kind.make_data(dice_, last_);
    return {std::move(id), std::string{kind.type}, last_, std::move(data)};
}

std::string subject_of(std::string_view data_id, std::string_view time)
{
    std::string subject{data_id};
    subject += '@';
    subject += time;
    return subject;
}

}  // namespace katydid::simulators
