// Beast, compiled once for its traps.
#include <boost/beast/src.hpp>
