// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Checks every library's results, then times those that are right. Takes Google Benchmark's options.
#include "harness.hpp"

#include <cstdlib>
#include <iostream>

int main(int argc, char** argv) {
    // Before anything starts threads: all measurements are of one thread.
    for (const char* name : {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"}) setenv(name, "1", 1);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    bool right = true; // inlay's own results
    for (const bench::entry& entry : bench::entries()) {
        std::string wrong;
        if (std::getenv("BENCH_TRACE")) std::cerr << entry.row << ", " << entry.library << '\n';
        try {
            wrong = entry.check();
        } catch (const std::exception& error) { wrong = error.what(); }
        if (wrong.empty()) {
            entry.enlist();
            continue;
        }
        std::cerr << "not timed: " << entry.row << ", " << entry.library << ": " << wrong << '\n';
        right &= entry.library != "inlay";
    }
    benchmark::RunSpecifiedBenchmarks();
    return right ? 0 : 1;
}
