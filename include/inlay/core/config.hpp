// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What the compiler says about the target. No other header asks the preprocessor about it.
#pragma once

// What inlay cannot be compiled with; options that only reorder arithmetic (-fassociative-math, -freciprocal-math) do no
// harm, see math::rounded.
#if __cplusplus < 202002L
#error "inlay needs C++20: compile with -std=c++20"
#define INLAY_REFUSES
#elif defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)
#error "inlay: results are wrong with -ffast-math, -Ofast or -ffinite-math-only; compile what includes inlay without"
#define INLAY_REFUSES
#elif defined(__i386__) && !defined(__SSE2_MATH__)
#error "inlay: x87 arithmetic rounds twice; compile with -mfpmath=sse -msse2"
#define INLAY_REFUSES
#elif defined(__FLT_EVAL_METHOD__) && __FLT_EVAL_METHOD__ != 0 && __FLT_EVAL_METHOD__ != 16
#error "inlay: float and double must be rounded to their own precision (FLT_EVAL_METHOD 0)"
#define INLAY_REFUSES
#endif
#if defined(INLAY_REFUSES)
#include <the one error above is enough> // this one is fatal: nothing else is said
#endif

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <inlay/core/macros_aside.inc>

/// Inlines a function, or a lambda when written after its parameter list. Kernels need it on their lambdas too:
/// an accumulator that crosses a call is spilled, and the kernel runs two to five times slower. Without optimisation it is
/// nothing: there every copy keeps its own variables, and the sanitizers instrument each of them (one trainer then took
/// g++ a minute and 1.6 GB). The bits are the same either way. May be defined as nothing from outside, as the laws do.
#if !defined(INLAY_INLINE)
#if defined(__OPTIMIZE__)
#define INLAY_INLINE __attribute__((always_inline))
#else
#define INLAY_INLINE
#endif
#endif

/// 1 when the target multiplies and adds with one rounding. Every sum of products in inlay then uses that operation
/// explicitly, so that scalar and vector code of any width give the same bits. Without it they round twice, everywhere.
#if defined(__FMA__) || defined(__AVX512F__) || defined(__aarch64__) || defined(__ARM_FEATURE_FMA) ||                  \
    (defined(__riscv_flen) && __riscv_flen >= 32)
#define INLAY_HAS_FMA 1
#else
#define INLAY_HAS_FMA 0
#endif

/// 0 where no instruction multiplies and adds, so that a compiler has nothing to contract a product and a sum to.
#if INLAY_HAS_FMA || defined(__FMA4__) || (!defined(__SSE2__) && !defined(__wasm__))
#define INLAY_CONTRACTS 1
#else
#define INLAY_CONTRACTS 0
#endif

/// 0 where the compiler says that it leaves the order of sums and quotients alone; clang and older g++ do not say.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12 && !defined(__ASSOCIATIVE_MATH__) &&                    \
    !defined(__RECIPROCAL_MATH__)
#define INLAY_REORDERS 0
#else
#define INLAY_REORDERS 1
#endif

/// Bytes of the widest number that the target computes with in hardware. What is wider must not end in a C library.
#if defined(__arm__)
#if defined(__SOFTFP__) || !defined(__ARM_FP)
#define INLAY_FPU_BYTES 0
#elif __ARM_FP & 8
#define INLAY_FPU_BYTES 8
#else
#define INLAY_FPU_BYTES 4
#endif
#elif defined(__riscv)
#if defined(__riscv_flen)
#define INLAY_FPU_BYTES (__riscv_flen / 8)
#else
#define INLAY_FPU_BYTES 0
#endif
#else
#define INLAY_FPU_BYTES 8
#endif

/// On a chip, calls cost stack: there the layers of a network become one function.
#if defined(__riscv) || (defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M')
#define INLAY_FLATTEN INLAY_INLINE
#else
#define INLAY_FLATTEN
#endif

/// 1 on Cortex-M with an FPU: `vldm` fills several registers at once.
#if defined(__thumb2__) && defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M' && defined(__ARM_FEATURE_FMA)
#define INLAY_HAS_LOAD_MULTIPLE 1
#else
#define INLAY_HAS_LOAD_MULTIPLE 0
#endif

