// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Splits that no chance decides.
// Written by tools/golden.py from scikit-learn 1.2.1 in double.
#pragma once

namespace golden::splits {
inline constexpr int groups[] = {0, 0, 4, 2, 0, 1, 1, 0, 3, 0, 1, 2, 1, 2, 3, 7, 0, 2, 3, 0, 0, 7, 0, 1, 5, 2, 1, 4, 0, 3, 1, 0, 3, 6, 0, 2, 0, 3, 3, 0, 4, 3, 3, 4, 1, 4, 5, 0, 4, 1};
inline constexpr int group_parts[] = {0, 0, 1, 2, 0, 2, 2, 0, 1, 0, 2, 2, 2, 2, 1, 0, 0, 2, 1, 0, 0, 0, 0, 2, 1, 2, 2, 1, 0, 1, 2, 0, 1, 2, 0, 2, 0, 1, 1, 0, 1, 1, 1, 1, 2, 1, 1, 0, 1, 2};
inline constexpr int series[] = {-1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3};
inline constexpr int series_trains[] = {7, 11, 15, 19};
inline constexpr int series_with_gap[] = {-1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3};
inline constexpr int series_with_gap_trains[] = {5, 9, 13, 17};

} // namespace golden::splits
