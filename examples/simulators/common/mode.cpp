#include "examples/simulators/common/mode.hpp"

#include "hub/core/text/text.hpp"

#include <boost/json/value.hpp>

#include <string>

namespace katydid::simulators {
namespace {

namespace json = boost::json;

constexpr NameTable<Mode, 8> mode_names{{
    {Mode::ok, "ok"},
    {Mode::down, "down"},
    {Mode::error, "error"},
    {Mode::hang, "hang"},
    {Mode::slow, "slow"},
    {Mode::wrong, "wrong"},
    {Mode::lost, "lost"},
    {Mode::mix, "mix"},
}};

}  // namespace

std::string_view to_text(Mode mode) noexcept { return name_of(mode_names, mode); }

Mode roll(Dice& dice)
{
    constexpr std::array faults{Mode::down, Mode::error, Mode::slow, Mode::wrong, Mode::lost};
    return dice.one_in(2) ? Mode::ok : dice.pick(faults);
}

result<void> ModeSwitch::set(const json::object& settings)
{
    const auto* name = settings.if_contains("mode");
    const auto mode = name != nullptr && name->is_string()
                          ? value_of(mode_names, std::string_view{name->get_string()})
                          : std::nullopt;
    if (!mode)
        return Error{errc::invalid_argument,
                     "mode is one of ok, down, error, hang, slow, wrong, lost, mix"};

    std::optional<SteadyTime> until;
    std::optional<std::uint64_t> requests;
    if (const auto* limit = settings.if_contains("for")) {
        if (limit->is_string()) {
            const auto time = parse_duration(std::string_view{limit->get_string()});
            if (time) until = clock_.steady_now() + *time;
        } else if (limit->is_int64() && limit->get_int64() > 0) {
            requests = static_cast<std::uint64_t>(limit->get_int64());
        }
        if (!until && !requests)
            return Error{errc::invalid_argument,
                         "for is a duration (\"3s\") or a count of requests (20)"};
    }
    mode_ = *mode;
    until_ = until;
    requests_left_ = requests;
    return {};
}

Mode ModeSwitch::now() const
{
    if (until_ && clock_.steady_now() >= *until_) return Mode::ok;
    if (requests_left_ && *requests_left_ == 0) return Mode::ok;
    return mode_;
}

Mode ModeSwitch::take()
{
    const Mode mode = now();
    if (requests_left_ && *requests_left_ > 0) --*requests_left_;
    return mode;
}

json::object ModeSwitch::to_json() const
{
    json::object object{{"mode", to_text(now())}};
    if (now() != Mode::ok && requests_left_) object["requests_left"] = *requests_left_;
    return object;
}

}  // namespace katydid::simulators