/// 1 where Cortex-M's vector extension computes with floats (MVE-F, "Helium").
#if defined(__ARM_FEATURE_MVE) && (__ARM_FEATURE_MVE & 2)
#define INLAY_HAS_HELIUM 1
#else
#define INLAY_HAS_HELIUM 0
#endif

/// How many vector registers there are: how large a product's tiles may be.
#if !defined(INLAY_VECTOR_REGISTERS)
#if defined(__AVX512F__) || defined(__aarch64__)
#define INLAY_VECTOR_REGISTERS 32
#else
#define INLAY_VECTOR_REGISTERS 16
#endif
#endif

// ---- the name of the target -------------------------------------------------------------------------------------------

/// An inline namespace named after all that changes the layout of an object or the code of a function. Two translation
/// units with different instruction sets then have two libraries that do not meet: a program may hold a network for SSE2
/// and one for AVX2, and passing an object from one to the other does not link. Everything that leaves code or data in
/// a program is declared in it, as `namespace inlay::inline INLAY_TARGET`. What has neither (layers and their shape rules,
/// verdicts, shapes) is plain `inlay`, which keeps error messages short. tests/units looks at the symbols.
#define INLAY_JOIN_EXPANDED(a, b) a##b
#define INLAY_JOIN(a, b) INLAY_JOIN_EXPANDED(a, b)
#if !defined(INLAY_TARGET)
#if defined(__wasm_simd128__) &&                                                                                       \
    defined(__SSE2__) // Emscripten's SSE2, of which each instruction is one or a few of wasm's
#define INLAY_ARCHITECTURE simd128_sse2
#elif defined(__wasm_simd128__)
#define INLAY_ARCHITECTURE simd128
#elif defined(__wasm__)
#define INLAY_ARCHITECTURE wasm
#elif defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
#define INLAY_ARCHITECTURE avx512
#elif defined(__AVX512F__)
#define INLAY_ARCHITECTURE avx512f
#elif defined(__AVX2__)
#define INLAY_ARCHITECTURE avx2
#elif defined(__AVX__)
#define INLAY_ARCHITECTURE avx
#elif defined(__SSE4_2__)
#define INLAY_ARCHITECTURE sse4_2
#elif defined(__SSE4_1__)
#define INLAY_ARCHITECTURE sse4_1
#elif defined(__SSSE3__)
#define INLAY_ARCHITECTURE ssse3
#elif defined(__SSE3__)
#define INLAY_ARCHITECTURE sse3
#elif defined(__SSE2__)
#define INLAY_ARCHITECTURE sse2
#elif defined(__ARM_FEATURE_SVE_BITS) && __ARM_FEATURE_SVE_BITS // xsimd uses no others
#define INLAY_ARCHITECTURE INLAY_JOIN(sve, __ARM_FEATURE_SVE_BITS)
#elif defined(__riscv_v_fixed_vlen)
#define INLAY_ARCHITECTURE INLAY_JOIN(rvv, __riscv_v_fixed_vlen)
#elif defined(__ARM_NEON)
#define INLAY_ARCHITECTURE neon
#elif INLAY_HAS_HELIUM
#define INLAY_ARCHITECTURE helium
#elif INLAY_HAS_LOAD_MULTIPLE
#define INLAY_ARCHITECTURE load_multiple
#else
#define INLAY_ARCHITECTURE scalar_only
#endif
#if INLAY_HAS_FMA && !defined(__AVX512F__) // which implies it
#define INLAY_TARGET INLAY_JOIN(INLAY_ARCHITECTURE, _fma)
#else
#define INLAY_TARGET INLAY_ARCHITECTURE
#endif
#endif

namespace inlay::inline INLAY_TARGET {

using std::size_t;

/// A number of type double. Embedded SDKs compile with -fsingle-precision-constant, which makes a float of every plain literal
/// (1.0 as well as 0.1): what float does not hold, or what must be a double, is written with this. The flag leaves it alone.
INLAY_INLINE constexpr double operator""_double(long double value) { return static_cast<double>(value); }

/// Rounds `count` up to a multiple of `step`.
constexpr size_t round_up(size_t count, size_t step) { return (count + step - 1) / step * step; }

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
