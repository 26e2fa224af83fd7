// Precompiled for every command: CLI11 is slow to parse.
#pragma once

#include "hub/core/pch.hpp"

#include <CLI/CLI.hpp>
