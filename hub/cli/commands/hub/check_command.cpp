// katydid check: would `katydid serve` start?
#include "hub/app/setting_tests.hpp"
#include "hub/checks/settings_checks.hpp"
#include "hub/cli/checks/start_checks.hpp"
#include "hub/cli/checks/print_faults.hpp"
#include "hub/cli/checks/running_hub.hpp"
#include "hub/cli/commands/hub/serve_options.hpp"
#include "hub/cli/terminal/terminal.hpp"
#include "hub/cli/tree/command.hpp"

#include <iostream>

namespace katydid::cli {
namespace {

/// Transforms and [[tests]], also of a file of which not all can be read.
void run_tests(const config::Settings& settings, checks::Findings& findings)
{
    for (auto& failure : run_setting_tests(settings))
        findings.push_back(checks::fault("tests", std::move(failure) + ".", {}));
}

int check(const config::Inputs& inputs)
{
    auto loaded = checks::check_settings(inputs);
    auto findings = std::move(loaded.findings);
    if (loaded.settings) {
        const auto hub = find_running_hub(*loaded.settings);
        findings = check_start({*loaded.settings, hub.is_there});
    } else {
        auto more = check_transforms({loaded.readable});
        findings.insert(findings.end(), more.begin(), more.end());
    }
    run_tests(loaded.settings ? *loaded.settings : loaded.readable, findings);
    print_faults(findings, "check");
    if (checks::has_fault(findings)) return answer_is_no;
    std::cout << "katydid serve would start.\n";
    return done;
}

}  // namespace

void add_check_command(CLI::App& app, int& exit_code)
{
    auto* command = app.add_subcommand(
        "check", "Whether serve would start with these settings, also beside a hub that runs");
    const auto inputs = add_serve_options(*command);
    command->callback([inputs, &exit_code] {
        inputs->environment = config::process_environment();
        exit_code = check(*inputs);
    });
}

}  // namespace katydid::cli
