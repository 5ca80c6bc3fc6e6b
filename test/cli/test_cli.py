"""The command line: recorded cases, and that --help, the man page and the code agree."""

import pathlib
import re
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import cases  # noqa: E402  (the folder is not a package)

MAN = (cases.ROOT / "man/rsload.1").read_text("utf-8")


def man_section(title):
    """The lines of one section of the man page."""
    return re.search(rf"^\.Sh {title}\n(.*?)(?=^\.Sh |\Z)", MAN, re.M | re.S)[1]


@pytest.mark.parametrize("name", cases.names())
def test_case(name):
    """What is printed is what was recorded (test/cli/run --record)."""
    assert cases.run(name) == cases.expected(name)


def options_of_help():
    """{name: (letter, argument)} as --help has them."""
    done = subprocess.run([cases.binary(), "--help"], capture_output=True, text=True, check=True)
    pattern = re.compile(r"^  (?:-(\w), |    )--([a-z-]+)(?: ([A-Z][A-Z|%N]*))?(?:  |$)", re.M)
    return {name: (letter, argument) for letter, name, argument in pattern.findall(done.stdout)}


def options_of_man():
    """The same as the man page has them: its ".It Fl" lines in DESCRIPTION."""
    found = {}
    for line in re.findall(r"^\.It Fl (.*)$", man_section("DESCRIPTION"), re.M):
        letter = re.search(r"(?:^|Fl )(\w) Ar", line)
        name, argument = re.search(r"(?:^|Fl )-([a-z-]+)(?: Ar (\S+))?$", line).groups()
        assert name not in found, f"--{name} stands twice in the man page"
        found[name] = (letter[1] if letter else "", argument or "")
    return found


def test_help_and_the_man_page_have_the_same_options():
    """Names, letters and arguments are the same."""
    from_help = options_of_help()
    assert len(from_help) > 30
    assert options_of_man() == from_help


def test_help_and_the_man_page_have_the_same_order():
    """Who looks something up in one finds it at the same place in the other."""
    assert list(options_of_man()) == list(options_of_help())


def test_exit_codes_and_the_man_page_agree():
    """The table in lib/error.c and EXIT STATUS list the same codes under the same names."""
    source = (cases.ROOT / "lib/error.c").read_text("utf-8")
    of_code = {int(code): name for code, name in
               re.findall(r"\[ERROR_\w+\] = \{(\d+), \"(\w+)\"\}", source)}
    of_man = {int(code): name for code, name in
              re.findall(r"^\.It (\d+)\n\.Pq (\w+)$", man_section("EXIT STATUS"), re.M)}
    assert of_code.pop(0) == "none"
    assert len(of_code) > 10
    assert of_man == of_code


def test_environment_variables_that_cmd_reads_are_in_the_man_page():
    """Every getenv in cmd/ and every AWS variable that lib/ asks for is documented."""
    names = set()
    for path in sorted((cases.ROOT / "cmd").glob("*.c")):
        names.update(re.findall(r'getenv\("(\w+)"\)', path.read_text("utf-8")))
    for path in sorted((cases.ROOT / "lib").glob("aws_*.c")):
        names.update(re.findall(r'"(AWS_[A-Z0-9_]+)"', path.read_text("utf-8")))
    documented = set(re.findall(r"\b[A-Z][A-Z0-9_]+\b",
                                " ".join(re.findall(r"^\.(?:It Ev|Ev) (.*)$", MAN, re.M))))
    assert names, "no variable found in the code"
    assert names <= documented


def test_defaults_of_help_stand_in_the_man_page():
    """A default in parentheses in --help is one that the man page names for that option."""
    done = subprocess.run([cases.binary(), "--help"], capture_output=True, text=True, check=True)
    for line in re.split(r"\n(?=  +-)", done.stdout):
        name = re.match(r"\s+(?:-\w, )?--([a-z-]+)", line)
        default = re.search(r"\((\d\w*%?|auto|gzip|table|text)[);]", line)
        if not name or not default:
            continue
        entry = re.search(rf"^\.It Fl [^\n]*-{name[1]}(?: Ar [^\n]*)?\n(.*?)(?=^\.It Fl|^\.S[sh])",
                          MAN, re.M | re.S)[1]
        assert default[1] in entry and "default" in entry, name[1]


def test_readme_knows_the_exit_codes_and_only_options_that_exist():
    """README repeats the codes of the man page, and its commands would be understood."""
    readme = (cases.ROOT / "README.md").read_text("utf-8")
    listed = set()
    for cell in re.findall(r"^\| ([0-9, ]+) \|", readme, re.M):
        listed.update(int(code) for code in cell.split(","))
    of_man = {int(code) for code in re.findall(r"^\.It (\d+)$", man_section("EXIT STATUS"), re.M)}
    assert listed == of_man
    commands = re.sub(r"\bcmake .*", "", readme)
    used = set(re.findall(r"(?<![\w-])--([a-z][a-z-]+)", commands))
    assert used
    assert used <= set(options_of_help())
