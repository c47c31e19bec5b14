// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The macros that others leave behind: Arduino.h, windows.h, rpcndr.h, <complex.h>, X11, Qt, Apple's headers. With all of them
// defined, every header of inlay compiles (headers.py) and works (core/test_macros.cpp). What the standard library and the
// system need is included before them: it has its own ways, and its own limits.
#pragma once

// clang-format off
#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <complex>
#include <concepts>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <functional>
#include <iomanip>
#include <iostream>
#include <limits>
#include <map>
#include <memory>
#include <new>
#include <numeric>
#include <ostream>
#include <random>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#if __has_include(<zlib.h>)
#include <zlib.h>
#endif
#if __has_include(<sys/ioctl.h>)
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>
#endif
#if defined(__SSE2__)
#include <immintrin.h>
#endif

#undef abs
#define abs(x) ((x) > 0 ? (x) : -(x))
#undef bit
#define bit(b) (1UL << (b))
#undef boolean
#define boolean bool
#undef byte
#define byte unsigned char
#undef check
#define check(x) ((x) ? 0 : stop())
#undef complex
#define complex _Complex
#undef constrain
#define constrain(x, low, high) ((x) < (low) ? (low) : (x))
#undef degrees
#define degrees(x) ((x) * 57.295779513082320876798154814105)
#undef emit
#define emit
#undef far
#define far
#undef foreach
#define foreach(a, b) for (a : b)
#undef forever
#define forever for (;;)
#undef hyper
#define hyper __int64
#undef imaginary
#define imaginary _Imaginary
#undef interface
#define interface struct
#undef interrupts
#define interrupts() sei()
#undef likely
#define likely(x) __builtin_expect(!!(x), 1)
#undef linux
#define linux 1
#undef major
#define major(d) gnu_dev_major(d)
#undef max
#define max(a, b) ((a) > (b) ? (a) : (b))
#undef min
#define min(a, b) ((a) < (b) ? (a) : (b))
#undef minor
#define minor(d) gnu_dev_minor(d)
#undef near
#define near
#undef nil
#define nil NULL
#undef pascal
#define pascal __stdcall
#undef radians
#define radians(x) ((x) * 0.01745329251994329576923690768489)
#undef require
#define require(x, label) if (!(x)) goto label
#undef round
#define round(x) ((long)((x) + 0.5))
#undef signals
#define signals public
#undef slots
#define slots
#undef small
#define small char
#undef sq
#define sq(x) ((x) * (x))
#undef unix
#define unix 1
#undef unlikely
#define unlikely(x) __builtin_expect(!!(x), 0)
#undef verify
#define verify(x) ((x) ? 0 : stop())
#undef word
#define word(...) makeWord(__VA_ARGS__)
#undef log2
#define log2(x) (log(x) / 0.69314718055994530942)
#undef signbit
#define signbit(x) is_sign(x)
#undef isnan
#define isnan(x) is_nan(x)
#undef isinf
#define isinf(x) is_inf(x)
#undef isfinite
#define isfinite(x) is_finite(x)
#undef ABSOLUTE
#define ABSOLUTE 8
#undef Above
#define Above 5
#undef Always
#define Always 6
#undef BINARY
#define BINARY 6
#undef Below
#define Below 5
#undef Bool
#define Bool int
#undef CHANGE
#define CHANGE 6
#undef CONST
#define CONST const
#undef DEC
#define DEC 3
#undef DEFAULT
#define DEFAULT 7
#undef DELETE
#define DELETE (0x00010000L)
#undef DIFFERENCE
#define DIFFERENCE 10
#undef DISPLAY
#define DISPLAY 7
#undef ERROR
#define ERROR 0
#undef EULER
#define EULER 5
#undef EXTERNAL
#define EXTERNAL 8
#undef FALLING
#define FALLING 7
#undef FALSE
#define FALSE 0
#undef False
#define False 0
#undef HEX
#define HEX 3
#undef HIGH
#define HIGH 4
#undef HALF_PI
#define HALF_PI 7
#undef IGNORE
#define IGNORE 6
#undef IN
#define IN
#undef INFINITE
#define INFINITE 8
#undef INPUT
#define INPUT 5
#undef INTERNAL
#define INTERNAL 8
#undef LOW
#define LOW 3
#undef NO_ERROR
#define NO_ERROR 8
#undef None
#define None 0L
#undef OCT
#define OCT 3
#undef OPAQUE
#define OPAQUE 6
#undef OPTIONAL
#define OPTIONAL
#undef OUT
#define OUT
#undef OUTPUT
#define OUTPUT 6
#undef PI
#define PI 3.1415926535897932384626433832795
#undef RELATIVE
#define RELATIVE 8
#undef RISING
#define RISING 6
#undef SERIAL
#define SERIAL 6
#undef STRICT
#define STRICT 6
#undef Status
#define Status int
#undef Success
#define Success 0
#undef THIS
#define THIS
#undef TRUE
#define TRUE 1
#undef TRANSPARENT
#define TRANSPARENT 11
#undef TWO_PI
#define TWO_PI 6
#undef True
#define True 1
#undef VOID
#define VOID void
#undef B0
#define B0 2
#undef B1
#define B1 2
#undef B00
#define B00 3
#undef B01
#define B01 3
#undef B10
#define B10 3
#undef B11
#define B11 3
#undef A
#define A 1
#undef B
#define B 1
#undef C
#define C 1
#undef D
#define D 1
#undef E
#define E 1
#undef F
#define F(text) text
#undef G
#define G 1
#undef H
#define H 1
#undef I
#define I _Complex_I
#undef J
#define J 1
#undef K
#define K 1
#undef L
#define L 1
#undef M
#define M 1
#undef N
#define N 1
#undef O
#define O 1
#undef P
#define P 1
#undef Q
#define Q 1
#undef R
#define R 1
#undef S
#define S 1
#undef T
#define T 1
#undef U
#define U 1
#undef V
#define V 1
#undef W
#define W 1
#undef X
#define X 1
#undef Y
#define Y 1
#undef Z
#define Z 1
// clang-format on
