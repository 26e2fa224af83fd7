// Beast, compiled once for the floor programs (BOOST_BEAST_SEPARATE_COMPILATION).
#include <boost/beast/src.hpp>
