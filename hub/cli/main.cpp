// The katydid program: one subcommand a file in hub/cli.
#include "hub/cli/program.hpp"

int main(int argc, char** argv) { return katydid::cli::run_program(argc, argv); }
