#include "bench/report/document.hpp"

#include "bench/measure/machine.hpp"

#include <boost/json/parse.hpp>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace katydid::bench {

namespace json = boost::json;

namespace {

json::object to_json(const Figure& figure)
{
    json::object made{{"name", figure.name},
                      {"value", figure.value},
                      {"unit", figure.unit},
                      {"better", figure.better == Better::higher ? "higher" : "lower"}};
    if (!std::isnan(figure.must)) made["must"] = figure.must;
    if (!std::isnan(figure.aim)) made["aim"] = figure.aim;
    return made;
}

json::object to_json(const std::string& name, const ScenarioResult& result)
{
    json::array figures;
    for (const auto& figure : result.figures) figures.push_back(to_json(figure));
    return {{"name", name},
            {"status", result.status},
            {"reason", result.reason},
            {"figures", std::move(figures)},
            {"phases", result.phases}};
}

std::string number_text(double value)
{
    char text[32];
    const bool whole = std::abs(value) >= 1000 || value == std::floor(value);
    std::snprintf(text, sizeof text, whole ? "%.0f" : "%.2f", value);
    return text;
}

std::string padded(std::string text, std::size_t width, bool right = false)
{
    if (text.size() >= width) return text;
    const std::string blanks(width - text.size(), ' ');
    return right ? blanks + text : text + blanks;
}

double number_of(const json::object& figure, std::string_view key)
{
    const auto* found = figure.if_contains(key);
    return found == nullptr ? std::nan("") : found->to_number<double>();
}

std::string text_of(const json::object& object, std::string_view key)
{
    const auto* found = object.if_contains(key);
    return found != nullptr && found->is_string() ? std::string{found->get_string()}
                                                  : std::string{};
}

/// "aim", "must", "MISSED" or nothing.
std::string verdict_of(const json::object& figure)
{
    const auto value = number_of(figure, "value");
    const bool higher = text_of(figure, "better") == "higher";
    const auto reaches = [&](double goal) { return higher ? value >= goal : value <= goal; };
    const auto must = number_of(figure, "must");
    const auto aim = number_of(figure, "aim");
    if (!std::isnan(aim) && reaches(aim)) return "aim reached";
    if (!std::isnan(must)) return reaches(must) ? "must reached" : "BELOW MUST";
    return std::isnan(aim) ? "" : "below aim";
}

template <class Visit>
void for_each_figure(const json::object& document, Visit&& visit)
{
    for (const auto& scenario : document.at("scenarios").as_array())
        for (const auto& figure : scenario.as_object().at("figures").as_array())
            visit(figure.as_object());
}

const json::object* find_figure(const json::object& document, std::string_view name)
{
    const json::object* found = nullptr;
    for_each_figure(document, [&](const json::object& figure) {
        if (text_of(figure, "name") == name) found = &figure;
    });
    return found;
}

std::string change_of(double before, double after, bool higher_is_better, double tolerance)
{
    if (before == after) return "same";
    if (before == 0) return "";
    const auto change = (after - before) / std::abs(before);
    char text[32];
    std::snprintf(text, sizeof text, "%+.1f %%", change * 100);
    const bool worse = higher_is_better ? change < -tolerance : change > tolerance;
    const bool better = higher_is_better ? change > tolerance : change < -tolerance;
    return std::string{text} + (worse ? "  WORSE" : better ? "  better" : "");
}

}  // namespace

json::object make_document(const NamedResults& results, const Floor& floor, json::object about)
{
    json::array scenarios;
    for (const auto& [name, result] : results) scenarios.push_back(to_json(name, result));
    about["machine"] = describe_machine();
    about["floor"] = json::object{{"beast_per_second", std::round(floor.beast_per_second)},
                                  {"sqlite_per_second", std::round(floor.sqlite_per_second)},
                                  {"phases", floor.phases}};
    about["scenarios"] = std::move(scenarios);
    return about;
}

std::string show_figures(const json::object& document)
{
    std::ostringstream out;
    const auto& floor = document.at("floor").as_object();
    const bool judged = text_of(document, "size") != "smoke";  // too short to judge a time by
    for (const auto* name : {"beast_per_second", "sqlite_per_second"})
        if (const auto value = number_of(floor, name); value > 0)
            out << padded(std::string{"floor."} + name, 44) << padded(number_text(value), 12, true)
                << " requests/s\n";
    for (const auto& entry : document.at("scenarios").as_array()) {
        const auto& scenario = entry.as_object();
        const auto status = text_of(scenario, "status");
        out << '\n' << text_of(scenario, "name") << ": " << status;
        if (const auto reason = text_of(scenario, "reason"); !reason.empty())
            out << " (" << reason << ')';
        out << '\n';
        for (const auto& item : scenario.at("figures").as_array()) {
            const auto& figure = item.as_object();
            out << "  " << padded(text_of(figure, "name"), 42)
                << padded(number_text(number_of(figure, "value")), 12, true) << ' '
                << padded(text_of(figure, "unit"), 13) << (judged ? verdict_of(figure) : "")
                << '\n';
        }
        for (const auto& phase : scenario.at("phases").as_array())
            if (const auto text = text_of(phase.as_object(), "disturbance"); !text.empty())
                out << "  note, " << text_of(phase.as_object(), "name") << ": " << text << '\n';
    }
    return out.str();
}

std::string compare(const json::object& before, const json::object& after, double tolerance)
{
    std::ostringstream out;
    out << padded("figure", 44) << padded("before", 12, true) << padded("after", 12, true)
        << "  change\n";
    for_each_figure(after, [&](const json::object& figure) {
        const auto name = text_of(figure, "name");
        const auto* old = find_figure(before, name);
        const auto value = number_of(figure, "value");
        out << padded(name, 44);
        if (old == nullptr) {
            out << padded("-", 12, true) << padded(number_text(value), 12, true) << "  new\n";
            return;
        }
        const auto previous = number_of(*old, "value");
        out << padded(number_text(previous), 12, true) << padded(number_text(value), 12, true)
            << "  " << change_of(previous, value, text_of(figure, "better") == "higher", tolerance)
            << '\n';
    });
    for_each_figure(before, [&](const json::object& figure) {
        const auto name = text_of(figure, "name");
        if (find_figure(after, name) != nullptr) return;
        out << padded(name, 44) << padded(number_text(number_of(figure, "value")), 12, true)
            << padded("-", 12, true) << "  gone\n";
    });
    return out.str();
}

json::object read_document(const std::string& path)
{
    std::ifstream file{path};
    std::ostringstream text;
    text << file.rdbuf();
    boost::system::error_code error;
    auto value = json::parse(text.str(), error);
    if (!file || error || !value.is_object() || !value.as_object().contains("scenarios"))
        throw std::runtime_error{path + " is not a result of katydid-bench"};
    return std::move(value.as_object());
}

}  // namespace katydid::bench
