// A value against a compiled schema.
#include "hub/schema/node.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <unordered_set>

namespace katydid::schema {
namespace {

namespace json = boost::json;

constexpr std::size_t depth_max = 200;
constexpr std::string_view too_much_work = "takes too long to check against this schema";

// What the parts of a check cost, in units of a WorkBudget.
constexpr std::uint64_t node_work = 8;
constexpr std::uint64_t name_work = 2;         ///< a member looked up by its name
constexpr std::uint64_t item_work = 32;        ///< of an array whose items are compared
constexpr std::uint64_t bytes_per_unit = 16;   ///< of a text that is copied or looked through
constexpr std::uint64_t matched_per_unit = 4;  ///< bytes of a text that a pattern is matched with
constexpr std::uint64_t pattern_per_unit = 4;  ///< bytes times instructions, in the worst case

unsigned kinds_of(const json::value& value)
{
    switch (value.kind()) {
    case json::kind::null: return kind_null;
    case json::kind::bool_: return kind_boolean;
    case json::kind::string: return kind_string;
    case json::kind::array: return kind_array;
    case json::kind::object: return kind_object;
    default: return is_whole(value) ? kind_integer | kind_number : unsigned{kind_number};
    }
}

/// In code points, as the specification counts.
std::uint64_t length_of(std::string_view text)
{
    return static_cast<std::uint64_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

/// One walk. With `faults_` null it only finds out whether there are any.
///
/// All that grows with the value or with the schema is paid for before it is done. What could not
/// be paid for does not fit, also below "not" and "oneOf": see is_cut_off().
class Check {
public:
    Check(std::vector<Fault>* faults, WorkBudget& work) : faults_{faults}, work_{work} {}

    /// Whether the walk ended early, so that its answer counts for nothing.
    [[nodiscard]] bool is_cut_off() const noexcept { return is_too_deep_ || work_.is_spent(); }

    /// False when the value does not fit.
    bool run(const Node& node, const json::value& value, const std::string& pointer)
    {
        is_too_deep_ = is_too_deep_ || depth_ >= depth_max;
        if (is_too_deep_ || !work_.spend(node_work)) return false;
        if (node.is_never) return fault(pointer, "must not be there");
        ++depth_;
        const bool fits = run_node(node, value, pointer);
        --depth_;
        return fits;
    }

private:
    bool run_node(const Node& node, const json::value& value, const std::string& pointer)
    {
        if (faults_ != nullptr && !node.message.empty()) {
            auto* const faults = std::exchange(faults_, nullptr);
            const bool fits = run_node(node, value, pointer);
            faults_ = faults;
            return fits || fault(pointer, node.message);
        }
        return node.reference != nullptr ? run(*node.reference, value, pointer)
                                         : run_all(node, value, pointer);
    }
    bool fault(const std::string& pointer, std::string detail)
    {
        if (faults_ != nullptr && faults_->size() < faults_max)
            faults_->push_back({pointer, std::move(detail)});
        return false;
    }
    /// Nobody reads the pointers of a silent walk.
    [[nodiscard]] std::string at(const std::string& pointer, std::string_view name)
    {
        if (faults_ == nullptr || !pay_for_bytes(pointer.size() + name.size())) return {};
        return pointer_to(pointer, name);
    }
    [[nodiscard]] std::string at(const std::string& pointer, std::size_t index)
    {
        if (faults_ == nullptr || !pay_for_bytes(pointer.size())) return {};
        return pointer + "/" + std::to_string(index);
    }
    [[nodiscard]] bool goes_on(bool fits) const
    {
        return fits || (faults_ != nullptr && faults_->size() < faults_max);
    }
    bool pay_for_bytes(std::size_t bytes) { return work_.spend(1 + bytes / bytes_per_unit); }

    /// RE2 needs a nanosecond or two for a byte; where its automaton does not fit into its memory,
    /// some for each byte and each instruction. Which it was shows in the time it took. A clock
    /// can only charge more than it cost, and never more than the worst case does.
    bool matches(const Pattern& pattern, std::string_view text)
    {
        const auto instructions = static_cast<std::uint64_t>(pattern.expression->ProgramSize());
        const auto most = node_work + text.size() * instructions / pattern_per_unit;
        if (most > check_work_max) work_.exhaust();
        if (!work_.spend(node_work + text.size() / matched_per_unit)) return false;
        const auto started = std::chrono::steady_clock::now();
        const bool found = RE2::PartialMatch(re2::StringPiece{text.data(), text.size()},
                                             *pattern.expression);
        const auto taken = std::chrono::steady_clock::now() - started;
        const auto units = static_cast<std::uint64_t>(taken / WorkBudget::unit);
        return work_.spend(std::min(units, most)) && found;
    }

    bool fits_silently(const Node& node, const json::value& value, const std::string& pointer)
    {
        auto* const faults = std::exchange(faults_, nullptr);
        const bool fits = run(node, value, pointer);
        faults_ = faults;
        return fits;
    }

    bool run_all(const Node& node, const json::value& value, const std::string& pointer)
    {
        if (node.kinds != 0 && (node.kinds & kinds_of(value)) == 0)
            return fault(pointer, "must be " + node.expected);
        bool fits = true;
        if (node.allowed) fits = check_allowed(node, value, pointer);
        if (const auto number = number_of(value)) fits &= check_number(node, *number, pointer);
        else if (const auto* text = value.if_string()) fits &= check_text(node, *text, pointer);
        else if (const auto* array = value.if_array()) fits &= check_array(node, *array, pointer);
        else if (const auto* object = value.if_object())
            fits &= check_object(node, *object, value, pointer);
        if (goes_on(fits)) fits &= check_combined(node, value, pointer);
        return fits;
    }

    bool check_allowed(const Node& node, const json::value& value, const std::string& pointer)
    {
        const auto text = canonical(value, work_);
        return (text && node.allowed->contains(*text)) || fault(pointer, node.allowed_text);
    }

    bool check_number(const Node& node, Number number, const std::string& pointer)
    {
        bool fits = true;
        const bool is_below = node.minimum && number < *node.minimum;
        const bool is_above = node.maximum && number > *node.maximum;
        const bool is_range = node.minimum && node.maximum && node.kinds != 0;
        if ((is_below || is_above) && is_range) return fault(pointer, "must be " + node.expected);
        if (is_below) fits = fault(pointer, "must be at least " + text_of(*node.minimum));
        if (is_above) fits = fault(pointer, "must be at most " + text_of(*node.maximum));
        if (node.above && number <= *node.above)
            fits = fault(pointer, "must be greater than " + text_of(*node.above));
        if (node.below && number >= *node.below)
            fits = fault(pointer, "must be less than " + text_of(*node.below));
        if (node.multiple_of) {
            // Decimal fractions are not exact in binary: 0.3 is a multiple of 0.1 all the same.
            const auto times = number / *node.multiple_of;
            const auto off = std::fabs(times - std::round(times));
            if (!std::isfinite(times) || off > 1e-9L * std::max<Number>(1, std::fabs(times)))
                fits = fault(pointer, "must be a multiple of " + text_of(*node.multiple_of));
        }
        return fits;
    }

    bool check_text(const Node& node, std::string_view text, const std::string& pointer)
    {
        const bool is_read = node.length_min || node.length_max || node.format != nullptr;
        if (is_read && !pay_for_bytes(text.size())) return false;
        bool fits = true;
        const auto length = node.length_min || node.length_max ? length_of(text) : 0;
        const bool is_short = node.length_min && length < *node.length_min;
        const bool is_long = node.length_max && length > *node.length_max;
        if ((is_short || is_long) && node.length_min && node.length_max && node.kinds != 0)
            return fault(pointer, "must be " + node.expected);
        if (is_short)
            fits = fault(pointer,
                         "must have at least " + std::to_string(*node.length_min) + " characters");
        if (is_long)
            fits = fault(pointer,
                         "must have at most " + std::to_string(*node.length_max) + " characters");
        if (node.pattern && !matches(*node.pattern, text))
            fits = fault(pointer, "must match " + node.pattern->shown);
        if (node.format != nullptr && !node.format->fits(text))
            fits = fault(pointer, "must be " + node.format->expected);
        return fits;
    }

    bool check_array(const Node& node, const json::array& array, const std::string& pointer)
    {
        bool fits = true;
        const bool is_short = node.items_min && array.size() < *node.items_min;
        const bool is_long = node.items_max && array.size() > *node.items_max;
        if ((is_short || is_long) && node.items_min && node.items_max && node.kinds != 0)
            return fault(pointer, "must be " + node.expected);
        if (is_short)
            fits = fault(pointer,
                         "must have at least " + std::to_string(*node.items_min) + " items");
        if (is_long)
            fits = fault(pointer,
                         "must have at most " + std::to_string(*node.items_max) + " items");
        if (node.unique && goes_on(fits)) fits &= check_unique(array, pointer);
        bool contains = node.contains == nullptr;
        for (std::size_t i = 0; i < array.size() && goes_on(fits); ++i) {
            const auto place = at(pointer, i);
            const auto* item = node.items;
            if (!node.tuple.empty())
                item = i < node.tuple.size() ? node.tuple[i] : node.additional_items;
            if (item != nullptr) fits &= run(*item, array[i], place);
            if (!contains) contains = fits_silently(*node.contains, array[i], place);
        }
        if (!contains) fits = fault(pointer, "has no item of the kind that \"contains\" asks for");
        return fits;
    }

    bool check_unique(const json::array& array, const std::string& pointer)
    {
        std::unordered_set<std::string> texts;
        for (const auto& each : array) {
            if (!work_.spend(item_work)) return false;
            auto text = canonical(each, work_);
            if (!text) return false;
            if (!texts.insert(std::move(*text)).second)
                return fault(pointer, "must not have the same item twice");
        }
        return true;
    }

    bool check_object(const Node& node, const json::object& object, const json::value& value,
                      const std::string& pointer)
    {
        bool fits = true;
        if (node.properties_min && object.size() < *node.properties_min)
            fits = fault(pointer, !node.empty_message.empty()
                                      ? node.empty_message
                                      : "must have at least " + std::to_string(*node.properties_min)
                                            + " members");
        if (node.properties_max && object.size() > *node.properties_max)
            fits = fault(pointer,
                         "must have at most " + std::to_string(*node.properties_max) + " members");
        fits &= check_required(node, object, pointer);
        for (const auto& dependency : node.dependencies) {
            if (!work_.spend(name_work)) return false;
            if (!object.contains(dependency.name)) continue;
            for (const auto& name : dependency.required)
                if (work_.spend(name_work) && !object.contains(name))
                    fits = fault(at(pointer, name),
                                 "is missing: \"" + dependency.name + "\" needs it");
            if (dependency.node != nullptr && goes_on(fits))
                fits &= run(*dependency.node, value, pointer);
        }
        for (const auto& member : object) {
            if (!goes_on(fits)) break;
            fits &= check_member(node, member.key(), member.value(), pointer);
        }
        return fits;
    }

    bool check_required(const Node& node, const json::object& object, const std::string& pointer)
    {
        bool fits = true;
        if (!work_.spend(node.required.size() * name_work)) return false;
        for (const auto& name : node.required) {
            if (object.contains(name)) continue;
            fits = false;
            if (!goes_on(fits)) break;
            const auto said = node.missing.find(name);
            fault(at(pointer, name), said == node.missing.end() ? "is missing" : said->second);
        }
        return fits;
    }

    bool check_member(const Node& node, std::string_view name, const json::value& value,
                      const std::string& pointer)
    {
        bool fits = true;
        bool is_known = false;
        const bool is_plain = node.pattern_properties.empty() && node.property_names == nullptr;
        const auto found = node.properties.find(name);
        if (found == node.properties.end() && is_plain && node.additional_properties == nullptr)
            return true;
        const auto place = at(pointer, name);
        if (node.property_names != nullptr && !pay_for_bytes(name.size())) return false;
        if (node.property_names != nullptr
            && !fits_silently(*node.property_names, json::value(name), place)) {
            const auto& said = node.property_names->message;
            fits = fault(place,
                         said.empty() ? "has a name that \"propertyNames\" does not allow" : said);
        }
        if (found != node.properties.end()) {
            is_known = true;
            fits &= run(*found->second, value, place);
        }
        for (const auto& [pattern, schema] : node.pattern_properties) {
            if (!matches(pattern, name)) continue;
            is_known = true;
            fits &= run(*schema, value, place);
        }
        if (is_known || node.additional_properties == nullptr) return fits;
        if (!node.additional_properties->is_never)
            return run(*node.additional_properties, value, place) && fits;
        return faults_ != nullptr && fault(place, "is not a field of this object" + known(node));
    }

    /// What an object may have, as far as a sentence can hold it.
    std::string known(const Node& node)
    {
        constexpr std::size_t bytes_max = 400;
        std::string names;
        for (const auto& each : node.properties) {
            if (names.size() + each.first.size() > bytes_max) return ": it has " + names + " …";
            names.append(names.empty() ? "\"" : ", \"").append(each.first).append("\"");
        }
        pay_for_bytes(names.size());
        return names.empty() ? names : ": it has " + names;
    }

    bool check_combined(const Node& node, const json::value& value, const std::string& pointer)
    {
        bool fits = true;
        for (const auto* each : node.all_of) fits &= run(*each, value, pointer);
        const auto fitting = [&](const std::vector<const Node*>& schemas) {
            return std::ranges::count_if(
                schemas, [&](const Node* each) { return fits_silently(*each, value, pointer); });
        };
        if (!node.any_of.empty() && fitting(node.any_of) == 0)
            fits = fault(pointer, "fits none of the schemas of \"anyOf\"");
        if (!node.one_of.empty())
            if (const auto count = fitting(node.one_of); count != 1)
                fits = fault(pointer, count == 0 ? "fits none of the schemas of \"oneOf\""
                                                 : "fits more than one schema of \"oneOf\"");
        if (node.negated != nullptr && fits_silently(*node.negated, value, pointer))
            fits = fault(pointer, "fits the schema of \"not\"");
        if (node.condition == nullptr) return fits;
        const auto* branch = fits_silently(*node.condition, value, pointer) ? node.then
                                                                            : node.otherwise;
        return (branch == nullptr || run(*branch, value, pointer)) && fits;
    }

    std::vector<Fault>* faults_;
    WorkBudget& work_;
    std::size_t depth_ = 0;
    bool is_too_deep_ = false;
};

}  // namespace

std::vector<Fault> JsonSchema::check(const json::value& value, WorkBudget* whole) const
{
    if (root_ == nullptr) return {};
    WorkBudget work{check_work_max, whole};
    // Most values fit: whether they do is found out without building any text.
    Check silent{nullptr, work};
    const bool fits = silent.run(*root_, value, {});
    if (silent.is_cut_off()) return {{"", std::string{too_much_work}}};
    if (fits) return {};
    std::vector<Fault> faults;
    Check telling{&faults, work};
    telling.run(*root_, value, {});
    if (faults.empty()) faults.push_back({"", std::string{too_much_work}});
    return faults;
}

}  // namespace katydid::schema
