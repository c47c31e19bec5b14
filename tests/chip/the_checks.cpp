// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A wrong bit fails, and so do missing values.
#include "check.hpp"

using namespace chip;

int main() {
    checks all, wanted;
    const unsigned bits[] = {0x3f800000, 0x40000000};
    {
        comparison good{all, "good", bits, bits};
        good.add(1), good.add(2);
        good.finish();
        wanted.that(all.result() == 0, "two right values", "pass");
    }
    {
        checks bad;
        comparison one{bad, "one bit", bits, bits};
        one.add(1), one.add(2.0000002f);
        one.finish();
        wanted.that(bad.result() != 0, "one wrong bit", "fails");
    }
    {
        checks bad;
        comparison few{bad, "too few", bits, bits};
        few.add(1);
        few.finish();
        wanted.that(bad.result() != 0, "a missing value", "fails");
    }
    wanted.that(checks{}.result() != 0, "no check at all", "fails");
    return wanted.result();
}
