#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""What tools/new writes builds at once, with Meson and with CMake, and its tests pass; bad names are refused.

    new_project.py SOURCE_ROOT COMPILER…
"""
import os
import shutil
import subprocess
import sys
import tempfile

SOURCE, COMPILER = os.path.abspath(sys.argv[1]), sys.argv[2:]


def run(*command, expect=0, **more):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, **more)
    if done.returncode != expect:
        print('+', ' '.join(command), 'gave', done.returncode)
        print(done.stdout[-4000:])
        sys.exit(1)
    return done.stdout


def main():
    new = [sys.executable, os.path.join(SOURCE, 'tools', 'new')]
    with tempfile.TemporaryDirectory() as folder:
        project = os.path.join(folder, 'half_moons')
        run(*new, project)
        if 'is there already' not in run(*new, project, expect=1):
            sys.exit('a folder that is there is not refused')
        for name in ('Half-moons', '3d', 'inlay'):
            if 'is no name' not in run(*new, os.path.join(folder, name), expect=2):
                sys.exit(f'{name} is not refused')
        if shutil.which('meson'):
            run('meson', 'setup', 'build', '--buildtype=debug', '-Dcpp_args=-DINLAY_INLINE=', cwd=project,
                env={**os.environ, 'CXX': ' '.join(COMPILER)})
            said = run('meson', 'test', '-C', 'build', cwd=project)
            if 'Ok:                 2' not in said:
                sys.exit(said)
            print('Meson: 2 tests')
        if shutil.which('cmake'):
            run('cmake', '-S', '.', '-B', 'build-cmake', '-DCMAKE_CXX_COMPILER=' + COMPILER[-1], '-DCMAKE_BUILD_TYPE=Debug',
                '-DCMAKE_CXX_FLAGS=-DINLAY_INLINE=', cwd=project)
            run('cmake', '--build', 'build-cmake', '--target', 'on_target', cwd=project) # which trains
            run(os.path.join(project, 'build-cmake', 'on_target'))
            print('CMake: on_target')
    return 0


if __name__ == '__main__':
    sys.exit(main())
