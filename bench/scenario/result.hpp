// What a scenario came to: numbers with goals, or why there are none.
#pragma once

#include "bench/scenario/phase.hpp"

#include <boost/json/array.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace katydid::bench {

enum class Better { higher, lower };

/// One number a person wants to compare from run to run. NaN: there is no goal.
struct Figure {
    std::string name;
    double value = 0;
    std::string unit;
    Better better = Better::higher;
    double must = std::numeric_limits<double>::quiet_NaN();
    double aim = std::numeric_limits<double>::quiet_NaN();
};

/// ok: ran, and everything was correct. failed: ran, and something was not. skipped: this target
/// cannot do it, and the reason says what is missing; there are no numbers then.
struct ScenarioResult {
    std::string status = "ok";
    std::string reason;
    std::vector<Figure> figures;
    boost::json::array phases;

    void add(const Phase& phase);  ///< a fault in it makes the result failed
    void fail(const std::string& why);
    void figure(Figure made) { figures.push_back(std::move(made)); }
    static ScenarioResult skip(const std::string& why);
};

/// What floor servers reached on this machine in this run: the medians of all rounds.
struct Floor {
    double beast_per_second = 0;   ///< bare Beast, answers and does nothing
    double sqlite_per_second = 0;  ///< and commits to SQLite before it answers
    std::vector<double> beast_rounds;
    std::vector<double> sqlite_rounds;
    boost::json::array phases;
};

/// The one in the middle, or the mean of the two there; 0 of nothing.
double median_of(std::vector<double> values);

/// Milliseconds of a percentile, for figures.
double milliseconds_at(const Histogram& histogram, double percent);

}  // namespace katydid::bench
