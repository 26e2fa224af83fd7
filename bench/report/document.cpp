#include "bench/report/document.hpp"

#include "bench/measure/machine.hpp"

#include <cmath>

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

}  // namespace katydid::bench
