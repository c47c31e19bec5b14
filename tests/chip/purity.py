#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Programs for chips hold nothing that inlay promises to do without: no heap, exceptions, streams, static constructors,
mutable globals, nor arithmetic in double where the FPU has float only; and the networks lie in flash.

    purity.py [--double] TOOLS FILE…             object files, folders of them, and linked programs;
                                                 TOOLS such as arm-none-eabi-
    purity.py --self-test TOOLS COMPILER…        plants each kind of violation and expects it to be found
"""
import glob
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import elf  # noqa: E402

FORBIDDEN = {
    r'_?(malloc|calloc|realloc|memalign|aligned_alloc|posix_memalign|free|sbrk)(_r)?': 'the heap',
    r'_Zn[wa].*|_Zd[la].*': 'operator new or delete',
    r'__cxa_(throw|rethrow|allocate_exception|begin_catch|end_catch|call_unexpected|bad_.*)|_ZSt\d+__throw.*'
    r'|_Unwind_.*|__gxx_personality.*|__aeabi_unwind.*|terminate|abort|_ZSt9terminatev': 'exceptions, or abort',
    r'__cxa_guard_.*': 'a static object of a function that is made at its first call',
    r'_?atexit|__cxa_atexit|__aeabi_atexit|__dso_handle': 'a static object with a destructor',
    r'__cxa_pure_virtual|_ZT[VIS].*|__dynamic_cast': 'virtual functions or RTTI',
    r'.*(printf|scanf)(_r)?|f?put(s|c|char)|f?get(s|c|char)|f(open|close|read|write|flush)|_?(write|read)(_r)?':
        'input and output of the C library',
    r'_ZNSo.*|_ZSt4c(out|err|in)|_ZNSt8ios_base.*': 'streams',
    r'_?impure_ptr|__errno': 'errno, and with it the state of the C library',
}
# The emulated board's own: a product has another.
BOARD = re.compile(r'_ZN?K?5board.*')
DOUBLE = re.compile(r'__aeabi_(d[a-z0-9]+|c[dr]+cmp\w*|[fil]+2d|ui2d|ul2d|l2d)'
                    r'|__(add|sub|mul|div|neg|eq|ne|lt|le|gt|ge|unord)df[23]'
                    r'|__(extendsfdf2|truncdfsf2|fix(uns)?df[sd]i|float(un)?[sd]idf)|(sqrt|fma|exp|log|pow|tanh?|sin|cos|floor)')


def problems(tools, path, double=False):
    file = elf.Elf(tools, path)
    if not file.symbols:
        yield 'no symbols: is this the right file?'
    for name, _, _ in file.symbols:
        if BOARD.fullmatch(name):
            continue
        for pattern, what in FORBIDDEN.items():
            if re.fullmatch(pattern, name):
                yield f'{name}: {what}'
        if not double and DOUBLE.fullmatch(name):
            yield f'{name}: arithmetic in double'
    for section in file.sections:
        name, size = section['name'], section['size']
        if size and re.match(r'\.(preinit_array|init_array|fini_array|ctors|dtors)', name):
            yield f'{name}: {size} bytes of static constructors or destructors'
        elif size and re.match(r'\.(tdata|tbss)', name):
            yield f'{name}: {size} bytes of thread-local objects'
        elif size and re.match(r'\.(data|bss|sdata|sbss)', name) and not name.startswith('.data.rel.ro'):
            yield f'{name}: {size} bytes of mutable objects'
    for name, size, section in file.symbols:
        if section == 'COMMON':
            yield f'{name}: {size} bytes of mutable objects'
        if 'in_flash' in name and section and not section.startswith(('.rodata', '.srodata')):
            yield f'{name}: a network in {section}'


# What the project's own flags would forbid or leave out.
PERMISSIVE = ['-fexceptions', '-frtti', '-fthreadsafe-statics', '-fmath-errno']
PLANTED = {
    'mutable objects': 'int counter; int next() { return ++counter; }',
    'mutable objects in .data': 'float table[4] = {1, 2, 3, 4}; float* data() { return table; }',
    'mutable objects in a function': 'int next() { static int counter = 4; return ++counter; }',
    'thread-local': 'thread_local int counter; int next() { return ++counter; }',
    'static constructors': 'int of(); struct later { int value; later() : value(of()) {} }; extern const later here; const later here;',
    'destructor': 'struct closing { ~closing(); }; void open() { static closing one; (void)one; }',
    'first call': 'int of(); int next() { static const int first = of(); return first; }',
    'new or delete': 'int* made() { return new int(4); }',
    'the heap': 'extern "C" void* malloc(__SIZE_TYPE__); void* made() { return malloc(4); }',
    'exceptions': 'void fail() { throw 4; }',
    'virtual': 'struct shape { virtual int size(); }; int shape::size() { return 4; }',
    'C library': 'extern "C" int printf(const char*, ...); int say() { return printf("%d", 4) + 1; }',
    'streams': 'namespace std { struct ostream { void flush(); }; extern ostream cout; } void say() { std::cout.flush(); }',
    'errno': 'extern "C" int* __errno(); int last() { return *__errno(); }',
    'a network in': 'extern float in_flash[4]; float in_flash[4] = {1, 2, 3, 4};',
}
PLANTED_DOUBLE = 'double root(double); double mean(double a, double b) { return (a + b) * 0.3; } extern "C" double sqrt(double);' \
                 'double away(double x) { return sqrt(x) / x; }'
CLEAN = 'extern const float in_flash[4]; const float in_flash[4] = {1, 2, 3, 4};' \
        'float sum(const float* x) { float all = 0; for (int i = 0; i < 4; ++i) all += in_flash[i] * x[i]; return all; }'


def self_test(tools, compiler):
    wrong = []

    def found(source):
        with tempfile.TemporaryDirectory() as folder:
            code, made = os.path.join(folder, 'planted.cpp'), os.path.join(folder, 'planted.o')
            with open(code, 'w', encoding='utf-8') as file:
                file.write(source + '\n')
            subprocess.run([*compiler, '-std=c++20', '-O1', '-w', *PERMISSIVE, '-c', code, '-o', made],
                           check=True)
            return list(problems(tools, made))

    for what, source in PLANTED.items():
        lines = found(source)
        if not any(what.split(' in ')[0] in line for line in lines):
            wrong.append(f'{what}: not found: {lines}')
    lines = found(PLANTED_DOUBLE)
    if not any('double' in line for line in lines): # an FPU for double leaves the call of sqrt
        wrong.append(f'double: not found: {lines}')
    clean = found(CLEAN)
    if clean:
        wrong.append(f'a clean file: {clean}')
    for line in wrong:
        print(line)
    count = len(PLANTED) + 2
    print(f'{count - len(wrong)} passed, {len(wrong)} failed')
    return bool(wrong)


def main():
    arguments = sys.argv[1:]
    if arguments[0] == '--self-test':
        return self_test(arguments[1], arguments[2:])
    double = arguments[0] == '--double'
    tools, *paths = arguments[double:]
    files = [file for path in paths for file in (sorted(glob.glob(path + '/*.o')) if os.path.isdir(path) else [path])]
    if not files:
        print('there are no files')
    bad = not files
    # What only constant expressions use may stand in an object file, in double, too; the linker leaves it out.
    linked = any(not path.endswith('.o') for path in files)
    for path in files:
        lines = sorted(set(problems(tools, path, double or (linked and path.endswith('.o')))))
        bad += bool(lines)
        print(f'{os.path.basename(path)}: ' + ('; '.join(lines[:20]) if lines else 'clean'))
    print(f'{len(files) - bad} passed, {bad} failed')
    return bad > 0


if __name__ == '__main__':
    sys.exit(main())
