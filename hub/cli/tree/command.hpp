// What the commands share.
#pragma once

#include <CLI/CLI.hpp>

namespace katydid::cli {

/// Exit statuses of the contract (api.md, Command line).
enum ExitCode : int {
    done = 0,
    answer_is_no = 1,
    wrong_usage = 2,
    not_reached = 3,
    interrupted = 130  ///< as shells have it for SIGINT
};

// Each adds one subcommand. Its callback sets `exit_code`.
void add_apply_command(CLI::App& app, int& exit_code);
void add_audit_command(CLI::App& app, int& exit_code);
void add_backup_command(CLI::App& app, int& exit_code);
void add_certs_command(CLI::App& app, int& exit_code);
void add_check_command(CLI::App& app, int& exit_code);
void add_completion_command(CLI::App& app, int& exit_code);
void add_deliveries_command(CLI::App& app, int& exit_code);
void add_doctor_command(CLI::App& app, int& exit_code);
void add_event_types_command(CLI::App& app, int& exit_code);
void add_events_command(CLI::App& app, int& exit_code);
void add_export_command(CLI::App& app, int& exit_code);
void add_help_command(CLI::App& app, int& exit_code);
void add_init_command(CLI::App& app, int& exit_code);
void add_keys_command(CLI::App& app, int& exit_code);
void add_limits_command(CLI::App& app, int& exit_code);
void add_listen_command(CLI::App& app, int& exit_code);
void add_man_command(CLI::App& app, int& exit_code);
void add_move_command(CLI::App& app, int& exit_code);  // of add_tenants_command()'s group
void add_rejected_command(CLI::App& app, int& exit_code);
void add_replay_command(CLI::App& app, int& exit_code);
void add_restore_command(CLI::App& app, int& exit_code);
void add_schemes_command(CLI::App& app, int& exit_code);
void add_send_command(CLI::App& app, int& exit_code);
void add_serve_command(CLI::App& app, int& exit_code);
void add_sign_command(CLI::App& app, int& exit_code);
void add_sources_command(CLI::App& app, int& exit_code);
void add_stats_command(CLI::App& app, int& exit_code);
void add_subjects_command(CLI::App& app, int& exit_code);
void add_subscriptions_command(CLI::App& app, int& exit_code);
void add_tail_command(CLI::App& app, int& exit_code);
void add_tenants_command(CLI::App& app, int& exit_code);
void add_transform_command(CLI::App& app, int& exit_code);
void add_trigger_command(CLI::App& app, int& exit_code);
void add_verify_command(CLI::App& app, int& exit_code);
void add_version_command(CLI::App& app, int& exit_code);

}  // namespace katydid::cli
