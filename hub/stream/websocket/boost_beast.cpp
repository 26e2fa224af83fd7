// Beast, compiled once for the WebSocket.
#include <boost/beast/src.hpp>
