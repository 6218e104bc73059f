// Boost.JSON, compiled here once: its library is a package of its own, its headers are not.
#include <boost/json/src.hpp>
