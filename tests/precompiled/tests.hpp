// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What nearly every test includes, compiled once for all of them (meson.build). No test relies on it: each includes what it
// needs, and is compiled alone with -Db_pch=false. More is not better: every test reads the whole precompiled header, host.hpp
// and a few others would cost more than they save.
#include "../laws.hpp"
