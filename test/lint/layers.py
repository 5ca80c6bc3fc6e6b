#!/usr/bin/python3
"""Hold the includes of lib/ against test/layers.txt.

    test/lint/layers.py [ROOT]

A module is the pair NAME.h, NAME.c. It may include only the modules that its line names, which
must stand above it (its own header aside), and only the foreign headers that its line names.
Prints each breach and ends with 1 when there is one.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)
FREE = {
    'assert.h', 'ctype.h', 'dirent.h', 'errno.h', 'fcntl.h', 'float.h', 'inttypes.h', 'limits.h',
    'math.h', 'netdb.h', 'poll.h', 'pthread.h', 'pwd.h', 'stdalign.h', 'stdarg.h', 'stdatomic.h',
    'stdbool.h', 'stddef.h', 'stdint.h', 'stdio.h', 'stdlib.h', 'string.h', 'strings.h', 'time.h',
    'unistd.h', 'arpa/inet.h', 'netinet/in.h', 'sys/socket.h', 'sys/stat.h', 'sys/types.h',
}


def read_rules(text):
    """{module: (names it may use, foreign prefixes it may use)} and the faults of the file."""
    rules, faults = {}, []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.split('#')[0].strip()
        if not line:
            continue
        name, _, rest = line.partition(':')
        ours, _, foreign = rest.partition('|')
        rules[name.strip()] = (set(ours.split()), set(foreign.split()))
    order = list(rules)
    for name, (ours, _) in rules.items():
        for other in sorted(ours):
            if other not in rules:
                faults.append(f'layers.txt: {name} names {other}, which has no line')
    return rules, order, faults


def check_file(path, rules, order):
    name = path.stem
    if name not in rules:
        return [f'{path.name}: {name} has no line in layers.txt']
    ours, foreign = rules[name]
    faults = []
    for kind, target in INCLUDE.findall(path.read_text()):
        if kind == '<':
            top = target.split('/')[0]
            if target not in FREE and not any(f in (target, top) for f in foreign):
                faults.append(f'{path.name}: includes <{target}>, which its line does not name')
            if path.suffix == '.h' and target not in FREE and target not in foreign:
                faults.append(f'{path.name}: a header of ours shows <{target}>')
            continue
        other = pathlib.Path(target).stem
        if other != name and other not in ours:
            faults.append(f'{path.name}: includes "{target}", which its line does not name')
    return faults


def check_order(rules, order):
    """A module uses only what stands above it; a family (inventory, inventory_json) is one."""
    place = {name: i for i, name in enumerate(order)}

    def family(a, b):
        return a.startswith(b + '_') or b.startswith(a + '_') or a.split('_')[0] == b.split('_')[0]

    return [f'layers.txt: {name} uses {other}, which stands below it'
            for name, (ours, _) in rules.items() for other in sorted(ours)
            if other in place and place[other] > place[name] and not family(name, other)]


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2])
    rules, order, faults = read_rules((root / 'test/layers.txt').read_text())
    faults += check_order(rules, order)
    files = sorted((root / 'lib').glob('*.[ch]'))
    for path in files:
        faults += check_file(path, rules, order)
    stems = {path.stem for path in files}
    faults += [f'layers.txt: {name} is no file of lib/' for name in order if name not in stems]
    for fault in faults:
        print(fault)
    print(f'{len(files)} files, {len(faults)} faults')
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
