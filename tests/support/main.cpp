// The Boost.Test entry point of every test program.
#define BOOST_TEST_MODULE katydid
#include <boost/test/unit_test.hpp>
