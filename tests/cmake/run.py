#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""inlay as CMake users have it: as a subdirectory, installed by Meson and installed by CMake.

    run.py BUILD_ROOT SOURCE_ROOT COMPILER

Status 77 (skipped) without cmake.
"""
import glob
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def run(*command, **more):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, **more)
    if done.returncode != 0:
        print('+', ' '.join(command))
        print(done.stdout[-4000:])
        sys.exit(1)
    return done.stdout


def consume(what, folder, compiler, *options):
    run('cmake', '-S', os.path.join(HERE, 'consumer'), '-B', folder, '-DCMAKE_CXX_COMPILER=' + compiler, *options)
    run('cmake', '--build', folder)
    if not run(os.path.join(folder, 'consumer')):
        sys.exit(f'{what}: the program says nothing')
    print(what, 'works')


def only(pattern):
    found = glob.glob(pattern, recursive=True)
    if len(found) != 1:
        sys.exit(f'{pattern}: {len(found)} files')
    return found[0]


def main():
    build, source, compiler = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3]
    if not shutil.which('cmake'):
        print('cmake is missing')
        return 77
    with tempfile.TemporaryDirectory() as folder:
        at = lambda *names: os.path.join(folder, *names)
        consume('add_subdirectory', at('sub'), compiler, '-DINLAY_SOURCE=' + source)
        # To some place from which it is moved: nothing may remember where it was.
        run('meson', 'install', '-C', build, '--no-rebuild', env={**os.environ, 'DESTDIR': at('meson')})
        run('cmake', '-S', source, '-B', at('own'), '-DCMAKE_CXX_COMPILER=' + compiler, '-DCMAKE_INSTALL_PREFIX=' + at('cmake'))
        run('cmake', '--install', at('own'))
        for how in ('meson', 'cmake'):
            os.rename(at(how), at(how + '-moved'))
            config = os.path.dirname(only(at(how + '-moved', '**', 'inlay-config.cmake')))
            only(at(how + '-moved', '**', 'licenses', 'inlay', 'LICENSE'))
            consume('find_package after ' + how, at('by-' + how), compiler, '-Dinlay_DIR=' + config)
    return 0


if __name__ == '__main__':
    sys.exit(main())
