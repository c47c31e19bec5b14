# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""What nm and readelf say about an object file or a program, in the words the checks need."""
import re
import subprocess

WRITABLE, ALLOCATED = 'W', 'A'


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, errors='replace').stdout


class Elf:
    """sections: name, type, address, size, flags; symbols: (name, size, section's name or '' if undefined)."""

    def __init__(self, tools, path):
        self.path = path
        self.sections = []
        for line in run(tools + 'readelf', '-SW', path).splitlines():
            # index, name, type, address, offset, size, size of entries, flags
            match = re.match(r'\s*\[\s*(\d+)\]\s+(\S+)\s+(\S+)\s+([0-9a-f]+)\s+[0-9a-f]+\s+([0-9a-f]+)'
                             r'\s+[0-9a-f]+\s+([A-Za-z]*)\s', line)
            if match:
                _, name, kind, address, size, flags = match.groups()
                self.sections.append({'index': int(match[1]), 'name': name, 'type': kind, 'address': int(address, 16),
                                      'size': int(size, 16), 'flags': flags})
        names = {str(section['index']): section['name'] for section in self.sections}
        self.symbols = []
        for line in run(tools + 'readelf', '-sW', path).splitlines():
            words = line.split()
            if len(words) >= 8 and words[0].rstrip(':').isdigit() and words[3] in ('FUNC', 'OBJECT', 'NOTYPE', 'TLS'):
                size = int(words[2], 16 if words[2].startswith('0x') else 10)
                section = 'COMMON' if words[6] == 'COM' else '' if words[6] == 'UND' else names.get(words[6], words[6])
                self.symbols.append((words[7], size, section))

    def bytes_of(self, wanted):
        """The size of all sections that take memory and that `wanted` picks."""
        return sum(section['size'] for section in self.sections if ALLOCATED in section['flags'] and wanted(section))

    def flash(self):
        """What the program takes of flash: code, constants, and what the start copies to RAM."""
        return self.bytes_of(lambda section: section['type'] != 'NOBITS')

    def static_ram(self):
        """Objects of static storage duration. The stack is reserved, no object."""
        return self.bytes_of(lambda section: WRITABLE in section['flags'] and section['name'] != '.stack'
                             and 'array' not in section['name'])
