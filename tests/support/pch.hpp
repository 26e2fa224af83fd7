// Precompiled for every test program.
#pragma once

#include "hub/core/pch.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
